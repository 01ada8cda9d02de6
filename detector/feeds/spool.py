"""Reads a spool: all segments of one stream as one source, strictly in the order in which they were written."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from detector.domain.decoded import Batch, DecodedBatch, joined
from detector.domain.errors import InputError, Reject
from detector.domain.frame import FrameBatch, RejectCounts, Tick
from detector.framing.spool import HEADER_BYTES, Header, Item, Position, SegmentReader, named

__all__ = ["Item", "Position", "SpoolReader", "calls", "chain_notes", "newest_stream", "read_from"]

_READ_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment in a folder, with what it says of itself."""

    path: Path
    header: Header


class SpoolReader:
    """The items from a position on, each with the position behind it; iterate once.

    notes     what a person should know: segments that are gone or cannot be read
    rejects   what was dropped so far, by reason; a last record that is cut off is what a crash leaves behind
    whole     False where the segment of the position, or one behind it, is gone: the items do not join on
    """

    def __init__(self, folder: Path, position: Position, spool_id: str | None = None) -> None:
        self.rejects = RejectCounts()
        self.notes: list[str] = []
        self._position = position
        self.segments = []
        for segment in self._found(folder):
            ours = spool_id is None or segment.header.spool_id == spool_id
            if ours and segment.header.sequence >= position.sequence:
                self.segments.append(segment)
        self.whole = self._joins_on()

    def __iter__(self) -> Iterator[tuple[Item, Position]]:
        for segment in self.segments:
            sequence = segment.header.sequence
            begin = max(HEADER_BYTES, self._position.offset if sequence == self._position.sequence else 0)
            reader = SegmentReader(segment.header, begin)
            with _opened(segment.path) as file:
                file.seek(begin)
                while data := file.read(_READ_BYTES):
                    for item, offset in reader.feed(data):
                        yield item, Position(sequence, offset)
            for item, offset in reader.finish():
                yield item, Position(sequence, offset)
            self.rejects.merge(reader.rejects)

    def _found(self, folder: Path) -> list[Segment]:
        """The segments of the folder that can be read, by sequence."""
        try:
            paths = sorted((told[0], path) for path in folder.iterdir() if (told := named(path.name)) is not None)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise InputError(f"{folder}: the spool cannot be read ({error.strerror}); check its rights") from error
        segments = []
        for sequence, path in paths:
            with _opened(path) as file:
                head = file.read(HEADER_BYTES)
            header = Header.parsed(head)
            if header is not None:
                segments.append(Segment(path, header))
            elif sequence >= self._position.sequence:
                # A file without its whole header is what a crash leaves behind that came just then.
                self.rejects.add(Reject.TRUNCATED if len(head) < HEADER_BYTES else Reject.DAMAGED_FILE)
                self.notes.append(f"{path}: the beginning of this segment is damaged; it was left out")
        return segments

    def _joins_on(self) -> bool:
        headers = [segment.header for segment in self.segments]
        if not headers:
            return self._position.offset <= HEADER_BYTES
        begun = self._position.offset > HEADER_BYTES
        if headers[0].sequence != self._position.sequence and headers[0].previous >= max(1, self._position.sequence):
            gone = f"segment {self._position.sequence} of the spool is gone, and what was heard then with it"
            self.notes += [gone, *_missing(headers)] if begun else chain_notes(headers)
            return False
        missing = _missing(headers)
        first = self.segments[0]
        if first.header.sequence == self._position.sequence and first.path.stat().st_size < self._position.offset:
            missing.append(f"{first.path}: ends before the position that the state belongs to; its end is lost")
        self.notes += missing
        return not missing


def read_from(folder: Path, position: Position, spool_id: str | None = None) -> SpoolReader:
    """The items behind `position`; of one stream alone where `spool_id` is given. Raises InputError, also while read.

    A folder that does not exist holds nothing.
    """
    return SpoolReader(folder, position, spool_id)


def newest_stream(folder: Path) -> str | None:
    """The spool id of the last segment that can be read; None where there is none. Raises InputError."""
    segments = SpoolReader(folder, Position(0, 0)).segments
    return segments[-1].header.spool_id if segments else None


def chain_notes(headers: Sequence[Header]) -> list[str]:
    """What is missing of one stream of which these segments, by sequence, are there."""
    first = headers[0]
    before = f"the spool begins with segment {first.sequence}; what was heard before is not in it"
    return ([before] if first.previous else []) + _missing(headers)


def _missing(headers: Sequence[Header]) -> list[str]:
    return [
        f"a segment of the spool is missing between {one.sequence} and {other.sequence}; what was heard then is lost"
        for one, other in pairwise(headers)
        if one.spool_id == other.spool_id and other.previous != one.sequence
    ]


def calls(items: Sequence[tuple[Item, int]]) -> Iterator[Batch | Tick]:
    """What went to the pipeline: heartbeats in their places, the batches between two of them joined by kind."""
    held: list[Batch] = []
    for item, _ in items:
        if isinstance(item, FrameBatch | DecodedBatch):
            held.append(item)
        elif isinstance(item, Tick):
            yield from joined(held)
            yield item
            held = []
    yield from joined(held)


def _opened(path: Path) -> BinaryIO:
    try:
        return open(path, "rb")
    except OSError as error:
        name = os.fspath(path)
        raise InputError(f"{name}: cannot be read ({error.strerror}); check its permissions") from error
