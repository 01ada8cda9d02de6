"""What a version of the reference tables is: which tables it has, and where each came from."""

from __future__ import annotations

from datetime import date

import msgspec

AIRPORTS, OFAC, AIRCRAFT = "airports", "ofac", "aircraft"
"""Kinds of tables: of the first two there is one each, of the last any number, told apart by their names."""


class Original(msgspec.Struct, frozen=True):
    """A file that a table was made from, as the person gave it."""

    name: str
    sha256: str


class TableEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A table of a version.

    name       `airports`, `ofac`, or what a table of aircraft is called
    sha256     of the table as it is kept; `rows` in it
    source     where it is from, in words; `dated`: the day it was published, None = not known
    since      the first version that had it
    """

    kind: str
    name: str
    sha256: str
    rows: int
    source: str
    dated: date | None
    originals: tuple[Original, ...]
    since: int


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """All tables at one time. `taken_at`: wall time, ISO 8601 UTC; `note`: what was done."""

    number: int
    taken_at: str
    note: str
    tables: tuple[TableEntry, ...]

    def of_kind(self, kind: str) -> tuple[TableEntry, ...]:
        """Its tables of a kind, the one taken last first."""
        mine = [entry for entry in self.tables if entry.kind == kind]
        return tuple(sorted(mine, key=lambda entry: (-entry.since, entry.name)))
