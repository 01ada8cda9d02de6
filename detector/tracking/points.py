"""The recent past of each aircraft: a ring of thinned fixes, and how it looked at any row of the batch at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.domain.columns import Column, SlotTable
from detector.domain.observation import Points
from detector.tracking.arrivals import begins

F64 = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

RING = 56
"""Points kept: 28 minutes of cruise; of a landing some 10 minutes before it."""
EVERY_S = 30.0
NEAR_EVERY_S = 10.0
NEAR_FT = 3_000.0
"""Points are denser below this height above the highest field around."""
CLOSE_EVERY_S = 5.0
CLOSE_FT = 1_000.0
"""And denser still below this: an aircraft first heard on short final must leave its altitudes too."""

COLUMNS = {
    "ring_count": Column("i8", 0),
    "ring_at": Column("f8", float("nan"), RING),
    "ring_latitude_deg": Column("f4", float("nan"), RING),
    "ring_longitude_deg": Column("f4", float("nan"), RING),
    "ring_altitude_ft": Column("f4", float("nan"), RING),
    "ring_groundspeed_kt": Column("f4", float("nan"), RING),
    "fix_altitude_ft": Column("f8", float("nan")),
    "fix_groundspeed_kt": Column("f8", float("nan")),
    "fix_in_ring": Column("?", False),
}
LAST_FIX = ("fix_at", "latitude_deg", "longitude_deg", "fix_altitude_ft", "fix_groundspeed_kt")
"""Columns of the last accepted fix, kept beside the ring; `fix_in_ring` tells whether it is a point as well."""
_NAMES = ("ring_at", "ring_latitude_deg", "ring_longitude_deg", "ring_altitude_ft", "ring_groundspeed_kt")


@dataclass(frozen=True, slots=True)
class AcceptedFixes:
    """Accepted fixes of a batch by position (ascending); all (n,). `kept`: goes into the ring."""

    position: npt.NDArray[np.intp]
    slot: npt.NDArray[np.int32]
    at: F64
    latitude_deg: F64
    longitude_deg: F64
    altitude_ft: F64
    groundspeed_kt: F64
    kept: Flags

    def columns(self) -> tuple[F64, ...]:
        return self.at, self.latitude_deg, self.longitude_deg, self.altitude_ft, self.groundspeed_kt


def thinned(at: F64, previous_at: F64, near: Flags, close: Flags) -> Flags:
    """Which fixes become points: the first in each half minute, near the ground in each 10 s, close to it in each 5 s.

    A function of the fix and the one before it alone, so the cut of the stream has no part in it.
    """

    def new(every_s: float) -> Flags:
        result: Flags = np.floor(at / every_s) != np.floor(previous_at / every_s)
        return result

    return np.isnan(previous_at) | new(EVERY_S) | (near & new(NEAR_EVERY_S)) | (close & new(CLOSE_EVERY_S))


def past(
    table: SlotTable,
    last_fix: Sequence[float] | None,
    fixes: AcceptedFixes,
    slot: int,
    first: int,
    position: int,
) -> Points:
    """The points of `slot` at `position` of the batch, whose rows begin at `first`; the ring must not hold the batch.

    `last_fix`: values of LAST_FIX as they were before the batch, None if that fix is in the ring (or there is none).
    """
    count = int(table["ring_count"][slot])
    in_ring = np.arange(count - min(count, RING), count) % RING
    low, high = np.searchsorted(fixes.position, (first, position + 1)).tolist()
    fresh = low + np.flatnonzero(fixes.kept[low:high])
    if high > low:
        last_fix = None
        if not fixes.kept[high - 1]:
            fresh = np.append(fresh, high - 1)
    known, extra = len(in_ring), int(last_fix is not None)
    columns = []
    for i, (name, values) in enumerate(zip(_NAMES, fixes.columns(), strict=True)):
        ring = table[name]
        # One precision for all: a point must not change by having been in the ring.
        column = np.empty(known + extra + len(fresh), dtype=ring.dtype)
        column[:known] = ring[slot].take(in_ring)
        if last_fix is not None:
            column[known] = last_fix[i]
        column[known + extra :] = values.take(fresh)
        columns.append(column[-RING:].astype(np.float64))
    return Points(*columns)


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
    np.add.at(table["ring_count"], slot, 1)
