"""`detector verify`: an alert is proved by its own evidence, and by nothing that was changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from detector import cases
from detector.cases import archive
from detector.cli import status_of
from detector.domain.errors import InputError
from tests.cli.stories import Told, export, told

Members = dict[str, bytes]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return told(tmp_path_factory.mktemp("told"))


@pytest.fixture(scope="module")
def bundle(story: Told, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export(story, tmp_path_factory.mktemp("bundle") / "case.zip")


def repacked(bundle: Path, path: Path, change: Callable[[Members], object]) -> Path:
    """The bundle with members changed and every hash made anew: whole, but not what was exported."""
    manifest, members = archive.unpacked(bundle.read_bytes(), "bundle")
    change(members)
    about = {key: value for key, value in manifest.items() if key not in ("schema", "members")}
    path.write_bytes(archive.packed(members, about))
    return path


def edited(name: str, edit: Callable[[Any], object]) -> Callable[[Members], None]:
    def change(members: Members) -> None:
        value = json.loads(members[name])
        edit(value)
        members[name] = json.dumps(value).encode()

    return change


def different(path: Path) -> set[str]:
    return {fact.name for fact in cases.verify(path).facts if fact.outcome is cases.Outcome.DIFFERENT}


def test_the_story_comes_out_the_same(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(["verify", str(bundle)]) == 0
    shown = capsys.readouterr().out
    assert "same: field ZKPY" in shown
    assert "same: level 3" in shown
    assert shown.splitlines()[-1].startswith("same: ")


def test_every_fact_is_told_as_json(story: Told, bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(["verify", str(bundle), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["result"], record["alert"], record["revision"]) == ("same", story.id, story.alert["revision"])
    names = {fact["name"] for fact in record["facts"]}
    checks = {f"check {check['name']}" for check in story.alert["stop"]["checks"]}
    bounds = {f"{what} {bound}" for what in ("landed", "departed") for bound in ("earliest", "latest")}
    assert {"aircraft", "field", "level", "kind", "frames sha256"} | checks | bounds <= names


def test_the_frames_of_a_bundle_are_a_recording(story: Told, bundle: Path, tmp_path: Path) -> None:
    _, members = archive.unpacked(bundle.read_bytes(), "bundle")
    frames, stops = tmp_path / "frames.csv", tmp_path / "stops.jsonl"
    frames.write_bytes(members["frames.csv"])
    args = ["replay", str(frames), "--format", "csv", "--store", "memory", "--quiet", "--stops", str(stops)]
    assert status_of(args) == 0
    found = [json.loads(line) for line in stops.read_text().splitlines()]
    claimed = story.alert["stop"]
    assert (claimed["airport"], claimed["level"]) in [(stop["airport"], stop["level"]) for stop in found]
    assert frames.read_text().splitlines()[0] == "ts,hex,receiver"


def test_a_flipped_byte_anywhere_is_found(bundle: Path, tmp_path: Path) -> None:
    data, path = bundle.read_bytes(), tmp_path / "flipped.zip"
    # Every byte of the directory at the end and of the first header, and samples of the rest.
    offsets = sorted({*range(64), *range(64, len(data) - 700, 331), *range(len(data) - 700, len(data))})
    for offset in offsets:
        changed = bytearray(data)
        changed[offset] ^= 0x01 << (offset % 8)
        path.write_bytes(changed)
        with pytest.raises(InputError) as caught:
            cases.verify(path)
        assert "\n" not in str(caught.value), offset


@pytest.mark.parametrize("spoil", [lambda b: b[:-1], lambda b: b + b"\0", lambda b: b[: len(b) // 2], lambda b: b[:0]])
def test_a_bundle_that_is_cut_or_longer_is_one_line_and_status_1(
    spoil: Callable[[bytes], bytes], bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "spoilt.zip"
    path.write_bytes(spoil(bundle.read_bytes()))
    assert status_of(["verify", str(path)]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert str(path) in shown.err


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"not a zip", b"\x1f\x8b"])
def test_a_file_that_is_no_bundle_is_one_line(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "other.zip"
    path.write_bytes(content)
    for missing in (path, tmp_path / "none.zip", tmp_path):
        assert status_of(["verify", str(missing)]) == 1
        assert capsys.readouterr().err.count("\n") == 1


def test_a_changed_setting_comes_out_different(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change = edited("settings.json", lambda settings: settings["movements"].update(energy_margin_nm=-6.0))
    path = repacked(bundle, tmp_path / "changed.zip", change)
    assert status_of(["verify", str(path)]) == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith("different: ")


def test_a_changed_listing_takes_the_findings_away(bundle: Path, tmp_path: Path) -> None:
    def unlisted(tables: Any) -> None:
        for field in tables["fields"]:
            field["listings"] = []

    path = repacked(bundle, tmp_path / "changed.zip", edited("tables.json", unlisted))
    assert {"finding listed_airport", "finding short_turnaround"} <= different(path)


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        (lambda alert: alert["stop"].update(airport="RKSI"), "field"),
        (lambda alert: alert["stop"].update(level=4), "level"),
        (lambda alert: alert["stop"]["landed"].update(earliest="2024-11-07T01:20:00Z"), "landed earliest"),
        (lambda alert: alert["stop"]["ground_time_s"].update(max=900), "ground time max"),
        (lambda alert: alert["stop"]["checks"][-1].update(verdict="fail"), "check not_overflight"),
        (lambda alert: alert["evidence"].update(sha256="0" * 64), "frames sha256"),
    ],
)
def test_a_claim_that_the_frames_do_not_bear_out_is_different(
    change: Callable[[Any], object], fact: str, bundle: Path, tmp_path: Path
) -> None:
    assert fact in different(repacked(bundle, tmp_path / "changed.zip", edited("alert.json", change)))


def test_frames_left_out_are_noticed(bundle: Path, tmp_path: Path) -> None:
    def shorter(members: Members) -> None:
        header, *rows = members["frames.csv"].decode().splitlines(keepends=True)
        members["frames.csv"] = "".join([header, *rows[: len(rows) // 2]]).encode()

    found = different(repacked(bundle, tmp_path / "changed.zip", shorter))
    assert {"frames", "frames sha256"} <= found


@pytest.mark.parametrize(
    "change",
    [
        lambda members: members.pop("frames.csv"),
        lambda members: members.update({"frames.csv": b"ts,hex,receiver\n1.0,zz,0\n"}),
        lambda members: members.update({"alert.json": b"[]"}),
        lambda members: members.update({"settings.json": b'{"unknown": 1}'}),
        lambda members: members.update({"tables.json": b'{"fields": []}'}),
        edited("alert.json", lambda alert: alert.pop("stop")),
    ],
)
def test_members_that_do_not_fit_together_are_one_line(
    change: Callable[[Members], object], bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = repacked(bundle, tmp_path / "changed.zip", change)
    assert status_of(["verify", str(path)]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_export_leaves_a_file_alone_that_is_no_bundle(
    story: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DETECTOR_STATE_DIR", str(story.state))
    path = tmp_path / "recording.csv"
    path.write_text("ts,hex\n")
    assert status_of(["alerts", "export", story.id, "--bundle", str(path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert path.read_text() == "ts,hex\n"


def test_export_replaces_a_bundle_and_tells_how_it_comes_out(
    story: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        export(story, tmp_path / "case.zip")
        assert "recomputed: same, " in capsys.readouterr().out
