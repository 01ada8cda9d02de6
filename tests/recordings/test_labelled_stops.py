"""Decoded tracks with stops that are known, and tracks in which none is complete, through the whole path.

`tests/data/labels/columns.md` says what the labels are; the traps are those of real tracks.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

from detector import app
from detector.domain.movement import MovementKind
from detector.domain.stop import Level, Moment, Status, Stop
from detector.domain.times import parse_iso

DATA = Path(__file__).parents[1] / "data"
WORD_LAGS_S = 10.0
"""The aircraft's word comes some seconds after its wheels touched; the labels take slow and low for on the ground."""
HOUR = "tracks/88nv_1hr_2023-08-29.jsonl.gz"
DAY = "tracks/88nv_2023-08-30"
ROUNDED_S = 1.0
"""Times of the labels are whole seconds."""
NEGATIVES = sorted(path.name for path in (DATA / "tracks" / "negatives").iterdir())
GROUND_FLAG_IN_FLIGHT = ("a9ddb5", "2023-08-29T10:16:22Z")
"""Its ground flag is set for 90 s of a climb: 4,400 ft at 60 kt, 10:38:51 to 10:38:57. The label follows the flag."""


@cache
def replayed(name: str) -> app.ReplayResult:
    with app.Replay(app.ReplayOptions((str(DATA / name),), store="memory", fresh=True)) as run:
        return run.run()


def labels(tier: str) -> list[dict[str, str]]:
    with (DATA / "labels" / "stops_known.csv").open(newline="") as file:
        return [row for row in csv.DictReader(file) if row["tier"] == tier]


def of_label(row: dict[str, str]) -> list[Stop]:
    """The aircraft's stops that can be the one of the label: any time in common."""
    file = DAY if row["file"].startswith(DAY) else row["file"]
    first, last = parse_iso(row["last_air"]), parse_iso(row["first_air"])
    stops = [stop for stop in replayed(file).stops if stop.icao24 == row["icao"] and stop.level > Level.REJECTED]
    return [
        stop
        for stop in stops
        if (stop.landed.earliest or 0.0) < last and (stop.departed is None or (stop.departed.latest or last) > first)
    ]


def meets(moment: Moment | None, earliest: str, latest: str, slack_s: float = ROUNDED_S) -> bool:
    """Whether the interval has a time in common with the label's."""
    assert moment is not None
    assert moment.earliest is not None
    assert moment.latest is not None
    return moment.earliest <= parse_iso(latest) + slack_s and moment.latest >= parse_iso(earliest) - ROUNDED_S


def complete(name: str) -> list[tuple[str, str | None]]:
    return [(s.icao24, s.airport) for s in replayed(name).stops if s.status is Status.CLOSED and s.level > 0]


@pytest.mark.parametrize("row", labels("A"), ids=lambda row: f"{row['icao']} {row['first_gnd']}")
def test_every_known_stop_is_found_at_its_field_and_in_its_bounds(row: dict[str, str]) -> None:
    (stop,) = of_label(row)
    assert (stop.airport, stop.status) == (row["apt"], Status.CLOSED)
    assert stop.level >= Level.ONE_SIDE
    assert meets(stop.landed, row["last_air"], row["first_gnd"], WORD_LAGS_S)
    if (row["icao"], row["last_air"]) == GROUND_FLAG_IN_FLIGHT:
        assert meets(stop.departed, "2023-08-29T10:37:50Z", "2023-08-29T10:38:51Z")
    else:
        assert meets(stop.departed, row["last_gnd"], row["first_air"])
        assert stop.ground_time is not None
        assert stop.ground_time.min <= float(row["max_s"]) + WORD_LAGS_S
        assert stop.ground_time.max is not None
        assert stop.ground_time.max + WORD_LAGS_S >= float(row["min_s"])


@pytest.mark.parametrize("row", labels("T"), ids=lambda row: f"{row['icao']} {row['first_gnd']}")
def test_no_touch_and_go_is_a_stop(row: dict[str, str]) -> None:
    assert of_label(row) == []


def test_a_touch_and_go_of_several_ground_reports_is_told_as_one() -> None:
    told = {m.icao24 for m in replayed(HOUR).movements if m.kind is MovementKind.TOUCH_AND_GO}
    assert "a9ddb5" in told


@pytest.mark.parametrize("name", [HOUR, DAY])
def test_no_complete_stop_is_told_that_is_not_known(name: str) -> None:
    known = [(row["icao"], row["apt"]) for row in labels("A") if row["file"].startswith(name)]
    assert sorted(complete(name)) == sorted(known)


def test_who_taxies_with_the_word_airborne_has_not_landed_by_saying_on_the_ground_at_last() -> None:
    """a19702 rolls at 17 kt and 3,775 ft from the first line on; aa178d stands and says "airborne" twice."""
    landings = [m for m in replayed(HOUR).movements if m.kind is MovementKind.LANDING]
    assert not any(m.icao24 == "a19702" and m.latest < parse_iso("2023-08-29T10:26:00Z") for m in landings)
    assert not any(m.icao24 == "aa178d" and m.latest < parse_iso("2023-08-29T10:36:00Z") for m in landings)


def test_a_recording_that_ends_on_the_ground_leaves_stops_open() -> None:
    last = [stop for stop in replayed(DAY).stops if stop.icao24 in ("a3c78c", "aa178d")][-1]
    assert (last.status, last.departed) == (Status.OPEN, None)


def test_twenty_minutes_of_a_busy_field_hold_no_complete_stop() -> None:
    assert complete("tracks/88nv_20minutes_2023-08-30.jsonl.gz") == []


@pytest.mark.parametrize("name", NEGATIVES)
def test_no_complete_stop_is_found_where_there_is_none(name: str) -> None:
    assert len(NEGATIVES) == 9
    assert complete(f"tracks/negatives/{name}") == []


def test_low_passes_over_many_fields_are_no_landings() -> None:
    result = replayed("tracks/negatives/belevingsvlucht.json.gz")
    assert [m for m in result.movements if m.kind is MovementKind.LANDING] == []
    assert result.stops == []


def test_low_orbits_and_hovering_are_no_stops() -> None:
    for name in ("aircraft_carrier", "rega_sg"):
        assert replayed(f"tracks/negatives/{name}.json.gz").stops == []


def test_altitudes_of_38000_ft_while_taxiing_are_no_flights() -> None:
    for name in ("noisy_ground", "noisy_takeoff"):
        kinds = [movement.kind for movement in replayed(f"tracks/negatives/{name}.json.gz").movements]
        assert kinds == [MovementKind.TAKE_OFF]


def test_a_ground_flag_at_468_kt_is_no_landing() -> None:
    result = replayed("tracks/negatives/zurich_airport.json.gz")
    assert {stop.airport for stop in result.stops} == {"LSZH"}
    assert {m.airport for m in result.movements if m.kind in (MovementKind.LANDING, MovementKind.TAKE_OFF)} == {"LSZH"}


def test_decoded_tracks_have_no_frames_for_evidence_to_rest_on() -> None:
    result = replayed(DAY)
    words = [check for stop in result.stops for check in stop.checks if check.name == "ground_words"]
    assert words
    assert {check.verdict for check in words} == {"not_evaluable"}
