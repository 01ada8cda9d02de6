"""What the tests of decoded tracks share: a reader run over bytes, and its rows as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from detector.domain.decoded import DecodedBatch
from detector.framing import TRACK_FORMATS, TrackFramer

DAY = 1_700_000_000
"""A time that stands for `now` in made-up lines."""


def batch_of(framer: TrackFramer, *chunks: bytes) -> DecodedBatch:
    """All rows that the reader finds in the chunks."""
    return DecodedBatch.concat([*(framer.feed(chunk) for chunk in chunks), framer.finish()])


def told(name: str, *chunks: bytes, start_at: float | None = None) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Rows without what they do not tell and without the file's number, and the counts of what was dropped."""
    framer = TRACK_FORMATS[name](7, start_at)
    rows = batch_of(framer, *chunks).plain_rows()
    assert all(row.pop("receiver") == 7 for row in rows)
    return rows, dict(framer.rejects.counts)


def rows(name: str, *chunks: bytes) -> list[dict[str, Any]]:
    """The rows of input in which nothing is wrong."""
    found, rejects = told(name, *chunks)
    assert rejects == {}
    return found


def column(of: Sequence[dict[str, Any]], name: str) -> list[Any]:
    """One column; None where a row does not tell it."""
    return [row.get(name) for row in of]
