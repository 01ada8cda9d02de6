"""The scenarios of the published cases: the truth is as published, and the silences are where they have to be."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from detector.domain.geo import distance_nm
from detector.domain.times import parse_iso
from detector.simulation import Field, Scenario, Simulation, airports_of, parse_scenario, simulate
from tests.movements.worlds import real_field

SCENARIOS = Path(__file__).parent.parent / "scenarios"
NAMES = sorted(path.stem for path in SCENARIOS.glob("*.yaml"))
Fix = tuple[float, float, float, float]


def field(code: str) -> Field:
    """With the corrections: the table itself lacks some fields."""
    return real_field(code)


@cache
def case(name: str) -> tuple[Scenario, Simulation]:
    path = SCENARIOS / f"{name}.yaml"
    scenario = parse_scenario(path.read_text(encoding="utf-8"), source=str(path))
    return scenario, simulate(scenario, {code: field(code) for code in airports_of(scenario)})


def silences(name: str, icao24: str, longer_than_s: float) -> list[tuple[Fix, Fix]]:
    """(time, lat, lon, height) of the last position heard before each silence, and of the first after it."""
    _, sim = case(name)
    frames = sim.frames
    address = np.array([int(icao24[k : k + 2], 16) for k in (0, 2, 4)], np.uint8)
    code = frames.payload[:, 4] >> 3
    mine = (frames.payload[:, 0] >> 3 == 17) & (frames.payload[:, 1:4] == address).all(axis=1)
    at = frames.heard_at[mine & (code >= 5) & (code <= 18)]
    gaps = np.flatnonzero(np.diff(at) > longer_than_s)
    return [(fix(sim, icao24, at[g]), fix(sim, icao24, at[g + 1])) for g in gaps]


def fix(sim: Simulation, icao24: str, at: float) -> Fix:
    segments = sim.timelines[icao24].segments
    motion = next((m for m in segments if m.at[0] <= at <= m.at[-1]), segments[0]).sample(np.array([at]))
    return float(at), float(motion.lat[0]), float(motion.lon[0]), float(motion.height_ft[0])


def from_field(code: str, place: Fix) -> tuple[float, float]:
    """Distance, NM, and height above the field, ft."""
    there = field(code)
    return distance_nm(there.lat, there.lon, place[1], place[2]), place[3] - there.elevation_ft


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_says_what_is_published_and_what_is_invented(name: str) -> None:
    scenario, sim = case(name)
    assert scenario.published
    assert scenario.invented
    assert 30_000 < len(sim.frames) < 150_000


def test_pyongyang_stop_is_as_published() -> None:
    _, sim = case("pyongyang")
    stop = next(s for s in sim.stops if s.airport == "ZKPY")
    assert stop.departed_at is not None
    assert abs(stop.landed_at - parse_iso("2024-11-07T01:30:00Z")) < 120
    assert 40 * 60 <= stop.departed_at - stop.landed_at <= 45 * 60


def test_pyongyang_is_unheard_below_some_thousands_of_feet_and_only_there() -> None:
    (before, after), *_ = silences("pyongyang", "15522c", 900)
    for place in (before, after):
        away, height = from_field("ZKPY", place)
        assert 5 <= away <= 35
        assert 1_500 < height < 9_000
    assert 45 * 60 < after[0] - before[0] < 70 * 60


def test_the_onward_flight_is_last_heard_south_of_kazan_flying_south_west() -> None:
    _, sim = case("pyongyang")
    (ended,) = (m for m in sim.timelines["15522c"].segments if not m.on_ground[-1])
    assert 52 < ended.lat[-1] < 55.4
    assert 200 < ended.track_deg[-1] % 360 < 250
    hours = (ended.at[-1] - parse_iso("2024-11-08T06:00:00Z")) / 3600
    assert 7.7 < hours < 8.3
    assert sim.frames.heard_at[-1] > ended.at[-1] + 900


def test_damascus_is_left_heard_and_reached_unheard_from_far_out() -> None:
    (before, after), *_ = silences("tehran-damascus", "731821", 3_600)
    assert before[3] > 30_000
    assert from_field("OSDI", before)[0] > 100
    away, height = from_field("OSDI", after)
    assert away < 10
    assert height < 5_000
    assert after[0] - before[0] > 3 * 3600


def test_the_overflight_is_at_cruise_on_both_sides_of_a_quarter_of_an_hour() -> None:
    _, sim = case("overflight")
    ((before, after),) = silences("overflight", "15339e", 300)
    assert 12 * 60 < after[0] - before[0] < 18 * 60
    assert before[3] == pytest.approx(after[3], abs=1)
    assert min(from_field("ZKPY", place)[0] for place in (before, after)) < 60
    assert [s.airport for s in sim.stops] == ["UHWW"]


def test_the_visits_from_moscow_are_two_days_and_a_day_and_a_half() -> None:
    _, sim = case("moscow-pyongyang")
    hours = [((s.departed_at or 0) - s.landed_at) / 3600 for s in sim.stops if s.airport == "ZKPY"]
    assert hours == [pytest.approx(36, abs=1.5), pytest.approx(48, abs=4)]
    last = next(s for s in sim.stops if s.airport == "ZKPY" and s.landed_at > parse_iso("2023-09-01T00:00:00Z"))
    assert parse_iso("2023-09-25T23:00:00Z") < last.landed_at < parse_iso("2023-09-26T03:00:00Z")


def test_the_signal_goes_off_49_minutes_out_at_cruise_on_the_way_to_wonsan() -> None:
    _, sim = case("vladivostok-wonsan")
    (before, after), *_ = silences("vladivostok-wonsan", "154f53", 3_600)
    take_off = next(m.movement.at for m in sim.movements if m.icao24 == "154f53" and m.movement.kind == "take_off")
    assert before[0] - take_off == pytest.approx(49 * 60, abs=60)
    assert before[3] > 30_000
    assert 80 < from_field("ZKWS", before)[0] < 170
    assert after[3] > 20_000


def test_others_are_heard_lower_and_nearer_to_wonsan_while_the_signal_is_off() -> None:
    _, sim = case("vladivostok-wonsan")
    (before, after), *_ = silences("vladivostok-wonsan", "154f53", 3_600)
    for icao24 in ("71c301", "71c302"):
        (motion, *_) = sim.timelines[icao24].segments
        there = motion.sample(np.arange(before[0], after[0], 60.0))
        aloft = ~there.on_ground
        assert there.height_ft[aloft].max() < 11_000


def test_the_deceived_land_at_tel_aviv_and_the_one_turned_back_at_home() -> None:
    assert {s.airport for s in case("tel-aviv-beirut")[1].stops} == {"LLBG"}
    assert [s.airport for s in case("damascus-turned-back")[1].stops] == ["OIIE"]
    assert case("kyiv-ghost")[1].stops == ()
