"""Whole JSON documents out of chunks: a file that can only be read to its end, or as far as it goes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from detector.domain.errors import Reject
from detector.domain.frame import RejectCounts
from detector.framing.lines import BOM

MAX_DOCUMENT_BYTES = 64 * 1024 * 1024
"""The longest trace of a day is some MB; without a bound any file would be read into memory."""
_BETWEEN = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()


class DocumentBuffer:
    """Keeps a file up to its end. One over `limit` bytes is dropped whole and counted OVERLONG."""

    def __init__(self, rejects: RejectCounts, limit: int = MAX_DOCUMENT_BYTES) -> None:
        self._rejects = rejects
        self._limit = limit
        self._data = bytearray()
        self._overlong = False

    def add(self, data: bytes) -> None:
        """Take in the next bytes."""
        if self._overlong:
            return
        self._data += data
        if len(self._data) > self._limit:
            self._data.clear()
            self._overlong = True
            self._rejects.add(Reject.OVERLONG)

    def rest(self) -> bytes:
        """The document, once; b"" if there is none."""
        data = bytes(self._data.removeprefix(BOM))
        self._data.clear()
        return data


def elements(text: str, start: int) -> Iterator[Any]:
    """The elements of the array whose first one stands at `start`, as far as they can be read."""
    at = _end(text, start)
    while at < len(text) and text[at] != "]":
        try:
            value, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        yield value
        at = _end(text, at)


def _end(text: str, at: int) -> int:
    between = _BETWEEN.match(text, at)
    return between.end() if between else at
