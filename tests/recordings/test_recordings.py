"""Real recordings: the landings and take-offs that are known, and nothing else."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from detector.domain.frame import FrameBatch
from detector.domain.movement import MovementKind
from detector.domain.stop import Level, Status
from detector.domain.times import parse_iso
from detector.feeds.files import open_recordings
from tests.movements.worlds import BORDER_S, World, run

RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"
VEHICLES = {"484203", "484204", "4842e9", "485251"}
FIXED_STATIONS = {"3907db", "3911db", "3907fb"}


@cache
def heard(name: str) -> World:
    batches = open_recordings([str(RECORDINGS / f"{name}.csv.gz")])
    return run(FrameBatch.concat([batch for batch in batches if isinstance(batch, FrameBatch)]))


@pytest.mark.parametrize(
    ("name", "icao24", "kind", "airport", "at"),
    [
        ("long_flight", "486257", MovementKind.TAKE_OFF, "LFBO", "2023-10-24T10:10:44Z"),
        ("long_flight", "486257", MovementKind.LANDING, "EHAM", "2023-10-24T11:38:14Z"),
        ("long_flight", "398101", MovementKind.LANDING, "LFBO", "2023-10-24T10:09:17Z"),
        ("full_flight_short", "393322", MovementKind.TAKE_OFF, None, "2024-07-06T06:59:21Z"),
        ("full_flight_short", "393322", MovementKind.LANDING, "LFBO", "2024-07-06T07:58:42Z"),
    ],
)
def test_a_known_movement_is_told_within_seconds(
    name: str, icao24: str, kind: MovementKind, airport: str | None, at: str
) -> None:
    """The take-off at LFPG has no field: nothing but a fix after lifting off tells where it was."""
    (movement,) = (m for m in heard(name).movements if m.icao24 == icao24 and m.kind is kind)
    assert movement.airport == airport
    assert abs(movement.latest - parse_iso(at)) < BORDER_S
    assert abs(movement.earliest - parse_iso(at)) < BORDER_S


def test_each_known_landing_is_an_open_stop_at_its_field_and_there_is_no_other() -> None:
    told = {
        (s.icao24, s.airport, s.status) for name in ("long_flight", "full_flight_short") for s in heard(name).every_stop
    }
    assert told == {
        ("486257", "EHAM", Status.OPEN),
        ("398101", "LFBO", Status.OPEN),
        ("393322", "LFBO", Status.OPEN),
    }


@pytest.mark.parametrize(("name", "icao24"), [("long_flight", "486257"), ("full_flight_short", "393322")])
def test_a_landing_that_was_heard_all_the_way_down_is_level_4(name: str, icao24: str) -> None:
    (stop,) = heard(name).stops_of(icao24)
    assert stop.level is Level.OBSERVED


def test_a_landing_first_heard_on_short_final_is_level_3_at_least() -> None:
    (stop,) = heard("long_flight").stops_of("398101")
    assert stop.level >= Level.BOTH_SIDES


def test_vehicles_and_fixed_stations_do_not_move_at_all() -> None:
    assert {m.icao24 for m in heard("long_flight").movements}.isdisjoint(VEHICLES | FIXED_STATIONS)


def test_no_other_movement_is_invented() -> None:
    """3944ed is heard airborne one minute after its last word on the ground, and 48418c touches down unplaced."""
    known = {
        ("486257", "take_off"),
        ("486257", "landing"),
        ("398101", "landing"),
        ("3944ed", "take_off"),
        ("48418c", "landing"),
    }
    assert {(m.icao24, m.kind.value) for m in heard("long_flight").movements} == known
    assert [(m.kind.value) for m in heard("full_flight_short").movements] == ["take_off", "landing"]
