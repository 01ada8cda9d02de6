"""What differs between two rows of one field, column by column, in words."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
import numpy as np
import numpy.typing as npt

from detector.reference.table import KINDS, UDEG, AirportTable, Military

LEAST_MOVED_NM = 0.1
"""Moves shorter than this are counted and not shown: sources place a field at its tower or at its middle."""


class Difference(msgspec.Struct, frozen=True):
    """One column before and after, in words."""

    column: str
    before: str
    after: str


class Change(msgspec.Struct, frozen=True):
    """A field with what changes of it. `by_its_runway`: it lies where its runway does, not where the file has it."""

    code: str
    name: str
    country: str
    watched: bool
    moved_nm: float
    by_its_runway: bool
    differences: tuple[Difference, ...]

    def told(self) -> str:
        """On one line."""
        parts = [f"{one.column} {one.before} -> {one.after}" for one in self.differences]
        return "; ".join(parts)


def changes_of(
    old: AirportTable,
    new: AirportTable,
    pairs: npt.NDArray[np.intp],
    moved_nm: npt.NDArray[np.float64],
    left_out: Collection[str],
    watched: Collection[str],
    witnessed: Collection[str],
) -> tuple[tuple[Change, ...], int]:
    """Changes of the fields whose rows in both tables are `pairs` (m, 2), watched ones first, then by how far they
    move; and how many moved so little that it is not shown."""
    i, j = pairs.T
    moved = moved_nm >= LEAST_MOVED_NM
    differs = moved.copy()
    for column in ("elevation_ft", "longest_runway_ft", "kind", "closed", "military"):
        differs |= getattr(old, column)[i] != getattr(new, column)[j]
    exact = [_exact(table) for table in (old, new)]
    differs |= exact[0][i] != exact[1][j]
    differs |= np.diff(old.runway_start)[i] != np.diff(new.runway_start)[j]
    for column in ("names", "countries"):
        before, after = getattr(old, column), getattr(new, column)
        differs |= np.array([before[a] != after[b] for a, b in pairs.tolist()], np.bool_)
    changes = []
    for k in np.flatnonzero(differs).tolist():
        a, b = pairs[k].tolist()
        code = new.codes[b]
        if code in left_out:
            continue
        by_its_runway = bool(moved[k]) and code in witnessed
        place = _moved(old, new, a, b, float(moved_nm[k]), by_its_runway) if moved[k] else ()
        told = (*place, *_differences(old, new, a, b))
        change = Change(
            code, new.names[b], new.countries[b], code in watched, round(float(moved_nm[k]), 2), by_its_runway, told
        )
        changes.append(change)
    changes.sort(key=lambda change: (not change.watched, -change.moved_nm, change.code))
    return tuple(changes), int(((moved_nm > 0.0) & ~moved).sum())


def _moved(
    old: AirportTable, new: AirportTable, a: int, b: int, nm: float, by_its_runway: bool
) -> tuple[Difference, ...]:
    before = f"{old.lat_udeg[a] / UDEG:.4f} {old.lon_udeg[a] / UDEG:.4f}"
    why = ", as its runway says" if by_its_runway else ""
    after = f"{new.lat_udeg[b] / UDEG:.4f} {new.lon_udeg[b] / UDEG:.4f} ({nm:,.1f} NM{why})"
    return (Difference("position", before, after),)


def _differences(old: AirportTable, new: AirportTable, a: int, b: int) -> list[Difference]:
    sides = [_in_words(table, row) for table, row in ((old, a), (new, b))]
    return [
        Difference(column, before, after)
        for (column, before), (_, after) in zip(sides[0], sides[1], strict=True)
        if before != after
    ]


def _exact(table: AirportTable) -> npt.NDArray[np.int64]:
    """Of each field, how many runways have both ends published."""
    before = np.concatenate([[0], np.cumsum(~table.runway_estimated)])
    return np.diff(before[table.runway_start])


def _runways(table: AirportTable, row: int) -> str:
    estimated = table.runway_estimated[int(table.runway_start[row]) : int(table.runway_start[row + 1])]
    return f"{len(estimated)}, {int((~estimated).sum())} with both ends published"


def _in_words(table: AirportTable, row: int) -> tuple[tuple[str, str], ...]:
    return (
        ("name", table.names[row]),
        ("country", table.countries[row] or "none"),
        ("elevation", f"{table.elevation_ft[row]:,} ft"),
        ("longest runway", f"{table.longest_runway_ft[row]:,} ft"),
        ("runways", _runways(table, row)),
        ("kind", str(KINDS[int(table.kind[row])])),
        ("closed", "yes" if table.closed[row] else "no"),
        ("military", Military(int(table.military[row])).name.lower().replace("_", " ")),
    )
