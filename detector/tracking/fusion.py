"""One transmission, many receivers: a frame that is heard again is one frame.

Works on a stream in order of time (`tracking.reorder`) whose receivers have one clock (`tracking.receiver_clocks`):
then the same bytes within half a second are the same transmission. A transponder repeats itself within that only in
what costs nothing to lose: DF11 and replies to several radars at once.
"""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import numpy.typing as npt

from detector.domain.errors import Reject
from detector.domain.frame import LONG_BYTES, FrameBatch, RejectCounts

F64 = npt.NDArray[np.float64]
U64 = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]
Index = npt.NDArray[np.intp]

SAME_S = 0.5
"""The same bytes within this time of a frame that was kept are the same transmission. Anything shorter would let
network receivers through, which are stamped on arrival; the quickest squitters that carry news differ in content."""

ROUNDS = 16
"""Repetitions that go on for longer than so many times that, in one batch, are gone through one by one."""

_OTHERS = np.uint8(0xA5)
"""Any pattern: what no frame of an aircraft turns into one of another by, with both parities right."""
_MIX_A, _MIX_B = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
"""Odd numbers of high entropy (the golden ratio; a prime of xxHash): multiplied bits spread upwards."""


class DuplicatesState(msgspec.Struct, frozen=True):
    """`receiver`: the only one so far; `many`: there are several. `at`, `payload`: of the frames kept lately, the
    arrays as little-endian bytes."""

    receiver: int | None
    many: bool
    at: bytes
    payload: bytes


class Duplicates:
    """Drops repeated frames of one stream.

    With one receiver only neighbours are compared, which is where a demodulator that hears a frame twice puts it. From
    the first frame of a second receiver on, each frame is compared with all that were kept in the last `SAME_S`.

    `unconfirming`: receivers that do not confirm a stop alone. Their frames are no copies of those of the others, nor
    the other way round: whoever is faster, it has to be known that both have heard it.
    """

    def __init__(self, unconfirming: frozenset[int] = frozenset()) -> None:
        self._unconfirming = np.array(sorted(unconfirming), np.uint64)
        self.rejects = RejectCounts()
        self._receiver: int | None = None
        self._many = False
        # Frames that a coming one may repeat; with one receiver, the last one kept.
        self._at: F64 = np.zeros(0)
        self._payload = FrameBatch.empty().payload

    def drop(self, frames: FrameBatch, clock: F64) -> tuple[FrameBatch, F64]:
        """The frames that repeat none before them, with event time after each. `clock` (n,): as `Reorder` gives it."""
        if len(frames) == 0:
            return frames, clock
        kept = self._kept(self._told_apart(frames), clock)
        dropped = len(kept) - int(np.count_nonzero(kept))
        if dropped == 0:
            return frames, clock
        self.rejects.add(Reject.DUPLICATE, dropped)
        rows = np.flatnonzero(kept)
        return frames.take(rows), clock[rows]

    def _told_apart(self, frames: FrameBatch) -> FrameBatch:
        """The frames as they are compared: those of unconfirming receivers are turned into others."""
        others = np.isin(frames.receiver, self._unconfirming) if len(self._unconfirming) else None
        if others is None or not others.any():
            return frames
        return replace(frames, payload=np.where(others[:, None], frames.payload ^ _OTHERS, frames.payload))

    def _kept(self, frames: FrameBatch, clock: F64) -> Flags:
        if self._many:
            kept = self._among_many(frames, clock)
        else:
            if self._receiver is None:
                self._receiver = int(frames.receiver[0])
            other = frames.receiver != np.uint64(self._receiver)
            if other.any():
                alone = int(np.argmax(other))
                first = self._neighbours(frames.take(slice(0, alone)), clock[:alone])
                # What was heard before was not searched; it stays so, wherever the stream is cut.
                self._many, self._at, self._payload = True, self._at[:0], self._payload[:0]
                kept = np.concatenate([first, self._among_many(frames.take(slice(alone, None)), clock[alone:])])
            else:
                kept = self._neighbours(frames, clock)
        return kept

    def dump(self) -> DuplicatesState:
        """The state, for the checkpoint."""
        return DuplicatesState(self._receiver, self._many, self._at.astype("<f8").tobytes(), self._payload.tobytes())

    def restore(self, state: DuplicatesState) -> None:
        """Take up the state of another run."""
        self._receiver, self._many = state.receiver, state.many
        self._at = np.frombuffer(state.at, "<f8").astype(np.float64)
        self._payload = np.frombuffer(state.payload, np.uint8).reshape(len(self._at), LONG_BYTES)

    def _neighbours(self, frames: FrameBatch, clock: F64) -> Flags:
        if len(frames) == 0:
            return np.zeros(0, np.bool_)
        old = len(self._at)
        at = np.concatenate([self._at, frames.heard_at]) if old else frames.heard_at
        head, tail = halves(frames.payload)
        if old:
            old_head, old_tail = halves(self._payload)
            head, tail = np.concatenate([old_head, head]), np.concatenate([old_tail, tail])
        begins = np.ones(len(at), np.bool_)
        np.not_equal(head[1:], head[:-1], out=begins[1:])
        begins[1:] |= tail[1:] != tail[:-1]
        if begins.all():
            self._at, self._payload = at[-1:].copy(), frames.payload[-1:].copy()
            return begins[old:]
        kept = first_copies(at, np.concatenate([self._at, clock]) if old else clock, begins)
        # The last one kept may be a late one: the run goes on from the latest of them.
        run = len(begins) - 1 - int(np.argmax(begins[::-1]))
        self._at, self._payload = at[run:][kept[run:]].max(keepdims=True), frames.payload[-1:].copy()
        return kept[old:]

    def _among_many(self, frames: FrameBatch, clock: F64) -> Flags:
        old = len(self._at)
        at = np.concatenate([self._at, frames.heard_at])
        payload = np.concatenate([self._payload, frames.payload])
        order, begins = by_content(payload)
        kept = np.empty(len(at), np.bool_)
        kept[order] = first_copies(at[order], np.concatenate([self._at, clock])[order], begins)
        recent = np.flatnonzero(kept & (clock[-1] - at <= SAME_S))
        self._at, self._payload = at[recent], payload[recent]
        return kept[old:]


def first_copies(at: F64, clock: F64, begins: Flags) -> Flags:
    """Which rows repeat none before them (n,). Rows lie in runs of equal content, in a run in order of the stream.

    `begins`: where a run begins; `clock`: event time at each row, later than `at` only where a row is late. A row
    repeats the last kept one of its run if event time has gone no more than `SAME_S` beyond that one, and the row is
    not further than this behind it.
    """
    near = np.zeros(len(at), np.bool_)
    np.less_equal(clock[1:] - at[:-1], SAME_S, out=near[1:])
    near &= ~begins
    late = at < clock
    if not near.any() and not late.any():
        return ~near
    # Rows that follow each other closely: most often all of them lie within the reach of the first.
    first = np.maximum.accumulate(np.where(near, 0, np.arange(len(at))))
    kept: Flags = ~near
    beyond = np.flatnonzero(near)
    for _ in range(ROUNDS):
        # The first row out of reach of the last kept one is kept, and those after it are held against it.
        reached = clock[beyond] - at[first[beyond]] <= SAME_S
        beyond = beyond[~reached]
        if len(beyond) == 0:
            break
        heads = np.ones(len(beyond), np.bool_)
        np.not_equal(first[beyond][1:], first[beyond][:-1], out=heads[1:])
        first[beyond] = beyond[heads][np.cumsum(heads) - 1]
        kept[beyond[heads]] = True
    odd = np.concatenate([beyond, np.flatnonzero(late)])
    if len(odd):
        run = np.cumsum(begins) - 1
        starts = np.append(np.flatnonzero(begins), len(at))
        for one in np.unique(run[odd]).tolist():
            _one_by_one(at, clock, kept, int(starts[one]), int(starts[one + 1]))
    return kept


def _one_by_one(at: F64, clock: F64, kept: Flags, start: int, end: int) -> None:
    last: float | None = None
    for row, (heard, now) in enumerate(zip(at[start:end].tolist(), clock[start:end].tolist(), strict=True), start):
        kept[row] = last is None or now - last > SAME_S or last - heard > SAME_S
        if kept[row]:
            last = heard if last is None else max(last, heard)


def halves(payload: npt.NDArray[np.uint8]) -> tuple[U64, U64]:
    """The first and the last eight bytes of each frame as numbers; together all fourteen."""
    n = len(payload)
    if n == 0:
        return np.zeros(0, np.uint64), np.zeros(0, np.uint64)
    whole = np.ascontiguousarray(payload)
    strides = (whole.shape[1],)
    ends = (np.ndarray((n,), "<u8", whole, offset, strides).astype(np.uint64) for offset in (0, 6))
    return next(ends), next(ends)


def hashes(head: U64, tail: U64) -> npt.NDArray[np.uint32]:
    """32 bits of each frame's content."""
    mixed = (head ^ (tail * _MIX_A)) * _MIX_B
    mixed ^= mixed >> np.uint64(29)
    mixed *= _MIX_A
    return (mixed >> np.uint64(32)).astype(np.uint32)


def by_content(payload: npt.NDArray[np.uint8]) -> tuple[Index, Flags]:
    """(an order in which rows of equal content lie together, as they came; where a new content begins in it)."""
    head, tail = halves(payload)
    key = hashes(head, tail)
    # Two passes over 16 bits each: NumPy sorts those by counting, ten times faster than wider numbers.
    order = np.argsort((key & np.uint32(0xFFFF)).astype(np.uint16), kind="stable")
    order = order[np.argsort((key >> np.uint32(16)).astype(np.uint16)[order], kind="stable")]
    begins = _begins(head[order], tail[order])
    new_key = _begins(key[order], key[order])
    if not np.array_equal(begins, new_key):
        # Two contents of one hash may lie interleaved.
        order = np.lexsort((tail, head))
        begins = _begins(head[order], tail[order])
    return order, begins


def by_slot(head: U64, tail: U64, known: F64) -> tuple[npt.NDArray[np.uint16], Index, Index]:
    """(a slot of 16 bits for each content; the slots among them that hold something, where `known` is finite; an order
    by slot of those and then the rows, as they came)."""
    slot = (hashes(head, tail) & np.uint32(0xFFFF)).astype(np.uint16)
    wanted = np.zeros(len(known), np.bool_)
    wanted[slot] = True
    remembered = np.flatnonzero(wanted & np.isfinite(known))
    return slot, remembered, np.argsort(np.concatenate([remembered.astype(np.uint16), slot]), kind="stable")


def _begins(
    head: npt.NDArray[np.uint64] | npt.NDArray[np.uint32], tail: npt.NDArray[np.uint64] | npt.NDArray[np.uint32]
) -> Flags:
    result = np.ones(len(head), np.bool_)
    np.not_equal(head[1:], head[:-1], out=result[1:])
    result[1:] |= tail[1:] != tail[:-1]
    return result
