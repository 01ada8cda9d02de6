"""What the path knows beyond one aircraft, as it is asked by what judges the stops."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from detector.domain.gap import GapClass
from detector.domain.sighting import Sighting
from detector.domain.times import parse_iso
from detector.movements.surroundings import Interference, ReceiverSite, Surroundings
from detector.surroundings import SHOWN_BY, Sky
from detector.tracking.co_location import CoLocationKind
from tests.movements.worlds import configuration

T0 = parse_iso("2024-05-06T00:00:00Z")
PLACE = (33.41, 36.51)


def sky(sites: dict[int, ReceiverSite] | None = None) -> Sky:
    return Sky(configuration().watchlist, sites or {})


def seen(number: int, after_s: float, *, degraded: bool = False, jumped: bool = False, offset: float = 0.0) -> Sighting:
    """An aircraft at cruise over the place; `jumped`: it is shown standing there."""
    at, address = T0 + after_s, f"4850{1 << number:02x}"
    return Sighting(
        at, at, number, address, PLACE[0] + offset, PLACE[1], 35_000.0, 0.0 if jumped else 450.0, 90.0, False,
        degraded, jumped, 1, 50,
    )  # fmt: skip


def test_it_fulfils_what_is_asked_with_the_same_names() -> None:
    asked: Surroundings = sky()
    for name, member in inspect.getmembers(Surroundings, inspect.isfunction):
        if not name.startswith("_"):
            assert inspect.signature(getattr(Sky, name)).parameters == inspect.signature(member).parameters
    assert asked.receiver(1) is None


def test_of_too_few_aircraft_nothing_can_be_told() -> None:
    one = sky()
    one.saw(seen(0, 0.0, degraded=True))
    one.saw(seen(1, 1.0, degraded=True))
    assert one.interference(*PLACE, T0 + 60) is None
    assert one.sightings == 2


def test_three_aircraft_two_of_them_degraded_are_interference_for_an_hour() -> None:
    one = sky()
    for number, degraded in enumerate((False, True, True)):
        one.saw(seen(number, 60.0 * number, degraded=degraded))
    assert one.interference(*PLACE, T0 + 180) == Interference(3, 2, 1 / 3, T0 + 120 + 3_600)
    assert one.interference(*PLACE, T0 + 119) is None
    assert one.interference(PLACE[0] + 10, PLACE[1], T0 + 180) is None
    # The area is remembered after the aircraft are too old to be counted.
    late = one.interference(*PLACE, T0 + 3_700)
    assert late is not None
    assert (late.until, late.aircraft) == (T0 + 120 + 3_600, 1)
    assert one.interference(*PLACE, T0 + 3_721) is None


def test_three_sound_aircraft_are_told_as_quiet() -> None:
    one = sky()
    for number in range(3):
        one.saw(seen(number, 60.0 * number))
    assert one.interference(*PLACE, T0 + 180) == Interference(3, 0, 0.0, None)


def test_aircraft_shown_together_at_a_field_are_told_with_their_number_and_the_reason() -> None:
    one = sky()
    assert one.co_location(*PLACE, 2_020.0, T0) is None
    one.saw(seen(0, 0.0, degraded=True, jumped=True))
    one.saw(seen(1, 60.0, degraded=True, jumped=True, offset=0.001))
    found = one.co_location(*PLACE, 2_020.0, T0 + 120)
    assert found is not None
    assert (found.aircraft, found.until) == (2, T0 + 60 + 3_600)
    assert f"{found.aircraft} {found.reason}".startswith("2 aircraft are shown standing together")


@pytest.mark.parametrize("kind", CoLocationKind)
def test_every_reason_reads_on_after_a_number(kind: CoLocationKind) -> None:
    assert SHOWN_BY[kind].startswith(("aircraft ", "addresses "))


def test_a_field_is_listed_on_the_days_of_its_listing() -> None:
    assert sky().is_listed("OSDI", T0)
    assert not sky().is_listed("OSDI", parse_iso("2025-12-01T00:00:00Z"))
    assert not sky().is_listed("EDDF", T0)


def test_a_receiver_is_known_by_its_identity() -> None:
    site = ReceiverSite("tower", *PLACE, 2_100.0)
    one = sky({7: site})
    assert one.receiver(7) is site
    assert one.receiver(8) is None


def test_a_silence_through_which_others_were_heard_was_listened_to() -> None:
    one = sky()
    at = T0 + np.arange(0.0, 3_600.0, 10.0)
    one.heard(at, np.ones(len(at), np.uint64), np.arange(len(at)) % 5 + 1, -np.inf)
    why = one.silence(None, "4840d6", T0 + 600, T0 + 3_000, T0 + 3_590)
    assert why.kind is GapClass.UNKNOWN
    assert why.share is not None
    assert why.share > 0.9
    assert not why.outage


def test_a_silence_through_which_nobody_was_heard_is_an_outage() -> None:
    one = sky()
    at = T0 + np.concatenate([np.arange(0.0, 600.0, 10.0), np.arange(3_000.0, 3_600.0, 10.0)])
    one.heard(at, np.ones(len(at), np.uint64), np.arange(len(at)) % 5 + 1, -np.inf)
    why = one.silence(None, "4840d6", T0 + 600, T0 + 3_000, T0 + 3_590)
    assert why.outage
    assert why.kind is not GapClass.TRANSPONDER_OFF
