"""Whether what a connection brings is of the format it should be; if not, what it looks like. No I/O.

A port of another format speaks all day and is never heard: bytes alone are no sign of life. Signs are frames and rows,
also those that are dropped for another reason than their form, and what the format itself sends to keep a connection
open (Beast: an empty Mode A/C record; AVR: `*0000;`; SBS: an empty line, or a line of another kind than MSG).
"""

from __future__ import annotations

import re

from detector.domain.frame import RejectCounts
from detector.framing.beast_records import RecordReader
from detector.framing.detect import detect
from detector.framing.sbs import LINE

MOST_KEPT_BYTES = 8192
ENOUGH_BYTES = 4096
"""So much without a single frame is not the middle of one."""
_LONGEST_SIGN_BYTES = 64
_AVR = re.compile(rb"(?:\*|@[0-9A-Fa-f]{12}|<[0-9A-Fa-f]{14})[0-9A-Fa-f]{4}(?:[0-9A-Fa-f]{10}(?:[0-9A-Fa-f]{14})?)?;")
_SBS = re.compile(rb"(?:^|\n)" + LINE.pattern)
_NAMES = {"beast": "Beast", "avr": "AVR", "sbs": "SBS", "jet1090": "jet1090's JSON", "readsb-json": "readsb's JSON"}


class Signs:
    """Looks through one connection of the format `kind`: beast, avr or sbs."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._any = False
        self._head = b""
        self._tail = b""
        self._records = RecordReader(RejectCounts())

    def note(self, data: bytes, *, decoded: bool) -> bool:
        """Whether there is a sign of life in the next bytes. `decoded`: they have completed a frame or a row."""
        found = decoded or self._is_sign(data)
        if decoded:
            self._tail = b""
        if found:
            self._any = True
            self._head = b""
        elif not self._any:
            self._head += data[: MOST_KEPT_BYTES - len(self._head)]
        return found

    def complaint(self, *, after_silence: bool) -> str:
        """What is wrong where bytes came without a sign of life, else empty. `after_silence`: however few they were."""
        if self._any or len(self._head) < (1 if after_silence else ENOUGH_BYTES):
            return ""
        looks_like = detect(self._head)
        if looks_like in (None, self._kind):
            return f"brings no {self._kind} frames: is the kind right?"
        return f"brings no {self._kind} frames; it looks like {_NAMES.get(looks_like, looks_like)}: is the kind right?"

    def _is_sign(self, data: bytes) -> bool:
        if self._kind == "beast":
            # Its carry holds a record that is cut; a byte of one already read is garbage to it, and no matter.
            return len(self._records.feed(data)) > 0
        if self._kind == "sbs" and b"\n" in data and not data.strip():
            return True
        block = self._tail + data
        ends = [sign.end() for sign in (_SBS if self._kind == "sbs" else _AVR).finditer(block)]
        self._tail = block[ends[-1] if ends else 0 :][-_LONGEST_SIGN_BYTES:]
        return bool(ends)
