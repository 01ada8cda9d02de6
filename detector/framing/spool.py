"""The segments of a spool: the log of exactly the calls made on the pipeline, in their order.

    segment   header, then records
    header    magic (8), version u16, 0 u16, spool id (16), sequence u64, previous u64, created at float64, CRC u32
    record    marker (4), length u32, CRC u32, payload (`spool_payload`)

All numbers are little-endian. A CRC is CRC32C (RFC 3720 B.4): of the header, of what stands before it; of a record,
over the same, its length and its payload, so that bytes of another segment never pass for a record of this one.
`sequence` counts the segments of a folder; `previous` is that of the segment before it in the same spool, 0 in the
first.

What is damaged is passed over to the next good record; the marker makes that search quick. A last record that is cut
off is what a crash leaves behind, and nothing special.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from datetime import UTC, datetime

import google_crc32c

from detector.domain.decoded import DecodedBatch
from detector.domain.errors import Reject
from detector.domain.frame import FrameBatch, RejectCounts
from detector.domain.times import EARLIEST, EPOCH, LATEST
from detector.framing.spool_payload import (
    MAX_BYTES,
    MAX_ROWS,
    BadTimeError,
    DamagedPayloadError,
    Item,
    packed,
    unpacked,
)

__all__ = ["HEADER_BYTES", "LOCK_NAME", "MAGIC", "Header", "Item", "Position", "SegmentReader"]

MAGIC = b"\x8bSPOOL\r\n"
VERSION = 1
MARKER = b"\xf7\x1dR\xc5"
LOCK_NAME = "spool.lock"
"""Beside the segments: held by the one who writes."""
_HEADER = struct.Struct("<8sHH16sQQd")
_CRC = struct.Struct("<I")
HEADER_BYTES = _HEADER.size + _CRC.size
_RECORD = struct.Struct("<4sII")
_LENGTH = struct.Struct("<I")
_NAME = re.compile(r"(\d{8,})-(\d{8}T\d{6}Z)\.spool")
_STAMP = "%Y%m%dT%H%M%SZ"
_PATIENCE = 1_000_000
"""Places in one segment that look like a record and are none, past which it is given up. One whose sum had to be made
counts for _SUMMED of them: it may be 16 MB long."""
_SUMMED = 1_000


@dataclass(frozen=True, order=True, slots=True)
class Position:
    """A place between two records: the `sequence` of the segment, and how many bytes of it lie before."""

    sequence: int
    offset: int


@dataclass(frozen=True, slots=True)
class Header:
    """What a segment says of itself. `spool_id`: 32 hexadecimal digits; `created_at`: Unix s UTC."""

    spool_id: str
    sequence: int
    previous: int
    created_at: float

    def encoded(self) -> bytes:
        """The HEADER_BYTES at the beginning of the segment."""
        return self._told() + _CRC.pack(self.seed)

    @property
    def seed(self) -> int:
        """Where the sums of the records begin. (That of the header with its own sum is the same for all headers.)"""
        crc: int = google_crc32c.value(self._told())
        return crc

    def _told(self) -> bytes:
        spool_id = bytes.fromhex(self.spool_id)
        return _HEADER.pack(MAGIC, VERSION, 0, spool_id, self.sequence, self.previous, self.created_at)

    @staticmethod
    def parsed(head: bytes) -> Header | None:
        """The header at the beginning of `head`; None if it is damaged, cut off, or of another version."""
        if len(head) < HEADER_BYTES:
            return None
        magic, version, _, spool_id, sequence, previous, created_at = _HEADER.unpack_from(head)
        (crc,) = _CRC.unpack_from(head, _HEADER.size)
        if magic != MAGIC or version != VERSION or crc != google_crc32c.value(head[: _HEADER.size]):
            return None
        if not EARLIEST <= created_at <= LATEST:
            return None
        return Header(spool_id.hex(), sequence, previous, created_at)

    @property
    def file_name(self) -> str:
        """Sorts by sequence: `00000001-20261123T013337Z.spool`."""
        return f"{self.sequence:08d}-{datetime.fromtimestamp(self.created_at, UTC).strftime(_STAMP)}.spool"


def named(file_name: str) -> tuple[int, float] | None:
    """(sequence, created at) as the name of a segment tells them; None for any other name."""
    match = _NAME.fullmatch(file_name)
    if match is None:
        return None
    try:
        moment = datetime.strptime(match[2], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    return int(match[1]), (moment - EPOCH).total_seconds()


def records(item: Item, header: Header) -> bytes:
    """The record of an item, as it stands in the segment of `header`; of a long batch, the records of its parts."""
    seed = header.seed
    if isinstance(item, FrameBatch | DecodedBatch) and len(item) > MAX_ROWS:
        parts = [item.take(slice(at, at + MAX_ROWS)) for at in range(0, len(item), MAX_ROWS)]
        return b"".join(_record(part, seed) for part in parts)
    return _record(item, seed)


def _record(item: Item, seed: int) -> bytes:
    payload = packed(item)
    return _RECORD.pack(MARKER, len(payload), _sum(seed, payload)) + payload


def _sum(seed: int, payload: bytes) -> int:
    crc: int = google_crc32c.extend(google_crc32c.extend(seed, _LENGTH.pack(len(payload))), payload)
    return crc


class SegmentReader:
    """The items of one segment from its bytes, fed in any cut. `offset`: where in the segment the bytes begin.

    Never raises on bad bytes. `rejects`: DAMAGED_FILE for each damage that was passed over, TRUNCATED for an end that
    is cut off (or damaged: nothing good comes after it), BAD_TIME for a record with an impossible time. Keeps at most
    one record (16 MB).
    """

    def __init__(self, header: Header, offset: int = 0) -> None:
        self.rejects = RejectCounts()
        self._seed = header.seed
        self._buffer = bytearray()
        self._at = offset
        """Offset in the segment of what is in the buffer."""
        self._passing = False
        self._damages = 0

    def feed(self, data: bytes) -> list[tuple[Item, int]]:
        """The items that `data` completes, each with the offset in the segment behind it."""
        self._buffer += data
        return self._taken(ended=False)

    def finish(self) -> list[tuple[Item, int]]:
        """The segment has ended: what is behind a record that was never completed."""
        items = self._taken(ended=True)
        if self._passing or self._buffer:
            self.rejects.add(Reject.TRUNCATED)
        self._drop(len(self._buffer))
        self._passing = False
        return items

    def _drop(self, n: int) -> None:
        del self._buffer[:n]
        self._at += n

    def _taken(self, *, ended: bool) -> list[tuple[Item, int]]:
        if self._at < HEADER_BYTES:
            self._drop(min(HEADER_BYTES - self._at, len(self._buffer)))
        items: list[tuple[Item, int]] = []
        place = 0
        while self._damages <= _PATIENCE:
            place = self._marker_from(place)
            if len(self._buffer) - place < _RECORD.size:
                break
            _, length, crc = _RECORD.unpack_from(self._buffer, place)
            begin = place + _RECORD.size
            end = begin + length
            if length <= MAX_BYTES and end > len(self._buffer) and not ended:
                break
            payload = bytes(self._buffer[begin:end]) if length <= MAX_BYTES and end <= len(self._buffer) else None
            if payload is None or _sum(self._seed, payload) != crc:
                self._damages += 1 if payload is None else _SUMMED
                self._passing = True
                place += 1
                continue
            self._over()
            place = end
            item = self._item(payload)
            if item is not None:
                items.append((item, self._at + end))
        else:
            place = len(self._buffer)
        self._drop(place)
        return items

    def _marker_from(self, place: int) -> int:
        """Where the next marker begins, or may begin with bytes that are still to come."""
        found = self._buffer.find(MARKER, place)
        if found < 0:
            found = max(place, len(self._buffer) - len(MARKER) + 1)
            while found < len(self._buffer) and not MARKER.startswith(self._buffer[found:]):
                found += 1
        self._passing |= found > place
        return found

    def _over(self) -> None:
        """A good record: whatever was passed over before it was damage in the middle."""
        if self._passing:
            self.rejects.add(Reject.DAMAGED_FILE)
        self._passing = False

    def _item(self, payload: bytes) -> Item | None:
        try:
            return unpacked(payload)
        except BadTimeError:
            self.rejects.add(Reject.BAD_TIME)
        except DamagedPayloadError:
            self.rejects.add(Reject.DAMAGED_FILE)
        return None
