"""Per-aircraft state in columns: one growable array a field, one row (slot) an aircraft."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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

    def clear(self, slots: Sequence[int] | npt.NDArray[np.integer[Any]]) -> None:
        """Make rows as if they had never been touched."""
        index = np.asarray(slots, dtype=np.intp)
        for name, column in self.columns.items():
            self._arrays[name][index] = column.empty

    def take(self, slots: Sequence[int] | npt.NDArray[np.integer[Any]], names: Iterable[str] | None = None) -> Rows:
        """A copy of the rows of `slots`, of all columns or those named: later changes of the table do not reach it."""
        index = np.asarray(slots, dtype=np.intp)
        wanted = self.columns if names is None else {name: self.columns[name] for name in names}
        return Rows(len(index), {name: (column, self._arrays[name][index]) for name, column in wanted.items()})

    def dump(self, slots: Sequence[int] | npt.NDArray[np.integer[Any]]) -> list[dict[str, Any]]:
        """The rows of `slots` as plain Python values (`Rows.plain`)."""
        return self.take(slots).plain()

    def load(self, slot: int, row: Mapping[str, Any]) -> None:
        """Put back a row that `dump` gave, also after a way through JSON (a field of several values may be a list of
        them, too, with null for NaN); unknown names are ignored, missing ones get their empty value.

        Grows the table if `slot` lies beyond it. Raises ValueError for what cannot be a row.
        """
        self.grow_to(slot + 1)
        for name, column in self.columns.items():
            if name in row:
                self._arrays[name][slot] = _parsed(row[name], column)
            else:
                self._arrays[name][slot] = column.empty


@dataclass(frozen=True, slots=True)
class Rows:
    """`n` rows copied out of a table: each column with what it holds, (n,) or (n, width)."""

    n: int
    columns: Mapping[str, tuple[Column, npt.NDArray[Any]]]

    def part(self, begin: int, end: int) -> Rows:
        """The rows from `begin` to before `end`."""
        columns = {name: (column, values[begin:end]) for name, (column, values) in self.columns.items()}
        return Rows(max(0, min(end, self.n) - begin), columns)

    def plain(self) -> list[dict[str, Any]]:
        """The rows as plain Python values; fields that hold their empty value are left out.

        A field of several values is the bytes of them, little-endian, without the empty ones at its end; JSON shows it
        in base64. As text it would be twice as long, and most of an aircraft's state is that.
        """
        rows: list[dict[str, Any]] = [{} for _ in range(self.n)]
        for name, (column, values) in self.columns.items():
            if column.width:
                plain = _packed(values, column)
                for row, one in zip(rows, plain, strict=True):
                    if one:
                        row[name] = one
                continue
            told = np.flatnonzero(_differs(values, column))
            if len(told) == 0:
                continue
            for i, value in zip(told.tolist(), _plain(values[told]), strict=True):
                rows[i][name] = value
        return rows


def _differs(values: npt.NDArray[Any], column: Column) -> npt.NDArray[np.bool_]:
    if isinstance(column.empty, float) and np.isnan(column.empty):
        return np.asarray(~np.isnan(values), np.bool_)
    return np.asarray(values != np.array(column.empty, dtype=column.dtype), np.bool_)


def _packed(values: npt.NDArray[Any], column: Column) -> list[bytes]:
    told = _differs(values, column)
    used = np.where(told.any(axis=1), column.width - np.argmax(told[:, ::-1], axis=1), 0)
    raw = np.ascontiguousarray(values, dtype=_little(column)).tobytes()
    size = _little(column).itemsize
    row = size * column.width
    return [raw[i * row : i * row + count * size] for i, count in enumerate(used.tolist())]


def _plain(values: npt.NDArray[Any]) -> list[Any]:
    """JSON has no bytes: they become text."""
    plain: list[Any] = values.tolist()
    return [value.decode("ascii", "replace") for value in plain] if values.dtype.kind == "S" else plain


def _parsed(value: Any, column: Column) -> Any:
    if column.dtype.startswith("S"):
        return value.encode("ascii", "replace") if isinstance(value, str) else value
    if column.width and isinstance(value, str | bytes):
        raw = value if isinstance(value, bytes) else b64decode(value)
        row = np.full(column.width, column.empty, column.dtype)
        told = np.frombuffer(raw, _little(column))
        row[: len(told)] = told
        return row
    if column.width:
        return [column.empty if v is None else v for v in value]
    return value


def _little(column: Column) -> np.dtype[Any]:
    return np.dtype(column.dtype).newbyteorder("<")
