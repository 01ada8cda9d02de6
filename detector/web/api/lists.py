"""Records in pages: what is asked of them, and the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from itertools import islice

from fastapi import Request, Response

from detector.web.api.answers import answered, asked_of, cursor_of, page, place_of
from detector.web.live.shelf import Record, Shelf
from detector.web.problems import ProblemError


class Question:
    """What a record has to be: a word of each of the sets, at least that level, lasting in these times."""

    def __init__(
        self, words: Mapping[str, frozenset[str]], level: int | None, since: float | None, until: float | None
    ) -> None:
        self._words = words
        self._level = level or 0
        self._since = -float("inf") if since is None else since
        self._until = float("inf") if until is None else until

    def fits(self, record: Record) -> bool:
        """Whether it is that."""
        if record.begin > self._until or (record.end is not None and record.end < self._since):
            return False
        if self._level and int(record.words["level"][0]) < self._level:
            return False
        return all(not asked.isdisjoint(record.words[name]) for name, asked in self._words.items())


AT_ONCE = 50
"""Records unpacked, some 3 ms, before the service gets its turn."""


async def paged(request: Request, shelf: Shelf, question: Question, limit: int, cursor: str | None) -> Response:
    """The page that was asked for. Raises ProblemError."""
    asked = asked_of(request)
    rest: Iterator[Record] = shelf.newest(place_of(cursor, asked), question.fits)
    records = list(islice(rest, limit))
    after = cursor_of(records[-1].place, asked) if records and next(rest, None) is not None else None
    lines: list[bytes] = []
    for begin in range(0, len(records), AT_ONCE):
        lines += [record.line for record in records[begin : begin + AT_ONCE]]
        await asyncio.sleep(0)
    return answered(request, page(lines, after))


def one_of(shelf: Shelf, record_id: str, what: str) -> Record:
    """The record of that id. Raises ProblemError."""
    record = shelf.get(record_id)
    if record is None:
        raise ProblemError(404, f"no {what} of that id is known here (any more)")
    return record
