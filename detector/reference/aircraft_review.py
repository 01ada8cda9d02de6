"""What a newer table of aircraft changes in the one in use, and whether it may be taken as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from detector.domain.errors import InputError
from detector.reference.aircraft_table import AircraftTable
from detector.reference.refusals import RefusedRow, by_reason

MOST_REMOVED, MOST_REFUSED = 0.2, 0.05
"""A table that loses more of its aircraft, or of which more rows are refused, is cut off or of another form."""


@dataclass(frozen=True, slots=True)
class AircraftReview:
    """`added`, `removed`, `changed`: one line an aircraft; `refused`: rows that are not taken; `unused`: columns."""

    name: str
    rows: int
    before: int
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    refused: tuple[RefusedRow, ...]
    unused: tuple[str, ...]

    def lines(self, limit: int) -> list[str]:
        """For a person: the counts, and the first `limit` of each kind."""
        sums = f"{len(self.added):,} aircraft new, {len(self.removed):,} gone, {len(self.changed):,} changed"
        told = [f"{self.name}: {self.rows:,} rows, {self.before:,} before; {sums}"]
        if self.unused:
            told.append(f"  columns that are not used: {', '.join(self.unused)}")
        for mark, lines in (("+", self.added), ("-", self.removed), ("~", self.changed)):
            told += [f"  {mark} {line}" for line in lines[:limit]]
            if len(lines) > limit:
                told.append(f"  {mark} and {len(lines) - limit:,} more")
        if self.refused:
            told.append(f"  {len(self.refused):,} rows refused: {by_reason(row.reason for row in self.refused)}")
            told += [f"    {_refusal(row)}" for row in self.refused[:limit]]
            if len(self.refused) > limit:
                told.append(f"    and {len(self.refused) - limit:,} more")
        return told

    def record(self) -> dict[str, Any]:
        """The same as JSON."""
        return {
            "table": self.name,
            "rows": self.rows,
            "before": self.before,
            "added": list(self.added),
            "removed": list(self.removed),
            "changed": list(self.changed),
            "refused": msgspec.to_builtins(self.refused),
            "unused_columns": list(self.unused),
        }


def review(
    name: str,
    old: AircraftTable | None,
    new: AircraftTable,
    refused: Sequence[RefusedRow],
    unused: Sequence[str] = (),
    *,
    forced: bool,
) -> AircraftReview:
    """Raises InputError where so much is gone or refused that the file cannot be what it is taken for."""
    before, after = _addresses(old), _addresses(new)
    added = np.setdiff1d(after, before, assume_unique=True)
    removed = np.setdiff1d(before, after, assume_unique=True)
    if not len(new):
        raise InputError(f"{name}: no row of it can be used{_reasons(refused)}")
    if not forced and len(removed) > MOST_REMOVED * len(before):
        raise InputError(
            f"{name}: would remove {len(removed):,} of {len(before):,} aircraft; is it whole? "
            "--force takes it all the same"
        )
    if not forced and len(refused) > MOST_REFUSED * (len(refused) + len(new)):
        raise InputError(
            f"{name}: {len(refused):,} of {len(refused) + len(new):,} rows cannot be used{_reasons(refused)}; "
            "--force takes the rest"
        )
    changed = []
    if old is not None:
        for address in np.intersect1d(before, after, assume_unique=True).tolist():
            was, now = _told(old, address), _told(new, address)
            if was != now:
                changed.append(f"{address:06x} {was} -> {now}")
    return AircraftReview(
        name,
        len(new),
        0 if old is None else len(old),
        tuple(f"{address:06x} {_told(new, address)}" for address in added.tolist()),
        tuple(f"{address:06x} {_told(old, address)}" for address in removed.tolist() if old is not None),
        tuple(changed),
        tuple(refused),
        tuple(unused),
    )


def _addresses(table: AircraftTable | None) -> np.ndarray:
    return np.zeros(0, np.uint32) if table is None else np.unique(table.address)


def _told(table: AircraftTable, address: int) -> str:
    return " | ".join(_words(table, i) for i in table.rows_of(address))


def _words(table: AircraftTable, i: int) -> str:
    row = table.row(i)
    parts = [row.registration or "no registration", row.type_code, row.operator, row.serial and f"serial {row.serial}"]
    if row.military is not None:
        parts.append("military" if row.military else "not military")
    if row.valid_from is not None or row.valid_to is not None:
        parts.append(f"{row.valid_from or '..'} to {row.valid_to or '..'}")
    return ", ".join(part for part in parts if part)


def _refusal(row: RefusedRow) -> str:
    return f"line {row.line}{' ' if row.code else ''}{row.code}: {row.text}"


def _reasons(refused: Sequence[RefusedRow]) -> str:
    """By reason, and the first of them, which mostly says what is wrong with the rest."""
    return f" ({by_reason(row.reason for row in refused)}; {_refusal(refused[0])})" if refused else ""
