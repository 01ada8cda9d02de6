"""Where state lies on this machine."""

from __future__ import annotations

import os
from pathlib import Path

MODEL_FOLDER = "stop-outlier"


def replay_home() -> Path:
    """Where the embedded stores of replays lie, one directory each."""
    return state_home() / "replay"


def state_home() -> Path:
    """Where state is kept: $DETECTOR_STATE_DIR, else $XDG_STATE_HOME/detector, else ~/.local/state/detector."""
    named = os.environ.get("DETECTOR_STATE_DIR")
    if named:
        return Path(named)
    base = os.environ.get("XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local" / "state") / "detector"


def service_home(namespace: str) -> Path:
    """Where the service of that namespace keeps its embedded store and its spool."""
    return state_home() / namespace


def reference_home() -> Path:
    """Where `detector reference update` keeps the tables it has taken in."""
    return state_home() / "reference"


def history_home() -> Path:
    """Where `detector history` keeps the stops of the past."""
    return state_home() / "history"


def model_home() -> Path:
    """Where `detector train` puts its model, and runs look for one first."""
    return state_home() / "models" / MODEL_FOLDER
