"""When a live frame was heard, out of two poor clocks: the receiver's counter and our time of arrival. No I/O.

A framer's times tell well how much later one frame came than another, but their date is arbitrary (`start_at`), and the
crystal behind them drifts: 100 ppm are 8 s a day. Times of arrival are right in the long run, but late by the network,
and after a stall half a minute of traffic arrives in one moment. So for each counter:

* Its offset is that of the frame that travelled fastest. A frame that would lie in the future pulls the offset down at
  once; it creeps up again by CREEP, more than any crystal is slow.
* A frame belongs to a counter if it follows its last one: not before it by more than REORDER_S, not ahead of arrival
  by more than PULL_S, and on its way for no longer than STALLED_S. One that follows none begins a counter of its own,
  and its time is that of arrival. So a counter that leaps is anchored anew, and of receivers merged without an identity
  each gets its own, up to MAX_COUNTERS.
* Times that stand still while frames arrive are no counter (AVR without times): arrival counts.
* Counters that are begun again and again are not worth their name: arrival counts from then on.

What other servers write as the time of a line (SBS: local time of an unknown zone) is such a counter, too.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from detector.domain.decoded import Batch
from detector.domain.frame import FrameBatch
from detector.domain.times import from_microseconds

F64 = npt.NDArray[np.float64]
U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]

_S = 1_000_000
CREEP = 200e-6
"""Share of elapsed time by which the offset rises; crystals are within 100 ppm, and 200 ppm of a stall are nothing."""
REORDER_S = 1.0
"""Servers put frames slightly out of order; none turns back by more."""
PULL_S = 60.0
"""The first frames of a connection may have waited so long at the server, and those after them not at all."""
STALLED_S = 60.0
"""A stall that is longer is a lost connection; what is later is dropped by event time, anyway."""
STILL_S = 1.0
"""Frames without a count take the time of the frame before: fair this long after it."""
MAX_COUNTERS = 4
RESTARTS = 8
RESTARTS_S = 600.0
"""So many new counters in such a time: none of them is one."""
FEW = 16
MAX_RECEIVERS = 8192
"""Receivers remembered; beyond, the one first heard longest ago is anchored anew."""


@dataclass(slots=True, eq=False)
class _Counter:
    """One counter. All in us: `offset` from it to Unix time, risen as far as arrival `at`; `last`, its highest value so
    far; `used_at`, when that came. `confirmed`: a second value has followed the first."""

    offset: int
    at: int
    last: int
    used_at: int
    confirmed: bool = False

    def come_to(self, at: int) -> None:
        """Let the offset creep up to an arrival."""
        more = int(CREEP * max(0, at - self.at))
        self.offset += more
        # Many chunks come in the time of one microsecond of it: what is no whole one yet is left for later.
        self.at += round(more / CREEP)

    def is_followed_by(self, value: int, at: int) -> bool:
        """Whether a value that arrived `at` can be the next."""
        way = at - (value + self.offset)
        return value >= self.last - REORDER_S * _S and -PULL_S * _S <= way <= STALLED_S * _S


@dataclass(slots=True)
class _Receiver:
    """The counters heard under one receiver number, the last used one first. All in us.

    last        the framer's time of the last frame; `changed_at`, when another one arrived; `moved`, whether ever
    placed_at   when the last frame with a count was heard
    """

    last: int
    changed_at: int
    placed_at: int = 0
    counters: list[_Counter] = field(default_factory=list)
    moved: bool = False
    restarts: deque[int] = field(default_factory=lambda: deque(maxlen=RESTARTS))
    by_arrival: bool = False

    def place(self, values: I64, at: int) -> I64:
        """Times of frames (us) that arrived together `at`."""
        placed = np.full(len(values), at, np.int64)
        still = values == self.last
        begin = len(values) if still.all() else int(np.argmin(still))
        self.moved = self.moved or begin < len(values)
        if begin and self.moved and at - self.changed_at <= STILL_S * _S:
            begin = 0
        if int(values[-1]) != self.last:
            self.last, self.changed_at = int(values[-1]), at
        if begin < len(values) and not self.by_arrival:
            counted = self._counted(values[begin:], at)
            if not self.by_arrival:
                placed[begin:] = counted
        return placed

    def place_few(self, values: list[int], at: int) -> list[int] | None:
        """The same as `place` where nothing is out of the ordinary, else None: arrays cost ten times as much for a few
        frames, and that is what a chunk has of each of hundreds of receivers."""
        if len(self.counters) != 1 or self.by_arrival or values[0] == self.last:
            return None
        counter = self.counters[0]
        counter.come_to(at)
        high = counter.last
        for value in values:
            if value < high - REORDER_S * _S:
                return None
            high = max(value, high)
        least, most = min(values) + counter.offset, max(values) + counter.offset
        if most > at + PULL_S * _S or least < at - STALLED_S * _S:
            return None
        self.moved = True
        if values[-1] != self.last:
            self.last, self.changed_at = values[-1], at
        offset = self._offset(counter, high, max(values), values[-1], at)
        return [value + offset for value in values]

    def _offset(self, counter: _Counter, high: int, most: int, final: int, at: int) -> int:
        """The offset of a counter, now that values up to `most` have followed it."""
        self._confirm(counter, at)
        counter.last, counter.used_at = high, at
        counter.offset = min(counter.offset, at - most)
        self.placed_at = final + counter.offset
        return counter.offset

    def _counted(self, values: I64, at: int) -> I64:
        for counter in self.counters:
            counter.come_to(at)
        if self._have_one(at):
            first = self.counters[0]
            high = np.maximum.accumulate(np.maximum(values, first.last))
            way = at - (values + first.offset)
            followed = (values >= high - REORDER_S * _S) & (way >= -PULL_S * _S) & (way <= STALLED_S * _S)
            if followed.all():
                return values + self._offset(first, int(high[-1]), int(values.max()), int(values[-1]), at)
        return self._one_by_one(values, at)

    def _have_one(self, at: int) -> bool:
        """Whether one counter alone is in use, so that nothing has to be told apart."""
        others = (counter for counter in self.counters[1:] if counter.confirmed)
        return bool(self.counters) and all(at - counter.used_at > STALLED_S * _S for counter in others)

    def _one_by_one(self, values: I64, at: int) -> I64:
        members: list[_Counter] = []
        for value in values.tolist():
            near = [counter for counter in self.counters if counter.is_followed_by(value, at)]
            if near:
                counter = min(near, key=lambda one: self._strangeness(value + one.offset, at))
                self._confirm(counter, at)
                counter.last, counter.used_at = max(value, counter.last), at
                # The most recent first: the one to go is the one not heard of for longest.
                self.counters.remove(counter)
            else:
                counter = _Counter(at - value, at, value, at)
                del self.counters[MAX_COUNTERS - 1 :]
            self.counters.insert(0, counter)
            members.append(counter)
            counter.offset = min(counter.offset, at - value)
            self.placed_at = value + counter.offset
        return values + np.array([counter.offset for counter in members], np.int64)

    def _strangeness(self, placed: int, at: int) -> int:
        """How little it is to be expected that a frame that arrived `at` was heard at `placed`: it follows the frame
        before it in the stream, whichever counter that had, or, second best, it comes fresh from the air."""
        return min(abs(placed - self.placed_at), round(REORDER_S * _S) + abs(at - placed))

    def _confirm(self, counter: _Counter, at: int) -> None:
        """A second frame makes a counter of a stray value; one too many makes them all worthless."""
        if counter.confirmed:
            return
        counter.confirmed = True
        self.restarts.append(at)
        if len(self.restarts) == RESTARTS and at - self.restarts[0] <= RESTARTS_S * _S:
            self.by_arrival = True


class LiveClock:
    """Times for one connection. `by_arrival`: the peer's times are not to be used at all."""

    def __init__(self, *, by_arrival: bool = False) -> None:
        self._by_arrival = by_arrival
        self._receivers: dict[int, _Receiver] = {}

    def place(self, heard_at: F64, receiver: U64, arrived_at: float) -> F64:
        """When each frame was heard: Unix s UTC on the microsecond grid, never later than `arrived_at`.

        heard_at    float64 (n,)  the framer's times
        receiver    uint64 (n,)
        arrived_at  Unix s UTC by our own clock, of the chunk in which they came; must not fall from call to call
        """
        n = len(heard_at)
        if not n:
            return heard_at
        at = _floor_microseconds(arrived_at)
        if self._by_arrival:
            return from_microseconds(np.full(n, at, np.int64))
        values = np.rint(heard_at * 1e6).astype(np.int64)
        if (receiver == receiver[0]).all():
            return from_microseconds(self._state(int(receiver[0]), int(values[0]), at).place(values, at))
        order = np.argsort(receiver, kind="stable")
        ordered, who = values[order], receiver[order]
        starts = [0, *(np.flatnonzero(np.diff(who)) + 1).tolist(), n]
        told: list[int] = ordered.tolist()
        for (begin, end), number in zip(pairwise(starts), who[starts[:-1]].tolist(), strict=True):
            state = self._state(number, told[begin], at)
            few = state.place_few(told[begin:end], at) if end - begin <= FEW else None
            told[begin:end] = few if few is not None else state.place(ordered[begin:end], at).tolist()
        placed = np.empty(n, np.int64)
        placed[order] = told
        return from_microseconds(placed)

    def placed(self, batch: Batch, arrived_at: float) -> Batch:
        """The batch with its times as `place` gives them; positions keep their age."""
        heard_at = self.place(batch.heard_at, batch.receiver, arrived_at)
        if isinstance(batch, FrameBatch):
            return replace(batch, heard_at=heard_at)
        shift = heard_at - batch.heard_at
        return replace(batch, heard_at=heard_at, position_at=np.rint((batch.position_at + shift) * 1e6) / 1e6)

    def _state(self, number: int, first: int, at: int) -> _Receiver:
        """What is known of a receiver; `first`: the first of its times now, in us."""
        state = self._receivers.get(number)
        if state is None:
            if len(self._receivers) >= MAX_RECEIVERS:
                del self._receivers[next(iter(self._receivers))]
            state = self._receivers[number] = _Receiver(first, at)
        return state


def _floor_microseconds(at: float) -> int:
    """The last microsecond of the grid that is not later."""
    microseconds = round(at * 1e6)
    return microseconds if microseconds / 1e6 <= at else microseconds - 1
