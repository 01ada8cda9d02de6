"""The recent past of each aircraft: a ring of thinned fixes, and how it looked at any row of the batch at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.domain.columns import Column, SlotTable
from detector.domain.doubt import Place
from detector.domain.observation import Points
from detector.tracking.arrivals import begins

F64 = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

RING = 44
"""Points kept: 22 minutes of cruise; of a landing the approach from some 3,000 ft on."""
EVERY_S = 30.0
NEAR_EVERY_S = 10.0
NEAR_FT = 3_000.0
"""Points are denser below this height above the highest field around."""
CLOSE_EVERY_S = 5.0
CLOSE_FT = 1_000.0
"""And denser still below this: an aircraft first heard on short final must leave its altitudes too."""
ROLLING_KT = 30.0
"""So are points of an aircraft that rolls at this speed: a landing run lasts half a minute."""

COLUMNS = {
    "ring_count": Column("i8", 0),
    "ring_at": Column("f8", float("nan"), RING),
    "ring_latitude_deg": Column("f4", float("nan"), RING),
    "ring_longitude_deg": Column("f4", float("nan"), RING),
    "ring_altitude_ft": Column("f4", float("nan"), RING),
    "ring_groundspeed_kt": Column("f2", float("nan"), RING),
    "ring_track_deg": Column("f2", float("nan"), RING),
    "ring_airspeed_kt": Column("f2", float("nan"), RING),
    "ring_heading_deg": Column("f2", float("nan"), RING),
    "ring_geom_minus_baro_ft": Column("f2", float("nan"), RING),
    "ring_nic": Column("f2", float("nan"), RING),
    "ring_nac_p": Column("f2", float("nan"), RING),
    "ring_surface": Column("f2", float("nan"), RING),
    "fix_altitude_ft": Column("f8", float("nan")),
    "fix_groundspeed_kt": Column("f8", float("nan")),
    "fix_in_ring": Column("?", False),
}
LAST_FIX = ("fix_at", "latitude_deg", "longitude_deg", "fix_altitude_ft", "fix_groundspeed_kt")
"""Columns of the last accepted fix, kept beside the ring; `fix_in_ring` tells whether it is a point as well."""
_NAMES = ("ring_at", "ring_latitude_deg", "ring_longitude_deg", "ring_altitude_ft", "ring_groundspeed_kt")
_MORE = (
    "ring_track_deg", "ring_airspeed_kt", "ring_heading_deg", "ring_geom_minus_baro_ft", "ring_nic", "ring_nac_p",
    "ring_surface",
)  # fmt: skip
"""Known at points only, not at the latest fix that is none (half precision is finer than what is sent)."""
_SINGLE, _HALF = slice(1, 4), slice(4, None)
"""Which of _NAMES and _MORE, in this order, the ring holds in single and in half precision."""
_TURNS = [(np.arange(RING) + oldest) % RING for oldest in range(RING)]
"""The places of a full ring, oldest first, by the place of the oldest."""


@dataclass(frozen=True, slots=True)
class AcceptedFixes:
    """Accepted fixes of a batch by position (ascending); all (n,). `kept`: goes into the ring.

    `more`: columns of _MORE for the kept ones, (k,) each; `rank`: which of the kept ones a fix is.
    """

    position: npt.NDArray[np.intp]
    slot: npt.NDArray[np.int32]
    at: F64
    latitude_deg: F64
    longitude_deg: F64
    altitude_ft: F64
    groundspeed_kt: F64
    kept: Flags
    rank: npt.NDArray[np.intp]
    more: tuple[F64, ...]

    def place(self, row: int) -> Place:
        """One fix as a value; its track only where it is a point."""
        track = float(self.more[0][self.rank[row]]) if self.kept[row] else float("nan")
        return Place(
            float(self.at[row]),
            float(self.latitude_deg[row]),
            float(self.longitude_deg[row]),
            _told(self.altitude_ft[row]),
            _told(self.groundspeed_kt[row]),
            _told(track),
            None,
        )

    def columns(self) -> tuple[F64, ...]:
        return self.at, self.latitude_deg, self.longitude_deg, self.altitude_ft, self.groundspeed_kt


def _told(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def thinned(at: F64, previous_at: F64, near: Flags, close: Flags) -> Flags:
    """Which fixes become points: the first in each half minute, near the ground in each 10 s, close to it in each 5 s.

    A function of the fix and the one before it alone, so the cut of the stream has no part in it.
    """

    def new(every_s: float) -> Flags:
        result: Flags = np.floor(at / every_s) != np.floor(previous_at / every_s)
        return result

    return np.isnan(previous_at) | new(EVERY_S) | (near & new(NEAR_EVERY_S)) | (close & new(CLOSE_EVERY_S))


class Past:
    """The points of aircraft at any position of a batch that the rings do not hold yet."""

    def __init__(self, table: SlotTable, fixes: AcceptedFixes) -> None:
        self._table, self._fixes = table, fixes
        self._kept: F64 | None = None
        self._rings: dict[int, F64] = {}

    def at(self, last_fix: Sequence[float] | None, slot: int, first: int, position: int) -> Points:
        """The points of `slot` at `position`, whose rows begin at `first`.

        `last_fix`: values of LAST_FIX as they were before the batch, None if that fix is in the ring (or there is
        none).
        """
        fixes, ring = self._fixes, self._ring(slot)
        low, high = np.searchsorted(fixes.position, (first, position + 1)).tolist()
        begin = end = 0
        if high > low:
            begin, end = int(fixes.rank[low]) + 1 - int(fixes.kept[low]), int(fixes.rank[high - 1]) + 1
            last_fix = None if fixes.kept[high - 1] else [column[high - 1] for column in fixes.columns()]
        known = ring.shape[1]
        rows = np.empty((len(ring), known + end - begin + (last_fix is not None)))
        rows[:, :known] = ring
        if end > begin:
            rows[:, known : known + end - begin] = self._kept_ones()[:, begin:end]
        if last_fix is not None:
            rows[:, -1] = np.nan
            rows[: len(_NAMES), -1] = last_fix
            _round(rows[:, -1:])
        return Points(*rows[:, -RING:])

    def _ring(self, slot: int) -> F64:
        """The ring of an aircraft, oldest first."""
        if slot not in self._rings:
            count = int(self._table["ring_count"][slot])
            order = slice(0, count) if count <= RING else _TURNS[count % RING]
            self._rings[slot] = np.array([self._table[name][slot][order] for name in _NAMES + _MORE], np.float64)
        return self._rings[slot]

    def _kept_ones(self) -> F64:
        """The points of the batch."""
        if self._kept is None:
            which = np.flatnonzero(self._fixes.kept)
            columns = (*(column[which] for column in self._fixes.columns()), *self._fixes.more)
            self._kept = np.array(columns, np.float64)
            _round(self._kept)
        return self._kept


def _round(rows: F64) -> None:
    """To the precision that the ring has: a point must not change by having been in it."""
    rows[_SINGLE] = rows[_SINGLE].astype(np.float32)
    rows[_HALF] = rows[_HALF].astype(np.float16)


def past(
    table: SlotTable,
    last_fix: Sequence[float] | None,
    fixes: AcceptedFixes,
    slot: int,
    first: int,
    position: int,
) -> Points:
    """The same for one aircraft and position."""
    return Past(table, fixes).at(last_fix, slot, first, position)


def remember(table: SlotTable, fixes: AcceptedFixes) -> None:
    """Put the batch's points into the rings."""
    rows = np.flatnonzero(fixes.kept)
    if len(rows) == 0:
        return
    slot = fixes.slot[rows]
    index = np.arange(len(rows))
    rank = index - np.maximum.accumulate(np.where(begins(slot), index, 0))
    place = (table["ring_count"][slot] + rank) % RING
    for name, values in zip(_NAMES, fixes.columns(), strict=True):
        # Places repeat when one batch holds more points than the ring; the last assignment wins, as it should.
        table[name][slot, place] = values[rows]
    for name, values in zip(_MORE, fixes.more, strict=True):
        table[name][slot, place] = values
    np.add.at(table["ring_count"], slot, 1)
