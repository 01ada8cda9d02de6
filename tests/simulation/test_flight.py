"""A flight is one that could be flown: continuous, within limits, on the runways it says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from detector.domain.errors import UsageError
from detector.domain.geo import angle_between_deg, distance_nm, distances_nm
from detector.simulation.motion import Motion
from detector.simulation.performance import PERFORMANCE
from detector.simulation.scenario import Flight, Hold, Wind
from tests.simulation.fields import FIELDS, hop, played

CLASSES = sorted(PERFORMANCE)


def motion_of(*flights: Flight, **values: object) -> Motion:
    return played(*flights, **values).timelines["4840d6"].segments[0]


def low_hop(performance: str) -> Flight:
    return hop(cruise_ft=4_500 if performance in ("light", "helicopter") else 21_000)


@pytest.mark.parametrize("performance", CLASSES)
def test_position_speed_and_time_agree(performance: str) -> None:
    motion = motion_of(low_hop(performance), performance=performance)
    moved = distances_nm(motion.lat[:-1], motion.lon[:-1], motion.lat[1:], motion.lon[1:])
    steps_s = np.diff(motion.at)
    assert (steps_s > 0).all()
    speed = (motion.groundspeed_kt[1:] + motion.groundspeed_kt[:-1]) / 2
    standing = steps_s > 40  # lining up before take-off
    assert np.abs(moved - speed * steps_s / 3600)[~standing].max() < 0.01


@pytest.mark.parametrize("performance", CLASSES)
def test_accelerations_bank_and_rates_stay_within_what_the_class_can_do(performance: str) -> None:
    motion = motion_of(low_hop(performance), performance=performance)
    limits = PERFORMANCE[performance]
    steps_s = np.diff(motion.at)
    gain = np.diff(motion.groundspeed_kt)
    strongest = max(limits.roll_kt_s, limits.brake_kt_s, limits.air_kt_s, 1.2)
    assert np.abs(gain).max() <= strongest * steps_s[np.argmax(np.abs(gain))] * 1.05 + 0.1
    assert np.abs(motion.roll_deg).max() < 35
    assert motion.vertical_rate_fpm.max() <= limits.climb_fpm * 1.05
    assert motion.vertical_rate_fpm.min() > -4_000


def test_take_off_and_landing_lie_on_the_runways_that_the_truth_names() -> None:
    sim = played(hop(runway_out="24", runway_in="06"))
    motion = sim.timelines["4840d6"].segments[0]
    movements = {m.movement.kind: m.movement for m in sim.movements}
    for kind, code, ident in (("take_off", "AAAA", "24"), ("landing", "BBBB", "06")):
        movement, end = movements[kind], FIELDS[code].runway(ident, 0.0)
        there = motion.sample(np.array([movement.at]))
        assert (movement.airport, movement.runway) == (code, ident)
        assert distance_nm(end.lat, end.lon, float(there.lat[0]), float(there.lon[0])) < end.length_ft / 6_076
        assert angle_between_deg(float(there.track_deg[0]), end.heading_deg) < 1
        assert abs(float(there.height_ft[0]) - FIELDS[code].elevation_ft) < 20


def test_the_truth_of_air_and_ground_changes_exactly_at_take_off_and_landing() -> None:
    sim = played(hop())
    motion = sim.timelines["4840d6"].segments[0]
    changes = motion.at[1:][np.diff(motion.on_ground.astype(int)) != 0]
    told = [m.movement.at for m in sim.movements if m.movement.kind in ("take_off", "landing")]
    assert np.allclose(changes, told, atol=1e-3)


def test_an_aircraft_parks_where_it_landed_and_leaves_from_there() -> None:
    back = Flight(off_block="2024-01-01T02:00:00Z", origin="BBBB", destination="AAAA", cruise_ft=20_000)
    sim = played(hop(), back)
    assert len(sim.timelines["4840d6"].segments) == 1
    (first, second) = sim.stops
    assert (first.airport, second.airport, second.departed_at) == ("BBBB", "AAAA", None)
    assert first.departed_at is not None
    motion = sim.timelines["4840d6"].segments[0]
    parked = motion.sample(np.linspace(first.landed_at + 700, first.departed_at - 700, 20))
    assert np.ptp(parked.lat) < 1e-9
    assert parked.on_ground.all()


@pytest.mark.parametrize(
    ("kind", "lowest_ft", "touches"),
    [("go_around", (200, 300), False), ("low_pass", (100, 150), False), ("touch_and_go", (-1, 1), True)],
)
def test_an_approach_that_is_no_landing_comes_low_and_leaves_again(
    kind: str, lowest_ft: tuple[float, float], touches: bool
) -> None:
    sim = played(hop(approaches=[kind, "land"]))
    motion = sim.timelines["4840d6"].segments[0]
    at = next(m.movement.at for m in sim.movements if m.movement.kind == kind)
    near = (motion.at > at - 60) & (motion.at < at + 60)
    above = motion.height_ft[near].min() - FIELDS["BBBB"].elevation_ft
    assert lowest_ft[0] <= above <= lowest_ft[1]
    assert bool(motion.on_ground[near].any()) == touches
    landing = next(m.movement.at for m in sim.movements if m.movement.kind == "landing")
    between = motion.sample(np.linspace(at + 60, landing - 60, 50))
    assert between.height_ft.max() > FIELDS["BBBB"].elevation_ft + 1_500
    assert [s.airport for s in sim.stops] == ["BBBB"]


def test_a_diversion_lands_elsewhere_and_nowhere_else() -> None:
    assert [s.airport for s in played(hop(approaches=["go_around"], divert_to="CCCC")).stops] == ["CCCC"]


def test_a_flight_that_turns_back_lands_at_home_and_never_comes_near_the_destination() -> None:
    sim = played(hop(turn_back_nm=50))
    motion = sim.timelines["4840d6"].segments[0]
    assert [s.airport for s in sim.stops] == ["AAAA"]
    there = FIELDS["BBBB"]
    nearest = distances_nm(motion.lat, motion.lon, np.array(there.lat), np.array(there.lon)).min()
    assert 30 < nearest <= 52


def test_a_hold_takes_longer_and_stays_level_and_slow() -> None:
    plain, held = played(hop()), played(hop(hold=Hold(nm=25, turns=4)))
    landings = [next(m.movement.at for m in s.movements if m.movement.kind == "landing") for s in (plain, held)]
    assert 4 * 240 < landings[1] - landings[0] < 4 * 480
    motion = held.timelines["4840d6"].segments[0]
    level = np.abs(motion.height_ft - FIELDS["BBBB"].elevation_ft - 7_000) < 1
    assert np.abs(np.diff(motion.track_deg[level])).sum() > 3.5 * 360
    assert motion.groundspeed_kt[level].max() <= 211


def test_a_flight_may_begin_and_end_in_the_air() -> None:
    over = Flight(off_block="2024-01-01T00:30:00Z", via=[(44.0, 131.0), (42.0, 134.5)], cruise_ft=33_000)
    sim = played(over)
    motion = sim.timelines["4840d6"].segments[0]
    assert not motion.on_ground.any()
    assert not sim.stops
    assert np.ptp(motion.height_ft) == 0


def test_a_flight_across_the_date_line_has_no_jump() -> None:
    motion = motion_of(hop(origin="DATE", destination="LINE"))
    assert np.abs(np.diff(motion.lon)).max() < 0.1
    assert motion.lon.max() > 180


def test_low_pressure_makes_the_altimeter_read_high() -> None:
    low, high = (motion_of(hop(), qnh_hpa=qnh) for qnh in (980.0, 1040.0))
    assert high.height_ft.max() - low.height_ft.max() == pytest.approx(60 * 27.3)


def test_wind_changes_ground_speed_and_not_airspeed() -> None:
    calm = motion_of(hop())
    windy = motion_of(hop(), wind=Wind(from_deg=307.0, speed_kt=60.0))
    assert windy.true_airspeed_kt.max() == pytest.approx(calm.true_airspeed_kt.max(), abs=1)
    assert windy.groundspeed_kt.max() - calm.groundspeed_kt.max() == pytest.approx(60, abs=3)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"destination": "ZZZZ"}, "ZZZZ"),
        ({"runway_in": "36"}, "no runway 36; known: 06, 24"),
        ({"approaches": ["go_around"]}, "divert_to"),
        ({"destination": None}, "via"),
    ],
)
def test_a_flight_that_cannot_be_flown_says_why(values: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        played(hop(**values))


def test_a_flight_that_begins_before_the_last_one_ended_is_refused() -> None:
    with pytest.raises(UsageError, match="not ended yet"):
        played(hop(), Flight(off_block="2024-01-01T00:30:00Z", origin="BBBB", destination="AAAA"))
