"""The model of a configuration: what fits is used, anything else is refused in one line and rules go on."""

from __future__ import annotations

import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from detector.cli import status_of
from detector.domain.wire import stop_line
from detector.rules import findings
from detector.scoring import Ways
from detector.scoring.manifest import CARD_FILE, MANIFEST_FILE, MODEL_FILE
from detector.settings import BASELINES, Configuration, load_configuration
from detector.settings import model as model_settings
from tests.rules.test_rules import stop, watch_list
from tests.scoring import worlds

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "models" / "stop-outlier"


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state with a history of a generated world, and the shipped model put where a trained one lies."""
    state = tmp_path / "state"
    (state / "history").mkdir(parents=True)
    (state / "history" / BASELINES).write_bytes(worlds.world().usual.to_bytes())
    shutil.copytree(SHIPPED, state / "models" / "stop-outlier")
    monkeypatch.setenv("DETECTOR_STATE_DIR", str(state))
    return state


def loaded() -> Configuration:
    return load_configuration(ROOT / "config" / "detector.yaml")


def test_a_model_that_fits_is_used_and_named(state: Path) -> None:
    configuration = loaded()
    assert configuration.notes == ()
    scorer = configuration.scorer()
    assert scorer is not None
    assert scorer.score(stop(), Ways()) is not None
    (used,) = (table for table in configuration.tables_used if table.name == "model")
    assert used.sha256 == json.loads((SHIPPED / MANIFEST_FILE).read_text())["sha256"]


def manifest(change: Callable[[dict[str, object]], object]) -> Callable[[Path], None]:
    def changed(folder: Path) -> None:
        told = json.loads((folder / MANIFEST_FILE).read_text())
        change(told)
        (folder / MANIFEST_FILE).write_text(json.dumps(told))

    return changed


def flipped(folder: Path) -> None:
    data = bytearray((folder / MODEL_FILE).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / MODEL_FILE).write_bytes(data)


def with_its_hash(folder: Path, content: bytes) -> None:
    """A file that the manifest agrees with: whoever can put one there can put the other."""
    from hashlib import sha256

    (folder / MODEL_FILE).write_bytes(content)
    manifest(lambda told: told.update(sha256=sha256(content).hexdigest()))(folder)


WRONG: dict[str, tuple[Callable[[Path], object], str]] = {
    "flipped byte": (flipped, "hash is another"),
    "pickle": (lambda folder: (folder / MODEL_FILE).write_bytes(pickle.dumps({})), "hash is another"),
    "pickle with its hash": (lambda folder: with_its_hash(folder, pickle.dumps({})), "no skops file"),
    "no file": (lambda folder: (folder / MODEL_FILE).unlink(), "cannot be read"),
    "no manifest": (lambda folder: (folder / MANIFEST_FILE).unlink(), "cannot be read"),
    "manifest damaged": (lambda folder: (folder / MANIFEST_FILE).write_text("{"), "cannot be read"),
    "other scikit-learn": (manifest(lambda told: told.update(versions={"scikit-learn": "1.4.2"})), "1.4.2"),
    "no version": (manifest(lambda told: told.update(versions={})), "scikit-learn None"),
    "other features": (
        manifest(lambda told: told.update(features={"version": 1, "names": ["level"]})),
        "other features",
    ),
    "other table": (manifest(lambda told: told["features"].update(version=2)), "other features"),  # type: ignore[attr-defined]
    "other model": (manifest(lambda told: told.update(model="stop-outlier/9")), "stop-outlier/9"),
}


@pytest.mark.parametrize(("change", "said"), WRONG.values(), ids=WRONG)
def test_what_does_not_fit_is_refused_in_one_line_and_rules_go_on(
    state: Path, change: Callable[[Path], object], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change(state / "models" / "stop-outlier")
    configuration = loaded()
    assert configuration.scorer() is None
    (note,) = configuration.notes
    assert said in note
    assert "\n" not in note
    assert note.endswith("stops get no score, and are judged by rules only")
    told = findings(stop(), watch_list(), configuration.settings.rules, (), configuration.usual)
    assert "listed_airport" in {one.rule for one in told}
    assert status_of(["check-config", "--config", str(ROOT / "config" / "detector.yaml")]) == 0
    assert said in " ".join(capsys.readouterr().out.split())


def test_a_replay_with_a_refused_model_says_so_and_finds_the_same(
    state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = ROOT / "tests" / "data" / "recordings" / "full_flight_short.csv.gz"
    results = []
    for name in ("sound", "damaged"):
        out = tmp_path / f"{name}.jsonl"
        assert status_of(["replay", str(recording), "--fresh", "--store", "memory", "--stops", str(out)]) == 0
        said = capsys.readouterr().out
        assert ("is refused: model.skops is not the file" in " ".join(said.split())) == (name == "damaged")
        results.append([json.loads(line) for line in out.read_text().splitlines()])
        flipped(state / "models" / "stop-outlier")
    sound, damaged = results
    assert [one["id"] for one in sound] == [one["id"] for one in damaged]
    assert all(one["score"] is None for one in damaged)


def test_a_refused_model_makes_another_configuration(state: Path) -> None:
    whole = loaded().hash
    flipped(state / "models" / "stop-outlier")
    assert loaded().hash != whole


def test_without_scikit_learn_it_says_what_to_install(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_settings, "_installed", lambda: None)
    (note,) = loaded().notes
    assert "extra `model`" in note


def test_without_history_a_sound_model_is_not_loaded_and_a_damaged_one_is_told_of(state: Path) -> None:
    (state / "history" / BASELINES).unlink()
    configuration = loaded()
    assert (configuration.scorer(), configuration.notes) == (None, ())
    flipped(state / "models" / "stop-outlier")
    assert len(loaded().notes) == 1


def test_the_shipped_card_is_that_of_the_shipped_model() -> None:
    from detector.scoring.card import card
    from detector.scoring.manifest import Manifest

    told = msgspec.json.decode((SHIPPED / MANIFEST_FILE).read_bytes(), type=Manifest)
    assert (SHIPPED / CARD_FILE).read_bytes() == card(told)


def test_a_score_is_on_the_line_of_a_stop(state: Path) -> None:
    scorer = loaded().scorer()
    assert scorer is not None
    scored = msgspec.structs.replace(stop(), score=scorer.score(stop(), Ways("UHWW")))
    told = json.loads(stop_line(scored))["score"]
    assert set(told) == {"value", "model", "reasons"}
    assert 0.0 <= told["value"] < 1.0


def test_without_skops_it_says_what_to_install(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "skops.io", None)
    monkeypatch.delitem(sys.modules, "detector.scoring.artefact", raising=False)
    (note,) = loaded().notes
    assert "is not installed" in note
    assert "extra `model`" in note
