"""Frames into the order of their times: what several receivers heard at about the same time arrives shuffled.

    admitted frames, event time -> held for `HOLD_S` of event time -> the same frames, sorted

What comes out is the stream as if it had been recorded in order, and its event time is that of such a stream: the
latest time given out. A silence is therefore never told while the frame that ends it is still held here, and a
recording that is in order already passes with nothing changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]

HOLD_S = 0.5
"""How long a frame waits for earlier ones. Receivers of one network differ by some tenths of a second; out of order by
0.2 s does no harm further on, by 1 s makes false landings. An alert has to leave within 1 s of the frame that
completed it, so half of that is to be had."""


class Timed(Protocol):
    """A batch of rows with times, as `FrameBatch` is."""

    @property
    def heard_at(self) -> F64:
        """Unix s UTC (n,)."""

    def __len__(self) -> int: ...

    def take(self, rows: Any, /) -> Any:
        """The rows (indices or slice) as a batch of the same kind."""


Batch = TypeVar("Batch", bound=Timed)


class Reorder(Generic[Batch]):
    """Sorts one stream. A row leaves with the arrival that brings event time to its own time + `HOLD_S`.

    Rows that leave with the same arrival leave by time, at equal times by arrival. A row that is due already when it
    arrives is late: it leaves at once, behind what has left. So order and times depend on the stream alone, not on its
    cuts.

    `now`: the latest time given out (or told by a heartbeat), None before the first.
    """

    def __init__(self, empty: Batch, concat: Callable[[list[Batch]], Batch]) -> None:
        self.now: float | None = None
        self._empty = empty
        self._concat = concat
        # What is held, by time: every piece begins no earlier than the one before it ends.
        self._pieces: list[Batch] = []

    @property
    def held(self) -> Batch:
        """Rows not given out yet, by time; with `now` all the state there is."""
        return self._concat(self._pieces) if self._pieces else self._empty

    def restore(self, held: Batch, now: float | None) -> None:
        """Take up the state of another run."""
        self._pieces = [held] if len(held) else []
        self.now = now

    def admit(self, batch: Batch, clock: F64) -> tuple[Batch, F64]:
        """Take in rows with event time after each (never falling): (rows that leave, `now` after each)."""
        n = len(batch)
        if n == 0:
            return self._empty, np.zeros(0)
        at = batch.heard_at
        behind = bool(self._pieces) and at[0] < self._pieces[-1].heard_at[-1]
        if not behind and not (at[1:] < at[:-1]).any():
            self._pieces.append(batch)
            return self._given(self._leaving(float(clock[-1]) - HOLD_S))
        return self._given(self._sorted(batch, clock - HOLD_S))

    def advance(self, now: float) -> tuple[Batch, F64]:
        """Event time has come to `now` by a heartbeat: the rows that leave. After them, time is `now` - `HOLD_S`."""
        until = now - HOLD_S
        given = self._given(self._leaving(until))
        self.now = until if self.now is None else max(self.now, until)
        return given

    def finish(self) -> tuple[Batch, F64]:
        """The stream is over: all that is held."""
        pieces, self._pieces = self._pieces, []
        return self._given(self._concat(pieces) if pieces else self._empty)

    def _leaving(self, until: float) -> Batch:
        """Take the held rows not later than `until`."""
        out: list[Batch] = []
        while self._pieces and self._pieces[0].heard_at[-1] <= until:
            out.append(self._pieces.pop(0))
        if self._pieces and self._pieces[0].heard_at[0] <= until:
            piece = self._pieces[0]
            rows = int(np.searchsorted(piece.heard_at, until, side="right"))
            out.append(piece.take(slice(0, rows)))
            self._pieces[0] = piece.take(slice(rows, None))
        return self._concat(out) if out else self._empty

    def _sorted(self, batch: Batch, until: F64) -> Batch:
        """Take what leaves when `batch` comes out of order; `until` (n,): the latest time that may leave after each."""
        n, before = len(batch), sum(len(piece) for piece in self._pieces)
        pool = self._concat([*self._pieces, batch])
        at = pool.heard_at
        order = np.argsort(at, kind="stable")
        leaving = int(np.searchsorted(at[order], until[-1], side="right"))
        late = batch.heard_at <= until
        if late.any():
            # The arrival each row leaves with: the first that makes it due, its own if it comes late.
            with_arrival = np.searchsorted(until, at, side="left")
            with_arrival[before:][late] = np.arange(n)[late]
            gone = order[:leaving]
            order[:leaving] = gone[np.argsort(with_arrival[gone], kind="stable")]
        rest = order[leaving:]
        self._pieces = [pool.take(rest)] if len(rest) else []
        given: Batch = pool.take(order[:leaving])
        return given

    def _given(self, batch: Batch) -> tuple[Batch, F64]:
        if len(batch) == 0:
            return batch, np.zeros(0)
        clock = np.maximum.accumulate(batch.heard_at)
        if self.now is not None and clock[0] < self.now:
            clock = np.maximum(clock, self.now)
        self.now = float(clock[-1])
        return batch, clock
