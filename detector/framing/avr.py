"""AVR, the text format of raw frames: `*8D4B969699155600E87406F5B69F;`, one after the other, any line ends.

    *HEX;                       no time: gets the current event time of the stream, `start_at` before any time is known
    @TTTTTTTTTTTTHEX;           12 MHz counter in 12 digits before the frame (dump1090 and readsb with --mlat)
    <TTTTTTTTTTTTSSHEX;         the same with the signal level (readsb reads it, Beast receivers write it)

Anything else between a start sign and `;` is counted BAD_HEX, bytes between frames GARBAGE, once per run and line.
Frames of four digits are Mode A/C (`*0000;` alone is readsb's heartbeat). Text behind the `;` up to the end of the line
is ignored, as airspy_adsb and Aerobits write more there. Source: jetvision wiki "Mode-S Beast: Data Output Formats".
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from detector.domain.errors import Reject
from detector.domain.frame import FrameBatch, RejectCounts
from detector.framing.beast_clock import MLAT_TICK, is_counted, is_mlat, ticks_of
from detector.framing.lines import LineBuffer
from detector.framing.payloads import batch_of_rows, checked, hex_of
from detector.framing.ticks import TickClock

_RECORD = re.compile(rb"[*@<][^;*@<\r\n]*;?")
_FRAME = re.compile(rb"(?:\*|@([0-9A-Fa-f]{12})|<([0-9A-Fa-f]{12})([0-9A-Fa-f]{2}))((?:[0-9A-Fa-f]{14}){1,2});")
_MODE_AC = re.compile(rb"(?:\*|@[0-9A-Fa-f]{12}|<[0-9A-Fa-f]{14})([0-9A-Fa-f]{4});")
_HEARTBEAT = b"*0000;"
_TAIL = re.compile(rb"[0-9A-Fa-f;,()\s]*")
"""What may follow a frame in its line without being garbage: airspy_adsb's gain and levels, Aerobits' brackets."""


class AvrFramer:
    """A Framer for AVR text. receiver: the number for every frame. start_at: Unix s of the first frame.

    Without start_at every frame is dropped, counted BAD_TIME, and `undated` is true. A file of `*` lines alone has
    no time at all: all its frames get `start_at`.
    """

    def __init__(self, receiver: int = 0, start_at: float | None = None) -> None:
        self.rejects = RejectCounts()
        self.undated = False
        self._lines = LineBuffer(self.rejects)
        self._receiver = receiver
        self._clock = TickClock(None if start_at is None else round(start_at * 1e6))

    def feed(self, data: bytes) -> FrameBatch:
        return self._block(self._lines.complete(data.replace(b"\r", b"\n")))

    def finish(self) -> FrameBatch:
        return self._block(self._lines.rest())

    def _block(self, block: bytes) -> FrameBatch:
        ticks: list[int] = []
        payloads: list[bytes] = []
        levels: list[int] = []
        for line in block.split(b"\n"):
            self._line(line, ticks, payloads, levels)
        if not payloads:
            return FrameBatch.empty()
        raw = np.array(ticks, np.int64)
        n = len(raw)
        microseconds = self._clock.place(raw, is_counted(raw), np.full(n, self._receiver, np.uint64), None)
        if not self._clock.dated:
            self.undated = True
            self.rejects.add(Reject.BAD_TIME, n)
            return FrameBatch.empty()
        frames = batch_of_rows(microseconds.tolist(), payloads, [self._receiver] * n, levels)
        return checked(replace(frames, mlat=is_mlat(raw)), self.rejects)

    def _line(self, line: bytes, ticks: list[int], payloads: list[bytes], levels: list[int]) -> None:
        behind, framed = 0, False
        for record in _RECORD.finditer(line):
            self._between(line[behind : record.start()], framed)
            behind = record.end()
            frame = _FRAME.fullmatch(record[0])
            framed = frame is not None
            if frame:
                ticks.append(int(frame[1] or frame[2] or b"0", 16))
                levels.append(int(frame[3] or b"0", 16))
                payloads.append(bytes.fromhex(frame[4].decode("ascii")))
            elif _MODE_AC.fullmatch(record[0]):
                framed = True
                self.rejects.add(Reject.MODE_AC, 0 if record[0] == _HEARTBEAT else 1)
            else:
                self.rejects.add(Reject.BAD_HEX if record[0].endswith(b";") else Reject.TRUNCATED)
        self._between(line[behind:], framed)

    def _between(self, text: bytes, framed: bool) -> None:
        if text.strip() and not (framed and _TAIL.fullmatch(text)):
            self.rejects.add(Reject.GARBAGE)


def encode(frames: FrameBatch, *, timed: bool = True) -> bytes:
    """Frames as lines, `@` with a 12 MHz counter or `*` without; levels and receivers are not kept."""
    if not timed:
        return "".join(f"*{text.upper()};\n" for text in hex_of(frames)).encode("ascii")
    ticks = ticks_of(np.round(frames.heard_at * 1e6).astype(np.int64))
    ticks[frames.mlat] = MLAT_TICK
    lines = (f"@{tick:012X}{text.upper()};\n" for tick, text in zip(ticks.tolist(), hex_of(frames), strict=True))
    return "".join(lines).encode("ascii")
