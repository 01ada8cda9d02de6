"""Many receivers into one stream: their clocks agree, frames come in order of time, each transmission counts once.

admitted frames -> clocks aligned -> in order -> copies dropped
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detector.domain.frame import FrameBatch, RejectCounts
from detector.tracking.fusion import Duplicates
from detector.tracking.receiver_clocks import ReceiverClocks
from detector.tracking.reorder import Reorder

F64 = npt.NDArray[np.float64]


class Reception:
    """The chain for one stream. What it gives out is event time's own stream: its last clock is in `now`."""

    def __init__(self, unconfirming: frozenset[int] = frozenset()) -> None:
        self.clocks = ReceiverClocks()
        self.order: Reorder[FrameBatch] = Reorder(FrameBatch.empty(), FrameBatch.concat)
        self.copies = Duplicates(unconfirming)
        self.taken = 0
        """Frames that have come in, in this run of the program: tells whether there is anything new."""

    @property
    def now(self) -> float | None:
        """Event time of what has been given out."""
        return self.order.now

    @property
    def rejects(self) -> RejectCounts:
        """What was dropped, by reason."""
        total = RejectCounts()
        total.merge(self.clocks.rejects)
        total.merge(self.copies.rejects)
        return total

    def admit(self, frames: FrameBatch, clock: F64) -> tuple[FrameBatch, F64]:
        """Frames with event time after each; gives those that are ready, with theirs."""
        self.taken += len(frames)
        return self.copies.drop(*self.order.admit(*self.clocks.align(frames, clock)))

    def advance(self, now: float) -> tuple[FrameBatch, F64]:
        """Event time has come to `now` without a frame."""
        return self.copies.drop(*self.order.advance(self.clocks.advance(now)))

    def finish(self) -> tuple[FrameBatch, F64]:
        """The stream is over: what is still held."""
        return self.copies.drop(*self.order.finish())
