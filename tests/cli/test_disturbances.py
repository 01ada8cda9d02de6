"""Held stops, and where satellite navigation was disturbed, as `detector replay` and `detector alerts` show them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from detector import app
from detector.app import replaying
from detector.cli import status_of
from detector.cli.disturbances import Disturbance, disturbance_text, disturbances, record
from detector.domain.times import parse_iso
from detector.framing import csv
from detector.tracking.interference import InterferenceArea
from tests.movements import test_holds

AT = parse_iso("2024-05-06T12:00:00Z")


def area(
    latitude_deg: float, longitude_deg: float, minute: float = 0.0, minutes: float = 70.0, **values: Any
) -> InterferenceArea:
    begin = AT + 60 * minute
    usual = {"aircraft": 4, "degraded": 2, **values}
    return InterferenceArea(latitude_deg, longitude_deg, begin, begin + 60 * minutes, **usual)


def test_cells_that_touch_at_one_time_are_one_area_with_the_worst_count() -> None:
    cells = [area(33.5, 35.0), area(34.0, 35.5, 60.0, degraded=3), area(34.5, 36.0, 120.0), area(36.0, 35.0)]
    one, other = disturbances(cells)
    assert one == Disturbance(33.5, 35.0, 35.0, 36.5, AT, AT + 190 * 60, 4, 3)
    assert (other.south_deg, other.since) == (36.0, AT)


def test_spells_of_one_cell_that_do_not_meet_stay_apart() -> None:
    assert [one.since for one in disturbances([area(33.5, 35.0, 100.0), area(33.5, 35.0)])] == [AT, AT + 6_000]


def test_an_area_across_the_antimeridian_stays_small() -> None:
    (one,) = disturbances([area(60.0, 179.5), area(60.0, -180.0)])
    assert (one.west_deg, one.east_deg) == (179.5, -179.5)


@pytest.mark.parametrize(
    ("cells", "where"),
    [
        ([area(33.5, 35.0), area(34.0, 35.5)], "33.5..34.5 N 35.0..36.0 E"),
        ([area(-1.0, -0.5)], "0.5..1.0 S 0.0..0.5 W"),
        ([area(-0.5, 0.0), area(0.0, -0.5)], "0.5 S..0.5 N 0.5 W..0.5 E"),
        ([area(60.0, 179.5)], "60.0..60.5 N 179.5..180.0 E"),
    ],
)
def test_an_area_is_one_line_that_anybody_can_find_on_a_map(cells: list[InterferenceArea], where: str) -> None:
    (one,) = disturbances(cells)
    assert disturbance_text(one) == f"around {where}, 2024-05-06 12:00 to 13:10, 2 of 4 aircraft"


def test_past_midnight_the_day_is_told() -> None:
    (one,) = disturbances([area(33.5, 35.0, 700.0)])
    assert "2024-05-06 23:40 to 2024-05-07 00:50," in disturbance_text(one)


@pytest.fixture
def recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The landings among aircraft with poor positions. It ends before anything is released."""
    monkeypatch.setenv("DETECTOR_STATE_DIR", str(tmp_path / "state"))
    path = tmp_path / "disturbed.csv"
    path.write_bytes(csv.encode(test_holds.frames()))
    return str(path)


def test_a_replay_shows_what_is_held_why_and_until_when(recording: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(["replay", recording]) == 0
    shown = capsys.readouterr().out
    assert "open, held" in shown
    why = "3 of 5 aircraft around OSDI have poor or false positions"
    assert f"4840d6 at OSDI, held: Level 4 is held back until 6 May 2024 01:25 UTC at least: {why}" in shown
    assert "Satellite navigation disturbed" in shown
    assert "around 33.0..34.0 N 36.0..37.0 E, 2024-05-06 00:16 to 01:25, 3 of 5 aircraft" in shown
    assert status_of(["alerts", "list", "--held"]) == 0
    listed = " ".join(capsys.readouterr().out.split())
    assert "4840d6 OSDI" in listed
    assert "2024-05-06 01:25" in listed
    assert "3 of 5 aircraft" in listed


def test_a_machine_reads_the_same(recording: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(["replay", recording, "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    (one,) = summary["interference"]
    assert one == {
        "south_deg": 33.0, "north_deg": 34.0, "west_deg": 36.0, "east_deg": 37.0, "since": "2024-05-06T00:16:45Z",
        "until": "2024-05-06T01:25:02Z", "aircraft": 5, "degraded": 3,
    }  # fmt: skip
    held = [stop["held"] for stop in summary["stops"] if "held" in stop]
    assert next((hold["until"], hold["alert"]) for hold in held) == ("2024-05-06T01:25:03Z", False)


def test_a_replay_that_is_taken_up_again_tells_of_the_areas_before(
    recording: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "CHECKPOINT_EVERY_S", 0.0)
    options = app.ReplayOptions((recording,), batch_bytes=20_000)

    def stop_late(read: int, total: int, *_: object) -> None:
        if read > 0.9 * total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), app.Replay(options) as replay:
        replay.run(stop_late)
    with app.Replay(options) as replay:
        result = replay.run()
    assert any("resumed" in note for note in result.notes)
    with app.Replay(app.ReplayOptions((recording,), store="memory")) as replay:
        assert result.areas == replay.run().areas
    assert [record(one)["since"] for one in disturbances(result.areas)] == ["2024-05-06T00:16:45Z"]
