"""JSON lines of what readsb knows: an aircraft a line, or a whole `aircraft.json` a line.

    {"now": 1693303200, "hex": "a19702", "alt_baro": 3775, "gs": 19, "lat": 40.765236, "lon": -119.192047, ...}
    {"now": 1693303200.1, "aircraft": [{"hex": "a19702", "seen": 0.3, "seen_pos": 1.2, ...}, ...]}
    {"now": 1693303201}

An aircraft that was not heard anew since the line before is left out (`readsb_fleet`). A line without an aircraft is a
tick: the source was listening. Source: readsb, README-json.md.
"""

from __future__ import annotations

import msgspec

from detector.domain.decoded import DecodedBatch
from detector.domain.errors import Reject
from detector.domain.frame import RejectCounts
from detector.framing.lines import LineBuffer
from detector.framing.readsb_fleet import Aircraft, Fleet, age_us
from detector.framing.track_rows import microseconds

MAX_LINE_BYTES = 16 * 1024 * 1024
"""Ten thousand aircraft on one line are some 8 MB."""


class ReadsbJsonFramer:
    """A Framer for these lines. Those that are no such object are counted GARBAGE, without a time BAD_TIME."""

    undated = False

    def __init__(self, receiver: int = 0, start_at: float | None = None) -> None:
        self.rejects = RejectCounts()
        self._lines = LineBuffer(self.rejects, MAX_LINE_BYTES)
        self._fleet = Fleet(receiver, self.rejects)
        self._decoder = msgspec.json.Decoder(Aircraft)

    def feed(self, data: bytes) -> DecodedBatch:
        return self._block(self._lines.complete(data))

    def finish(self) -> DecodedBatch:
        return self._block(self._lines.rest())

    def _block(self, block: bytes) -> DecodedBatch:
        for line in block.split(b"\n"):
            if line.strip():
                self._line(line)
        return self._fleet.batch()

    def _line(self, line: bytes) -> None:
        try:
            said = self._decoder.decode(line)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            self.rejects.add(Reject.GARBAGE)
            return
        now = microseconds(said.get("now"))
        fleet = said.get("aircraft")
        if isinstance(fleet, list) and now is not None:
            self._fleet.add_all(fleet, now)
            self._fleet.tick(now)
        elif "hex" in said and now is not None:
            self._fleet.add(said, now - age_us(said, "seen"), now)
        else:
            self._fleet.tick(now)
