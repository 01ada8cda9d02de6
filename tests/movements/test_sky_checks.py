"""What else is in the sky, and who could have heard it; on both sides of every border."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.geo import destination
from detector.domain.stop import Verdict
from detector.movements import sky_checks as sky
from detector.movements.check_settings import CheckSettings
from detector.movements.sky_checks import Listener

S = CheckSettings()
PASS, FAIL, NOT = Verdict.PASS, Verdict.FAIL, Verdict.NOT_EVALUABLE
FIELD = (52.3, 4.8)
Count = int | None


@pytest.mark.parametrize(
    ("ground", "air", "positions", "verdict"),
    [
        (100, 0, 0, PASS), (80, 20, 0, PASS), (79, 21, 0, FAIL), (100, 0, 1, FAIL), (None, None, 1, FAIL),
        (100, 0, None, PASS), (None, 0, 0, NOT), (1, 0, 0, NOT), (0, 0, 0, NOT), (10, 90, None, FAIL),
    ],
)  # fmt: skip
def test_an_aircraft_on_the_ground_does_not_say_that_it_flies(
    ground: Count, air: Count, positions: Count, verdict: Verdict
) -> None:
    assert sky.air_ground(ground, air, positions, S).verdict is verdict


def listener(nm: float, antenna_ft: float = 60.0) -> Listener:
    return Listener(*destination(*FIELD, 45.0, nm), antenna_ft)


@pytest.mark.parametrize(
    ("listeners", "elevation", "verdict", "veto"),
    [
        ([], 0.0, NOT, False),
        ([listener(20.0)], 0.0, PASS, False),
        ([listener(22.0)], 0.0, FAIL, False),
        ([listener(65.0)], 0.0, FAIL, True),
        ([listener(5.0), listener(65.0)], 0.0, FAIL, False),
        ([listener(80.0, 3_000.0)], 0.0, PASS, False),  # on a mountain
        ([listener(90.0)], 5_000.0, PASS, False),  # the field on one
        ([listener(50.0, 5_050.0)], 5_000.0, FAIL, False),  # both on one plateau
        ([listener(20.0, 30.0)], -1_240.0, PASS, False),  # the Dead Sea
    ],
)
def test_a_receiver_beyond_the_horizon_hears_nothing_on_the_ground(
    listeners: list[Listener], elevation: float, verdict: Verdict, veto: bool
) -> None:
    check, vetoes = sky.radio_horizon(listeners, *FIELD, elevation, S)
    assert (check.verdict, vetoes) == (verdict, veto)


@given(st.lists(st.builds(listener, st.floats(0.1, 400.0), st.floats(0.0, 9_000.0)), min_size=1, max_size=5))
def test_a_veto_is_a_failure_and_every_receiver_agrees_in_it(listeners: list[Listener]) -> None:
    check, veto = sky.radio_horizon(listeners, *FIELD, 30.0, S)
    alone = [sky.radio_horizon([one], *FIELD, 30.0, S) for one in listeners]
    assert veto is all(one[1] for one in alone)
    assert check.verdict is (FAIL if any(one[0].verdict is FAIL for one in alone) else PASS)


@pytest.mark.parametrize(
    ("conflict", "verdict"),
    [(None, PASS), (8_199.0, PASS), (8_200.0, FAIL), (10_500.0, FAIL), (12_800.0, FAIL), (12_801.0, PASS)],
)
def test_two_places_at_once_near_a_stop_cast_doubt_on_it(conflict: float | None, verdict: Verdict) -> None:
    assert sky.two_places(conflict, 10_000.0, 11_000.0, S).verdict is verdict


@pytest.mark.parametrize(
    ("aircraft", "degraded", "verdict"),
    [(None, None, NOT), (2, 2, NOT), (3, 1, PASS), (3, 2, FAIL), (10, 2, PASS), (10, 3, FAIL), (5, 0, PASS)],
)
def test_many_degraded_aircraft_around_are_interference(aircraft: Count, degraded: Count, verdict: Verdict) -> None:
    assert sky.area_interference(aircraft, degraded, S).verdict is verdict


@given(st.tuples(*[st.none() | st.integers(0, 50)] * 3), st.integers(0, 2))
def test_a_count_that_is_not_known_never_makes_the_words_pass(values: tuple[Count, Count, Count], missing: int) -> None:
    a, b, c = (None if k == missing else value for k, value in enumerate(values))
    if sky.air_ground(*values, S).verdict is NOT:
        assert sky.air_ground(a, b, c, S).verdict is not PASS
