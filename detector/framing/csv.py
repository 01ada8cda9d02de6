"""CSV with a time and a frame in each line, as rs1090, traffic, OpenSky exports and the pyModeS samples have it.

    timestamp,hex                         1457996400,"8D406B909945DE10000405999BE4","406B90",19
    1698140962.119813,210000bd6b441a      1698140962.171425,1a33000023bb50f025903907dbc1b50fca1ad701efd570

Header or not, comma, semicolon or tab, quotes, byte order mark, CR LF, any further columns. Times by `time_text`,
frames with or without Beast header by `csv_layout`. Lines of the plainest shape are read as arrays, all others one at a
time; both give the same.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detector.domain.errors import Reject
from detector.domain.frame import LONG_BYTES, SHORT_BYTES, FrameBatch, RejectCounts
from detector.domain.times import from_microseconds
from detector.framing.csv_layout import BEAST_HEADER_DIGITS, Layout, fields_of, frame_and_level, layout_of
from detector.framing.lines import LineBuffer
from detector.framing.payloads import MAX_MICROSECONDS, MIN_MICROSECONDS, NIBBLE, checked, hex_of
from detector.framing.time_text import microseconds_of

_SECOND_DIGITS = 10
_MAX_DECIMALS = 6
_TIME_BYTES = _SECOND_DIGITS + 1 + _MAX_DECIMALS
_WEIGHTS = np.array([10.0**power for power in (*range(15, 5, -1), 0, *range(5, -1, -1))])
_WEIGHTS[_SECOND_DIGITS] = 0.0  # the point
_LONG_DIGITS, _SHORT_DIGITS = 2 * LONG_BYTES, 2 * SHORT_BYTES
_ARRAYS_FROM_LINES = 24
_NEWLINE, _RETURN, _POINT, _ZERO = b"\n\r.0"

Line = tuple[int, bytes, int]


class CsvFramer:
    """A Framer for CSV. receiver: the number for every frame; start_at is not needed, every line has its time."""

    undated = False

    def __init__(self, receiver: int = 0, start_at: float | None = None) -> None:
        self.rejects = RejectCounts()
        self._lines = LineBuffer(self.rejects)
        self._receiver = receiver
        self._layout: Layout | None = None

    def feed(self, data: bytes) -> FrameBatch:
        return self._block(self._lines.complete(data))

    def finish(self) -> FrameBatch:
        return self._block(self._lines.rest())

    def _block(self, block: bytes) -> FrameBatch:
        while block and self._layout is None:
            line, _, rest = block.partition(b"\n")
            self._layout = layout_of(line.rstrip(b"\r"))
            if self._layout is None:
                if line.strip():
                    self.rejects.add(Reject.BAD_HEX)
                block = rest
            elif self._layout.header:
                block = rest
        if not block or self._layout is None:
            return FrameBatch.empty()
        return checked(self._frames(block, self._layout), self.rejects)

    def _frames(self, block: bytes, layout: Layout) -> FrameBatch:
        data = np.frombuffer(block, np.uint8)
        ends = np.flatnonzero(data == _NEWLINE)
        starts = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1))
        n = len(ends)
        microseconds = np.zeros(n, np.int64)
        payload = np.zeros((n, LONG_BYTES), np.uint8)
        length = np.zeros(n, np.uint8)
        level = np.zeros(n, np.uint8)
        plain = np.zeros(n, np.bool_)
        if (layout.time_column, layout.hex_column, layout.columns) == (0, 1, 2) and n >= _ARRAYS_FROM_LINES:
            bare = ends - (data[np.maximum(ends - 1, 0)] == _RETURN)
            rows, middles = _two_fields(data, starts, bare, layout.delimiter[0])
            whole = len(rows) == n
            read = _plain_lines(data, starts if whole else starts[rows], middles, bare if whole else bare[rows])
            ok = read[0]
            if whole and ok.all():
                _, microseconds, payload, length, level = read
                plain[:] = True
            else:
                at = rows[ok]
                plain[at] = True
                microseconds[at], payload[at], length[at], level[at] = (
                    read[1][ok],
                    read[2][ok],
                    read[3][ok],
                    read[4][ok],
                )
        for row in np.flatnonzero(~plain).tolist():
            line = self._line(block[starts[row] : ends[row]], layout)
            if line is not None:
                microseconds[row], frame, level[row] = line
                length[row] = len(frame)
                payload[row, : len(frame)] = np.frombuffer(frame, np.uint8)
        frames = FrameBatch(
            from_microseconds(microseconds),
            payload,
            length,
            np.full(n, self._receiver, np.uint64),
            level,
            np.zeros(n, np.bool_),
        )
        good = length > 0
        return frames if good.all() else frames.take(good)

    def _line(self, line: bytes, layout: Layout) -> Line | None:
        """(us, frame, level) of one line; None if it is blank or rejected, which is counted."""
        line = line.rstrip(b"\r")
        if not line.strip() or line == layout.header:
            return None
        fields = fields_of(line, layout.delimiter)
        frame = frame_and_level(fields[layout.hex_column]) if layout.hex_column < len(fields) else None
        if frame is None:
            self.rejects.add(Reject.BAD_HEX)
            return None
        microseconds = microseconds_of(fields[layout.time_column]) if layout.time_column < len(fields) else None
        if microseconds is None:
            self.rejects.add(Reject.BAD_TIME)
            return None
        return microseconds, *frame


def _two_fields(
    data: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64], delimiter: int
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.int64]]:
    """The lines with exactly one delimiter, and where it is."""
    cuts = np.flatnonzero(data == delimiter)
    if len(cuts) == len(starts) and bool(((cuts >= starts) & (cuts < ends)).all()):
        return np.arange(len(starts)), cuts
    first = np.searchsorted(cuts, starts)
    rows = np.flatnonzero(np.searchsorted(cuts, ends) - first == 1)
    return rows, cuts[first[rows]]


def _plain_lines(
    data: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64], cuts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]
) -> tuple[
    npt.NDArray[np.bool_], npt.NDArray[np.int64], npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.uint8]
]:
    """Which lines are ten digits, perhaps a point and up to six more, and a frame; their us, payload, length, level.

    Values of the other lines are undefined."""
    padded = np.concatenate((data, np.zeros(BEAST_HEADER_DIGITS + _LONG_DIGITS + _TIME_BYTES, np.uint8)))
    decimals = cuts - starts - _SECOND_DIGITS - 1
    digits = _windows(padded, starts, _TIME_BYTES)
    ok: npt.NDArray[np.bool_] = (decimals == -1) | (
        (decimals >= 1) & (decimals <= _MAX_DECIMALS) & (digits[:, _SECOND_DIGITS] == _POINT)
    )
    digits -= _ZERO
    digits[:, _SECOND_DIGITS] = 0
    digits[np.arange(_TIME_BYTES) > (_SECOND_DIGITS + decimals)[:, np.newaxis]] = 0
    ok &= (digits <= 9).all(axis=1)
    microseconds: npt.NDArray[np.int64] = (digits @ _WEIGHTS).astype(np.int64)
    ok &= (microseconds >= MIN_MICROSECONDS) & (microseconds < MAX_MICROSECONDS)

    at, size = cuts + 1, ends - cuts - 1
    level: npt.NDArray[np.uint8] = np.zeros(len(starts), np.uint8)
    headed = np.flatnonzero(size > _LONG_DIGITS)
    is_short_headed = size == _SHORT_DIGITS + BEAST_HEADER_DIGITS
    if len(headed) or is_short_headed.any():
        headed = np.flatnonzero(is_short_headed | (size > _LONG_DIGITS))
        head = NIBBLE[_windows(padded, at[headed], BEAST_HEADER_DIGITS)]
        kind = np.where(is_short_headed[headed], 2, 3)
        ok[headed] &= (head <= 15).all(axis=1) & (head[:, 3] == kind) & (head[:, :3] == (1, 10, 3)).all(axis=1)
        level[headed] = head[:, -2] << np.uint8(4) | head[:, -1]
        at, size = at.copy(), size.copy()
        at[headed] += BEAST_HEADER_DIGITS
        size[headed] -= BEAST_HEADER_DIGITS
    nibbles: npt.NDArray[np.uint8] = NIBBLE[_windows(padded, at, _LONG_DIGITS)]
    is_short: npt.NDArray[np.bool_] = size == _SHORT_DIGITS
    ok &= is_short | (size == _LONG_DIGITS)
    nibbles[is_short, _SHORT_DIGITS:] = 0
    ok &= (nibbles <= 15).all(axis=1)
    payload = nibbles[:, 0::2] << np.uint8(4) | nibbles[:, 1::2]
    length = np.where(is_short, np.uint8(SHORT_BYTES), np.uint8(LONG_BYTES))
    return ok, microseconds, payload, length, level


def _windows(padded: npt.NDArray[np.uint8], at: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.uint8]:
    """`size` bytes from each offset, as rows."""
    items = np.ndarray((len(padded) - size + 1,), f"V{size}", padded.data, strides=(1,))
    return items[at].view(np.uint8).reshape(-1, size)


def encode(frames: FrameBatch, *, header: bool = True) -> bytes:
    """`timestamp,hex` lines with six decimals; exact for times on the microsecond grid."""
    microseconds = np.round(frames.heard_at * 1e6).astype(np.int64).tolist()
    pairs = zip(microseconds, hex_of(frames), strict=True)
    lines = [f"{us // 1_000_000}.{us % 1_000_000:06d},{text}\n" for us, text in pairs]
    return (("timestamp,hex\n" if header else "") + "".join(lines)).encode("ascii")
