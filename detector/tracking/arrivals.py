"""A batch of reports sorted by aircraft, and the question every rule asks of it: what was last known at this row?

All per-aircraft looks back are answered in this order: rows of one aircraft lie together, in order of arrival, and
what was known before the batch stands behind them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from detector.domain.columns import SlotTable
from detector.domain.report import ReportBatch

Index = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
F64 = npt.NDArray[np.float64]


FEW = 16
"""Rows fewer than one in so many of the batch are sorted, or looked up one by one; more are strewn over it."""


class Arrivals:
    """Reports by aircraft. A *position* is a place in this order; `group` numbers the aircraft of the batch.

    order     (n,) row of the batch at each position            place   (n,) position of each row
    slot, at  (n,) aircraft and time at each position           begins  (n,) first position of its aircraft
    first     (n,) position where the aircraft's rows begin     slots   (groups,) the aircraft, ascending
    firsts, lasts  (groups,) positions where an aircraft's rows begin and end
    carried   columns of the table as they were before the batch, by group
    """

    def __init__(self, reports: ReportBatch, table: SlotTable, carried: Iterable[str]) -> None:
        n = len(reports)
        slot = reports.slot
        # Sorting 16-bit numbers is ten times faster; slots beyond them are rare.
        narrow = n > 0 and int(slot.max()) < 1 << 16
        self.order: Index = np.argsort(slot.astype(np.uint16) if narrow else slot, kind="stable")
        self.place: Index = np.empty(n, dtype=np.intp)
        self.place[self.order] = np.arange(n)
        self.slot = slot.take(self.order)
        self.at = reports.heard_at.take(self.order)
        self.begins = begins(self.slot)
        self.firsts: Index = np.flatnonzero(self.begins)
        self.lasts: Index = np.append(self.firsts[1:], n) - 1 if n else self.firsts
        self.group: Index = np.cumsum(self.begins) - 1
        self.first: Index = self.firsts.take(self.group)
        self.slots = self.slot[self.firsts]
        self.carried = {name: table[name][self.slots] for name in carried}

    def before(self, values: F64, name: str) -> F64:
        """`values` of the position before, the table's `name` at an aircraft's first position."""
        shifted = np.empty_like(values)
        shifted[1:] = values[:-1]
        shifted[self.firsts] = self.carried[name]
        return shifted

    def latest(self, rows: npt.NDArray[Any], told: Flags | None = None) -> Latest:
        """Looks up the last of `rows` (of the batch; where `told`) at or before a position."""
        which = np.arange(len(rows)) if told is None else np.flatnonzero(told)
        if len(which) < len(self.order) // FEW:
            place = self.place[rows[which]]
            sorting = np.argsort(place, kind="stable")
            return Latest(self, place[sorting], which[sorting])
        entry = np.full(len(self.order), -1, dtype=np.intp)
        entry[self.place[rows[which]]] = which
        positions = np.flatnonzero(entry >= 0)
        return Latest(self, positions, entry[positions])


class Latest:
    """The last row of some kind at or before a position, of the same aircraft.

    `positions`: those that have such a row, ascending; `entries`: which of the rows each is.
    """

    def __init__(self, arrivals: Arrivals, positions: Index, entries: Index) -> None:
        self._arrivals = arrivals
        self._counts: Index | None = None
        self.positions = positions
        self.entries = entries

    def entry(self, position: Index) -> Index:
        """The entry at or before each position, -1 where the batch has none."""
        if len(self.positions) == 0:
            return np.full(len(position), -1, dtype=np.intp)
        found = self._until(position) - 1
        ahead = np.maximum(found, 0)
        hit = (found >= 0) & (self.positions[ahead] >= self._arrivals.first[position])
        result: Index = np.where(hit, self.entries[ahead], -1)
        return result

    def _until(self, position: Index) -> Index:
        """How many of `positions` are not after each position."""
        n = len(self._arrivals.order)
        if self._counts is None:
            if len(position) < n // FEW:
                return np.searchsorted(self.positions, position, side="right")
            # For many it is faster to count along the whole batch once.
            here = np.zeros(n, np.bool_)
            here[self.positions] = True
            self._counts = np.cumsum(here)
        return self._counts[position]

    def entry_of(self, group: int, position: int) -> int:
        """The same for one position, which may lie before the rows of its aircraft: the batch has none then."""
        if group < 0:
            return -1
        found = int(np.searchsorted(self.positions, position, side="right")) - 1
        if found < 0 or self.positions[found] < self._arrivals.firsts[group]:
            return -1
        return int(self.entries[found])


def begins(group: npt.NDArray[Any]) -> Flags:
    """Where a run of equal values begins."""
    result = np.ones(len(group), dtype=np.bool_)
    np.not_equal(group[1:], group[:-1], out=result[1:])
    return result


def last_true(flags: Flags) -> Index:
    """Index of the last True at or before each element, -1 where there is none."""
    result: Index = np.maximum.accumulate(np.where(flags, np.arange(len(flags)), -1))
    return result


def known(entry: Index, values: npt.NDArray[Any], carried: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """`values[entry]`, or `carried` where the entry is -1."""
    if len(values) == 0:
        return carried
    return np.where(entry >= 0, values[np.maximum(entry, 0)], carried)
