"""Fields of one city: the place may be known where the field is not."""

from __future__ import annotations

from detector.domain.stop import Candidate
from detector.movements.neighbours import one_place, rivalled
from tests.families.draw import city_pairs
from tests.movements.worlds import airports


def candidates(**shares: float) -> tuple[Candidate, ...]:
    return tuple(Candidate(code, share, 5.0) for code, share in shares.items())


def test_fields_of_one_city_together_are_one_place() -> None:
    assert one_place(candidates(LFPO=0.32, LFPV=0.24), airports())
    assert not one_place(candidates(LFPO=0.3, LFBO=0.3), airports())
    assert not one_place(candidates(LFPO=0.3, LFPV=0.1), airports())


def test_one_field_that_is_likely_enough_is_a_place_by_itself() -> None:
    assert one_place(candidates(LFBO=0.5, LFPO=0.2), airports())


def test_a_field_within_5_km_that_may_as_well_have_been_it_is_a_rival() -> None:
    near, far = city_pairs(0.7, 2.6)[0], city_pairs(3.5, 15.0)[0]
    assert rivalled(candidates(**{near[0]: 0.8, near[1]: 0.15}), airports())
    assert not rivalled(candidates(**{near[0]: 0.8, near[1]: 0.05}), airports())
    assert not rivalled(candidates(**{far[0]: 0.8, far[1]: 0.15}), airports())
