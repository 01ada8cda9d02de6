"""What was heard live and recorded gives the same alerts offline, byte for byte."""

from __future__ import annotations

import asyncio
import filecmp
from collections import Counter
from pathlib import Path

import pytest

from detector.app import Replay, ReplayOptions
from detector.domain.wire import alert_line
from tests.faults.live_run import Heard, LiveRun

AIRCRAFT = 30


def _compared(folder: Path, seed: int) -> Heard:
    """One run, live and replayed; fails where the two files differ."""
    run = LiveRun(folder, seed, AIRCRAFT)
    heard = asyncio.run(run.run())
    live, replayed = folder / "live.jsonl", folder / "replayed.jsonl"
    live.write_bytes(b"".join(alert_line(alert) + b"\n" for alert in heard.alerts))
    with Replay(ReplayOptions((str(run.spool),), format="spool", store="memory", config=run.config)) as replay:
        alerts = replay.run().alerts
    replayed.write_bytes(b"".join(alert_line(alert) + b"\n" for alert in alerts))
    assert filecmp.cmp(live, replayed, shallow=False), f"seed {seed}: cmp {live} {replayed}"
    return heard


def _run(folder: Path, seeds: range, capsys: pytest.CaptureFixture[str]) -> None:
    runs = []
    for seed in seeds:
        here = folder / str(seed)
        here.mkdir()
        runs.append(_compared(here, seed))
    alerts = sum(len({alert.id for alert in heard.alerts}) for heard in runs)
    revisions = sum(len(heard.alerts) for heard in runs)
    faults = sum((heard.faults for heard in runs), Counter[str]())
    gaps = sum(heard.gaps for heard in runs)
    with capsys.disabled():
        told = f"{len(runs)} runs, {alerts} alerts in {revisions} revisions; runs that differ from their replay: 0"
        harm = ", ".join(f"{name} {n}" for name, n in sorted(faults.items()))
        print(f"\n{told}\nconnections: {harm}; feeds lost {gaps} times")  # noqa: T201  the counts are to be shown
    assert all(heard.alerts for heard in runs)
    assert len(faults.keys() - {"none"}) > 4


def test_a_replay_of_what_was_recorded_live_gives_the_same_bytes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _run(tmp_path, range(3), capsys)


@pytest.mark.soak
def test_fifty_replays_of_what_was_recorded_live_give_the_same_bytes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _run(tmp_path, range(50), capsys)
