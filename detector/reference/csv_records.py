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


def header_of(lines: Iterator[Numbered], name: str) -> list[str]:
    """The names of the columns, from the first line. Raises InputError where there is none, or one is there twice."""
    _, first = next(lines, (1, ""))
    values = _values(first.removeprefix("\ufeff"))
    header = [value.strip() for value in values or []]
    if not any(header):
        raise InputError(f"{name}: the first line should name the columns, and is empty")
    if len(header) == 1 and any(mark in header[0] for mark in ";\t"):
        raise InputError(f"{name}: the columns should be divided by commas; the first line is {header[0][:40]!r}")
    twice = sorted({column for column in header if column and header.count(column) > 1})
    if twice:
        raise InputError(f"{name}: the column `{twice[0][:40]}` is there twice")
    return header


def records(lines: Iterator[Numbered], width: int) -> Iterator[tuple[int, list[str] | None]]:
    """Every record with the number of its first line; None for one without `width` values. Empty lines are left out."""
    waiting: deque[Numbered] = deque()
    while True:
        numbered = waiting.popleft() if waiting else next(lines, None)
        if numbered is None:
            return
        number, line = numbered
        values = _values(line) if line.count('"') % 2 == 0 else _joined(line, lines, waiting, width)
        if values != []:
            yield number, values if values is not None and len(values) == width else None


def _joined(line: str, lines: Iterator[Numbered], waiting: deque[Numbered], width: int) -> list[str] | None:
    """The record that begins with an open quote, if the next lines close it and make it whole; else they stay."""
    while len(waiting) < MOST_LINES:
        further = next(lines, None)
        if further is None:
            break
        waiting.append(further)
    whole = line
    for taken, (_, further_line) in enumerate(waiting, 1):
        whole += further_line if whole.endswith("\n") else "\n" + further_line
        if further_line.count('"') % 2:
            values = _values(whole)
            if values is None or len(values) != width:
                return None
            for _ in range(taken):
                waiting.popleft()
            return values
    return None


def _values(text: str) -> list[str] | None:
    try:
        return next(csv.reader((text,)), [])
    except csv.Error:
        return None


def _nearest(column: str, others: Sequence[str]) -> str:
    by_name = {other.casefold(): other for other in others}
    near = difflib.get_close_matches(column.casefold(), list(by_name), n=1, cutoff=ALIKE)
    return f"the nearest there is `{by_name[near[0]][:40]}`" if near else "nothing like it is there"
