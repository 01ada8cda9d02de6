"""One call on the pipeline as bytes, and back to the bit: what stands inside a record of a spool.

    kind     u8     1 frames, 2 decoded tracks, 3 heartbeat, 4 event of a feed; + 0x80: the body is one zstandard frame
    body     of 1 and 2: rows u32, then each column: how it is written (u8), and its bytes
             of 3: time float64; of 4: MessagePack

A column is written as `ONE` value where all rows have the same, as `TIMES` where it holds whole microseconds (the
first, then differences), or as it is in `PLANES`: the first bytes of all rows, then their second bytes, and so on.
That packs better. All numbers are little-endian.
"""

from __future__ import annotations

import struct
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import zstandard

from detector.domain.decoded import COLUMNS, DecodedBatch
from detector.domain.frame import LONG_BYTES, SHORT_BYTES, FrameBatch, Tick
from detector.domain.live import FeedEvent, FeedStatus
from detector.domain.times import EARLIEST, LATEST, from_microseconds

Item = FrameBatch | DecodedBatch | Tick | FeedEvent
"""What a spool holds: every call made on the pipeline, and what became of the feeds (for people)."""

MAX_BYTES = 16 << 20
"""Of a payload, packed or not."""
MAX_ROWS = 100_000
"""Of a batch in one record: some 9 MB of tracks. A longer batch is written as several."""
MAX_REASON = 1_000
FRAMES, DECODED, TICK, EVENT = 1, 2, 3, 4
PACKED = 0x80
ONE, TIMES, PLANES = 0, 1, 2
_LEVEL = 1
_WORTH_PACKING = 64
_MAX_MICROSECONDS = 2.0**53
_FRAME_COLUMNS: dict[str, tuple[str, int]] = {
    # name: (dtype, values in a row)
    "heard_at": ("f8", 1),
    "payload": ("u1", LONG_BYTES),
    "length": ("u1", 1),
    "receiver": ("u8", 1),
    "level": ("u1", 1),
    "mlat": ("?", 1),
}
_DECODED_COLUMNS = {name: (dtype, 1) for name, dtype in COLUMNS.items()}
_COLUMNS = {FRAMES: _FRAME_COLUMNS, DECODED: _DECODED_COLUMNS}
_ROWS = struct.Struct("<I")
_TIME = struct.Struct("<d")
_FIRST = struct.Struct("<q")

Bytes = npt.NDArray[np.uint8]


class DamagedPayloadError(ValueError):
    """Bytes that are no payload, or one of a later version."""


class BadTimeError(DamagedPayloadError):
    """A payload with a time that no feed can have given (`domain.times`)."""


def packed(item: Item) -> bytes:
    """The payload of one item; a batch of at most MAX_ROWS rows."""
    if isinstance(item, Tick):
        kind, body = TICK, _TIME.pack(item.at)
    elif isinstance(item, FeedEvent):
        kind, body = EVENT, _event_body(item)
    else:
        kind = FRAMES if isinstance(item, FrameBatch) else DECODED
        body = b"".join([_ROWS.pack(len(item)), *(_written(getattr(item, name)) for name in _COLUMNS[kind])])
    if len(body) >= _WORTH_PACKING:
        small = zstandard.ZstdCompressor(level=_LEVEL).compress(body)
        if len(small) < len(body):
            return bytes([kind | PACKED]) + small
    return bytes([kind]) + body


def unpacked(payload: bytes) -> Item:
    """The item of a payload. Raises DamagedPayloadError, whatever the bytes are."""
    if not payload:
        raise DamagedPayloadError("empty")
    kind, body = payload[0] & ~PACKED, payload[1:]
    if payload[0] & PACKED:
        body = _inflated(body)
    if kind == TICK:
        return _tick(body)
    if kind == EVENT:
        return _event(body)
    if kind not in _COLUMNS:
        raise DamagedPayloadError(f"kind {kind}")
    columns = _columns(body, _COLUMNS[kind])
    _check_times(columns["heard_at"])
    if kind == DECODED:
        return DecodedBatch(**columns)
    if not ((columns["length"] == SHORT_BYTES) | (columns["length"] == LONG_BYTES)).all():
        raise DamagedPayloadError("a length of a frame")
    return FrameBatch(**columns)


def _inflated(body: bytes) -> bytes:
    """What was packed. The size that it claims is looked at before anything is made of it."""
    try:
        claimed = zstandard.get_frame_parameters(body).content_size
        # A frame that does not tell its size claims 2**64 - 1.
        if claimed > MAX_BYTES:
            raise DamagedPayloadError(f"{claimed} bytes unpacked")
        return bytes(zstandard.ZstdDecompressor().decompress(body, allow_extra_data=False))
    except zstandard.ZstdError as error:
        raise DamagedPayloadError(str(error)) from error


def _event_body(event: FeedEvent) -> bytes:
    # A reason may quote bytes of a server that are no UTF-8.
    reason = event.reason[:MAX_REASON].encode("utf-8", "replace").decode()
    return msgspec.msgpack.encode((event.feed, event.status, event.at, reason))


def _event(body: bytes) -> FeedEvent:
    try:
        feed, status, at, reason = msgspec.msgpack.decode(body, type=tuple[str, str, float, str])
        return FeedEvent(feed, FeedStatus(status), at, reason)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise DamagedPayloadError(str(error)) from error


def _tick(body: bytes) -> Tick:
    if len(body) != _TIME.size:
        raise DamagedPayloadError("a heartbeat of another size")
    (at,) = _TIME.unpack(body)
    _check_times(np.array([at]))
    return Tick(at)


def _check_times(at: npt.NDArray[np.float64]) -> None:
    if not ((at >= EARLIEST) & (at <= LATEST)).all():
        raise BadTimeError("a time before 1990 or after 2100")


def _written(column: npt.NDArray[Any]) -> bytes:
    n = len(column)
    plain = np.ascontiguousarray(column, dtype=column.dtype.newbyteorder("<"))
    rows: Bytes = plain.view(np.uint8).reshape(n, plain.nbytes // n if n else 0)
    if n and (rows == rows[0]).all():
        return bytes([ONE]) + bytes(rows[0])
    if column.dtype == np.float64 and (steps := _steps(column)) is not None:
        first, differences = steps
        return bytes([TIMES, differences.itemsize]) + _FIRST.pack(first) + _planes(differences)
    return bytes([PLANES]) + rows.T.tobytes()


def _planes(values: npt.NDArray[Any]) -> bytes:
    return values.view(np.uint8).reshape(len(values), values.itemsize).T.tobytes()


def _steps(column: npt.NDArray[np.float64]) -> tuple[int, npt.NDArray[Any]] | None:
    """The first value in microseconds and the differences; None where that would not give the same bits again."""
    if not len(column) or not (np.abs(column) < _MAX_MICROSECONDS / 1e6).all():
        return None
    microseconds = np.rint(column * 1e6).astype(np.int64)
    if (from_microseconds(microseconds).view(np.int64) != column.view(np.int64)).any():
        return None
    differences = np.diff(microseconds)
    small = len(differences) == 0 or int(np.abs(differences).max()) < 2**31
    return int(microseconds[0]), differences.astype("<i4" if small else "<i8")


def _columns(body: bytes, layout: dict[str, tuple[str, int]]) -> dict[str, npt.NDArray[Any]]:
    (n,) = _ROWS.unpack(_piece(body, 0, _ROWS.size))
    if n > MAX_ROWS:
        raise DamagedPayloadError(f"{n} rows")
    columns = {}
    at = _ROWS.size
    for name, (dtype, width) in layout.items():
        columns[name], at = _read(body, at, n, np.dtype(dtype), width)
    if at != len(body):
        raise DamagedPayloadError("bytes behind the last column")
    return columns


def _read(body: bytes, at: int, n: int, dtype: np.dtype[Any], width: int) -> tuple[npt.NDArray[Any], int]:
    """A column that begins at `at`, and where it ends."""
    how = _piece(body, at, 1)[0]
    at += 1
    if how == TIMES and dtype == np.float64 and n:
        return _read_times(body, at, n)
    size = dtype.itemsize * width
    if how == ONE:
        rows = np.tile(np.frombuffer(_piece(body, at, size), np.uint8), (n, 1))
        end = at + size
    elif how == PLANES:
        end = at + size * n
        rows = np.frombuffer(_piece(body, at, size * n), np.uint8).reshape(size, n).T.copy()
    else:
        raise DamagedPayloadError(f"a column written in the manner {how}")
    if (dtype.kind == "b" and (rows > 1).any()) or (dtype.kind == "S" and (rows > 0x7F).any()):
        raise DamagedPayloadError("a value that its column cannot hold")
    column = rows.reshape(-1).view(dtype.newbyteorder("<"))
    return column.reshape(n, width) if width > 1 else column, end


def _read_times(body: bytes, at: int, n: int) -> tuple[npt.NDArray[np.float64], int]:
    size = _piece(body, at, 1)[0]
    if size not in {4, 8}:
        raise DamagedPayloadError(f"differences of {size} bytes")
    (first,) = _FIRST.unpack(_piece(body, at + 1, _FIRST.size))
    begin = at + 1 + _FIRST.size
    end = begin + size * (n - 1)
    planes = np.frombuffer(_piece(body, begin, size * (n - 1)), np.uint8).reshape(size, n - 1)
    differences = np.ascontiguousarray(planes.T).reshape(-1).view(f"<i{size}").astype(np.int64)
    microseconds = np.concatenate([np.array([first], np.int64), differences])
    # Damaged numbers may run over; what comes of them is looked at as a time.
    return from_microseconds(np.cumsum(microseconds)), end


def _piece(body: bytes, at: int, size: int) -> bytes:
    if at + size > len(body):
        raise DamagedPayloadError("cut off")
    return body[at : at + size]
