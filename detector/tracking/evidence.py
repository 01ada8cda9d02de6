"""Raw frames kept as evidence: enough of what an aircraft sent to work out again what is told of it.

Kept of an aircraft:

    the last frame of each kind        position by parity and format, velocity, name, status, replies, ground word
    a ring of frames at its points     with every kept fix (`points`) its frame, the other half of its pair and the
                                       velocity of that time, and every frame that began a moment worth a look
    a ring of Comm-B replies           those that may hold registers 5,0 or 6,0 (airspeed, heading), one in each 10 s

A frame goes into a ring once. The first ring begins when the aircraft gives a reason for it: a fix below `BELOW_FT` or
of unknown height, a point near a watched field, the word "on ground", a jump; who only passes high above has none. From
then on it holds points anywhere: they are thinned already, so that a frame in a hundred or so is kept. What was kept
*as of* a moment is the rows before the batch and the batch up to that moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from detector.domain.columns import Column, SlotTable
from detector.domain.frame import LONG_BYTES, FrameBatch
from detector.domain.observation import Heard, Trigger
from detector.domain.report import ReportBatch
from detector.tracking.arrivals import Arrivals, Latest, begins, known
from detector.tracking.points import AcceptedFixes
from detector.tracking.sparse import SparseColumns

F64 = npt.NDArray[np.float64]
U64 = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]
Index = npt.NDArray[np.intp]

RING = 96
"""Some 32 points with their partners: 16 minutes of cruise or descent, five minutes close to a field."""
BELOW_FT = 25_000.0
"""Barometric: an approach says which field it goes to below 20,000 ft above it, and few fields lie above 5,000 ft."""
COMM_B_RING = 16
COMM_B_EVERY_S = 10.0
STALE_S = 30.0
"""A half or a velocity older than this does not belong to a point."""
BEGINS_MOMENT = int(Trigger.FIRST_HEARD | Trigger.SILENCE_END | Trigger.GROUND_WORD | Trigger.LOW_EXIT)
"""Frames with one of these triggers are kept; fixes after a silence and of followed aircraft are points anyhow."""


class Kind(IntEnum):
    """What a frame is kept for. The first five go with a point."""

    AIR_EVEN = 0
    AIR_ODD = 1
    SURFACE_EVEN = 2
    SURFACE_ODD = 3
    VELOCITY = 4
    NAME = 5
    STATUS = 6
    ALTITUDE = 7
    SQUAWK = 8
    ALL_CALL = 9
    GROUND_WORD = 10
    ANY = 11


OF_A_POINT = 5
EXCLUSIVE = 10
"""A frame is of one of the kinds below this; it may say "on ground" besides, and it may be the last one of all."""
KINDS = 12
_OTHER = 255

_PARTS = (("at", "f8", float("nan")), ("head", "u8", 0), ("tail", "u8", 0), ("receiver", "u8", 0))
"""A frame in columns: time, its first eight bytes, the other six with two for the length, receiver identity."""


def _columns(prefix: str, width: int) -> dict[str, Column]:
    return {f"{prefix}_{name}": Column(dtype, empty, width) for name, dtype, empty in _PARTS}


COLUMNS = {
    **_columns("last", KINDS),
    "last_kept": Column("?", False, OF_A_POINT),
    "frames_wanted": Column("?", False),
    "comm_b_heard_at": Column("f8", float("nan")),
}
"""`last_kept`: the last frame of that kind is in the ring. `frames_wanted`: the ring has begun. `comm_b_heard_at`: time
of the last reply of that sort."""
RING_COLUMNS = {"frames_count": Column("i8", 0), **_columns("frames", RING)}
COMM_B_COLUMNS = {"comm_b_count": Column("i8", 0), **_columns("comm_b", COMM_B_RING)}


class Rings:
    """The rings of those aircraft that have one."""

    def __init__(self) -> None:
        self.frames = SparseColumns(RING_COLUMNS)
        self.comm_b = SparseColumns(COMM_B_COLUMNS)


@dataclass(frozen=True, slots=True)
class _Packed:
    """Frames as columns of `_PARTS`; all (n,)."""

    at: F64
    head: U64
    tail: U64
    receiver: U64

    @staticmethod
    def of(frames: FrameBatch, rows: npt.NDArray[np.integer[Any]]) -> _Packed:
        raw = np.zeros((len(rows), 16), np.uint8)
        raw[:, :LONG_BYTES] = frames.payload[rows]
        raw[:, 15] = frames.length[rows]
        words = raw.view(">u8").astype(np.uint64)
        return _Packed(frames.heard_at[rows], words[:, 0], words[:, 1], frames.receiver[rows])

    def frames(self) -> list[Heard]:
        columns = zip(self.at.tolist(), self.head.tolist(), self.tail.tolist(), self.receiver.tolist(), strict=True)
        return [
            Heard(at, (head << 64 | tail).to_bytes(16, "big")[: tail & 0xFF].hex(), receiver)
            for at, head, tail, receiver in columns
        ]

    def take(self, rows: Index | slice) -> _Packed:
        return _Packed(self.at[rows], self.head[rows], self.tail[rows], self.receiver[rows])

    def put(self, table: SlotTable, prefix: str, slot: npt.NDArray[np.integer[Any]], place: Any) -> None:
        for name, _, _ in _PARTS:
            table[f"{prefix}_{name}"][slot, place] = getattr(self, name)

    @staticmethod
    def stored(table: SlotTable, prefix: str, slot: Any, place: Any) -> _Packed:
        return _Packed(*(table[f"{prefix}_{name}"][slot, place] for name, _, _ in _PARTS))


@dataclass(frozen=True, slots=True)
class _Appended:
    """What the batch adds to a ring, by position and so by aircraft; all (n,)."""

    position: Index
    slot: npt.NDArray[np.int32]
    frames: _Packed

    def up_to(self, first: int, position: int) -> _Packed:
        low, high = np.searchsorted(self.position, (first, position + 1)).tolist()
        return self.frames.take(slice(low, high))

    def remember(self, rings: SparseColumns, prefix: str, size: int) -> None:
        if len(self.slot) == 0:
            return
        row, table = rings.rows(self.slot), rings.table
        index = np.arange(len(row))
        rank = index - np.maximum.accumulate(np.where(begins(row), index, 0))
        count = table[f"{prefix}_count"]
        # Places repeat when one batch adds more than the ring holds; the last assignment wins, as it should.
        self.frames.put(table, prefix, row, (count[row] + rank) % size)
        np.add.at(count, row, 1)


class EvidenceFrames:
    """The frames kept before the batch and in it. `remember` puts the batch into the table, at its end."""

    def __init__(
        self,
        table: SlotTable,
        rings: Rings,
        arrivals: Arrivals,
        reports: ReportBatch,
        frames: FrameBatch | None,
        fixes: AcceptedFixes,
        begin: Index,
        trigger: npt.NDArray[np.int64],
    ) -> None:
        """`frames`: None for decoded tracks; `fixes`: accepted ones; `begin`: positions of those with which a ring
        begins; `trigger`: why each position is worth a look."""
        self._table, self._rings, self._arrivals = table, rings, arrivals
        self._frames = FrameBatch.empty() if frames is None else frames
        kind = _kinds(reports, self._frames)
        self._row = reports.frame_row.take(arrivals.order)
        self._kind = kind.take(arrivals.order)
        # Tracks decoded elsewhere come without frames.
        framed = self._row >= 0
        if not framed.all():
            self._kind[~framed] = _OTHER
        ground = np.flatnonzero((reports.on_ground.take(arrivals.order) == 1) & framed)
        # Positions of each kind.
        self._heard = [np.flatnonzero(self._kind == kind) for kind in range(EXCLUSIVE)]
        self._heard += [ground, np.flatnonzero(framed)]
        is_keeper = (trigger & BEGINS_MOMENT) != 0
        is_point = np.zeros(len(self._row), np.bool_)
        is_point[fixes.position[fixes.kept]] = True
        keepers = np.flatnonzero((is_keeper | is_point) & framed)
        self._wanted = self._wanted_from([ground, begin])
        keepers = keepers[keepers >= self._wanted[arrivals.group[keepers]]]
        self._last_of: dict[int, Index] = {}
        self._last_kept: list[tuple[npt.NDArray[np.int32], int, Flags]] = []
        self._added = self._additions(keepers, is_point[keepers])
        self._comm_b_last: tuple[Index, F64] = (np.zeros(0, np.intp), np.zeros(0))
        self._comm_b = self._comm_b_additions(reports)

    def _wanted_from(self, reasons: list[Index]) -> Index:
        """The position of the batch, by group, from which on the ring is wanted."""
        arrivals = self._arrivals
        wanted = np.full(len(arrivals.slots), len(self._row), np.intp)
        for position in reasons:
            # Positions ascend: backwards, the last assignment to a group is its first one.
            back = position[::-1]
            first = np.full(len(arrivals.slots), len(self._row), np.intp)
            first[arrivals.group[back]] = back
            np.minimum(wanted, first, out=wanted)
        wanted[self._table["frames_wanted"][arrivals.slots]] = 0
        return wanted

    def evidence(self, slot: int, group: int, position: int) -> tuple[Heard, ...]:
        """All frames kept of `slot` as of `position` of the batch (group -1: it is not in the batch), by time.

        Equal times are ordered by content, so that the order is the same wherever the stream was cut.
        """
        first = int(self._arrivals.firsts[group]) if group >= 0 else 0
        last = position if group >= 0 else -1
        ring = _ring(self._rings.frames, "frames", RING, slot, self._added.up_to(first, last))
        kept: set[Heard] = {*ring, *self._last(slot, first, last), *self._replies(slot, group, position)}
        return tuple(sorted(kept, key=_order))

    def comm_b(self, slot: int, group: int, position: int) -> tuple[Heard, ...]:
        """The Comm-B replies among them, in order of arrival."""
        return tuple(self._replies(slot, group, position))

    def _replies(self, slot: int, group: int, position: int) -> list[Heard]:
        first = int(self._arrivals.firsts[group]) if group >= 0 else 0
        added = self._comm_b.up_to(first, position if group >= 0 else -1)
        return _ring(self._rings.comm_b, "comm_b", COMM_B_RING, slot, added)

    def remember(self) -> None:
        """Put what the batch brought into the table."""
        table, arrivals = self._table, self._arrivals
        self._added.remember(self._rings.frames, "frames", RING)
        table["frames_wanted"][arrivals.slots[self._wanted < len(self._row)]] = True
        for slots, of_kind, kept in self._last_kept:
            table["last_kept"][slots, of_kind] = kept
        self._comm_b.remember(self._rings.comm_b, "comm_b", COMM_B_RING)
        of_replies, heard_at = self._comm_b_last
        table["comm_b_heard_at"][of_replies] = heard_at
        last = np.concatenate([self._lasts(kind) for kind in range(KINDS)])
        found = np.flatnonzero(last >= 0)
        kind, group = np.divmod(found, max(len(arrivals.slots), 1))
        _Packed.of(self._frames, self._row[last[found]]).put(table, "last", arrivals.slots[group], kind)

    def _lasts(self, kind: int) -> Index:
        """The last position of a kind of each aircraft of the batch, -1 where it has none."""
        if kind not in self._last_of:
            self._last_of[kind] = self._found_lasts(self._heard[kind])
        return self._last_of[kind]

    def _found_lasts(self, heard: Index) -> Index:
        arrivals = self._arrivals
        if len(heard) == 0:
            return np.full(len(arrivals.slots), -1, np.intp)
        found = np.searchsorted(heard, arrivals.lasts, side="right") - 1
        last = heard[np.maximum(found, 0)]
        result: Index = np.where((found >= 0) & (last >= arrivals.firsts), last, -1)
        return result

    def _last(self, slot: int, first: int, last: int) -> list[Heard]:
        """The last frame of each kind at position `last`."""
        found: list[Heard] = []
        for kind, heard in enumerate(self._heard):
            i = int(np.searchsorted(heard, last, side="right"))
            if i and heard[i - 1] >= first:
                found += _Packed.of(self._frames, self._row[heard[i - 1 : i]]).frames()
            elif not np.isnan(self._table["last_at"][slot, kind]):
                found += _Packed.stored(self._table, "last", slot, [kind]).frames()
        return found

    def _additions(self, keepers: Index, is_point: Flags) -> _Appended:
        """What goes into the ring at each keeper: its own frame and, at a point, what belongs to it."""
        arrivals = self._arrivals
        group, own = arrivals.group[keepers], self._kind[keepers]
        slots = arrivals.slots[group]
        # (keeper, source: a position of the batch or -1 for the last one before it, kind) of each addition.
        parts: list[tuple[Index, Index, npt.NDArray[np.intp]]] = []
        for kind in range(OF_A_POINT):
            heard = self._heard[kind]
            if len(heard) == 0 and self._all_in_ring(slots, kind):
                continue
            source = Latest(arrivals, heard, heard).entry(keepers)
            carried_at = self._table["last_at"][slots, kind]
            source_at = known(source, arrivals.at, carried_at)
            fresh = np.abs(arrivals.at[keepers] - source_at) <= STALE_S
            wanted = np.flatnonzero((is_point & fresh) | (own == kind))
            mine, first = source[wanted], begins(group[wanted])
            new = np.ones(len(wanted), np.bool_)
            new[1:] = mine[1:] != mine[:-1]
            in_ring = self._table["last_kept"][slots[wanted], kind]
            new = np.where(first, (mine >= 0) | ~in_ring, new)
            chosen = wanted[new]
            parts.append((chosen, source[chosen], np.full(len(chosen), kind, np.intp)))
            self._note_kept(kind, group[chosen], source[chosen])
        alone = np.flatnonzero(own >= OF_A_POINT)
        parts.append((alone, keepers[alone], np.full(len(alone), OF_A_POINT, np.intp)))
        keeper, source, kind_of = (np.concatenate(column) for column in zip(*parts, strict=True))
        # By kind at each keeper: an order that does not tell what came before the batch and what in it.
        order = np.lexsort((kind_of, keeper))
        keeper, source, kind_of = keeper[order], source[order], kind_of[order]
        slot = slots[keeper]
        carried = source < 0
        packed = _Packed.of(self._frames, self._row[np.maximum(source, 0)] if len(source) else source)
        if carried.any():
            before = _Packed.stored(self._table, "last", slot[carried], kind_of[carried])
            for name, _, _ in _PARTS:
                getattr(packed, name)[carried] = getattr(before, name)
        return _Appended(keepers[keeper], slot, packed)

    def _all_in_ring(self, slots: npt.NDArray[np.int32], kind: int) -> bool:
        """None of these aircraft has a last frame of the kind that is not in the ring."""
        return bool((self._table["last_kept"][slots, kind] | np.isnan(self._table["last_at"][slots, kind])).all())

    def _note_kept(self, kind: int, added_group: Index, added: Index) -> None:
        """Whether the last frame of the kind will be in the ring after the batch, where that changes."""
        arrivals = self._arrivals
        latest = self._lasts(kind)
        kept = np.full(len(arrivals.slots), -2, np.intp)
        kept[added_group] = added
        changed = np.flatnonzero((latest >= 0) | (kept == -1))
        self._last_kept.append((arrivals.slots[changed], kind, kept[changed] == latest[changed]))

    def _comm_b_additions(self, reports: ReportBatch) -> _Appended:
        """One reply in each 10 s: a function of it and of the one before it alone."""
        arrivals = self._arrivals
        rows = np.flatnonzero((reports.df >= 20) & (reports.df <= 21) & (reports.frame_row >= 0))
        rows = rows[_may_tell_airspeed(self._frames.payload, reports.frame_row[rows])]
        telling = np.zeros(len(self._row), np.bool_)
        telling[arrivals.place[rows]] = True
        position = np.flatnonzero(telling)
        slot, at = arrivals.slot[position], arrivals.at[position]
        first = begins(slot)
        previous = np.empty_like(at)
        previous[1:] = at[:-1]
        previous[first] = self._table["comm_b_heard_at"][slot[first]]
        spell = np.floor(at / COMM_B_EVERY_S) != np.floor(previous / COMM_B_EVERY_S)
        lasts = np.append(np.flatnonzero(first)[1:], len(position))[: np.count_nonzero(first)] - 1
        self._comm_b_last = slot[lasts].astype(np.intp), at[lasts]
        chosen = position[spell]
        return _Appended(chosen, arrivals.slot[chosen], _Packed.of(self._frames, self._row[chosen]))


def _kinds(reports: ReportBatch, frames: FrameBatch) -> npt.NDArray[np.uint8]:
    """Kind of each row; the later of these assignments are the more special ones."""
    kind = np.full(len(reports), _OTHER, np.uint8)
    kind[reports.df == 11] = Kind.ALL_CALL
    kind[reports.altitudes.row] = Kind.ALTITUDE
    kind[reports.squawks.row] = Kind.SQUAWK
    kind[reports.velocities.row] = Kind.VELOCITY
    kind[reports.idents.row] = Kind.NAME
    kind[reports.statuses.row] = Kind.STATUS
    positions = reports.positions
    if len(positions.row) and len(frames):
        # Bit 22 of ME (DO-260B 2.2.3.2.3.5) is bit 6 of the frame's seventh byte.
        odd = _byte(frames.payload, reports.frame_row[positions.row], 6) >> 2 & 1
        kind[positions.row] = odd + positions.surface * np.uint8(Kind.SURFACE_EVEN)
    return kind


def _may_tell_airspeed(payload: npt.NDArray[np.uint8], rows: npt.NDArray[np.int32]) -> Flags:
    """Replies whose MB has the status bits 1 and 24 set, as registers 5,0 and 6,0 both have them when they tell roll
    or heading and speed (ICAO Doc 9871, tables A-2-80 and A-2-96)."""
    result: Flags = (_byte(payload, rows, 4) >> 7 & _byte(payload, rows, 6) & 1) == 1
    return result


def _byte(payload: npt.NDArray[np.uint8], rows: npt.NDArray[np.int32], number: int) -> npt.NDArray[np.uint8]:
    """One byte of each of these frames; `payload[rows, number]` takes three times as long."""
    return payload.reshape(-1).take(rows.astype(np.intp) * LONG_BYTES + number)


def _ring(rings: SparseColumns, prefix: str, size: int, slot: int, added: _Packed) -> list[Heard]:
    """The ring as it is, with what is added, oldest first."""
    row = rings.row(slot)
    if row < 0:
        return added.frames()[-size:]
    count = int(rings.table[f"{prefix}_count"][row])
    places = np.arange(count - min(count, size), count) % size
    return (_Packed.stored(rings.table, prefix, row, places).frames() + added.frames())[-size:]


def _order(frame: Heard) -> tuple[float, str, int]:
    return frame.at, frame.frame, frame.receiver
