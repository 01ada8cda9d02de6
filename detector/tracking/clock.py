"""Event time of a stream: never falling, and not to be carried off by one broken receiver clock."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detector.domain.decoded import Batch, joined
from detector.domain.errors import Reject
from detector.domain.frame import RejectCounts

F64 = npt.NDArray[np.float64]
Admitted = list[tuple[Batch, F64]]
"""Batches of one kind each, in order, and event time after each of their rows."""

JUMP_S = 3600.0
"""A frame further ahead than this waits until others bear it out."""
LATE_S = 60.0
"""A frame further behind than this is dropped; what came before it has been judged without it."""
HELD_LIMIT = 10
"""So many frames in step are believed at once: two or three may come from one receiver with a wrong clock."""
HELD_SPAN_S = 60.0
"""Two frames in step and this far apart are believed, too: nothing was heard at the old time meanwhile."""
SLOW_STEP = 1024


class EventClock:
    """Admits frames and tells event time. `now` is None until the first frames agree.

    The rows of decoded tracks are frames to it: one time for both.

    Frames that jump ahead are held back, in order: each in step with those before it, as if event time were theirs.
    They are admitted together once there are `HELD_LIMIT` of them, or two or more over `HELD_SPAN_S`. They are dropped
    when a frame of the old time comes, or one ahead that is not in step with them. At the start of a stream there is
    no old time, and two frames in step are enough.
    """

    def __init__(self) -> None:
        self.now: float | None = None
        self.held: list[Batch] = []
        self.rejects = RejectCounts()

    def admit(self, frames: Batch) -> Admitted:
        """The admitted frames, in batches of one kind, and event time after each."""
        clock = self._straight(frames)
        if clock is not None:
            return [(frames, clock)]
        admitted: Admitted = []
        # Something is odd somewhere: go slowly past it, and try again with the rest.
        for start in range(0, len(frames), SLOW_STEP):
            rest = frames.take(slice(start, None))
            clock = self._straight(rest) if start else None
            if clock is not None:
                admitted.append((rest, clock))
                break
            admitted += self._one_by_one(rest.take(slice(0, SLOW_STEP)))
        return _in_one(admitted)

    def tick(self, at: float) -> bool:
        """A heartbeat: time has come this far although nothing was heard. False where it is not believed."""
        if self.now is None or not self.now < at <= self.now + JUMP_S:
            return False
        self.now = at
        return True

    def finish(self) -> Admitted:
        """The recording is over: what is still held is admitted, as nothing can speak against it any more.

        But one frame alone far ahead of all others is a broken clock rather than the end of a silence.
        """
        held, self.held = self.held, []
        if sum(map(len, held)) == 1 and self.now is not None:
            self.rejects.add(Reject.TIME_JUMP)
            return []
        admitted: Admitted = []
        for batch in held:
            clock: list[float] = []
            for at in batch.heard_at.tolist():
                self._come_to(at, clock)
            admitted.append((batch, np.array(clock, dtype=np.float64)))
        return admitted

    def _straight(self, frames: Batch) -> F64 | None:
        """Event time after each frame if all of them are admitted as they come."""
        if len(frames) == 0:
            return np.zeros(0)
        if self.now is None or len(self.held):
            return None
        at = frames.heard_at
        clock = np.maximum.accumulate(np.concatenate([[self.now], at]))
        if (at >= clock[:-1] - LATE_S).all() and (at <= clock[:-1] + JUMP_S).all():
            self.now = float(clock[-1])
            return clock[1:]
        return None

    def _one_by_one(self, frames: Batch) -> Admitted:
        pool = [*self.held, frames]
        times: list[float] = [at for batch in pool for at in batch.heard_at.tolist()]
        held = list(range(len(times) - len(frames)))
        rows: list[int] = []
        clock: list[float] = []
        for row in range(len(held), len(times)):
            at = times[row]
            if self.now is not None and _in_step(at, self.now):
                self.rejects.add(Reject.TIME_JUMP, len(held))
                held = []
                self._come_to(at, clock)
                rows.append(row)
            elif self.now is not None and at < self.now:
                self.rejects.add(Reject.LATE)
            else:
                if held and not _in_step(at, max(times[one] for one in held)):
                    self.rejects.add(Reject.TIME_JUMP, len(held))
                    held = []
                held.append(row)
                if self._believes([times[one] for one in held]):
                    for one in held:
                        self._come_to(times[one], clock)
                    rows += held
                    held = []
        self.held = _taken(pool, held)
        admitted: Admitted = []
        for batch in _taken(pool, rows):
            admitted.append((batch, np.array(clock[: len(batch)], dtype=np.float64)))
            clock = clock[len(batch) :]
        return admitted

    def _believes(self, times: list[float]) -> bool:
        """Whether these frames in step, all ahead of event time, are enough to carry it on."""
        if len(times) < 2:
            return False
        return self.now is None or len(times) >= HELD_LIMIT or max(times) - min(times) >= HELD_SPAN_S

    def _come_to(self, at: float, clock: list[float]) -> None:
        self.now = at if self.now is None else max(self.now, at)
        clock.append(self.now)


def _in_step(at: float, now: float) -> bool:
    """Whether a frame heard `at` may follow when event time is `now`."""
    return now - LATE_S <= at <= now + JUMP_S


def _taken(pool: list[Batch], rows: list[int]) -> list[Batch]:
    """The rows, ascending and counted over the whole pool, in batches of one kind."""
    parts: list[Batch] = []
    first = 0
    wanted = np.array(rows, dtype=np.intp)
    for batch in pool:
        mine = wanted[(wanted >= first) & (wanted < first + len(batch))]
        parts.append(batch.take(mine - first))
        first += len(batch)
    return joined(parts)


def _in_one(admitted: Admitted) -> Admitted:
    """Neighbours of one kind made one, so that little is lost by having gone slowly."""
    batches = joined([batch for batch, _ in admitted])
    clock = np.concatenate([np.zeros(0), *(times for _, times in admitted)])
    ends = np.cumsum([len(batch) for batch in batches], dtype=np.intp)
    return [(batch, clock[end - len(batch) : end]) for batch, end in zip(batches, ends.tolist(), strict=True)]
