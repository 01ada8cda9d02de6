"""What the tests of framing share: generated frames, cuts of a stream, and what a framer makes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from detector.domain.frame import FrameBatch
from detector.domain.times import from_microseconds
from detector.framing import RecordingFramer

START_MICROSECONDS = 1_700_000_000_123_457
START_AT = START_MICROSECONDS / 1e6

Result = tuple[list[float], list[bytes], list[int], list[int], list[int], list[bool], dict[str, int]]


_AWKWARD = np.array([0x1A, 0x1A, 0x1A, 0x31, 0x32, 0x33, 0xE3, 0xE8, 0x00, 0xFF], np.uint8)


def generated(seed: int, n: int, receivers: Sequence[int] = (7,)) -> FrameBatch:
    """`n` frames in order of time, half of their bytes awkward ones."""
    rng = np.random.default_rng(seed)

    def some(shape: tuple[int, ...]) -> npt.NDArray[np.uint8]:
        plain = rng.integers(0, 256, shape, np.uint8)
        return np.where(rng.random(shape) < 0.5, rng.choice(_AWKWARD, shape), plain)

    payload = some((n, 14))
    is_long = payload[:, 0] >> 3 >= 16
    payload[~is_long, 7:] = 0
    gaps = rng.choice(np.array([0, 1, 999, 50_000, 3_000_000]), n)
    gaps[:1] = 0
    return FrameBatch(
        from_microseconds(START_MICROSECONDS + np.cumsum(gaps)),
        payload,
        np.where(is_long, np.uint8(14), np.uint8(7)),
        rng.choice(np.array(receivers, np.uint64), n),
        some((n,)),
        np.zeros(n, np.bool_),
    )


def frames(max_size: int = 40, receivers: Sequence[int] = (7,)) -> st.SearchStrategy[FrameBatch]:
    """Generated frames as a strategy; made from a seed, because drawing byte by byte takes a hundred times as long."""
    return st.builds(generated, st.integers(0, 2**32), st.integers(1, max_size), st.just(receivers))


def cut(data: bytes, places: Sequence[int]) -> list[bytes]:
    """`data` cut at `places` (in any order, out of range ones ignored)."""
    at = [0, *sorted({place for place in places if 0 < place < len(data)}), len(data)]
    return [data[a:b] for a, b in pairwise(at)]


def in_chunks(data: bytes, size: int) -> list[bytes]:
    """`data` in pieces of `size` bytes."""
    return [data[at : at + size] for at in range(0, len(data), size)]


def read(framer: RecordingFramer, chunks: Sequence[bytes]) -> FrameBatch:
    """All frames that `framer` finds in `chunks`."""
    return FrameBatch.concat([*(framer.feed(chunk) for chunk in chunks), framer.finish()])


def result(make: Callable[[], RecordingFramer], chunks: Sequence[bytes]) -> Result:
    """Everything there is to compare: frames, column by column, and the counts of what was dropped."""
    framer = make()
    return (*columns(read(framer, chunks)), dict(framer.rejects.counts))


def columns(batch: FrameBatch) -> tuple[list[float], list[bytes], list[int], list[int], list[int], list[bool]]:
    """A batch as plain lists."""
    return (
        batch.heard_at.tolist(),
        [row.tobytes() for row in batch.payload],
        batch.length.tolist(),
        batch.receiver.tolist(),
        batch.level.tolist(),
        batch.mlat.tolist(),
    )
