"""A silence in which every receiver failed tells nothing of a landing."""

from __future__ import annotations

from detector.domain.geo import destination
from detector.domain.stop import Level, Verdict
from detector.domain.times import iso, parse_iso
from detector.simulation.scenario import Aircraft, Flight, Outage
from tests.movements.worlds import beside, check_of, far_from, play, real_field, scene

START = parse_iso("2024-05-06T00:10:00Z")


def local(k: int) -> Aircraft:
    """A flight from Toulouse back to Toulouse."""
    there = real_field("LFBO")
    ways = [destination(there.lat, there.lon, 40.0 * k + turn, 35.0) for turn in (0.0, 70.0)]
    flight = Flight(
        off_block=iso(START + 900.0 * k), origin="LFBO", destination="LFBO", via=ways, cruise_ft=9_000, speed_kt=240
    )
    return Aircraft(icao24=f"3c{k:02x}01", callsign=f"LOW{k}", category="A2", performance="turboprop", flights=[flight])


def test_an_outage_over_landing_and_take_off_gives_no_stop_that_is_told_by_inference() -> None:
    there = real_field("LFBO")
    way = [destination(there.lat, there.lon, 150.0, nm) for nm in (320.0, 270.0)]
    flights = (
        Flight(off_block=iso(START), via=way, destination="LFBO"),
        Flight(off_block=iso(START + 6_600.0), origin="LFBO", via=way[::-1]),
    )
    failed = [Outage(start=iso(START + 2_700.0), until=iso(START + 8_000.0))]
    near = [beside("LFBO", outages=failed), far_from("LFBO", hears_down_to_ft=2_000, outages=failed)]
    world = play(scene(*flights, receivers=near, others=[local(k) for k in range(12)]))
    told = world.stops_of("4840d6")
    assert {stop.level for stop in told} <= {Level.DARK}
    for stop in told:
        assert check_of(stop, "listening").verdict is Verdict.FAIL
        assert stop.airport is None
