"""Comma-separated lines as records, each by itself: a quote that never closes costs its own line and no other."""

from __future__ import annotations

import csv
import difflib
from collections import deque
from collections.abc import Iterator, Sequence
from operator import itemgetter

from detector.domain.errors import InputError

MOST_LINES = 8
"""A quoted value may go over line ends; one that goes over more lines than this has lost its closing quote."""
ALIKE = 0.5
"""Names of columns less alike than this are not offered as the nearest one."""

LINE_ENDS = ("\n", "\r")

Numbered = tuple[int, str]


class Columns:
    """Where the wanted columns stand. Raises InputError, in one line, for those that are missing."""

    def __init__(self, header: Sequence[str], wanted: Sequence[str], name: str, what: str) -> None:
        missing = [column for column in wanted if column not in header]
        if missing:
            others = [column for column in header if column not in wanted]
            told = ", ".join(f"`{column}` ({_nearest(column, others)})" for column in missing)
            raise InputError(f"{name}: read as {what}, it lacks the column {told}")
        self.of = itemgetter(*(header.index(column) for column in wanted))
        """The wanted values of a record, in the order they were asked for."""


def header_of(lines: Iterator[Numbered], name: str, quote: str = '"') -> list[str]:
    """The names of the columns, from the first line. Raises InputError where there is none, or one is there twice."""
    _, first = next(lines, (1, ""))
    values = _values(first.removeprefix("\ufeff"), quote)
    header = [value.strip() for value in values or []]
    if not any(header):
        raise InputError(f"{name}: the first line should name the columns, and is empty")
    if len(header) == 1 and any(mark in header[0] for mark in ";\t"):
        raise InputError(f"{name}: the columns should be divided by commas; the first line is {header[0][:40]!r}")
    twice = sorted({column for column in header if column and header.count(column) > 1})
    if twice:
        raise InputError(f"{name}: the column `{twice[0][:40]}` is there twice")
    return header


def records(
    lines: Iterator[Numbered], width: int, name: str, quote: str = '"'
) -> Iterator[tuple[int, list[str] | None]]:
    """Every record with the number of its first line; None for one without `width` values. Empty lines are left out.

    Raises InputError, in one line, where the last one breaks off: a file of which a part came is no table.
    """
    waiting: deque[Numbered] = deque()
    ended = False
    while True:
        numbered = waiting.popleft() if waiting else next(lines, None)
        if numbered is None:
            return
        number, line = numbered
        open_quote = line.count(quote) % 2
        values = _joined(line, lines, waiting, width, quote) if open_quote else _values(line, quote)
        whole = values is not None and len(values) == width
        if values != [] and not whole and ended and not line.endswith(LINE_ENDS):
            raise InputError(f"{name}:{number}: the last line breaks off; the file is not whole, load it again")
        ended = ended or line.endswith(LINE_ENDS)
        if values != []:
            yield number, values if whole else None


def _joined(line: str, lines: Iterator[Numbered], waiting: deque[Numbered], width: int, quote: str) -> list[str] | None:
    """The record that begins with an open quote, if the next lines close it and make it whole; else they stay."""
    while len(waiting) < MOST_LINES:
        further = next(lines, None)
        if further is None:
            break
        waiting.append(further)
    whole = line
    for taken, (_, further_line) in enumerate(waiting, 1):
        whole += further_line if whole.endswith("\n") else "\n" + further_line
        if further_line.count(quote) % 2:
            values = _values(whole, quote)
            if values is None or len(values) != width:
                return None
            for _ in range(taken):
                waiting.popleft()
            return values
    return None


def _values(text: str, quote: str) -> list[str] | None:
    try:
        return next(csv.reader((text,), quotechar=quote), [])
    except csv.Error:
        return None


def _nearest(column: str, others: Sequence[str]) -> str:
    by_name = {other.casefold(): other for other in others}
    near = difflib.get_close_matches(column.casefold(), list(by_name), n=1, cutoff=ALIKE)
    return f"the nearest there is `{by_name[near[0]][:40]}`" if near else "nothing like it is there"
