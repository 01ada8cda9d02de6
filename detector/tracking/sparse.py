"""Columns that most aircraft have no need of: a row is given to an aircraft when something is first put there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from detector.domain.columns import Column, SlotTable

Index = npt.NDArray[np.intp]
Slots = npt.NDArray[np.integer[Any]]


class SparseColumns:
    """Columns over the slots that have a row here. The cut of the stream has a part in which row it is, in no more."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self.table = SlotTable(columns, capacity=16)
        self.used = 0
        """One more than the highest row in use so far."""
        self._row = np.full(64, -1, np.int32)
        self._free: list[int] = []

    def row(self, slot: int) -> int:
        """The row of a slot, -1 if it has none."""
        return int(self._row[slot]) if slot < len(self._row) else -1

    def known(self, slots: Slots) -> Index:
        """The rows of slots, -1 where one has none."""
        inside = np.minimum(slots, len(self._row) - 1)
        return np.where(slots < len(self._row), self._row[inside], -1).astype(np.intp)

    def rows(self, slots: Slots) -> Index:
        """The rows of slots; those that have none are given one."""
        if len(slots) == 0:
            return np.zeros(0, np.intp)
        highest = int(slots.max())
        if highest >= len(self._row):
            grown = np.full(max(highest + 1, 2 * len(self._row)), -1, np.int32)
            grown[: len(self._row)] = self._row
            self._row = grown
        rows = self._row[slots].astype(np.intp)
        if rows.min() < 0:
            new = np.unique(slots[rows < 0])
            again = min(len(new), len(self._free))
            self._row[new[:again]] = [self._free.pop() for _ in range(again)]
            self._row[new[again:]] = np.arange(self.used, self.used + len(new) - again)
            self.used += len(new) - again
            self.table.grow_to(self.used)
            rows = self._row[slots].astype(np.intp)
        return rows

    def clear(self, slots: Slots) -> None:
        """Take the rows of slots back."""
        held = slots[self.known(slots) >= 0]
        rows = self._row[held]
        self.table.clear(rows)
        self._row[held] = -1
        self._free += rows.tolist()


class AircraftTable(SlotTable):
    """The columns that every aircraft has, and beside them groups of those that some have."""

    def __init__(self, columns: Mapping[str, Column], *some: SparseColumns) -> None:
        super().__init__(columns)
        self.groups = some

    def clear(self, slots: Sequence[int] | Slots) -> None:
        """As `SlotTable.clear`; the groups take their rows back."""
        super().clear(slots)
        for group in self.groups:
            group.clear(np.asarray(slots, np.intp))

    def dump(self, slots: Sequence[int] | Slots) -> list[dict[str, Any]]:
        """As `SlotTable.dump`, with what the slots have in the groups."""
        rows = super().dump(slots)
        for group in self.groups:
            of_slot = group.known(np.asarray(slots, np.intp))
            held = np.flatnonzero(of_slot >= 0)
            for i, told in zip(held.tolist(), group.table.dump(of_slot[held]), strict=True):
                rows[i] |= told
        return rows

    def load(self, slot: int, row: Mapping[str, Any]) -> None:
        """As `SlotTable.load`; a group that the row tells nothing of gets no row."""
        super().load(slot, row)
        for group in self.groups:
            if group.row(slot) >= 0 or not group.table.columns.keys().isdisjoint(row):
                group.table.load(int(group.rows(np.array([slot]))[0]), row)
