"""Receiver counters to event time: one anchor per receiver, wraps undone, clock records honoured.

A Beast counter says how much later one frame came than another, heard by the same receiver; it has no date. Rules:

* The first frame of a receiver is placed at the current event time of the stream: the time of the frame before it,
  whoever heard that; `start_at` for the very first. Counters of two receivers are never compared.
* A clock record tells when the next record was heard, in whole ms. If the counter agrees within 2 ms the counter is
  kept (it is finer); if not, that receiver is anchored anew. readsb writes one at most every 2 ms.
* A frame without a counter value (zero, all ones, multilateration) gets the current event time.
* Differences are taken modulo the wrap and signed, so frames slightly out of order stay so, and one wrong value
  harms one frame, not those after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

CLOCK_TOLERANCE_MICROSECONDS: Final = 2_000
MAX_RECEIVERS: Final = 65_536
"""Receivers remembered; beyond, the one anchored longest ago is forgotten and anchored anew when heard again."""

Ticks = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Counter:
    """How a receiver counts: units per microsecond, and units until it wraps."""

    per_microsecond: int
    wrap: int


MHZ12 = Counter(12, 1 << 48)
"""48 bits at 12 MHz: 271 days."""
GPS = Counter(1_000, 86_400 * 1_000_000_000)
"""Radarcape: nanoseconds since UTC midnight, once unpacked."""


@dataclass(slots=True)
class _Anchor:
    tick: int
    at: int
    """Time of `tick`, in counter units since 1970."""


class TickClock:
    """Times for one stream. Gives the same times however the stream is cut."""

    def __init__(self, start_at_microseconds: int | None, counter: Counter = MHZ12) -> None:
        self.counter = counter
        self._now = start_at_microseconds
        self._anchors: dict[int, _Anchor] = {}

    @property
    def dated(self) -> bool:
        """Whether the stream has had any date yet."""
        return self._now is not None

    def place(
        self, ticks: Ticks, counted: npt.NDArray[np.bool_], receiver: npt.NDArray[np.uint64], clock: Ticks | None
    ) -> Ticks:
        """Time of each record in us since 1970; -1 where no date was known yet.

        All (n,): ticks; counted, whether a tick is a value at all; receiver; clock, the us of a clock record standing
        directly before, else -1; None if there is none at all.
        """
        n = len(ticks)
        undated = 0
        if self._now is None:
            told = np.flatnonzero(clock >= 0) if clock is not None else np.zeros(0, np.intp)
            undated = int(told[0]) if len(told) else n
        if undated == n:
            return np.full(n, -1, np.int64)
        if undated:
            rest = self.place(ticks[undated:], counted[undated:], receiver[undated:], clock[undated:])  # type: ignore[index]
            return np.concatenate((np.full(undated, -1, np.int64), rest))
        if len(self._anchors) + n > MAX_RECEIVERS and n > 1:
            new = set(np.unique(receiver[counted]).tolist()) - self._anchors.keys()
            if len(self._anchors) + len(new) > MAX_RECEIVERS:
                half = n // 2
                halves = [
                    self.place(ticks[part], counted[part], receiver[part], None if clock is None else clock[part])
                    for part in (slice(0, half), slice(half, n))
                ]
                return np.concatenate(halves)
        return self._placed(ticks, counted, receiver, clock)

    def _placed(
        self, ticks: Ticks, counted: npt.NDArray[np.bool_], receiver: npt.NDArray[np.uint64], clock: Ticks | None
    ) -> Ticks:
        n = len(ticks)
        unit, half = self.counter.per_microsecond, self.counter.per_microsecond // 2
        rows = None if counted.all() else np.flatnonzero(counted)
        if rows is not None:
            ticks, receiver = ticks[rows], receiver[rows]
        times, first_rows = self._unrolled(ticks, receiver)
        if clock is not None or first_rows:
            self._anchor(times, receiver, first_rows, rows, clock)
        microseconds = (times + half) // unit
        self._remember(ticks, times, receiver)
        if rows is not None:
            spread = np.full(n, -1, np.int64)
            spread[rows] = microseconds
            microseconds = self._filled(spread, clock)
        if n:
            self._now = int(microseconds[-1])
        return microseconds

    def _unrolled(self, ticks: Ticks, receiver: npt.NDArray[np.uint64]) -> tuple[Ticks, list[int]]:
        """Ticks on one endless scale: absolute for a receiver with an anchor, from its own value on for a new one.

        Also the first row of each new receiver, in order of the stream."""
        wrap, half = self.counter.wrap, self.counter.wrap >> 1
        n = len(ticks)
        if not n:
            return ticks, []
        order, starts = _by_receiver(receiver)
        ordered = ticks if order is None else ticks[order]
        step = np.empty(n, np.int64)
        step[0] = 0
        np.subtract(ordered[1:], ordered[:-1], out=step[1:])
        step += half
        step %= wrap
        step -= half
        new: list[int] = []
        bases = []
        for start in starts:
            row = start if order is None else int(order[start])
            tick = int(ticks[row])
            anchor = self._anchors.get(int(receiver[row]))
            if anchor is None:
                new.append(row)
                bases.append(tick)
            else:
                bases.append(anchor.at + (tick - anchor.tick + half) % wrap - half)
        step[starts] = 0
        total = np.cumsum(step)
        counts = np.diff(np.append(starts, n))
        total += np.repeat(np.array(bases, np.int64) - total[starts], counts)
        if order is None:
            return total, new
        times = np.empty(n, np.int64)
        times[order] = total
        return times, sorted(new)

    def _anchor(
        self,
        times: Ticks,
        receiver: npt.NDArray[np.uint64],
        first_rows: list[int],
        rows: npt.NDArray[np.intp] | None,
        clock: Ticks | None,
    ) -> None:
        """Shift `times` in place: new receivers to the event time, disagreeing ones to their clock record."""
        unit = self.counter.per_microsecond
        tolerance = CLOCK_TOLERANCE_MICROSECONDS * unit
        told = np.flatnonzero(clock >= 0) if clock is not None else np.zeros(0, np.intp)
        told_here = told if rows is None or clock is None else np.flatnonzero(clock[rows] >= 0)
        first = set(first_rows)
        offsets: dict[int, int] = {}
        changes: dict[int, list[tuple[int, int]]] = {}
        told_at = told.tolist()
        values = clock[told].tolist() if clock is not None else []
        seen = 0  # clock records passed
        for row in sorted(first.union(told_here.tolist())):
            place = row if rows is None else int(rows[row])
            while seen < len(told_at) and told_at[seen] <= place:
                seen += 1
            who = int(receiver[row])
            is_told = seen > 0 and told_at[seen - 1] == place
            before = -1 if row == 0 else row - 1 if rows is None else int(rows[row - 1])
            if seen and told_at[seen - 1] > before:
                now = values[seen - 1] * unit
            elif row:
                now = _on_grid(int(times[row - 1]) + offsets.get(int(receiver[row - 1]), 0), unit)
            else:
                assert self._now is not None
                now = self._now * unit
            here = int(times[row]) + offsets.get(who, 0)
            if row in first or (is_told and abs(here - now) > tolerance):
                offsets[who] = now - int(times[row])
                changes.setdefault(who, []).append((row, offsets[who]))
        for who, moved in changes.items():
            _shift(times, None if len(changes) == 1 and _one(receiver) else receiver == np.uint64(who), moved)

    def _remember(self, ticks: Ticks, times: Ticks, receiver: npt.NDArray[np.uint64]) -> None:
        if not len(ticks):
            return
        order, starts = _by_receiver(receiver)
        ends = [*starts[1:], len(ticks)]
        if order is None:
            first_and_last = [(0, len(ticks) - 1)]
        else:  # in order of first appearance, because the dict's order decides who is forgotten
            first_and_last = sorted((int(order[a]), int(order[b - 1])) for a, b in zip(starts, ends, strict=True))
        for _, row in first_and_last:
            self._anchors[int(receiver[row])] = _Anchor(int(ticks[row]), int(times[row]))
        while len(self._anchors) > MAX_RECEIVERS:
            del self._anchors[next(iter(self._anchors))]

    def _filled(self, spread: Ticks, clock: Ticks | None) -> Ticks:
        """Records without a counter value take the event time before them."""
        if clock is not None:
            spread = np.where((spread < 0) & (clock >= 0), clock, spread)
        known = np.maximum.accumulate(np.where(spread >= 0, np.arange(len(spread)), -1))
        before = -1 if self._now is None else self._now  # None only if the first record comes with its clock
        filled: Ticks = np.where(known >= 0, spread[np.maximum(known, 0)], before)
        return filled


def _on_grid(time: int, unit: int) -> int:
    """The same time on the microsecond grid, so that an anchor never depends on a fraction that was rounded away."""
    return (time + unit // 2) // unit * unit


def _one(receiver: npt.NDArray[np.uint64]) -> bool:
    return bool((receiver == receiver[0]).all())


def _by_receiver(receiver: npt.NDArray[np.uint64]) -> tuple[npt.NDArray[np.intp] | None, list[int]]:
    """A stable order by receiver (None: there is one only) and where each begins in it."""
    if _one(receiver):
        return None, [0]
    order = np.argsort(receiver, kind="stable")
    ordered = receiver[order]
    return order, [0, *(np.flatnonzero(ordered[1:] != ordered[:-1]) + 1).tolist()]


def _shift(times: Ticks, who: npt.NDArray[np.bool_] | None, moved: list[tuple[int, int]]) -> None:
    """Add to the rows of one receiver the offset of the last change at or before each."""
    rows = np.arange(len(times)) if who is None else np.flatnonzero(who)
    at = np.array([row for row, _ in moved], np.int64)
    offset = np.concatenate((np.zeros(1, np.int64), np.array([value for _, value in moved], np.int64)))
    times[rows] += offset[np.searchsorted(at, rows, side="right")]
