"""Beast binary cut into records: where each begins, whether it is whole, what lies between. No meaning yet.

    1a '1'  tick(6) level(1) Mode A/C(2)            1a e3  receiver id(8), holds for the records after it
    1a '2'  tick(6) level(1) short frame(7)         1a e4  receiver UUID, 36 ASCII characters, padded with 'f'
    1a '3'  tick(6) level(1) long frame(14)         1a e8  clock, int64 little-endian, ms since 1970: NOT escaped
    1a '4'  status, up to 21 bytes                  1a 'P' ping(3)     1a 'W' command(1)
    1a '5'  Radarcape position, up to 21 bytes

Every 0x1a inside a record is doubled, except in the clock record, which readsb copies raw. Sources: jetvision wiki
"Mode-S Beast: Data Output Formats"; the behaviour of readsb's writers and readers of dumps (e3, e4, e8, P, W).

Two readers of one grammar. `_scan` is array work over whole chunks and takes every record that is exactly as long as
its type says, up to the next marker. What is not exact (a frame cut off, garbage, an unescaped 0x1a) goes through
`_walk`, byte by byte, until it stands at the start of an exact record again. Rules where the grammar is silent:

* A record interrupted by a single 0x1a is TRUNCATED; reading goes on at that 0x1a.
* Outside records a doubled 0x1a means nothing, so the last 0x1a before a known type begins a record: garbage that
  happens to end in 0x1a does not cost the good frame behind it.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.domain.errors import Reject
from detector.domain.frame import RejectCounts

ESCAPE = 0x1A
MODE_AC, SHORT, LONG, STATUS, POSITION = b"12345"
PING, COMMAND = b"PW"
RECEIVER, UUID, CLOCK = 0xE3, 0xE4, 0xE8
HEADER_BYTES = 2
BODY_BYTES = 21
"""The longest body kept: six of tick, one of level, fourteen of frame."""
ROW_BYTES = HEADER_BYTES + BODY_BYTES

SIZES = {MODE_AC: 9, SHORT: 14, LONG: 21, STATUS: 21, POSITION: 21, PING: 3, COMMAND: 1} | {
    RECEIVER: 8,
    UUID: 36,
    CLOCK: 8,
}
"""Bytes after the type, escapes undone."""
OF_ANY_LENGTH = frozenset((STATUS, POSITION, UUID))
"""Nothing is lost when one of these is shorter than its longest form."""

_SIZE = np.zeros(256, np.int64)
for _kind, _size in SIZES.items():
    _SIZE[_kind] = _size if _kind != UUID else 0  # too long for a row; rare, so always walked
_WALK_BELOW_BYTES = 384
"""Below this a walk is faster than the fixed cost of some twenty array calls."""


@dataclass(frozen=True, slots=True)
class Records:
    """`rows` uint8 (n, 23): 0x1a, type, body with escapes undone; undefined behind a body shorter than 21 bytes."""

    rows: npt.NDArray[np.uint8]

    @property
    def kind(self) -> npt.NDArray[np.uint8]:
        kinds: npt.NDArray[np.uint8] = self.rows[:, 1]
        return kinds

    def __len__(self) -> int:
        return len(self.rows)


class RecordReader:
    """Bytes in, records out, at any cut. Keeps one unfinished record (75 bytes at most)."""

    def __init__(self, rejects: RejectCounts) -> None:
        self._rejects = rejects
        self._carry = b""
        self._in_garbage = False

    def feed(self, data: bytes) -> Records:
        """The records that `data` completes."""
        buffer = self._carry + data if self._carry else data
        if len(buffer) < _WALK_BELOW_BYTES:
            walked: list[bytes] = []
            self._carry = buffer[self._walk(buffer, 0, walked, [], 0) :]
            return Records(_rows(walked))
        return self._scan(buffer)

    def finish(self) -> None:
        """Account for what is left: a frame without its end is TRUNCATED, a single 0x1a is GARBAGE."""
        carry, self._carry = self._carry, b""
        if len(carry) >= HEADER_BYTES:
            self._cut(carry[1])
        elif carry:
            self._garbage()

    def _garbage(self) -> None:
        if not self._in_garbage:
            self._rejects.add(Reject.GARBAGE)
            self._in_garbage = True

    def _cut(self, kind: int) -> None:
        self._in_garbage = False
        if kind not in OF_ANY_LENGTH:
            self._rejects.add(Reject.TRUNCATED)

    def _scan(self, buffer: bytes) -> Records:
        data = np.frombuffer(buffer, np.uint8)
        escapes = np.flatnonzero(data == ESCAPE)
        if not len(escapes):
            self._garbage()
            self._carry = b""
            return Records(_rows([]))
        starts, doubled = _markers(escapes)
        plain = _without(data, doubled)
        starts_plain = starts - np.searchsorted(doubled, starts) if len(doubled) else starts
        ends, ends_plain = np.append(starts[1:], len(data)), np.append(starts_plain[1:], len(plain))
        if escapes[-1] == len(data) - 1 and len(starts) and starts[-1] == len(data) - 1:
            # A last byte 0x1a is a marker or half an escape. It bounds the record before it, and begins none yet.
            starts, starts_plain = starts[:-1], starts_plain[:-1]
            ends, ends_plain = ends[:-1], ends_plain[:-1]
        kinds = data[starts + 1]
        sizes = _SIZE[kinds]
        exact = (ends_plain - starts_plain == sizes + HEADER_BYTES) & (sizes > 0)
        exact &= (kinds != CLOCK) | (ends - starts == SIZES[CLOCK] + HEADER_BYTES)
        padded = np.concatenate((plain, np.zeros(ROW_BYTES, np.uint8)))
        # One item of 23 bytes at every offset: taking whole items is several times faster than rows of single bytes.
        windows = np.ndarray((len(plain),), f"V{ROW_BYTES}", padded.data, strides=(1,))
        rows = windows[starts_plain].view(np.uint8).reshape(-1, ROW_BYTES)
        inexact = np.flatnonzero(~exact)
        only_last = len(inexact) == 0 or (len(inexact) == 1 and inexact[0] == len(exact) - 1)
        if len(starts) and starts[0] == 0 and only_last:
            # As nearly always: nothing but whole records, up to one at the end that is not complete yet.
            at = int(starts[inexact[0]]) if len(inexact) else int(ends[-1])
            if len(inexact) < len(exact):
                self._in_garbage = False
            last: list[bytes] = []
            self._carry = buffer[self._walk(buffer, at, last, [], 0) :]
            whole = rows[: len(exact) - len(inexact)]
            return Records(np.concatenate((whole, _rows(last))) if last else whole)
        return self._join(buffer, rows, starts.tolist(), ends.tolist(), exact)

    def _join(
        self,
        buffer: bytes,
        rows: npt.NDArray[np.uint8],
        starts: list[int],
        ends: list[int],
        exact: npt.NDArray[np.bool_],
    ) -> Records:
        """Exact runs from the scan, everything between them walked."""
        good = np.flatnonzero(exact)
        exact_starts = np.array(starts, np.int64)[good].tolist()
        inexact = np.append(np.flatnonzero(~exact), len(starts)).tolist()
        pieces: list[npt.NDArray[np.uint8]] = []
        at = 0
        while at < len(buffer):
            k = bisect_left(exact_starts, at)
            if k < len(exact_starts) and exact_starts[k] == at:
                first = int(good[k])
                stop = inexact[bisect_left(inexact, first)]
                pieces.append(rows[first:stop])
                at = ends[stop - 1]
                self._in_garbage = False
                continue
            walked: list[bytes] = []
            at = self._walk(buffer, at, walked, exact_starts, k)
            pieces.append(_rows(walked))
            if not _is_in(exact_starts, at):
                break  # at the end, or at a record that needs more bytes
        self._carry = buffer[at:]
        return Records(np.concatenate(pieces) if pieces else _rows([]))

    def _walk(self, buffer: bytes, at: int, records: list[bytes], stops: list[int], k: int) -> int:
        """Read on from `at`, outside any record, to one of `stops[k:]` or the end; where the next read begins."""
        end = len(buffer)
        while at < end:
            while k < len(stops) and stops[k] < at:
                k += 1
            if k < len(stops) and stops[k] == at:
                return at
            if buffer[at] != ESCAPE:
                self._garbage()
                at = buffer.find(ESCAPE, at)
                if at < 0:
                    return end
                continue
            if at + 1 == end:
                return at
            kind = buffer[at + 1]
            if kind not in SIZES:
                self._garbage()
                at += 1 if kind == ESCAPE else 2
                continue
            reached, body = _body(buffer, at + HEADER_BYTES, kind)
            if body is not None:
                self._in_garbage = False
                row = _row(kind, body)
                if row is not None:
                    records.append(row)
            elif reached < 0:
                return at
            else:
                self._cut(kind)
            at = reached
        return at


def _markers(escapes: npt.NDArray[np.intp]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Which 0x1a begin a record, and which are the second of a pair: in a run, pairs come first, a marker last."""
    count = np.arange(len(escapes))
    follows = np.diff(escapes, prepend=-2) == 1
    if not follows.any():
        return escapes, escapes[:0]
    run_start = np.maximum.accumulate(np.where(follows, 0, count))
    second = ((count - run_start) & 1).astype(np.bool_)
    last_of_run = np.append(~follows[1:], True)
    return escapes[last_of_run & ~second], escapes[second]


def _without(data: npt.NDArray[np.uint8], doubled: npt.NDArray[np.intp]) -> npt.NDArray[np.uint8]:
    if not len(doubled):
        return data
    keep = np.ones(len(data), np.bool_)
    keep[doubled] = False
    return data[keep]


def _body(buffer: bytes, at: int, kind: int) -> tuple[int, bytes | None]:
    """(behind it, body) if whole; (-1, None) if the buffer ends first; (where the 0x1a is, None) if it is cut off."""
    size = SIZES[kind]
    if kind == CLOCK:
        return (at + size, buffer[at : at + size]) if at + size <= len(buffer) else (-1, None)
    body = bytearray()
    while len(body) < size:
        upto = min(at + size - len(body), len(buffer))
        escape = buffer.find(ESCAPE, at, upto)
        if escape < 0:
            body += buffer[at:upto]
            if len(body) < size:
                return -1, None
            return upto, bytes(body)
        body += buffer[at:escape]
        if escape + 1 == len(buffer):
            return -1, None
        if buffer[escape + 1] != ESCAPE:
            return escape, None
        body.append(ESCAPE)
        at = escape + 2
    return at, bytes(body)


def _row(kind: int, body: bytes) -> bytes | None:
    """A record as a row; a UUID becomes the receiver id that readsb makes of it, its first 16 hexadecimal digits."""
    if kind == UUID:
        digits = bytes(byte for byte in body if byte in b"0123456789abcdefABCDEF")[:16]
        if len(digits) < 16:
            return None
        kind, body = RECEIVER, bytes.fromhex(digits.decode("ascii"))
    return bytes((ESCAPE, kind)) + body.ljust(BODY_BYTES, b"\0")


def _rows(records: list[bytes]) -> npt.NDArray[np.uint8]:
    return np.frombuffer(b"".join(records), np.uint8).reshape(len(records), ROW_BYTES)


def _is_in(ordered: list[int], value: int) -> bool:
    k = bisect_left(ordered, value)
    return k < len(ordered) and ordered[k] == value
