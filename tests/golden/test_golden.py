"""What the program says of each recording and story, word for word: read the diff when it changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from detector.cli import status_of

TESTS = Path(__file__).parent.parent
STORIES = ("pyongyang", "tehran-damascus", "overflight")
RECORDINGS = ("long_flight", "full_flight_short")


def results(recording: Path, directory: Path) -> str:
    """Stops, then the last revision of each alert, indented for reading."""
    arguments = ["replay", str(recording), "--store", "memory", "--quiet"]
    stops, alerts = directory / "stops.jsonl", directory / "alerts.jsonl"
    assert status_of([*arguments, "--stops", str(stops), "--alerts", str(alerts)]) == 0
    last = {alert["id"]: alert for alert in map(json.loads, alerts.read_text().splitlines())}
    for alert in last.values():
        # The stop stands above already.
        alert["stop"] = alert["stop"]["id"]
    said = {"stops": [json.loads(line) for line in stops.read_text().splitlines()], "alerts": list(last.values())}
    return json.dumps(said, indent=1, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("name", STORIES)
def test_the_story_is_told_in_the_same_words(name: str, tmp_path: Path, golden: Callable[[str, str], None]) -> None:
    recording = tmp_path / f"{name}.csv"
    assert status_of(["simulate", str(TESTS / "scenarios" / f"{name}.yaml"), "-o", str(recording), "--quiet"]) == 0
    golden(f"{name}.json", results(recording, tmp_path))


@pytest.mark.parametrize("name", RECORDINGS)
def test_the_recording_gives_the_same_stops(name: str, tmp_path: Path, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.json", results(TESTS / "data" / "recordings" / f"{name}.csv.gz", tmp_path))
