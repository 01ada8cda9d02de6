"""A batch of reports sorted by aircraft, and the question every rule asks of it: what was last known at this row?

All per-aircraft looks back are answered in this order: rows of one aircraft lie together, in order of arrival, and
what was known before the batch stands behind them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from detector.domain.columns import SlotTable
from detector.domain.report import ReportBatch

Index = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
F64 = npt.NDArray[np.float64]


class Arrivals:
    """Reports by aircraft. A *position* is a place in this order; `group` numbers the aircraft of the batch.

    order     (n,) row of the batch at each position            place   (n,) position of each row
    slot, at  (n,) aircraft and time at each position           begins  (n,) first position of its aircraft
    first     (n,) position where the aircraft's rows begin     slots   (groups,) the aircraft, ascending
    carried   columns of the table as they were before the batch, by group
    """

    def __init__(self, reports: ReportBatch, table: SlotTable) -> None:
        n = len(reports)
        self.order: Index = np.argsort(reports.slot, kind="stable")
        self.place: Index = np.empty(n, dtype=np.intp)
        self.place[self.order] = np.arange(n)
        self.slot = reports.slot[self.order]
        self.at = reports.heard_at[self.order]
        self.begins: Flags = np.concatenate([[True], self.slot[1:] != self.slot[:-1]]) if n else np.zeros(0, np.bool_)
        self.firsts = np.flatnonzero(self.begins)
        self.first: Index = np.maximum.accumulate(np.where(self.begins, np.arange(n), 0)) if n else self.firsts
        self.group: Index = np.cumsum(self.begins) - 1
        self.slots = self.slot[self.firsts]
        self.carried = {name: table[name][self.slots] for name, column in table.columns.items() if not column.width}

    def before(self, values: F64, name: str) -> F64:
        """`values` of the position before, the table's `name` at an aircraft's first position."""
        shifted = np.empty_like(values)
        shifted[1:] = values[:-1]
        shifted[self.firsts] = self.carried[name]
        return shifted

    def latest(self, rows: npt.NDArray[Any], told: Flags | None = None) -> Latest:
        """Looks up the last of `rows` (of the batch; where `told`) at or before a position."""
        return Latest(self, rows, told)


class Latest:
    """The last row of some kind at or before a position, of the same aircraft."""

    def __init__(self, arrivals: Arrivals, rows: npt.NDArray[Any], told: Flags | None) -> None:
        self._first = arrivals.first
        entry = np.full(len(arrivals.order), -1, dtype=np.intp)
        which = np.arange(len(rows)) if told is None else np.flatnonzero(told)
        entry[arrivals.place[rows[which]]] = which
        self.positions: Index = np.flatnonzero(entry >= 0)
        """Positions that have such a row, ascending."""
        self.entries: Index = entry[self.positions]
        """Which of `rows` each is."""

    def entry(self, position: Index, first: Index | None = None) -> Index:
        """Index into `rows`, -1 where there is none in the batch. `first` if `position` may lie before the aircraft's
        own rows (the state before the batch is meant then)."""
        found = np.searchsorted(self.positions, position, side="right") - 1
        if len(self.positions) == 0:
            return np.full(len(position), -1, dtype=np.intp)
        begin = self._first[position] if first is None else first
        ahead = np.maximum(found, 0)
        hit = (found >= 0) & (self.positions[ahead] >= begin)
        result: Index = np.where(hit, self.entries[ahead], -1)
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
