"""False motion is told from true motion, and what cannot be told is said to be so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.domain.airdata import AirData
from detector.domain.frame import FrameBatch
from detector.domain.geo import destination
from detector.domain.observation import Points
from detector.domain.stop import Check, Verdict
from detector.domain.times import iso, parse_iso
from detector.feeds.files import open_recordings
from detector.movements.air_checks import air_vector, airspeed_groundspeed, true_airspeed_kt
from detector.movements.check_settings import CheckSettings
from detector.movements.circle_check import circling, fit_circle
from detector.movements.motion_checks import frozen, geometric_barometric, integrity, position_speed
from detector.movements.runway_checks import approach_alignment, on_runway
from detector.simulation import airports_of, simulate
from detector.simulation.scenario import Flight, GnssFault, Hold, Rates, Wind
from tests.movements.tracks import HOME, T0, Seen, circle, moments, standing, straight, track
from tests.movements.worlds import airports, beside, real_field, scene

S = CheckSettings()
PASS, FAIL, NOT = Verdict.PASS, Verdict.FAIL, Verdict.NOT_EVALUABLE
RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"
START = parse_iso("2024-05-06T00:00:00Z")


def held(every_s: float = 15.0, until: float = 600.0, **values: float) -> list[AirData]:
    """The same air data again and again."""
    return [AirData(T0 + t, **values) for t in np.arange(0.0, until, every_s).tolist()]


@pytest.mark.parametrize(
    ("points", "category", "verdict"),
    [
        (straight(), "A3", PASS),
        (straight(2), "A3", NOT),
        (standing(groundspeed_kt=60.0), None, FAIL),
        (standing(3), "A3", FAIL),  # 60 s
        (standing(3, 29.0), "A3", NOT),
        (standing(altitude_ft=np.linspace(5_000, 3_900, 7)), "A7", FAIL),
        (standing(altitude_ft=1_500.0), "A7", NOT),
        (standing(altitude_ft=1_500.0), None, NOT),
        (standing(altitude_ft=11_000.0), None, FAIL),
        (standing(altitude_ft=11_000.0), "B2", NOT),
        (standing(altitude_ft=600.0), "A3", NOT),  # parked, and says airborne: its switch is broken
        (standing(surface=1.0), "A3", NOT),
        (standing(every_s=120.0, groundspeed_kt=60.0), "A3", NOT),  # it may have been elsewhere in between
    ],
)
def test_a_position_that_stands_still_in_flight_is_frozen(
    points: Points, category: str | None, verdict: Verdict
) -> None:
    assert frozen(points, category, 400.0, S).verdict is verdict


@pytest.mark.parametrize(
    ("moves_kt", "told", "verdict"),
    [
        (250.0, 250.0, PASS),
        (314.0, 250.0, PASS),
        (316.0, 250.0, FAIL),
        (187.0, np.linspace(250.0, 251.0, 21), PASS),
        (250.0, float("nan"), NOT),
    ],
)
def test_positions_that_outrun_the_ground_speed_are_dragged(moves_kt: float, told: Any, verdict: Verdict) -> None:
    assert position_speed(straight(moves_kt=moves_kt, groundspeed_kt=told), S).verdict is verdict


def test_positions_that_lag_are_dragged_on_a_straight_track_only() -> None:
    at = straight().at - T0
    along = 0.6 * 250.0 * at / 3600.0 + 0.02 * np.sin(at)
    places = [destination(*HOME, 90.0, nm) for nm in along.tolist()]
    assert position_speed(track(at + T0, places, track_deg=90.0), S).verdict is FAIL
    turning = track(at + T0, places, track_deg=(at * 0.7) % 360.0)
    assert position_speed(turning, S).verdict is PASS


def test_positions_that_go_another_way_than_the_track_are_dragged() -> None:
    assert position_speed(straight(track_deg=116.0), S).verdict is FAIL
    assert position_speed(straight(track_deg=114.0), S).verdict is PASS
    assert position_speed(straight(moves_kt=100.0, track_deg=130.0), S).verdict is PASS  # it may tell its heading


def test_data_that_do_not_follow_the_aircraft_are_not_held_against_it() -> None:
    at = straight().at
    nm = 76.0 / 3600.0 * np.cumsum(np.linspace(0.0, 60.0, 21))
    places = [destination(*HOME, 90.0, x) for x in nm.tolist()]
    assert position_speed(track(at, places, track_deg=90.0, groundspeed_kt=76.0), S).verdict is NOT  # frozen speed
    assert position_speed(straight(moves_kt=40.0, groundspeed_kt=200.0), S).verdict is NOT  # drawn through a silence


def test_far_apart_fixes_tell_no_speed() -> None:
    assert position_speed(straight(every_s=61.0, groundspeed_kt=50.0), S).verdict is NOT


@pytest.mark.parametrize(
    ("differences", "verdict"),
    [
        ([100.0, 120.0], NOT),
        ([2_900.0] * 5, PASS),
        ([0.0, 3_001.0, 3_001.0, 0.0], PASS),  # twice is not three times
        ([0.0, -3_500.0, 0.0, 0.0], PASS),  # one wrong value
        ([-3_001.0] * 3, FAIL),
        ([0.0, 0.0, 501.0, 501.0], FAIL),
        ([0.0, 0.0, 499.0, 499.0], PASS),
    ],
)
def test_geometric_and_barometric_altitude_go_together(differences: list[float], verdict: Verdict) -> None:
    points = straight(len(differences), 10.0, geom_minus_baro_ft=differences, altitude_ft=[30e3] * len(differences))
    assert geometric_barometric(points, S).verdict is verdict


@pytest.mark.parametrize(("altitude_ft", "verdict"), [(1_000.0, FAIL), (4_000.0, FAIL), (10_000.0, PASS)])
def test_near_the_ground_temperature_explains_less_of_the_difference(altitude_ft: float, verdict: Verdict) -> None:
    points = straight(5, 10.0, geom_minus_baro_ft=[2_500.0] * 5, altitude_ft=[altitude_ft] * 5)
    assert geometric_barometric(points, S).verdict is verdict


def test_a_step_counts_at_a_quiet_barometer_and_from_one_moment_to_the_next_only() -> None:
    step = [0.0, 0.0, 600.0, 600.0]
    assert geometric_barometric(straight(4, 11.0, geom_minus_baro_ft=step), S).verdict is PASS
    climbing = straight(4, 10.0, geom_minus_baro_ft=step, altitude_ft=[5e3, 5.1e3, 5.3e3, 5.5e3])
    assert geometric_barometric(climbing, S).verdict is PASS


@pytest.mark.parametrize(
    ("nic", "nac_p", "verdict"),
    [
        ([8.0] * 10, [9.0] * 10, PASS),
        ([8.0] * 8 + [0.0] * 2, [float("nan")] * 10, FAIL),
        ([8.0] * 9 + [0.0], [float("nan")] * 10, PASS),
        ([8.0] * 10, [9.0] * 8 + [2.0] * 2, FAIL),
        ([float("nan")] * 10, [float("nan")] * 10, NOT),
    ],
)
def test_poor_integrity_counts_and_missing_integrity_does_not(
    nic: list[float], nac_p: list[float], verdict: Verdict
) -> None:
    check = integrity(straight(10, nic=nic, nac_p=nac_p), S)
    assert check.verdict is verdict
    assert ("never speaks for a stop" in check.reason) is (verdict is PASS)


@pytest.mark.parametrize(
    ("air", "verdict"),
    [
        ([], NOT),
        (held(tas_kt=149.0), PASS),
        (held(tas_kt=150.0), FAIL),
        (held(ias_kt=100.0), FAIL),
        (held(mach=0.3), FAIL),
        ([AirData(T0, tas_kt=400.0)], PASS),  # one reply proves nothing
        ([AirData(T0 + 6.0, tas_kt=400.0)] * 3, NOT),  # of another moment
    ],
)
def test_nothing_stands_at_the_airspeed_of_flight(air: list[AirData], verdict: Verdict) -> None:
    assert airspeed_groundspeed(standing(), air, S).verdict is verdict


def test_the_airspeed_of_the_aircraft_s_own_messages_counts_as_well() -> None:
    assert airspeed_groundspeed(standing(airspeed_kt=230.0), [], S).verdict is FAIL
    assert airspeed_groundspeed(straight(airspeed_kt=230.0), [], S).verdict is PASS


def test_ground_and_air_vectors_that_leave_a_wind_agree() -> None:
    mach = 320.0 / true_airspeed_kt(1.0, 30_000.0)
    air = held(mach=mach, heading_deg=80.0)
    assert air_vector(straight(altitude_ft=30_000.0), air, S).verdict is PASS
    assert air_vector(straight(altitude_ft=30_000.0), [], S).verdict is NOT


def test_a_standing_position_under_a_fast_aircraft_would_need_a_hurricane() -> None:
    air = held(mach=0.8, heading_deg=80.0)
    assert air_vector(standing(21, altitude_ft=30_000.0, track_deg=0.0), air, S).verdict is FAIL


def test_a_wind_that_turns_with_the_position_is_none() -> None:
    mach = 170.0 / true_airspeed_kt(1.0, 8_000.0)
    assert air_vector(circle(), held(mach=mach, heading_deg=80.0), S).verdict is FAIL


def test_magnetic_variation_and_a_course_change_make_no_wind() -> None:
    """20 degrees of variation look like 85 kt of wind that turns with the aircraft."""
    at = T0 + np.arange(21) * 30.0
    course = np.where(at < T0 + 300.0, 90.0, 230.0)
    points = track(at, [HOME] * 21, track_deg=course, groundspeed_kt=250.0)
    mach = 250.0 / true_airspeed_kt(1.0, 8_000.0)
    air = [AirData(t, mach=mach, heading_deg=(c - 20.0) % 360.0) for t, c in zip(at.tolist(), course, strict=True)]
    air = [AirData(a.at + k, mach=a.mach, heading_deg=a.heading_deg) for a in air for k in (0.0, 8.0)]
    assert air_vector(points, air, S).verdict is PASS


def test_a_circle_is_found_by_its_centre_and_radius() -> None:
    angle = np.linspace(0.0, 5.0, 12)
    a, b, radius = fit_circle(3.0 + 2.0 * np.cos(angle), -1.0 + 2.0 * np.sin(angle))
    assert (a, b, radius) == pytest.approx((3.0, -1.0, 2.0))


def turning_air(rate_deg_s: float, roll_deg: float) -> list[AirData]:
    return [
        AirData(T0 + t, heading_deg=(t * rate_deg_s) % 360.0, roll_deg=roll_deg)
        for t in np.arange(0.0, 600.0, 15.0).tolist()
    ]


def test_a_circle_flown_without_bank_or_turn_is_false() -> None:
    rate = 160.0 / 3600.0 * 180.0 / np.pi
    assert circling(circle(), turning_air(rate, 20.0), "A3", S).verdict is PASS
    assert circling(circle(), turning_air(rate, 0.0), "A3", S).verdict is FAIL
    assert circling(circle(), turning_air(0.0, 20.0), "A3", S).verdict is FAIL


def test_a_circle_alone_is_suspicious_and_no_more() -> None:
    check = circling(circle(altitude_ft=2_000.0), [], "A1", S)
    assert check.verdict is NOT
    assert "suspicious" in check.reason
    assert circling(circle(altitude_ft=np.linspace(9e3, 2e3, 21)), [], "A1", S).verdict is NOT  # after a parachute drop
    assert circling(circle(altitude_ft=25_000.0), [], "B6", S).verdict is NOT  # a drone


def test_an_airliner_flies_no_perfect_circle_up_high_or_all_the_way_down() -> None:
    assert circling(circle(altitude_ft=30_000.0), [], "A3", S).verdict is FAIL
    assert circling(circle(altitude_ft=np.linspace(12e3, 3e3, 21)), [], "A3", S).verdict is FAIL
    windy = 160.0 + 20.0 * np.sin(np.arange(21))
    assert circling(circle(altitude_ft=np.linspace(12e3, 3e3, 21), groundspeed_kt=windy), [], "A3", S).verdict is NOT


def test_a_straight_way_is_no_circle_and_too_little_is_not_judged() -> None:
    assert circling(straight(), [], "A3", S).verdict is PASS
    assert circling(straight(7), [], "A3", S).verdict is NOT


CHECKS: dict[str, Callable[[Points, list[AirData]], Check]] = {
    "frozen": lambda p, _: frozen(p, "A3", 0.0, S),
    "position_speed": lambda p, _: position_speed(p, S),
    "geometric_barometric": lambda p, _: geometric_barometric(p, S),
    "integrity": lambda p, _: integrity(p, S),
    "airspeed_groundspeed": lambda p, a: airspeed_groundspeed(p, a, S),
    "air_vector": lambda p, a: air_vector(p, a, S),
    "circling": lambda p, a: circling(p, a, "A3", S),
}


@pytest.mark.parametrize("name", CHECKS)
def test_without_points_nothing_can_be_judged(name: str) -> None:
    assert CHECKS[name](straight(0), held(mach=0.5, heading_deg=80.0)).verdict is NOT


@pytest.mark.parametrize("name", CHECKS)
@given(st.data())
@settings(max_examples=40, deadline=None)
def test_what_could_not_be_judged_does_not_pass_with_less(name: str, data: st.DataObject) -> None:
    make = data.draw(st.sampled_from([straight, circle, standing]))
    points = make(data.draw(st.integers(0, 21)), nic=8.0, geom_minus_baro_ft=200.0, heading_deg=90.0)
    air = held(mach=0.4, heading_deg=80.0, roll_deg=0.0)[: data.draw(st.integers(0, 30))]
    if CHECKS[name](points, air).verdict is not NOT:
        return
    keep = np.array(data.draw(st.lists(st.booleans(), min_size=len(points), max_size=len(points))), bool)
    columns = {column: getattr(points, column)[keep] for column in Points.__slots__}
    for column in data.draw(st.sets(st.sampled_from(Points.__slots__[3:]))):
        columns[column] = np.full(int(keep.sum()), np.nan)
    assert CHECKS[name](Points(**columns), air[: len(air) // 2]).verdict is not PASS


def verdicts(seen: Iterable[Seen], field: str, landed_at: float) -> set[tuple[str, Verdict]]:
    """Every verdict at every moment."""
    index = airports().index_of(field)
    assert index is not None
    runways, elevation = airports().runways_of(index), float(airports().elevation_ft[index])
    told = set()
    for o, air in seen:
        points, category = o.points, o.now.category
        for check in (
            frozen(points, category, elevation, S), position_speed(points, S), geometric_barometric(points, S),
            integrity(points, S), airspeed_groundspeed(points, air, S), air_vector(points, air, S),
            circling(points, air, category, S), on_runway(points, landed_at, runways, S),
            approach_alignment(points, landed_at, elevation, runways, category, S),
        ):  # fmt: skip
            told.add((check.name, check.verdict))
    return told


@pytest.mark.parametrize(
    ("name", "icao24", "landed", "field", "passed"),
    [
        ("long_flight", "398101", "2023-10-24T10:09:17Z", "LFBO", {"on_runway", "approach_alignment"}),
        ("long_flight", "486257", "2023-10-24T11:38:14Z", "EHAM", {"frozen", "approach_alignment", "circling"}),
        ("full_flight_short", "393322", "2024-07-06T07:58:42Z", "LFBO", {"on_runway", "air_vector", "position_speed"}),
    ],
)
def test_real_flights_fail_nowhere_on_their_way(
    name: str, icao24: str, landed: str, field: str, passed: set[str]
) -> None:
    batches = open_recordings([str(RECORDINGS / f"{name}.csv.gz")])
    frames = FrameBatch.concat([batch for batch in batches if isinstance(batch, FrameBatch)])
    told = verdicts(moments(frames, icao24), field, parse_iso(landed))
    assert {check for check, verdict in told if verdict is FAIL} == set()
    assert passed <= {check for check, verdict in told if verdict is PASS}


def flown(*gnss: GnssFault, **values: Any) -> set[tuple[str, Verdict]]:
    there = real_field("EHAM")
    ways = [destination(there.lat, there.lon, 120.0, nm) for nm in (150.0, 110.0)]
    flight = Flight(
        off_block=iso(START + 600), destination="EHAM", via=ways, cruise_ft=34_000, gnss=list(gnss), **values
    )
    world = scene(
        flight, receivers=[beside("EHAM", range_nm=300.0)], wind=Wind(from_deg=250, speed_kt=45), rates=Rates()
    )
    simulation = simulate(world, {code: real_field(code) for code in airports_of(world)})
    landed_at = next(m.movement.at for m in simulation.movements if m.movement.kind == "landing")
    return verdicts(moments(simulation.frames, "4840d6"), "EHAM", landed_at)


def test_an_honest_flight_fails_nowhere_even_while_it_holds() -> None:
    told = flown(hold=Hold(nm=25.0, turns=4))
    assert {check for check, verdict in told if verdict is FAIL} == set()
    assert {"frozen", "position_speed", "circling", "on_runway", "approach_alignment"} <= {
        check for check, verdict in told if verdict is PASS
    }


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("frozen", {"frozen", "airspeed_groundspeed"}),
        ("circling", {"circling", "on_runway"}),
        ("drag", {"on_runway"}),
        ("shift", {"on_runway"}),
    ],
)
def test_false_motion_is_found(kind: Any, found: set[str]) -> None:
    there = real_field("EHAM")
    fault = GnssFault(
        kind=kind, start="landing - 14 min", until="landing + 3 min", at=destination(there.lat, there.lon, 200.0, 60.0)
    )
    assert found <= {check for check, verdict in flown(fault) if verdict is FAIL}


def test_dragged_positions_under_a_true_velocity_are_found_by_their_speed() -> None:
    there = real_field("EHAM")
    aside = destination(there.lat, there.lon, 200.0, 60.0)
    fault = GnssFault(kind="drag", velocity="true", start="landing - 14 min", until="landing + 3 min", at=aside)
    assert ("position_speed", FAIL) in flown(fault)
