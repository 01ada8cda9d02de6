"""`detector train`, `detector evaluate` and `detector history rank`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from detector.cli import status_of
from detector.cli import train as train_command
from detector.history.archive import Archive
from detector.scoring.manifest import MANIFEST_FILE, MODEL_FILE
from tests.scoring import worlds

SHIPPED = Path(__file__).parents[2] / "models" / "stop-outlier"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DETECTOR_STATE_DIR", str(tmp_path / "state"))
    return tmp_path / "state"


def run(capsys: pytest.CaptureFixture[str], *arguments: object, status: int = 0) -> str:
    assert status_of([str(argument) for argument in arguments]) == status
    said = capsys.readouterr()
    return said.err if status else said.out


def test_the_shipped_model_is_what_its_seed_gives(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shipped = json.loads((SHIPPED / MANIFEST_FILE).read_text())
    made = json.loads(run(capsys, "train", "--seed", shipped["trained"]["seed"], "--json"))
    assert made == shipped
    assert (state / "models" / "stop-outlier" / MODEL_FILE).read_bytes() == (SHIPPED / MODEL_FILE).read_bytes()


def test_one_command_trains_on_ones_own_history_and_its_stops_are_ranked(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = worlds.world()
    archive = Archive(state / "history")
    archive.add(world.month)
    said = run(capsys, "train", "--history", "--seed", "5")
    assert f"{len(world.month):,} visits of history" in said
    ranked = [json.loads(line) for line in run(capsys, "history", "rank", "--top", "10", "--json").splitlines()]
    assert len(ranked) == 10
    values = [one["score"]["value"] for one in ranked]
    assert values == sorted(values, reverse=True)
    assert values[0] > 0.99
    odd = {visit.id for visit, is_odd in zip(world.month, world.odd, strict=True) if is_odd}
    assert odd & {one["id"] for one in ranked}
    told = run(capsys, "history", "rank", "--top", "3", "--since", "2024-11-05", "--until", "2024-11-20")
    assert told.startswith("The 3 oddest of ")
    assert "2024-11-" in told


def test_history_that_is_too_short_is_said(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Archive(state / "history").add(worlds.world().month[:50])
    said = run(capsys, "train", "--history", status=1)
    assert said.count("\n") == 1
    assert "too few to train on" in said
    assert "nothing was learned" in run(capsys, "history", "rank", status=2)


def test_a_report_has_its_figures_tables_and_curves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "report"
    said = run(capsys, "evaluate", "--seeds", "1", "--odd", "6", "--scale", "0.1", "-o", out)
    assert "the model" in said
    figures = json.loads((out / "report.json").read_text())
    (one,) = figures["seeds"]
    assert one["odd"] == 24
    assert one["rankings"]["the model"]["average_precision"] > one["rankings"]["rules alone"]["average_precision"]
    text = (out / "report.md").read_text()
    assert text.count("**0.") == 10
    assert (out / "precision-recall.png").read_bytes().startswith(b"\x89PNG")
    assert (out / "roc.png").stat().st_size > 10_000


@pytest.mark.parametrize("command", [["train"], ["evaluate"], ["history", "rank"]])
def test_without_scikit_learn_it_says_what_to_install(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(train_command, "find_spec", lambda _name: None)
    said = run(capsys, *command, status=2)
    assert said.count("\n") == 1
    assert "extra `model`" in said
