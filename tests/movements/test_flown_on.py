"""Lost on the way down to a listed field and next heard at home: the stop stays, and its take-off lies between."""

from __future__ import annotations

from functools import cache

import msgspec
import pytest

from detector.domain.movement import MovementKind
from detector.domain.stop import Candidate, Level, Status, Stop
from detector.domain.times import iso
from detector.movements.onward import flown_on
from detector.movements.settings import MovementSettings
from detector.simulation.scenario import Flight, Silence
from tests.families.draw import LARGE, START
from tests.movements.worlds import World, airports, apart_nm, beside, far_from, play, real_field, scene

LISTED = ("ZKPY", "OSDI", "OIIE", "MUHA")
HEARD_AGAIN = ("landing - 6 min", "landing - 2 min", "landing + 2 min", "next off_block - 2 min")
"""In the air on the approach at home, on the ground there, or when it taxies out for the next flight."""


def home_of(listed: str) -> str:
    return min((code for code in LARGE if apart_nm(code, listed) > 120), key=lambda code: apart_nm(code, listed))


@cache
def there_and_back_dark(listed: str, heard_again: str) -> World:
    home = home_of(listed)
    hours = apart_nm(home, listed) / 400.0
    out, back = START + 1200, START + 1200 + hours * 3600 + 4200
    cruise_ft = min(34_000.0, 10_000 + 60 * apart_nm(home, listed))
    flights = (
        Flight(off_block=iso(out), origin=home, destination=listed, cruise_ft=cruise_ft),
        Flight(
            off_block=iso(back),
            origin=listed,
            destination=home,
            cruise_ft=cruise_ft,
            silent=[Silence(start="off_block - 20 min", until=heard_again)],
        ),
        Flight(off_block=iso(back + hours * 3600 + 7200), origin=home, destination=far_home(home), cruise_ft=20_000),
    )
    return play(scene(*flights, receivers=[beside(home), far_from(listed, hears_down_to_ft=3_000)], on_after_s=1_200))


def far_home(home: str) -> str:
    return min(
        (code for code in LARGE if code not in LISTED and apart_nm(code, home) > 60),
        key=lambda code: apart_nm(code, home),
    )


def holds(stop: Stop, landed_at: float, departed_at: float) -> bool:
    assert stop.landed.earliest is not None
    assert stop.departed is not None
    assert stop.departed.earliest is not None
    landed = stop.landed.earliest <= landed_at <= stop.landed.latest
    return landed and stop.departed.earliest <= departed_at <= stop.departed.latest


@pytest.mark.parametrize("heard_again", HEARD_AGAIN)
@pytest.mark.parametrize("listed", LISTED)
def test_a_stop_left_in_the_dark_is_closed_and_not_taken_back(listed: str, heard_again: str) -> None:
    world = there_and_back_dark(listed, heard_again)
    (truth,) = (true for true in world.truth if true.airport == listed)
    (stop,) = (stop for stop in world.every_stop if stop.airport == listed)
    assert (stop.level, stop.status, stop.retraction) == (Level.ONE_SIDE, Status.CLOSED, None)
    assert truth.departed_at is not None
    assert holds(stop, truth.landed_at, truth.departed_at)


@pytest.mark.parametrize("heard_again", HEARD_AGAIN)
@pytest.mark.parametrize("listed", LISTED)
def test_the_movements_after_the_dark_flight_are_at_home_or_nowhere(listed: str, heard_again: str) -> None:
    world, home = there_and_back_dark(listed, heard_again), home_of(listed)
    told = [m for m in world.movements if m.kind in (MovementKind.LANDING, MovementKind.TAKE_OFF)]
    assert {m.airport for m in told} <= {home, None}
    assert [m.airport for m in told if m.kind is MovementKind.TAKE_OFF][-1] == home


@pytest.mark.parametrize("heard_again", HEARD_AGAIN)
@pytest.mark.parametrize("listed", LISTED)
def test_the_stop_at_home_begins_no_earlier_than_the_flight_takes(listed: str, heard_again: str) -> None:
    world, home = there_and_back_dark(listed, heard_again), home_of(listed)
    abroad = next(stop for stop in world.stops if stop.airport == listed)
    at_home = next(stop for stop in world.stops if stop.airport == home)
    assert at_home.landed.earliest is not None
    assert at_home.landed.earliest >= abroad.opened_at + (apart_nm(home, listed) - 60.0) / 600.0 * 3600.0
    assert at_home.landed.earliest - 2.0 <= world.true_time("landing", home) <= at_home.landed.latest + 2.0


@pytest.mark.parametrize(("minutes", "closed"), [(30, False), (48, True)])
def test_heard_elsewhere_it_is_closed_only_after_time_for_a_stay_and_the_flight(minutes: float, closed: bool) -> None:
    """From Pyongyang to Vladivostok are 382 NM: 38 min at 600 kt, and 5 on the ground."""
    world = there_and_back_dark("ZKPY", "landing + 2 min")
    opened = next(revision for revision in world.revisions if revision.airport == "ZKPY")
    there = real_field("UHWW")
    assert opened.landed.earliest is not None
    heard_at = opened.landed.earliest + minutes * 60
    stop = flown_on(opened, "UHWW", there.lat, there.lon, heard_at, heard_at, airports(), MovementSettings())
    assert (stop is not None) is closed


def test_a_field_that_the_way_in_had_fitted_too_is_no_place_it_flew_on_to() -> None:
    world = there_and_back_dark("ZKPY", "landing + 2 min")
    opened = next(revision for revision in world.revisions if revision.airport == "ZKPY")
    other = msgspec.structs.replace(opened, candidates=(*opened.candidates, Candidate("UHWW", 0.1, 20.0)))
    there, late = real_field("UHWW"), opened.opened_at + 86_400
    assert flown_on(other, "UHWW", there.lat, there.lon, late, late, airports(), MovementSettings()) is None


def test_the_reason_of_a_gap_names_the_side_that_fits_and_why_it_is_no_stop() -> None:
    """A go-around, half an hour unheard, and the next approach."""
    quiet = Silence(start="landing - 28 min", until="landing - 4 min")
    flight = Flight(
        off_block=iso(START + 1200), origin="UHWW", destination="ZKPY", cruise_ft=33_000,
        approaches=["go_around", "go_around", "land"], silent=[quiet],
    )  # fmt: skip
    world = play(scene(flight, receivers=[beside("UHWW"), beside("ZKPY")]))
    reasons = [m.reason for m in world.movements if m.kind is MovementKind.GAP]
    assert "the way in fits ZKPY, but heard again it was no higher and not climbing" in reasons
