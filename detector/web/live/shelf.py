"""Records in an order that never changes, bounded, and given in pages.

The place of a record is the time it began and its id, so a page goes on where the one before ended whatever has come
or been revised meanwhile: what was there at the first page is given exactly once.
"""

from __future__ import annotations

import zlib
from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Place = tuple[float, str]
"""Unix s UTC, and the id."""

PACKING = 1
"""Level of zlib: a fifth of the size in 0.1 ms; higher levels gain little."""
SLACK = 1.05
"""What is too much is dropped when it is so many times what is kept: to sort for each one would be slow."""


@dataclass(slots=True)
class Record:
    """One alert, stop or gap in its last revision, as others read it, with what it can be chosen by.

    place       where it stands in the order
    changed_at  event time of the last revision, Unix s UTC
    lasting     it may change yet: not to be dropped because of its age
    begin, end  of what it tells of, Unix s UTC; `end` None while that lasts
    words       what else it is chosen by: name to values
    packed      the last revision; `earlier`: those before it, where they are kept, all but the first as what differs
    """

    place: Place
    changed_at: float
    lasting: bool
    begin: float
    end: float | None
    words: dict[str, tuple[str, ...]]
    packed: bytes
    earlier: list[bytes] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.place[1]

    @property
    def line(self) -> bytes:
        """The record as one line of JSON."""
        return _unpacked(self.packed)

    @property
    def revisions(self) -> list[bytes]:
        """All revisions as lines, the first one first."""
        if not self.earlier:
            return [self.line]
        first = _unpacked(self.earlier[0])
        return [first, *(_unpacked(one, first) for one in self.earlier[1:]), self.line]

    def superseded(self) -> list[bytes]:
        """All revisions, as those before a new one."""
        if not self.earlier:
            return [self.packed]
        return [*self.earlier, packed(self.line, _unpacked(self.earlier[0]))]


def packed(line: bytes, first: bytes = b"") -> bytes:
    """A line as it is kept, or what of it differs from `first`: revisions of one alert are mostly the same."""
    packing = zlib.compressobj(PACKING, zdict=first) if first else zlib.compressobj(PACKING)
    return packing.compress(line) + packing.flush()


def _unpacked(data: bytes, first: bytes = b"") -> bytes:
    unpacking = zlib.decompressobj(zdict=first) if first else zlib.decompressobj()
    return unpacking.decompress(data)


class Shelf:
    """At most `most` records, without those that have not changed for `keep_s`. Lasting ones go last."""

    def __init__(self, most: int, keep_s: float) -> None:
        self.most = most
        self._keep_s = keep_s
        self._records: dict[str, Record] = {}
        self._places: list[Place] = []

    def __len__(self) -> int:
        return len(self._records)

    def get(self, record_id: str) -> Record | None:
        """The record of that id."""
        return self._records.get(record_id)

    def put(self, record: Record) -> None:
        """Take a record in; one of the same id keeps its place and is replaced."""
        known = self._records.get(record.id)
        if known is None:
            insort(self._places, record.place)
        else:
            record.place = known.place
        self._records[record.id] = record
        if len(self._records) > self.most * SLACK:
            self._drop(sorted(self._records.values(), key=_weight)[: len(self._records) - self.most])

    def sweep(self, now: float) -> None:
        """Drop what has become too old at event time `now`."""
        oldest = now - self._keep_s
        self._drop([one for one in self._records.values() if one.changed_at < oldest and not one.lasting])

    def newest(self, before: Place | None, fits: Callable[[Record], bool]) -> Iterator[Record]:
        """Those that fit, the newest first, from behind `before` on. Not to be gone on with after a change."""
        index = len(self._places) if before is None else bisect_left(self._places, before)
        while index:
            index -= 1
            record = self._records[self._places[index][1]]
            if fits(record):
                yield record

    def _drop(self, records: list[Record]) -> None:
        if not records:
            return
        for one in records:
            del self._records[one.id]
        self._places = [place for place in self._places if place[1] in self._records]


def _weight(record: Record) -> tuple[bool, float, str]:
    return record.lasting, record.changed_at, record.id
