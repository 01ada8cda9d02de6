"""Rows of a table that were not taken, each with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

import msgspec


class Refusal(StrEnum):
    """Why a row of a table that somebody gave was not taken. The value is the label in counts."""

    COLUMNS = "columns"
    """More or fewer values than the first line has names, or quotes that do not close."""
    DUPLICATE = "duplicate"
    """The code, or the address and days, of a row before it."""
    ADDRESS = "address"
    """Not six hexadecimal digits."""
    DAY = "day"
    """A first or last day that is no day, or the last before the first."""
    NOTHING_TOLD = "nothing_told"
    """An address and nothing else."""
    CODE = "code"
    """No code, or one that is none."""
    COUNTRY = "country"
    """Not two letters."""
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    NO_PLACE = "no_place"
    """At 0 N 0 E, where tables put what has no position."""
    ELEVATION = "elevation"
    NO_ELEVATION = "no_elevation"
    """None is given, and the table in use has none either."""
    LENGTH = "length"
    HEADING = "heading"
    OPEN_OR_CLOSED = "open_or_closed"
    """Neither yes nor no."""


class RefusedRow(msgspec.Struct, frozen=True):
    """A row that is not used.

    `line` is its first line in the file, from 1; `code` (or address) is "" where it cannot be told.
    """

    line: int
    code: str
    reason: Refusal
    text: str


def by_reason(reasons: Iterable[str]) -> str:
    """`12 duplicate, 3 address`, the most frequent first."""
    counts = Counter(reasons)
    return ", ".join(f"{n:,} {reason}" for reason, n in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
