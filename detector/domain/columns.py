"""Per-aircraft state in columns: one growable array a field, one row (slot) an aircraft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt


class Column(NamedTuple):
    """A field of the table: its type, what an untouched row holds, and how many values a row has (0 = one scalar)."""

    dtype: str
    empty: float | int | bytes | bool
    width: int = 0


class SlotTable:
    """Named columns over slots 0..n-1, grown by doubling. Columns are plain arrays: `table["heard_at"][slots]`.

    Look a column up again after `grow_to`: growing replaces the arrays.
    """

    def __init__(self, columns: Mapping[str, Column], capacity: int = 64) -> None:
        self.columns = dict(columns)
        self.capacity = capacity
        self._arrays = {name: self._fresh(column, capacity) for name, column in self.columns.items()}

    @staticmethod
    def _fresh(column: Column, rows: int) -> npt.NDArray[Any]:
        shape = (rows, column.width) if column.width else (rows,)
        return np.full(shape, column.empty, dtype=column.dtype)

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        return self._arrays[name]

    def grow_to(self, rows: int) -> None:
        """Make room for slots below `rows`."""
        if rows <= self.capacity:
            return
        capacity = max(rows, self.capacity * 2)
        for name, column in self.columns.items():
            grown = self._fresh(column, capacity)
            grown[: self.capacity] = self._arrays[name]
            self._arrays[name] = grown
        self.capacity = capacity

    def dump(self, slots: Sequence[int] | npt.NDArray[np.integer[Any]]) -> list[dict[str, Any]]:
        """The rows of `slots` as plain Python values; fields that hold their empty value are left out.

        A field of several values may hold NaN, which JSON writes as null.
        """
        index = np.asarray(slots, dtype=np.intp)
        rows: list[dict[str, Any]] = [{} for _ in range(len(index))]
        for name, column in self.columns.items():
            values = self._arrays[name][index]
            told = np.flatnonzero(_differs(values, column))
            if len(told) == 0:
                continue
            plain = _plain(values[told])
            for i, value in zip(told.tolist(), plain, strict=True):
                rows[i][name] = value
        return rows

    def load(self, slot: int, row: Mapping[str, Any]) -> None:
        """Put back a row that `dump` gave; unknown names are ignored, missing ones get their empty value.

        Grows the table if `slot` lies beyond it.
        """
        self.grow_to(slot + 1)
        for name, column in self.columns.items():
            if name in row:
                self._arrays[name][slot] = _parsed(row[name], column)
            else:
                self._arrays[name][slot] = column.empty


def _differs(values: npt.NDArray[Any], column: Column) -> npt.NDArray[np.bool_]:
    if isinstance(column.empty, float) and np.isnan(column.empty):
        told = ~np.isnan(values)
    else:
        told = values != np.array(column.empty, dtype=column.dtype)
    return np.asarray(told.any(axis=1) if column.width else told, np.bool_)


def _plain(values: npt.NDArray[Any]) -> list[Any]:
    """JSON has no bytes: they become text."""
    plain: list[Any] = values.tolist()
    return [value.decode("ascii", "replace") for value in plain] if values.dtype.kind == "S" else plain


def _parsed(value: Any, column: Column) -> Any:
    if column.dtype.startswith("S"):
        return value.encode("ascii", "replace") if isinstance(value, str) else value
    if column.width:
        return [column.empty if v is None else v for v in value]
    return value
