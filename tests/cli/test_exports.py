"""`detector alerts export` as a map, GeoJSON, KML and CSV: from the store of a replay, and from a file of alerts."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from detector.cli import status_of
from tests.cli.stories import Told, told

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return told(tmp_path_factory.mktemp("told"))


@pytest.fixture(autouse=True)
def own_state(story: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DETECTOR_STATE_DIR", str(story.state))


def said(path: Path) -> str:
    return " ".join(node.text or "" for node in ET.fromstring(path.read_text("utf-8")).iter(f"{SVG}text"))


def fails(capsys: pytest.CaptureFixture[str], status: int, *args: str) -> str:
    assert status_of(["alerts", "export", *args]) == status
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert "Traceback" not in shown.err
    return shown.err


def test_all_forms_come_from_the_store_of_a_replay_at_once(
    story: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {option: tmp_path / f"case.{option}" for option in ("geojson", "kml", "csv")}
    arguments = [part for option, path in names.items() for part in (f"--{option}", str(path))]
    drawn = tmp_path / "case.svg"
    assert status_of(["alerts", "export", story.id[:16], "--map", str(drawn), *arguments]) == 0
    assert capsys.readouterr().out.count(story.id) == 4
    told = said(drawn)
    for words in ("stop at Sunan, Pyongyang (ZKPY)", "climbing away from Vladivostok (UHWW)", "south of Kazan",
                  "last heard 7 Nov 01:26 at 2,500 ft", "heard again 7 Nov 02:15", "Recording: pyongyang.csv.gz.",
                  "lowest that anybody was heard here"):  # fmt: skip
        assert words in told
    kinds = {f["properties"]["kind"] for f in json.loads(names["geojson"].read_bytes())["features"]}
    assert kinds >= {"heard", "inferred", "gap", "landed", "departed", "candidate", "journey_leg", "journey_stop"}
    assert ET.fromstring(names["kml"].read_bytes()).tag == "{http://www.opengis.net/kml/2.2}kml"
    rows = list(csv.DictReader(io.StringIO(names["csv"].read_text("utf-8"), newline="")))
    assert sum(row["kind"] == "position" for row in rows) > 300


def test_the_same_alert_gives_the_same_bytes(story: Told, tmp_path: Path) -> None:
    for suffix in ("svg", "png"):
        first, second = tmp_path / f"one.{suffix}", tmp_path / f"two.{suffix}"
        for path in (first, second):
            assert status_of(["alerts", "export", story.id, "--map", str(path), "--width", "700"]) == 0
        assert first.read_bytes() == second.read_bytes()
    assert int.from_bytes((tmp_path / "one.png").read_bytes()[16:20], "big") == 700
    assert ET.fromstring((tmp_path / "one.svg").read_text("utf-8")).get("width") == "700"


def test_from_a_file_of_alerts_there_is_a_map_without_lines(story: Told, tmp_path: Path) -> None:
    path = tmp_path / "case.svg"
    assert status_of(["alerts", "export", story.id, "--from", str(story.alerts), "--map", str(path)]) == 0
    told = said(path)
    assert "Ilyushin Il-62 RA-86572 (Russian Air Force): stop at Sunan, Pyongyang (ZKPY)" in told
    assert "No track was kept of this flight" in told
    assert "26 NM south of Kazan" in told


def test_an_alert_read_from_a_file_says_the_same_as_it_did(story: Told, tmp_path: Path) -> None:
    path = tmp_path / "case.geojson"
    assert status_of(["alerts", "export", story.id, "--from", str(story.alerts), "--geojson", str(path)]) == 0
    alert = json.loads(path.read_bytes())["alert"]
    # Which listing a finding rests on is not in the findings of a file.
    assert alert | {"listings": story.alert["listings"]} == story.alert


def test_files_and_their_sizes_are_told_to_a_machine(
    story: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(tmp_path / "case.kml")
    assert status_of(["alerts", "export", story.id, "--kml", path, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"alert": story.id, "revision": story.alert["revision"], "kml": path}


def test_one_form_may_go_to_standard_output(story: Told, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert status_of(["alerts", "export", story.id, "--csv", "-"]) == 0
    assert capfdbinary.readouterr().out.startswith(b"kind,at_utc,")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "nothing to write: name a file with --map"),
        (["--map", "case.gif"], "--map case.gif: a map is .svg or .png"),
        (["--width", "800"], "--width: is that of a map"),
        (["--map", "case.png", "--width", "20"], "--width 20: not between 200 and 8,000 pixels"),
        (["--csv", "-", "--kml", "-"], "--kml and --csv cannot share standard output"),
        (["--csv", "-", "--json"], "--csv - and --json cannot share standard output"),
    ],
)
def test_what_cannot_be_meant_is_one_line(
    arguments: list[str], words: str, story: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    assert words in fails(capsys, 2, story.id, *arguments)


def test_nothing_is_written_where_there_is_no_folder(
    story: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "there is no directory" in fails(capsys, 1, story.id, "--map", str(tmp_path / "none" / "x.svg"))
    both = ["--geojson", str(tmp_path / "x"), "--csv", str(tmp_path / "x")]
    assert "is named for another result" in fails(capsys, 1, story.id, *both)


def test_a_line_that_is_no_alert_is_named(story: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "alerts.jsonl"
    broken = story.alert | {"stop": story.alert["stop"] | {"level": "high"}}
    path.write_text(json.dumps(broken) + "\n", "utf-8")
    error = fails(capsys, 2, story.id, "--from", str(path), "--csv", str(tmp_path / "x.csv"))
    assert f"{path}: {story.id}: not an alert as --alerts writes them" in error


def test_without_resvg_a_png_is_refused_in_one_line(
    story: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "resvg_py", None)
    error = fails(capsys, 2, story.id, "--map", str(tmp_path / "x.png"), "--csv", str(tmp_path / "x.csv"))
    assert "install stop-detector[pictures], or write .svg" in error
    assert not list(tmp_path.iterdir())
