"""`detector alerts` as a person and as another program use it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from detector.cli import status_of
from tests.cli.stories import Told, told
from tests.stores.conftest import durable_redis, start_redis

__all__ = ["durable_redis", "start_redis"]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return told(tmp_path_factory.mktemp("told"))


@pytest.fixture(autouse=True)
def own_state(story: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DETECTOR_STATE_DIR", str(story.state))


def fails(capsys: pytest.CaptureFixture[str], status: int, *args: str) -> str:
    """The one line that the command line ends in."""
    assert status_of(["alerts", *args]) == status
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert "Traceback" not in shown.err
    return shown.err


def test_the_list_is_a_table_with_the_whole_id(story: Told, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(["alerts", "list"]) == 0
    shown = capsys.readouterr().out
    for words in (story.id, "high", "15522c", "ZKPY", "listed_airport", "short_turnaround"):
        assert words in shown


def test_the_list_of_the_store_and_of_the_file_are_the_same_lines(
    story: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status_of(["alerts", "list", "--json"]) == 0
    of_store = capsys.readouterr().out
    assert status_of(["alerts", "list", "--json", "--from", str(story.alerts)]) == 0
    assert capsys.readouterr().out == of_store
    assert [json.loads(line) for line in of_store.splitlines()] == [story.alert]


def test_an_alert_is_shown_in_words(story: Told, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(["alerts", "show", story.id]) == 0
    shown = capsys.readouterr().out
    for words in (
        "Landed: between 2024-11-07 01:29:0",
        "Level 3 (inferred): not seen on the ground",
        "Did not just fly through (not_overflight): speaks for it",
        "No jump of position (implied_speed): nothing against it",
        f"Alert: closed (the stop is over), revision {story.alert['revision']}",
        "Field: Sunan International Airport, Pyongyang (ZKPY, KP)\n",
        "short_turnaround (certain, high)",
        "26 NM south of UWKD (Kazan)",
        f"Evidence: {story.alert['evidence']['frames']} raw frames",
        story.alert["evidence"]["sha256"],
    ):
        assert words in shown


@pytest.mark.parametrize("source", ["store", "file"])
def test_an_id_may_be_the_stops_or_begin_as_it_does(
    source: str, story: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--from", str(story.alerts)] if source == "file" else []
    shown = []
    for wanted in (story.id, story.id[:16], story.id.removeprefix("alert-")[:8], story.alert["stop"]["id"]):
        assert status_of(["alerts", "show", wanted, "--json", *where]) == 0
        shown.append(capsys.readouterr().out)
    assert len(set(shown)) == 1
    assert json.loads(shown[0]) == story.alert


def test_held_stops_are_listed_with_their_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "stops.jsonl"
    stop = {"schema": "detector.stop/1", "id": "stop-1", "icao24": "15522c", "airport": "ZKPY", "level": 3}
    held = {"reason": "positions are false in the area", "until": "2024-11-07T03:00:00Z", "alert": False}
    path.write_text(f"{json.dumps(stop)}\n{json.dumps(stop | {'id': 'stop-2', 'kind': 'inferred', 'held': held})}\n")
    assert status_of(["alerts", "list", "--held", "--from", str(path)]) == 0
    shown = capsys.readouterr().out
    assert "stop-2" in shown
    assert "stop-1" not in shown
    assert "positions are false" in shown


def test_nothing_held_is_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(["alerts", "list", "--held"]) == 0
    assert capsys.readouterr().out.endswith("UTC\nNo stops are held.\n")


def test_the_list_says_of_which_replay_it_is(story: Told, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(["alerts", "list"]) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith(f"Replay of {story.recording}, made 20")


def test_a_file_of_the_other_kind_is_one_line_and_an_empty_one_holds_nothing(
    story: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stops, empty = tmp_path / "stops.jsonl", tmp_path / "empty.jsonl"
    stops.write_text(json.dumps(story.alert["stop"] | {"schema": "detector.stop/1"}) + "\n")
    empty.write_text("")
    assert "holds stops and no alerts" in fails(capsys, 2, "list", "--from", str(stops))
    assert "holds stops and no alerts" in fails(capsys, 2, "show", story.id, "--from", str(stops))
    assert "alerts files hold no held stops" in fails(capsys, 2, "list", "--held", "--from", str(story.alerts))
    assert status_of(["alerts", "list", "--from", str(empty)]) == 0
    assert capsys.readouterr().out == "No alerts.\n"


def test_a_bundle_is_the_same_bytes_every_time(story: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("one.zip", "two.zip"):
        assert status_of(["alerts", "export", story.id, "--bundle", str(tmp_path / name)]) == 0
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert story.id in capsys.readouterr().out


def test_the_newest_replay_of_a_server_is_read(
    story: Told, durable_redis: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.csv"
    other.write_text("1730942000.0,8d15522c5877055eda4fa23829eb\n1730942001.0,8d15522c5877055eda4fa23829eb\n")
    for recording in (other, story.recording):
        assert status_of(["replay", str(recording), "--quiet", "--store", durable_redis]) == 0
    assert status_of(["alerts", "list", "--json", "--store", durable_redis]) == 0
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == [story.id]


def test_an_unknown_id_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert "no such alert" in fails(capsys, 2, "show", "alert-0")


def test_a_store_without_replays_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DETECTOR_STATE_DIR", str(tmp_path / "nowhere"))
    assert "no replay has left anything" in fails(capsys, 1, "list")
    assert not (tmp_path / "nowhere").exists()


def test_the_memory_store_keeps_nothing_to_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert "keeps nothing" in fails(capsys, 2, "list", "--store", "memory")


@pytest.mark.parametrize("args", [("list", "--store", "cupboard"), ("list", "--store", "redis://localhost:1/")])
def test_a_store_that_cannot_be_is_one_line(args: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    fails(capsys, 2 if args[-1] == "cupboard" else 1, *args)


def test_no_bundle_can_be_made_of_a_file(story: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = fails(
        capsys, 2, "export", story.id, "--bundle", str(tmp_path / "b.zip"), "--from", str(story.alerts)
    )  # fmt: skip
    assert "no raw frames" in line


@pytest.mark.parametrize(
    "content",
    [b"{", b"[]\n", b'{"schema": "detector.gap/1", "id": "x"}\n', b'{"schema": "detector.alert/1"}\n', b"\xff\xfe\x00",
     b'{"schema": "detector.alert/1", "id": "x", "severity": "high", "stop": 3}\n'],
)  # fmt: skip
def test_a_file_of_something_else_is_one_line(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "wrong.jsonl"
    path.write_bytes(content)
    assert str(path) in fails(capsys, 2, "list", "--from", str(path))


def test_a_missing_file_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no such file" in fails(capsys, 1, "list", "--from", str(tmp_path / "none.jsonl"))


def test_a_bundle_by_other_settings_than_those_of_the_replay_is_refused(
    story: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "other.yaml"
    config.write_text("rules: strict.yaml\n")
    (tmp_path / "strict.yaml").write_text("short_turnaround: {under_s: 60.0}\n")
    args = ("export", story.id, "--bundle", str(tmp_path / "b.zip"), "--config", str(config))
    assert "other settings" in fails(capsys, 2, *args)


def test_the_group_alone_shows_its_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(["alerts"]) == 2
    shown = capsys.readouterr().out
    assert all(command in shown for command in ("list", "show", "export"))
