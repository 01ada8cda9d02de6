"""Frames: raw Mode S replies and squitters as they left a receiver, in columns.

The unit of flow at the head of the path. A batch holds any number of frames in order of arrival; where it was cut
has no meaning, and no result may depend on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

SHORT_BYTES = 7
LONG_BYTES = 14


@dataclass(frozen=True, slots=True, eq=False)
class FrameBatch:
    """`n` frames.

    heard_at   float64 (n,)    time of reception, Unix s UTC on the microsecond grid (`domain.times`)
    payload    uint8 (n, 14)   the frame from its DF field on, zero-padded after 7 bytes if short; C-contiguous
    length     uint8 (n,)      7 or 14
    receiver   uint64 (n,)     receiver identity (Beast 0xe3), or the number of the file or feed; 0 = not told
    level      uint8 (n,)      signal level as Beast gives it, 0..255; 0 = not told
    mlat       bool (n,)       True: the frame was synthesised from multilateration (clock magic FF004D4C4154)
    """

    heard_at: npt.NDArray[np.float64]
    payload: npt.NDArray[np.uint8]
    length: npt.NDArray[np.uint8]
    receiver: npt.NDArray[np.uint64]
    level: npt.NDArray[np.uint8]
    mlat: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.heard_at)

    def take(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_] | slice) -> FrameBatch:
        """The frames at `rows` (indices, mask or slice), in that order."""
        if isinstance(rows, np.ndarray) and rows.dtype != np.bool_:
            # Four times as fast as indexing, which goes byte by byte.
            payload = np.take(self.payload, rows.astype(np.intp, copy=False), axis=0)
        else:
            payload = np.ascontiguousarray(self.payload[rows])
        return FrameBatch(
            self.heard_at[rows],
            payload,
            self.length[rows],
            self.receiver[rows],
            self.level[rows],
            self.mlat[rows],
        )

    @staticmethod
    def empty() -> FrameBatch:
        return FrameBatch.of(np.zeros(0), np.zeros((0, LONG_BYTES), np.uint8), np.zeros(0, np.uint8))

    @staticmethod
    def of(
        heard_at: npt.NDArray[np.float64],
        payload: npt.NDArray[np.uint8],
        length: npt.NDArray[np.uint8],
        *,
        receiver: int = 0,
    ) -> FrameBatch:
        """A batch from one receiver that tells neither level nor multilateration."""
        n = len(heard_at)
        return FrameBatch(
            heard_at,
            payload,
            length,
            np.full(n, receiver, np.uint64),
            np.zeros(n, np.uint8),
            np.zeros(n, np.bool_),
        )

    @staticmethod
    def concat(batches: list[FrameBatch]) -> FrameBatch:
        """Batches one after the other."""
        if len(batches) == 1:
            return batches[0]
        if not batches:
            return FrameBatch.empty()
        return FrameBatch(
            np.concatenate([b.heard_at for b in batches]),
            np.concatenate([b.payload for b in batches]),
            np.concatenate([b.length for b in batches]),
            np.concatenate([b.receiver for b in batches]),
            np.concatenate([b.level for b in batches]),
            np.concatenate([b.mlat for b in batches]),
        )


@dataclass(frozen=True, slots=True)
class Tick:
    """A heartbeat: the feed was listening at `at`, whether or not anything was heard."""

    at: float


@dataclass(slots=True)
class RejectCounts:
    """How many pieces of input were dropped, by reason. Grows only; `Reject` values are the keys."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, reason: str, n: int = 1) -> None:
        if n:
            self.counts[reason] = self.counts.get(reason, 0) + int(n)

    def merge(self, other: RejectCounts) -> None:
        for reason, n in other.counts.items():
            self.add(reason, n)
