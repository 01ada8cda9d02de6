"""A helicopter on a meadow: a stop, and none of the fields around."""

from __future__ import annotations

import pytest

from detector.domain.geo import destination
from detector.domain.stop import Level, Stop, Verdict
from detector.domain.units import FT_PER_NM
from detector.simulation import Field, RunwayEnd, simulate
from detector.simulation.scenario import Flight, Receiver
from tests.movements.worlds import World, airports, check_of, real_field, run, scene

AT = destination(52.5, 5.75, 0.0, 0.0)
"""Fields lie 8 NM and more away."""


def meadow() -> Field:
    ends = [
        RunwayEnd(ident, *destination(*AT, heading + 180, 0.1), float(heading), 0.2 * FT_PER_NM)
        for ident, heading in (("09", 90), ("27", 270))
    ]
    return Field("MEADOW", *AT, 0.0, (ends[0], ends[1]))


def landed_out(**values: object) -> World:
    ways = [destination(*AT, 200.0, nm) for nm in (15.0, 8.0)]
    way_in = Flight(off_block="2024-05-06T00:10:00Z", via=ways, destination="MEADOW", cruise_ft=1_500)
    way_out = Flight(off_block="2024-05-06T01:05:00Z", origin="MEADOW", via=ways[::-1], cruise_ft=1_500)
    near = Receiver(name="near the meadow", at=destination(*AT, 10.0, 1.0), antenna_ft=150.0)
    scenario = scene(way_in, way_out, receivers=[near], performance="helicopter", category="A7", **values)
    simulation = simulate(scenario, {"MEADOW": meadow()})
    world = run(simulation.frames)
    world.simulation = simulation
    return world


@pytest.fixture(scope="module")
def world() -> World:
    return landed_out()


@pytest.fixture(scope="module")
def stop(world: World) -> Stop:
    (one,) = world.stops
    return one


def test_ground_contact_off_every_field_is_a_stop_at_none(stop: Stop) -> None:
    assert not airports().within(*AT, 4.0)
    assert (stop.airport, stop.level, stop.candidates) == (None, Level.ONE_SIDE, ())
    assert check_of(stop, "ground_fix").verdict is Verdict.FAIL


def test_its_times_are_seen_though_a_helicopter_lifts_off_slowly(world: World, stop: Stop) -> None:
    assert stop.departed is not None
    assert stop.landed.observed
    assert stop.departed.observed
    assert stop.landed.estimate == pytest.approx(world.true_time("landing"), abs=5.0)
    assert stop.departed.estimate == pytest.approx(world.true_time("take_off"), abs=5.0)


def test_the_same_helicopter_at_a_field_is_told_there() -> None:
    there = real_field("EHLE")
    ways = [destination(there.lat, there.lon, 200.0, nm) for nm in (15.0, 8.0)]
    flight = Flight(off_block="2024-05-06T00:10:00Z", via=ways, destination="EHLE", cruise_ft=1_500)
    near = Receiver(name="near", at=destination(there.lat, there.lon, 10.0, 1.0), antenna_ft=150.0)
    scenario = scene(flight, receivers=[near], performance="helicopter", category="A7")
    simulation = simulate(scenario, {"EHLE": there})
    assert [one.airport for one in run(simulation.frames).stops] == ["EHLE"]
