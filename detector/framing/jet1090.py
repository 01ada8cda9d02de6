"""JSON lines as jet1090 (rs1090) writes them: one object per message, of which the time and the raw frame are taken.

    {"timestamp":1720248189.525094,"frame":"8f393322384a02aea63afc43dcba","df":"17", ...}

`timestamp` is read from its digits (`time_text`), never through a float. `rssi` in dBFS becomes the level of Beast
(255 * 10**(rssi / 20)); `serial`, the sensor, becomes the receiver. Both stand in the object itself or, in newer
versions, in the first entry of `metadata`. Everything jet1090 decoded is ignored: this program decodes for itself.
"""

from __future__ import annotations

from typing import Any

import msgspec

from detector.domain.errors import Reject
from detector.domain.frame import FrameBatch, RejectCounts
from detector.framing.lines import LineBuffer
from detector.framing.payloads import FRAME_HEX, batch_of_rows, checked, hex_of
from detector.framing.time_text import microseconds_of

_MAX_RECEIVER = 2**64


class _Message(msgspec.Struct):
    frame: str
    timestamp: msgspec.Raw = msgspec.Raw(b"")
    rssi: Any = None
    serial: Any = None
    metadata: Any = None

    def reception(self, name: str) -> object:
        """A detail of the reception, wherever this version of jet1090 puts it."""
        own = getattr(self, name)
        if own is None and isinstance(self.metadata, list) and self.metadata and isinstance(self.metadata[0], dict):
            return self.metadata[0].get(name)
        found: object = own
        return found


class Jet1090Framer:
    """A Framer for jet1090's JSON lines. receiver: the number for messages without `serial`; start_at is not needed.

    A line that is no such object, or whose frame is no frame, is counted BAD_HEX, one without a usable time BAD_TIME.
    """

    undated = False

    def __init__(self, receiver: int = 0, start_at: float | None = None) -> None:
        self.rejects = RejectCounts()
        self._lines = LineBuffer(self.rejects)
        self._receiver = receiver
        self._decoder = msgspec.json.Decoder(_Message)

    def feed(self, data: bytes) -> FrameBatch:
        return self._block(self._lines.complete(data))

    def finish(self) -> FrameBatch:
        return self._block(self._lines.rest())

    def _block(self, block: bytes) -> FrameBatch:
        rows = [row for line in block.split(b"\n") if line.strip() and (row := self._line(line)) is not None]
        if not rows:
            return FrameBatch.empty()
        return checked(batch_of_rows(*zip(*rows, strict=True)), self.rejects)

    def _line(self, line: bytes) -> tuple[int, bytes, int, int] | None:
        try:
            message = self._decoder.decode(line)
            frame = message.frame.encode("ascii")
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            self.rejects.add(Reject.BAD_HEX)
            return None
        if not FRAME_HEX.fullmatch(frame):
            self.rejects.add(Reject.BAD_HEX)
            return None
        microseconds = microseconds_of(bytes(message.timestamp).strip(b'"'))
        if microseconds is None:
            self.rejects.add(Reject.BAD_TIME)
            return None
        serial, rssi = message.reception("serial"), message.reception("rssi")
        receiver = serial if isinstance(serial, int) and 0 < serial < _MAX_RECEIVER else self._receiver
        return microseconds, bytes.fromhex(frame.decode("ascii")), receiver, _level(rssi)


def _level(rssi: object) -> int:
    """From dBFS to Beast's level, the amplitude in 255ths; at least 1 for a signal that was measured."""
    if not isinstance(rssi, int | float) or isinstance(rssi, bool) or not -200 <= rssi < 0:
        return 0
    return max(1, round(255 * 10 ** (rssi / 20)))


def encode(frames: FrameBatch) -> bytes:
    """Frames as lines with `timestamp` and `frame`, as far as a Framer reads them back; levels are not kept."""
    lines = []
    for at, text, receiver in zip(frames.heard_at.tolist(), hex_of(frames), frames.receiver.tolist(), strict=True):
        us = round(at * 1e6)
        lines.append(f'{{"timestamp":{us // 1_000_000}.{us % 1_000_000:06d},"frame":"{text}","serial":{receiver}}}\n')
    return "".join(lines).encode("ascii")
