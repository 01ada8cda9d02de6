"""Rows of a table that were not taken, each with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

import msgspec


class Refusal(StrEnum):
    """Why a row of a table that somebody gave was not taken."""

    BAD_ADDRESS = "bad_address"
    """Not six hexadecimal digits."""
    BAD_DAY = "bad_day"
    """A first or last day that is no day, or the last before the first."""
    COLUMNS = "columns"
    """Another number of columns than the head of the file."""
    DUPLICATE = "duplicate"
    """An address that the same file has already told of, for the same days."""
    NOTHING_TOLD = "nothing_told"
    """An address and nothing else."""


class RefusedRow(msgspec.Struct, frozen=True):
    """A row by its line in the file (from 1), and what is wrong with it in words."""

    line: int
    reason: Refusal
    text: str


def counted(refused: Iterable[RefusedRow]) -> str:
    """`12 duplicate, 3 bad_address`, the most frequent first."""
    counts = Counter(row.reason for row in refused)
    return ", ".join(f"{n:,} {reason}" for reason, n in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
