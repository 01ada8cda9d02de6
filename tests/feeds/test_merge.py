"""Merging streams by time, cutting them anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.decoded import Batch
from detector.domain.frame import FrameBatch
from detector.feeds.merge import merged, skipping
from tests.feeds.batches import batches

times = st.lists(st.integers(0, 30), max_size=40)


def stream(at: list[int], receiver: int, size: int) -> Iterator[FrameBatch]:
    """Frames at `at`, each with its number in the payload, in batches of `size` and empty ones in between."""
    n = len(at)
    payload = np.zeros((n, 14), np.uint8)
    payload[:, 0] = np.arange(n)
    whole = FrameBatch.of(np.array(at, np.float64), payload, np.full(n, 14, np.uint8), receiver=receiver)
    for start in range(0, n, size):
        yield whole.take(slice(start, start + size))
        yield FrameBatch.empty()


def seen(told: Iterable[Batch]) -> list[tuple[float, int, int]]:
    return [
        row
        for batch in told
        if isinstance(batch, FrameBatch)
        for row in zip(batch.heard_at.tolist(), batch.receiver.tolist(), batch.payload[:, 0].tolist(), strict=True)
    ]


@given(st.lists(times, min_size=1, max_size=4), st.integers(1, 50), st.integers(1, 50))
def test_frames_come_by_time_then_by_source_then_as_they_stood(lists: list[list[int]], size: int, other: int) -> None:
    lists = [sorted(at) for at in lists]
    expected = sorted((float(t), k, n) for k, at in enumerate(lists) for n, t in enumerate(at))
    for cut in (size, other):
        assert seen(batches(merged([stream(at, k, cut) for k, at in enumerate(lists)]))) == expected


@given(st.lists(times, min_size=1, max_size=4), st.integers(1, 50), st.integers(1, 50))
def test_disorder_within_a_source_is_kept_and_does_not_depend_on_cuts(
    lists: list[list[int]], size: int, other: int
) -> None:
    first = seen(batches(merged([stream(at, k, size) for k, at in enumerate(lists)])))
    assert first == seen(batches(merged([stream(at, k, other) for k, at in enumerate(lists)])))
    for k, at in enumerate(lists):
        assert [number for _, source, number in first if source == k] == list(range(len(at)))


def test_one_batch_of_each_source_is_held_and_no_more() -> None:
    pulled = [0, 0]

    def counted(source: int, at: range) -> Iterator[FrameBatch]:
        for batch in stream(list(at), source, 10):
            pulled[source] += 1
            yield batch

    told = merged([counted(0, range(100)), counted(1, range(1_000, 1_100))])
    next(told)
    assert pulled == [1, 1]


@given(times, st.integers(1, 50), st.integers(0, 60))
def test_skipping_drops_the_first_frames_whatever_the_batches(at: list[int], size: int, n: int) -> None:
    assert seen(batches(skipping(stream(at, 0, size), n))) == seen(stream(at, 0, size))[n:]
