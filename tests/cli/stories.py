"""The shipped story replayed once into an embedded store, for commands that read what a replay left."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from detector.cli import status_of

SCENARIO = Path(__file__).parent.parent / "scenarios" / "pyongyang.yaml"


@dataclass(frozen=True)
class Told:
    """Where the replay kept its state, the file of alerts it wrote, and the alert in its last revision."""

    state: Path
    recording: Path
    alerts: Path
    alert: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.alert["id"])


def told(folder: Path) -> Told:
    """Replays the story, with its state under `folder`."""
    recording, alerts = folder / "pyongyang.csv.gz", folder / "alerts.jsonl"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DETECTOR_STATE_DIR", str(folder / "state"))
        assert status_of(["simulate", str(SCENARIO), "-o", str(recording), "--quiet"]) == 0
        assert status_of(["replay", str(recording), "--quiet", "--alerts", str(alerts)]) == 0
    last = json.loads(alerts.read_text().splitlines()[-1])
    return Told(folder / "state", recording, alerts, last)


def export(story: Told, path: Path) -> Path:
    """The bundle of the alert, written to `path`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DETECTOR_STATE_DIR", str(story.state))
        assert status_of(["alerts", "export", story.id, "--bundle", str(path)]) == 0
    return path
