"""The published cases flown again: the program says what the investigators said."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
import pytest

from detector.domain.alert import AlertEvent
from detector.domain.geo import distance_nm
from detector.domain.movement import MovementKind
from detector.domain.stop import Certainty, Level, Severity, Status
from detector.domain.times import parse_iso
from detector.simulation import parse_scenario
from detector.simulation.scenario import Silence
from tests.movements.worlds import World, airports, play

HERE = Path(__file__).parent


@cache
def case(name: str) -> World:
    path = HERE / f"{name}.yaml"
    return play(parse_scenario(path.read_text(encoding="utf-8"), source=path.name))


def test_pyongyang_is_a_level_3_stop_listed_and_certainly_short() -> None:
    world = case("pyongyang")
    stop = next(stop for stop in world.stops if stop.airport == "ZKPY")
    assert (stop.icao24, stop.level, stop.status, stop.country) == ("15522c", Level.BOTH_SIDES, Status.CLOSED, "KP")
    assert {finding.rule: finding.certainty for finding in stop.findings} == {
        "listed_airport": Certainty.CERTAIN,
        "short_turnaround": Certainty.CERTAIN,
    }
    truth = next(true for true in world.truth if true.airport == "ZKPY")
    assert stop.departed is not None
    assert stop.landed.earliest is not None
    assert stop.departed.earliest is not None
    assert truth.departed_at is not None
    assert stop.landed.earliest <= truth.landed_at <= stop.landed.latest
    assert stop.departed.earliest <= truth.departed_at <= stop.departed.latest


def test_pyongyang_alerts_on_the_arrival_and_follows_the_aircraft_to_kazan() -> None:
    alerts = [alert for alert in case("pyongyang").alerts if alert.stop.airport == "ZKPY"]
    assert [alert.event for alert in alerts[:2]] == [AlertEvent.OPENED, AlertEvent.CLOSED]
    assert alerts[0].at < parse_iso("2024-11-07T01:45:00Z")
    last = alerts[-1]
    assert len({alert.id for alert in alerts}) == 1
    assert last.severity is Severity.HIGH
    assert "UHWW" in [step.airport for step in last.journey]
    end = last.journey[-1]
    assert end.latitude_deg is not None
    assert end.longitude_deg is not None
    assert end.track_deg is not None
    kazan = 55.79, 49.12
    assert 20 < distance_nm(*kazan, end.latitude_deg, end.longitude_deg) < 50
    assert end.latitude_deg < kazan[0]
    assert 200 < end.track_deg < 250
    assert "Kazan" in (end.near or "")


def test_pyongyang_is_the_only_field_that_anything_is_said_of_beside_home() -> None:
    assert {(stop.icao24, stop.airport) for stop in case("pyongyang").every_stop} == {
        ("15522c", "ZKPY"),
        ("15522c", "UHWW"),
    }


def test_the_landing_at_damascus_is_a_wide_interval_that_holds_the_truth() -> None:
    world = case("tehran-damascus")
    stop = next(stop for stop in world.stops if stop.airport == "OSDI")
    assert stop.level in (Level.ONE_SIDE, Level.BOTH_SIDES)
    assert stop.landed.earliest is not None
    assert stop.landed.earliest <= world.true_time("landing", "OSDI") <= stop.landed.latest
    assert stop.landed.latest - stop.landed.earliest > 3 * 3600
    assert stop.departed is not None
    assert stop.departed.earliest is not None
    assert stop.departed.earliest <= world.true_time("take_off", "OSDI") <= stop.departed.latest
    assert "listed_airport" in [finding.rule for finding in stop.findings]
    assert {other.airport for other in world.stops} == {"OSDI", "OIII"}


def test_the_overflight_is_a_gap_near_pyongyang_and_alerts_nobody() -> None:
    world = case("overflight")
    assert [stop.airport for stop in world.every_stop if stop.icao24 == "155d42"] == ["UHWW"]
    assert {airports().countries[airports().index_of(s.airport or "") or 0] for s in world.every_stop} <= {"RU"}
    (gap,) = (m for m in world.movements if m.icao24 == "155d42" and m.kind is MovementKind.GAP)
    assert 12 * 60 < gap.latest - gap.earliest < 18 * 60
    assert world.alerts == []


@cache
def dark_way_home(heard_again: str) -> World:
    """The Pyongyang case with the transponder off on the way back."""
    path = HERE / "pyongyang.yaml"
    scenario = parse_scenario(path.read_text(encoding="utf-8"), source=path.name)
    one = scenario.aircraft[0]
    back = msgspec.structs.replace(one.flights[1], silent=[Silence(start="2024-11-07T01:20:00Z", until=heard_again)])
    one = msgspec.structs.replace(one, flights=[one.flights[0], back, *one.flights[2:]])
    return play(msgspec.structs.replace(scenario, aircraft=[one, *scenario.aircraft[1:]]))


@pytest.mark.parametrize("heard_again", ["landing + 2 min", "2024-11-08T05:55:00Z", "landing - 2 min"])
def test_pyongyang_left_in_the_dark_is_still_a_stop_and_the_rest_is_told_at_vladivostok(heard_again: str) -> None:
    world = dark_way_home(heard_again)
    (stop,) = (stop for stop in world.every_stop if stop.airport == "ZKPY")
    truth = next(true for true in world.truth if true.airport == "ZKPY")
    assert (stop.level, stop.status, stop.retraction) == (Level.ONE_SIDE, Status.CLOSED, None)
    assert stop.landed.earliest is not None
    assert stop.departed is not None
    assert stop.departed.earliest is not None
    assert truth.departed_at is not None
    assert stop.landed.earliest <= truth.landed_at <= stop.landed.latest
    assert stop.departed.earliest <= truth.departed_at <= stop.departed.latest
    assert stop.departed.earliest == pytest.approx(stop.landed.earliest + 300.0)
    assert AlertEvent.RETRACTED not in {alert.event for alert in world.alerts}
    own = [m for m in world.movements if m.icao24 == "15522c"]
    assert [m.airport for m in own if m.kind is MovementKind.TAKE_OFF] == ["UHWW", "UHWW"]
    assert {m.airport for m in own if m.kind is MovementKind.LANDING} <= {"UHWW", None}
    home = next(other for other in world.stops if other.airport == "UHWW")
    assert home.landed.earliest is not None
    assert home.landed.earliest >= stop.opened_at + 350.0 / 600.0 * 3600.0
