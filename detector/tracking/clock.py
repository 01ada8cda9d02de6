"""Event time of a stream: never falling, and not to be carried off by one broken receiver clock."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detector.domain.errors import Reject
from detector.domain.frame import FrameBatch, RejectCounts

F64 = npt.NDArray[np.float64]

JUMP_S = 3600.0
"""A frame further ahead than this waits for a second one that agrees."""
AGREE_S = 60.0
LATE_S = 60.0
"""A frame further behind than this is dropped; what came before it has been judged without it."""
SLOW_STEP = 1024


class EventClock:
    """Admits frames and tells event time. `now` is None until the first frames agree.

    One frame may be held back: the first of a stream, or the first after a jump ahead. It is admitted together with
    the next frame that agrees with it, and dropped if the next one does not.
    """

    def __init__(self) -> None:
        self.now: float | None = None
        self.held: FrameBatch | None = None
        self.rejects = RejectCounts()

    def admit(self, frames: FrameBatch) -> tuple[FrameBatch, F64]:
        """The admitted frames, and event time after each."""
        if self.now is not None and self.held is None:
            at = frames.heard_at
            clock = np.maximum.accumulate(np.concatenate([[self.now], at]))
            if (at >= clock[:-1] - LATE_S).all() and (at <= clock[:-1] + JUMP_S).all():
                self.now = float(clock[-1])
                return frames, clock[1:]
        if len(frames) <= SLOW_STEP:
            return self._one_by_one(frames)
        # Something is odd somewhere: go slowly past it, and try again with the rest.
        first, first_clock = self._one_by_one(frames.take(slice(0, SLOW_STEP)))
        rest, rest_clock = self.admit(frames.take(slice(SLOW_STEP, None)))
        return FrameBatch.concat([first, rest]), np.concatenate([first_clock, rest_clock])

    def tick(self, at: float) -> None:
        """A heartbeat: time has come this far although nothing was heard."""
        if self.now is not None and self.now < at <= self.now + JUMP_S:
            self.now = at

    def _one_by_one(self, frames: FrameBatch) -> tuple[FrameBatch, F64]:
        pool = frames if self.held is None else FrameBatch.concat([self.held, frames])
        first = len(pool) - len(frames)
        held = 0 if first else None
        rows: list[int] = []
        clock: list[float] = []
        for row in range(first, len(pool)):
            at = float(pool.heard_at[row])
            if self.now is not None and self.now - LATE_S <= at <= self.now + JUMP_S:
                if held is not None:
                    self.rejects.add(Reject.TIME_JUMP)
                    held = None
                self._take(row, at, rows, clock)
            elif self.now is not None and at < self.now:
                self.rejects.add(Reject.LATE)
            elif held is not None and abs(at - float(pool.heard_at[held])) <= AGREE_S:
                self._take(held, float(pool.heard_at[held]), rows, clock)
                self._take(row, at, rows, clock)
                held = None
            else:
                if held is not None:
                    self.rejects.add(Reject.TIME_JUMP)
                held = row
        self.held = None if held is None else pool.take(slice(held, held + 1))
        return pool.take(np.array(rows, dtype=np.intp)), np.array(clock, dtype=np.float64)

    def _take(self, row: int, at: float, rows: list[int], clock: list[float]) -> None:
        self.now = at if self.now is None else max(self.now, at)
        rows.append(row)
        clock.append(self.now)
