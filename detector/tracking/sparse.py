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
        """How many slots have a row."""
        self._row = np.full(64, -1, np.int32)

    def row(self, slot: int) -> int:
        """The row of a slot, -1 if it has none."""
        return int(self._row[slot]) if slot < len(self._row) else -1

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
            self._row[new] = np.arange(self.used, self.used + len(new))
            self.used += len(new)
            self.table.grow_to(self.used)
            rows = self._row[slots].astype(np.intp)
        return rows


class AircraftTable(SlotTable):
    """The columns that every aircraft has, and beside them groups of those that some have."""

    def __init__(self, columns: Mapping[str, Column], *some: SparseColumns) -> None:
        super().__init__(columns)
        self._some = some

    def dump(self, slots: Sequence[int] | Slots) -> list[dict[str, Any]]:
        """As `SlotTable.dump`, with what the slots have in the groups."""
        rows = super().dump(slots)
        for group in self._some:
            of_slot = [group.row(int(slot)) for slot in slots]
            held = [i for i, row in enumerate(of_slot) if row >= 0]
            for i, told in zip(held, group.table.dump([of_slot[i] for i in held]), strict=True):
                rows[i] |= told
        return rows

    def load(self, slot: int, row: Mapping[str, Any]) -> None:
        """As `SlotTable.load`; a group that the row tells nothing of gets no row."""
        super().load(slot, row)
        for group in self._some:
            if group.row(slot) >= 0 or not group.table.columns.keys().isdisjoint(row):
                group.table.load(int(group.rows(np.array([slot]))[0]), row)
