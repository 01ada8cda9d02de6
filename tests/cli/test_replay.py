"""`detector replay` as a person and as another program use it, on the shipped story."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from detector.cli import status_of

SCENARIO = Path(__file__).parent.parent / "scenarios" / "pyongyang.yaml"
RECORDINGS = Path(__file__).parent.parent / "data" / "recordings"


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("story") / "pyongyang.csv.gz"
    assert status_of(["simulate", str(SCENARIO), "-o", str(path), "--quiet"]) == 0
    return path


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DETECTOR_STATE_DIR", str(tmp_path / "state"))


def test_the_story_ends_in_a_table_an_alert_and_a_journey(story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(["replay", str(story)]) == 0
    shown = capsys.readouterr().out
    for words in (
        "ZKPY",
        "3 inferred",
        "listed_airport",
        "short_turnaround",
        "certain",
        "Journey of RA-86572",
        "Kazan",
    ):
        assert words in shown


def test_stops_go_to_standard_output_and_the_tables_step_aside(story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(["replay", str(story), "--store", "memory", "--stops", "-"]) == 0
    shown = capsys.readouterr()
    stops = [json.loads(line) for line in shown.out.splitlines()]
    assert [(stop["airport"], stop["level"], stop["status"]) for stop in stops] == [
        ("ZKPY", 3, "closed"),
        ("UHWW", 3, "closed"),  # 26 h without a word, and nobody listening
    ]
    assert "Alerts" in shown.err


def test_a_stop_has_every_field_of_the_contract_in_its_order(story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(["replay", str(story), "--store", "memory", "--quiet", "--stops", "-"]) == 0
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    fields = (
        "schema id revision status icao24 registration type_code operator callsign_in callsign_out airport country "
        "candidates landed departed ground_time_s level kind checks findings score"
    )
    assert " ".join(first) == fields
    assert list(first["landed"]) == ["earliest", "latest", "estimate", "observed"]
    assert list(first["ground_time_s"]) == ["min", "max", "estimate"]
    assert {"name", "verdict", "value", "limit", "unit"} <= set(first["checks"][0])
    assert list(first["findings"][0]) == ["rule", "certainty", "severity", "reason"]


def test_every_revision_of_the_alert_is_a_line_under_one_id(story: Path, tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    assert status_of(["replay", str(story), "--store", "memory", "--quiet", "--alerts", str(path)]) == 0
    alerts = [json.loads(line) for line in path.read_text().splitlines()]
    contract = ["schema", "id", "revision", "event", "at", "severity", "stop", "journey", "evidence"]
    assert list(alerts[0]) == [*contract, "airport_name", "identity", "listings", "reference"]
    assert len({alert["id"] for alert in alerts}) == 1
    assert [alert["revision"] for alert in alerts] == list(range(1, len(alerts) + 1))
    assert [alert["event"] for alert in alerts[:2]] == ["opened", "closed"]
    assert {alert["event"] for alert in alerts[2:]} == {"updated"}
    assert alerts[-1]["evidence"]["disagreements"] == 0
    assert alerts[-1]["evidence"]["frames"] > 10


def test_the_summary_is_one_json_object(story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(["replay", str(story), "--store", "memory", "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["aircraft"] > 5
    assert len(summary["alerts"]) == 1
    assert {"take_off", "landing"} <= {movement["kind"] for movement in summary["movements"]}


def test_more_workers_are_accepted_and_said_not_to_be_used(story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(["replay", str(story), "--store", "memory", "--workers", "4"]) == 0
    assert "--workers 4: this version replays in one process" in capsys.readouterr().out


def test_the_map_is_one_page_that_names_the_field(story: Path, tmp_path: Path) -> None:
    page = tmp_path / "map.html"
    assert status_of(["replay", str(story), "--store", "memory", "--quiet", "--map", str(page)]) == 0
    text = page.read_text()
    assert text.startswith("<!")
    assert "ZKPY" in text


def test_the_reference_decoder_finds_the_same_stops(tmp_path: Path) -> None:
    recording = str(RECORDINGS / "full_flight_short.csv.gz")
    found = []
    for decoder in ("columnar", "reference"):
        path = tmp_path / f"{decoder}.jsonl"
        arguments = ["replay", recording, "--store", "memory", "--quiet", "--decoder", decoder, "--stops", str(path)]
        assert status_of(arguments) == 0
        found.append([json.loads(line) for line in path.read_text().splitlines()])
    columnar, reference = found
    assert [(stop["id"], stop["airport"], stop["level"]) for stop in columnar] == [
        (stop["id"], stop["airport"], stop["level"]) for stop in reference
    ]
    assert [stop["airport"] for stop in columnar] == ["LFBO"]


def test_decoded_tracks_are_counted_in_rows(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["replay", str(RECORDINGS / "stratux_sbs_2015-09-02.log.gz"), "--store", "memory"]
    assert status_of(arguments) == 0
    shown = capsys.readouterr().out
    assert " rows of " in shown
    assert " frames" not in shown
