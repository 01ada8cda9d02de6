"""`detector replay --gaps`: the last revision of every gap, in order, and their number by class."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from detector.cli import status_of
from detector.domain.gap import Gap, GapClass
from detector.pipeline import Changes, Pipeline

LINE = b"1730942999.000000,8d406b902015a678d4d220aa4bda\n"


def gap(id_: str, revision: int, begin: float, kind: GapClass) -> Gap:
    return Gap(
        id=id_, revision=revision, icao24="71c001", callsign=None, begin=begin, end=begin + 900.0, kind=kind,
        reason="a reason", lost=None, found=None, listened_s=None,
    )  # fmt: skip


TOLD = [
    gap("gap-b", 1, 2_000.0, GapClass.UNKNOWN),
    gap("gap-a", 1, 1_000.0, GapClass.COVERAGE),
    gap("gap-b", 2, 2_000.0, GapClass.TRANSPONDER_OFF),
]


@pytest.fixture
def recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recording without any silence, at the end of which the path tells of some."""
    monkeypatch.setenv("DETECTOR_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr(Pipeline, "finish", lambda _: Changes(gaps=list(TOLD)))
    path = tmp_path / "good.csv"
    path.write_bytes(LINE * 3)
    return path


def test_the_last_revision_of_each_gap_is_a_line_ordered_by_begin(recording: Path, tmp_path: Path) -> None:
    out = tmp_path / "gaps.jsonl"
    assert status_of(["replay", str(recording), "--store", "memory", "--quiet", "--gaps", str(out)]) == 0
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(line["id"], line["revision"], line["class"]) for line in lines] == [
        ("gap-a", 1, "coverage"),
        ("gap-b", 2, "transponder_off"),
    ]


def test_the_summary_counts_gaps_by_class(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(["replay", str(recording), "--store", "memory", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["gaps"] == {"coverage": 1, "transponder_off": 1, "unknown": 0}


def test_gaps_cannot_share_standard_output_or_overwrite_the_recording(
    recording: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status_of(["replay", str(recording), "--gaps", "-", "--stops", "-"]) == 2
    assert status_of(["replay", str(recording), "--gaps", str(recording)]) == 1
    assert "--stops and --gaps cannot share standard output" in capsys.readouterr().err
    assert recording.read_bytes() == LINE * 3
