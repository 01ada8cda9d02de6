"""Receivers with different clocks, put on one: by the airborne positions that two of them heard.

The position of an aircraft in flight does not repeat, so the same position squitter from a second receiver within a
minute is the same transmission, and the difference of the two times is the difference of two clocks. Event time has
come before (`tracking.clock`: who is more than a minute behind is not admitted at all), sorting comes after
(`tracking.reorder`). docs/decisions/0005 says why times are corrected rather than only duplicates dropped.
"""

from __future__ import annotations

from copy import copy
from statistics import median

import msgspec
import numpy as np
import numpy.typing as npt

from detector.domain.errors import Reject
from detector.domain.frame import FrameBatch, RejectCounts
from detector.domain.times import from_microseconds
from detector.tracking.fusion import by_slot, halves

F64 = npt.NDArray[np.float64]
U64 = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]
Index = npt.NDArray[np.intp]

APART_S = 60.0
"""Two copies of one position no further apart than this: event time admits nothing further behind."""
ECHO_S = 0.5
"""The same position again from the same receiver within this time is an echo; later, it stands still."""
RECENT = 15
ENOUGH = 5
AGREE_S = 0.3
"""An offset is believed when `ENOUGH`, and two thirds, of the `RECENT` latest differences lie this near their median.
One no larger than this is not corrected: sorting takes care of it."""
STEP_S = 0.15
"""A believed offset is moved when the median has gone this far from it: a drift of 20 ppm takes two hours for that."""
RECEIVERS = 1024
"""Of so many receivers an offset is kept; the others pass as they are."""
SLOTS = 1 << 16
"""Positions remembered, one a slot by its content; a newer one displaces an older."""

_SQUITTER = np.isin(np.arange(256) >> 3, (17, 18))
_AIRBORNE = np.isin(np.arange(256) >> 3, (*range(9, 19), 20, 21, 22))


class ClockEstimate(msgspec.Struct):
    """A receiver's clock: how far it is ahead of the root's (s), None while not believed, and what speaks for it."""

    offset_s: float | None = None
    recent: list[float] = []


class ReceiverClocksState(msgspec.Struct, frozen=True):
    """`slots` and what is remembered there; the arrays as little-endian bytes."""

    receiver: int | None
    many: bool
    now: float | None
    root: int | None
    estimates: list[tuple[int, ClockEstimate]]
    sampled: list[tuple[int, int, int]]
    slots: bytes
    at: bytes
    heard_by: bytes
    head: bytes
    tail: bytes
    still: bytes


class ReceiverClocks:
    """Learns the offsets of one stream's receivers, and corrects times and event time by them.

    The root of all differences is the receiver heard first, if the first pair found is one of its; else who heard that
    pair first. The reference is the clock that most receivers agree with, the root's where no other has more. All of it
    follows from the stream alone: a correction holds from the frame on that completes its evidence.
    """

    def __init__(self) -> None:
        self.rejects = RejectCounts()
        self.now: float | None = None
        """Event time on the reference clock."""
        self.estimates: dict[int, ClockEstimate] = {}
        self._receiver: int | None = None
        self._many = False
        self._root: int | None = None
        self._sampled: dict[tuple[int, int], int] = {}
        self._corrections = Corrections({})
        self._table: _Positions | None = None

    @property
    def offsets_s(self) -> dict[int, float]:
        """What is taken from the times of each corrected receiver at present, s."""
        return dict(self._corrections.by_receiver)

    def align(self, frames: FrameBatch, clock: F64) -> tuple[FrameBatch, F64]:
        """Frames on the reference clock, in order of arrival, without second copies of positions; event time after
        each. `clock` (n,): event time after each frame as admitted."""
        if len(frames) == 0:
            return frames, clock
        if not self._many:
            if self._receiver is None:
                self._receiver = int(frames.receiver[0])
            other = frames.receiver != np.uint64(self._receiver)
            if not other.any():
                self.now = float(clock[-1])
                return frames, clock
            alone = int(np.argmax(other))
            self._many, self._table = True, _Positions()
            rest, rest_clock = self._align(frames.take(slice(alone, None)), clock[alone:])
            return FrameBatch.concat([frames.take(slice(0, alone)), rest]), np.concatenate([clock[:alone], rest_clock])
        return self._align(frames, clock)

    def advance(self, now: float) -> float:
        """Event time has come to `now` by a heartbeat: the same on the reference clock."""
        aligned = now - self._corrections.lead_s
        self.now = aligned if self.now is None else max(self.now, aligned)
        return self.now

    def _align(self, frames: FrameBatch, clock: F64) -> tuple[FrameBatch, F64]:
        assert self._table is not None
        copies, sources, differences = self._table.search(frames)
        changes = self._learn(frames, clock, copies, sources, differences)
        keep = np.ones(len(frames), np.bool_)
        keep[copies] = False
        self.rejects.add(Reject.DUPLICATE, len(copies))
        heard_at, aligned = frames.heard_at, clock
        if self._corrections.any or len(changes) > 1 or changes[0][1].any or (self.now or 0.0) > clock[0]:
            heard_at, aligned = heard_at.copy(), clock.copy()
            ends = [start for start, _ in changes[1:]] + [len(frames)]
            for (start, corrections), end in zip(changes, ends, strict=True):
                part = slice(start, end)
                moved = corrections.apply(frames.receiver[part], heard_at[part])
                told = clock[part] - corrections.lead_s
                after = np.maximum(np.maximum.accumulate(told), -np.inf if self.now is None else self.now)
                # Event time stands still after it was put back. What a corrected receiver tells meanwhile is older
                # than what has been given out under its wrong time.
                stale = moved & (told < after) & (heard_at[part] <= after)
                self.rejects.add(Reject.LATE, int(np.count_nonzero(stale & keep[part])))
                keep[part] &= ~stale
                aligned[part] = after
                if end > start:
                    self.now = float(after[-1])
        self.now = float(aligned[-1])
        rows = np.flatnonzero(keep)
        return (
            FrameBatch(heard_at, frames.payload, frames.length, frames.receiver, frames.level, frames.mlat).take(rows),
            aligned[rows],
        )

    def _learn(
        self, frames: FrameBatch, clock: F64, copies: Index, sources: U64, differences: F64
    ) -> list[tuple[int, Corrections]]:
        """Take in the differences, one a second and pair of receivers; gives the corrections in force, each with the
        row from which on it holds."""
        changes = [(0, self._corrections)]
        second = np.floor(clock[copies]).astype(np.int64)
        heard_by = frames.receiver[copies]
        fresh = np.ones(len(copies), np.bool_)
        fresh[1:] = (second[1:] != second[:-1]) | (sources[1:] != sources[:-1]) | (heard_by[1:] != heard_by[:-1])
        for k in np.flatnonzero(fresh).tolist():
            pair, now = (int(sources[k]), int(heard_by[k])), int(second[k])
            if self._sampled.get(pair) == now:
                continue
            self._sampled[pair] = now
            if self._sample(*pair, float(differences[k])):
                self._corrections = Corrections(self._differing())
                changes.append((int(copies[k]), self._corrections))
        current = int(np.floor(clock[-1]))
        self._sampled = {pair: at for pair, at in self._sampled.items() if at == current}
        return changes

    def _sample(self, first: int, second: int, difference_s: float) -> bool:
        """`second` heard, by its own clock `difference_s` later, what `first` heard. Whether an offset changed."""
        if self._root is None:
            self._root = second if second == self._receiver else first
        first_s, second_s = self._offset_s(first), self._offset_s(second)
        if first_s is not None and second != self._root:
            receiver, sample = second, first_s + difference_s
        elif second_s is not None and first != self._root:
            receiver, sample = first, second_s - difference_s
        else:
            return False
        if receiver not in self.estimates:
            if len(self.estimates) >= RECEIVERS:
                return False
            self.estimates[receiver] = ClockEstimate(recent=[])
        one = self.estimates[receiver]
        one.recent = [*one.recent[-RECENT + 1 :], sample]
        middle = median(one.recent)
        agreeing = sum(abs(value - middle) <= AGREE_S for value in one.recent)
        if agreeing < ENOUGH or 3 * agreeing < 2 * len(one.recent):
            return False
        if one.offset_s is not None and abs(middle - one.offset_s) <= STEP_S:
            return False
        one.offset_s = middle
        return True

    def _offset_s(self, receiver: int) -> float | None:
        if receiver == self._root:
            return 0.0
        estimate = self.estimates.get(receiver)
        return None if estimate is None else estimate.offset_s

    def _differing(self) -> dict[int, float]:
        """What to take from each receiver's times."""
        if self._root is None:
            return {}
        known = {self._root: 0.0} | {
            receiver: one.offset_s for receiver, one in self.estimates.items() if one.offset_s is not None
        }
        offsets = list(known.values())
        agreement = [sum(abs(other - offset) <= AGREE_S for other in offsets) for offset in offsets]
        reference = offsets[agreement.index(max(agreement))]
        return {
            receiver: round(offset - reference, 6)
            for receiver, offset in known.items()
            if abs(offset - reference) > AGREE_S
        }

    def dump(self) -> ReceiverClocksState:
        """The state, for the checkpoint."""
        table = self._table or _Positions()
        # Raw times run ahead of the reference clock by `lead_s`, and by a minute at most.
        slots = np.flatnonzero(table.at >= (self.now or 0.0) - 2 * APART_S)
        return ReceiverClocksState(
            receiver=self._receiver,
            many=self._many,
            now=self.now,
            root=self._root,
            estimates=[(receiver, copy(one)) for receiver, one in self.estimates.items()],
            sampled=[(*pair, at) for pair, at in self._sampled.items()],
            slots=slots.astype("<u2").tobytes(),
            at=table.at[slots].astype("<f8").tobytes(),
            heard_by=table.receiver[slots].astype("<u8").tobytes(),
            head=table.head[slots].astype("<u8").tobytes(),
            tail=table.tail[slots].astype("<u8").tobytes(),
            still=table.still[slots].tobytes(),
        )

    def restore(self, state: ReceiverClocksState) -> None:
        """Take up the state of another run."""
        self._receiver, self._many, self.now, self._root = state.receiver, state.many, state.now, state.root
        self.estimates = dict(state.estimates)
        self._sampled = {(first, second): at for first, second, at in state.sampled}
        self._corrections = Corrections(self._differing())
        self._table = _Positions() if state.many else None
        if self._table is not None:
            slots = np.frombuffer(state.slots, "<u2")
            self._table.at[slots] = np.frombuffer(state.at, "<f8")
            self._table.receiver[slots] = np.frombuffer(state.heard_by, "<u8")
            self._table.head[slots] = np.frombuffer(state.head, "<u8")
            self._table.tail[slots] = np.frombuffer(state.tail, "<u8")
            self._table.still[slots] = np.frombuffer(state.still, np.bool_)


class Corrections:
    """What is taken from the times of receivers, s. `lead_s`: how far the furthest clock is ahead of the reference."""

    def __init__(self, by_receiver: dict[int, float]) -> None:
        self.by_receiver = by_receiver
        self.any = bool(by_receiver)
        self.lead_s = max((0.0, *by_receiver.values()))
        self._receivers = np.array(sorted(by_receiver), np.uint64)
        self._microseconds = np.array([round(by_receiver[one] * 1e6) for one in sorted(by_receiver)], np.int64)

    def apply(self, receiver: U64, heard_at: F64) -> Flags:
        """Correct `heard_at` in place; which rows were."""
        if not self.any:
            return np.zeros(len(receiver), np.bool_)
        place = np.minimum(np.searchsorted(self._receivers, receiver), len(self._receivers) - 1)
        moved: Flags = self._receivers[place] == receiver
        microseconds = np.rint(heard_at[moved] * 1e6).astype(np.int64) - self._microseconds[place[moved]]
        heard_at[moved] = from_microseconds(microseconds)
        return moved


class _Positions:
    """The airborne positions heard last: who heard each first, and when by that receiver's clock.

    `still`: the receiver heard it again later, so that it says nothing about clocks and no copy of it is dropped.
    """

    def __init__(self) -> None:
        self.at = np.full(SLOTS, -np.inf)
        self.receiver = np.zeros(SLOTS, np.uint64)
        self.head = np.zeros(SLOTS, np.uint64)
        self.tail = np.zeros(SLOTS, np.uint64)
        self.still = np.zeros(SLOTS, np.bool_)

    def search(self, frames: FrameBatch) -> tuple[Index, U64, F64]:
        """(rows that are second copies, ascending; who heard the first copy of each; how much later they are)."""
        told = _SQUITTER.take(frames.payload[:, 0]) & _AIRBORNE.take(frames.payload[:, 4]) & ~frames.mlat
        rows = np.flatnonzero(told)
        if len(rows) == 0:
            return rows, np.zeros(0, np.uint64), np.zeros(0)
        head, tail = halves(frames.payload[rows])
        slot, remembered, order = by_slot(head, tail, self.at)
        old = len(remembered)
        head, tail = (
            np.concatenate([self.head[remembered], head])[order],
            np.concatenate([self.tail[remembered], tail])[order],
        )
        slot = np.concatenate([remembered.astype(np.uint16), slot])[order]
        at = np.concatenate([self.at[remembered], frames.heard_at[rows]])[order]
        receiver = np.concatenate([self.receiver[remembered], frames.receiver[rows]])[order]
        still = np.concatenate([self.still[remembered], np.zeros(len(rows), np.bool_)])[order]

        new_slot = np.ones(len(order), np.bool_)
        np.not_equal(slot[1:], slot[:-1], out=new_slot[1:])
        begins = new_slot.copy()
        begins[1:] |= (head[1:] != head[:-1]) | (tail[1:] != tail[:-1])
        source = np.maximum.accumulate(np.where(begins, np.arange(len(order)), 0))
        copy = ~begins
        copy &= (receiver != receiver[source]) & (np.abs(at - at[source]) <= APART_S) & ~still[source]
        final = source.copy()
        odd = np.flatnonzero(~begins & ~copy)
        if len(odd):
            starts = np.append(np.flatnonzero(begins), len(order))
            for start in np.unique(source[odd]).tolist():
                end = int(starts[np.searchsorted(starts, start, side="right")])
                final[end - 1] = _run(at, receiver, still, copy, source, start, end)
        lasts = np.append(np.flatnonzero(new_slot)[1:], len(order)) - 1
        where, kept = slot[lasts], final[lasts]
        self.at[where], self.receiver[where], self.still[where] = at[kept], receiver[kept], still[kept]
        self.head[where], self.tail[where] = head[kept], tail[kept]
        found = np.flatnonzero(copy)
        row = rows[order[found] - old]
        by_row = np.argsort(row, kind="stable")
        found = found[by_row]
        return row[by_row], receiver[source[found]], at[found] - at[source[found]]


def _run(at: F64, receiver: U64, still: Flags, copy: Flags, source: Index, start: int, end: int) -> int:
    """Go through a run of one content, one by one; gives the row to remember, with `still` set."""
    here = start
    stands = bool(still[start])
    for row in range(start + 1, end):
        apart_s = abs(float(at[row] - at[here]))
        copy[row], source[row] = False, here
        if apart_s > APART_S:
            here, stands = row, False
        elif receiver[row] != receiver[here] and not stands:
            copy[row] = True
        elif receiver[row] != receiver[here] or apart_s > ECHO_S:
            here, stands = row, True
    still[here] = stands
    return here
