"""Decoded tracks on the path: no result depends on the cut, on a restart, or on what else is in the stream."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.checkpoint import Journal
from detector.domain.decoded import COLUMNS, NO_AIRCRAFT, Batch, DecodedBatch
from detector.domain.frame import FrameBatch
from detector.feeds.files import open_recordings
from detector.feeds.merge import merged
from detector.pipeline import Changes
from tests.feeds.batches import batches
from tests.pipeline import story
from tests.pipeline.story import Outcome

TRACKS = Path(__file__).parents[1] / "data" / "tracks"


@cache
def hour() -> DecodedBatch:
    """An hour of a busy field, and every tenth row made a tick."""
    path = TRACKS / "88nv_1hr_2023-08-29.jsonl.gz"
    batch = DecodedBatch.concat([b for b in open_recordings([str(path)]) if isinstance(b, DecodedBatch)])
    batch.address[::10] = NO_AIRCRAFT
    return batch


def run(batches: list[Batch]) -> Outcome:
    path = story.new_pipeline()
    told = [path.step(batch) for batch in batches]
    told.append(path.finish())
    return Outcome.of(told, path)


def parts(batch: DecodedBatch, cuts: list[int]) -> list[Batch]:
    bounds = [0, *sorted({cut for cut in cuts if 0 < cut < len(batch)}), len(batch)]
    return [batch.take(slice(a, b)) for a, b in pairwise(bounds)]


@cache
def whole() -> Outcome:
    return run([hour()])


def test_the_hour_has_something_in_it() -> None:
    assert whole().stops
    assert whole().movements


@settings(max_examples=4)
@given(cuts=st.lists(st.integers(1, 5_000), max_size=8))
def test_any_cut_of_the_tracks_gives_the_same(cuts: list[int]) -> None:
    assert run(parts(hour(), cuts)) == whole()


@settings(max_examples=3)
@given(cut=st.integers(1, 4_900))
def test_a_run_resumed_anywhere_gives_the_same(cut: int) -> None:
    path = story.new_pipeline()
    journal = Journal(path, "tracks")
    first = path.step(hour().take(slice(0, cut)))
    journal.note(first)
    state, _ = journal.changes()
    again = story.new_pipeline()
    Journal(again, "tracks").restore(state)
    told: list[Changes] = [first, again.step(hour().take(slice(cut, None))), again.finish()]
    assert Outcome.of(told, again) == whole()


def late(batch: DecodedBatch) -> DecodedBatch:
    """The same a day later: held back by event time until it is believed."""
    columns = {name: getattr(batch, name) for name in COLUMNS}
    return DecodedBatch(**columns | {"heard_at": batch.heard_at + 86_400.0})


def test_held_rows_of_both_kinds_survive_a_checkpoint_in_their_order() -> None:
    frames = story.heard()[1].frames.take(slice(0, 50))
    told = hour().take(slice(0, 9))
    ahead = FrameBatch.of(np.full(2, told.heard_at[-1] + 86_400.0), frames.payload[:2], frames.length[:2], receiver=3)
    path = story.new_pipeline()
    for batch in (told, late(told.take(slice(0, 3))), ahead, late(told.take(slice(3, 5)))):
        path.step(batch)
    held = path.clock.held
    assert [(type(batch), len(batch)) for batch in held] == [(DecodedBatch, 3), (FrameBatch, 2), (DecodedBatch, 2)]
    state, _ = Journal(path, "held").changes()
    again = story.new_pipeline()
    Journal(again, "held").restore(state)
    for mine, theirs in zip(again.clock.held, held, strict=True):
        assert type(mine) is type(theirs)
        for name in type(theirs).__slots__:
            np.testing.assert_array_equal(getattr(mine, name), getattr(theirs, name), err_msg=name)


def shifted(frames: FrameBatch, to: float) -> FrameBatch:
    at = np.round((frames.heard_at - frames.heard_at[0] + to) * 1e6) / 1e6
    return FrameBatch(at, frames.payload, frames.length, frames.receiver, frames.level, frames.mlat)


def test_frames_and_tracks_in_one_stream_give_what_each_gives_alone() -> None:
    frames = shifted(story.heard()[1].frames, float(hour().heard_at[0]))
    alone = run([frames])
    both = run(batches(merged([iter([frames])], [iter([hour()])])))
    small = run(
        batches(merged([iter(story.cut(frames, range(0, len(frames), 997)))], [iter(parts(hour(), [7, 1_234]))]))
    )
    assert both == small
    assert set(alone.stops) | set(whole().stops) == set(both.stops)
