"""What looks like a stop and is none."""

from __future__ import annotations

import numpy as np
import pytest

from detector.domain.frame import FrameBatch
from detector.domain.stop import Level, Verdict
from detector.simulation.scenario import Aircraft, Flight, GnssFault, Stand
from tests.movements.worlds import World, beside, check_of, far_from, play, real_field, run, scene

OUT = "2024-05-06T00:20:00Z"


def crossing(**values: object) -> Flight:
    """Over Toulouse at cruise."""
    usual = {"off_block": OUT, "via": [(42.2, 1.0), (43.62, 1.37), (45.4, 1.8)], "cruise_ft": 35_000}
    return Flight(**{**usual, **values})  # type: ignore[arg-type]


def surface_frames(world: World) -> FrameBatch:
    """Frames that say "on the ground", as they came."""
    assert world.simulation is not None
    frames = world.simulation.frames
    code = frames.payload[:, 4] >> 3
    return frames.take((frames.payload[:, 0] >> 3 == 17) & (code >= 5) & (code <= 8))


def test_ground_vehicles_and_fixed_stations_never_stop_over() -> None:
    there = real_field("LFBO")
    vehicle = Aircraft(icao24="3907aa", callsign="TUG1", category="C2", df=18, stand=Stand(at=(there.lat, there.lon)))
    truck = Aircraft(icao24="3907ab", callsign="FIRE1", category="C1", stand=Stand(at=(there.lat, there.lon)))
    flight = Flight(off_block=OUT, origin="LFBO", destination="LFMN", cruise_ft=15_000)
    world = play(scene(flight, others=[vehicle, truck], receivers=[beside("LFBO"), beside("LFMN")]))
    assert {stop.icao24 for stop in world.every_stop} == {"4840d6"}
    assert {movement.icao24 for movement in world.movements} == {"4840d6"}


def test_a_vehicle_that_moves_about_never_takes_off() -> None:
    drive = Flight(off_block=OUT, origin="LFBO", destination="LFBR", cruise_ft=1_500)
    scenario = scene(drive, receivers=[beside("LFBO"), beside("LFBR")], performance="helicopter", category="C2", df=18)
    world = play(scenario)
    assert world.every_stop == []
    assert world.movements == []


@pytest.mark.parametrize("control_field", [1, 2, 5, 6])
def test_positions_relayed_from_the_ground_are_no_aircraft(control_field: int) -> None:
    """The same frames as TIS-B or ADS-R: DF18 with another control field, and a parity that fits."""
    flight = Flight(off_block=OUT, origin="LFBO", destination="LFMN", cruise_ft=15_000)
    world = play(scene(flight, receivers=[beside("LFBO"), beside("LFMN")]))
    assert world.simulation is not None
    frames = world.simulation.frames
    squitters = frames.take(frames.payload[:, 0] >> 3 == 17)
    payload = squitters.payload.copy()
    payload[:, 0] = 18 << 3 | control_field
    relayed = FrameBatch.of(squitters.heard_at, with_parity(payload), squitters.length)
    out = run(relayed)
    assert [stop for stop in out.stops if not stop.icao24.startswith("~")] == []
    assert out.every_stop == []


def with_parity(
    payload: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Mode S CRC over the first 11 bytes, as the last three."""
    crc = np.zeros(len(payload), np.uint32)
    for column in range(11):
        crc ^= payload[:, column].astype(np.uint32) << 16
        for _ in range(8):
            crc = (np.where(crc & 0x800000, (crc << 1) ^ 0xFFF409, crc << 1) & 0xFFFFFF).astype(np.uint32)
    for k in range(3):
        payload[:, 11 + k] = (crc >> (16 - 8 * k)) & 0xFF
    return payload


def test_a_ground_flag_for_a_moment_in_flight_is_nothing() -> None:
    """Surface positions of another day, for four seconds in the middle of a flight at cruise."""
    taxiing = play(
        scene(Flight(off_block=OUT, origin="LFBO", destination="LFMN", cruise_ft=15_000), receivers=[beside("LFBO")])
    )
    flying = play(scene(crossing(), receivers=[beside("LFBO", antenna_ft=3_000)]))
    assert flying.simulation is not None
    frames = flying.simulation.frames
    middle = float(frames.heard_at[len(frames) // 2])
    flags = surface_frames(taxiing).take(slice(0, 8))
    flags.heard_at[:] = middle + np.arange(8) * 0.5
    both = FrameBatch.concat([frames, flags])
    world = run(both.take(np.argsort(both.heard_at, kind="stable")))
    assert world.every_stop == []
    assert world.movements == []


def test_altitudes_of_cruise_while_taxiing_are_no_further_landings() -> None:
    """Replies of the cruise, put into the minutes after the landing."""
    flight = Flight(off_block=OUT, origin="LFBO", destination="LFMN", cruise_ft=33_000)
    receivers = [beside("LFBO", antenna_ft=2_000), beside("LFMN", antenna_ft=2_000)]
    world = play(scene(flight, receivers=receivers, on_after_s=900))
    assert world.simulation is not None
    frames, landing = world.simulation.frames, world.true_time("landing")
    df = frames.payload[:, 0] >> 3
    high = frames.take(
        ((df == 4) | (df == 20)) & (frames.heard_at < landing - 1_500) & (frames.heard_at > landing - 2_400)
    )
    assert len(high) > 20
    high.heard_at[:] = landing + 20.0 + np.arange(len(high)) * 4.0
    mixed = FrameBatch.concat([frames, high])
    out = run(mixed.take(np.argsort(mixed.heard_at, kind="stable")))
    assert [movement.kind.value for movement in out.movements if movement.kind.value != "gap"] == [
        "take_off",
        "landing",
    ]
    (stop,) = out.every_stop
    assert (stop.airport, stop.status.value) == ("LFMN", "open")


def test_a_spoofed_jump_to_a_listed_field_is_rejected_and_alerts_nobody() -> None:
    """Near the end of a flight to Tel Aviv the position jumps to Damascus and stays there."""
    there = real_field("OSDI")
    jump = GnssFault(kind="frozen", start="landing - 4 min", until="end", at=(there.lat, there.lon))
    flight = Flight(off_block=OUT, origin="LCLK", destination="LLBG", cruise_ft=20_000, gnss=[jump])
    world = play(scene(flight, receivers=[beside("LLBG"), beside("LCLK")]))
    assert [stop.airport for stop in world.stops if stop.airport == "OSDI"] == []
    assert world.alerts == []
    rejected = [stop for stop in world.every_stop if stop.level is Level.REJECTED]
    assert {stop.airport for stop in rejected} <= {"OSDI"}
    for stop in rejected:
        assert check_of(stop, "implied_speed").verdict is Verdict.FAIL
    assert {stop.level for stop in world.stops} <= {Level.ONE_SIDE}


@pytest.mark.parametrize("kind", ["circling", "drag"])
def test_other_spoofing_to_a_listed_field_never_gives_level_4_there(kind: str) -> None:
    there = real_field("OSDI")
    fault = GnssFault(kind=kind, start="landing - 12 min", until="landing + 3 min", at=(there.lat, there.lon))  # type: ignore[arg-type]
    flight = Flight(off_block=OUT, origin="LCLK", destination="LLBG", cruise_ft=20_000, gnss=[fault])
    world = play(scene(flight, receivers=[beside("LLBG"), beside("LCLK")]))
    assert not [stop for stop in world.stops if stop.airport == "OSDI" and stop.level >= Level.BOTH_SIDES]


def test_a_flight_that_turns_back_stops_at_home_and_not_at_its_destination() -> None:
    flight = Flight(off_block=OUT, origin="LCLK", destination="OSDI", turn_back_nm=40.0, cruise_ft=20_000)
    world = play(scene(flight, receivers=[beside("LCLK", antenna_ft=1_500), far_from("OSDI", hears_down_to_ft=3_000)]))
    assert [stop.airport for stop in world.stops] == ["LCLK"]
    assert world.alerts == []


def test_an_overflight_of_a_listed_field_with_a_silence_of_a_quarter_of_an_hour_alerts_nobody() -> None:
    flight = Flight(off_block=OUT, via=[(36.0, 122.9), (39.2, 125.7), (42.0, 129.5)], cruise_ft=31_000)
    world = play(scene(flight, receivers=[far_from("ZKPY", hears_down_to_ft=20_000, range_nm=400.0)]))
    assert world.every_stop == []
    assert world.alerts == []


def test_a_helicopter_that_hovers_beside_a_field_does_not_stop_there() -> None:
    flight = Flight(
        off_block=OUT, via=[(43.50, 1.20), (43.56, 1.30), (43.57, 1.31), (43.50, 1.20)], cruise_ft=1_800, speed_kt=30
    )
    world = play(scene(flight, receivers=[beside("LFBO")], performance="helicopter", category="A7"))
    assert world.every_stop == []
