"""Two aircraft under one address: the stop is told at level 2 at most, and the other says nothing against it."""

from __future__ import annotations

from detector.domain.geo import destination
from detector.domain.stop import Check, Level, Verdict
from detector.movements import shared
from detector.simulation.scenario import Aircraft, Flight
from tests.movements.worlds import beside, check_of, far_from, play, real_field, scene


def crossing(code: str) -> Aircraft:
    """Over a field at cruise, under the address of the other."""
    there = real_field(code)
    ways = [destination(there.lat, there.lon, bearing, 250.0) for bearing in (30.0, 210.0)]
    return Aircraft(
        icao24="4840d6",
        callsign="TWIN",
        category="A3",
        flights=[Flight(off_block="2024-05-06T00:12:00Z", via=ways, cruise_ft=33_000)],
    )


def test_a_stop_of_an_address_heard_in_two_places_is_found_at_level_2() -> None:
    there = real_field("LFBO")
    way = [destination(there.lat, there.lon, 150.0, nm) for nm in (320.0, 270.0)]
    flights = (
        Flight(off_block="2024-05-06T00:10:00Z", via=way, destination="LFBO"),
        Flight(off_block="2024-05-06T02:30:00Z", origin="LFBO", via=way[::-1]),
    )
    receivers = [beside("LFBO"), far_from("LFBO", hears_down_to_ft=3_000), far_from("ENGM", hears_down_to_ft=3_000)]
    world = play(scene(*flights, receivers=receivers, others=[crossing("ENGM")]))
    (stop,) = world.stops
    assert (stop.airport, stop.level) == ("LFBO", Level.ONE_SIDE)
    assert check_of(stop, "two_places").verdict is Verdict.FAIL
    assert stop.landed.earliest is None or stop.landed.earliest <= world.true_time("landing") + 2.0
    assert stop.landed.latest >= world.true_time("landing") - 2.0


def test_checks_of_one_track_are_not_asked_of_two() -> None:
    failed = [Check(name, Verdict.FAIL, 1.0, 0.0, "", "") for name in ("time_to_descend", "ground_words")]
    told = shared.not_asked(tuple(failed))
    assert [check.verdict for check in told] == [Verdict.NOT_EVALUABLE, Verdict.FAIL]
