"""A recording with a gap of hours in it, and what the frames behind the gap come to when it ends there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector import app
from detector.checkpoint import Journal
from detector.domain.frame import FrameBatch
from detector.framing import csv
from detector.pipeline import Pipeline
from detector.tracking.clock import HELD_LIMIT
from tests.pipeline import story
from tests.pipeline.story import Outcome

BEFORE = 3_000
"""Rows before the gap."""
GAP_S = 4 * 3600.0


def with_gap(after: int) -> FrameBatch:
    """The beginning of the story, and `after` frames of it four hours later."""
    told = story.heard()[1].frames.take(slice(0, BEFORE + after))
    at = told.heard_at + np.where(np.arange(len(told)) < BEFORE, 0.0, GAP_S)
    return FrameBatch(at, told.payload, told.length, told.receiver, told.level, told.mlat)


HELD = HELD_LIMIT - 1
SHORT = with_gap(HELD)
LONG = with_gap(2_000)


def finished(frames: FrameBatch, cuts: list[int]) -> tuple[Outcome, Pipeline]:
    path = story.new_pipeline()
    told = [path.step(batch) for batch in story.cut(frames, cuts)]
    told.append(path.finish())
    return Outcome.of(told, path), path


def resumed(frames: FrameBatch, cut: int) -> tuple[Outcome, Pipeline]:
    """The path is thrown away at `cut` and made anew from what the journal wrote."""
    path = story.new_pipeline()
    journal = Journal(path, "gap")
    first = path.step(frames.take(slice(0, cut)))
    journal.note(first)
    state, _ = journal.changes()
    again = story.new_pipeline()
    Journal(again, "gap").restore(state)
    for name in ("heard_at", "payload", "length", "receiver", "level", "mlat"):
        for mine, theirs in zip(again.clock.held, path.clock.held, strict=True):
            np.testing.assert_array_equal(getattr(mine, name), getattr(theirs, name), err_msg=name)
    return Outcome.of([first, again.step(frames.take(slice(cut, None))), again.finish()], again), again


def test_frames_held_at_the_end_of_a_recording_are_taken_in() -> None:
    path = story.new_pipeline()
    path.step(SHORT)
    assert sum(map(len, path.clock.held)) == HELD
    before = path.clock.now
    path.finish()
    assert sum(map(len, path.clock.held)) == 0
    assert (before, path.clock.now) == (SHORT.heard_at[BEFORE - 1], SHORT.heard_at[-1])
    assert path.rejects.counts.get("time_jump", 0) == 0
    last = path.decoder.table["position_heard_at"]
    assert np.nanmax(last) > SHORT.heard_at[BEFORE]


def test_the_end_of_a_recording_that_holds_nothing_changes_nothing() -> None:
    path = story.new_pipeline()
    path.step(SHORT.take(slice(0, BEFORE)))
    now = path.clock.now
    path.touched_slots()
    changes = path.finish()
    assert (changes.stops, changes.alerts, changes.movements) == ([], [], [])
    assert path.clock.now == now
    assert path.finish().points is None


@settings(max_examples=10)
@given(cuts=st.lists(st.integers(BEFORE - 3, BEFORE + 15), max_size=8))
@pytest.mark.parametrize("frames", [SHORT, LONG], ids=["ends in the gap", "goes on"])
def test_any_cut_around_the_gap_gives_the_same(frames: FrameBatch, cuts: list[int]) -> None:
    whole, path = finished(frames, [])
    parts, again = finished(frames, cuts)
    assert parts == whole
    assert again.clock.now == path.clock.now


@pytest.mark.parametrize("held", [1, 2, HELD])
@pytest.mark.parametrize("frames", [SHORT, LONG], ids=["ends in the gap", "goes on"])
def test_a_run_resumed_with_several_frames_held_gives_the_same(frames: FrameBatch, held: int) -> None:
    path = story.new_pipeline()
    path.step(frames.take(slice(0, BEFORE + held)))
    assert sum(map(len, path.clock.held)) == held
    whole, through = finished(frames, [])
    parts, again = resumed(frames, BEFORE + held)
    assert parts == whole
    assert again.clock.now == through.clock.now


def test_a_replay_takes_in_what_is_held_at_the_end(tmp_path: Path) -> None:
    recording = tmp_path / "gap.csv"
    recording.write_bytes(csv.encode(SHORT))
    with app.Replay(app.ReplayOptions((str(recording),), store="memory")) as replay:
        result = replay.run()
    assert result.last_at == pytest.approx(SHORT.heard_at[-1], abs=1e-5)
    assert result.frames == len(SHORT)
