"""SBS, the BaseStation port of many receivers: a comma-separated line a message.

    MSG,3,0,0,1012B,0,2026/02/24,14:57:36.000,2026/02/24,14:57:36.000,,37000,,,50.690460,3.128951,,,,,,0

Address in hexadecimal, often without its leading zeros; altitude in ft, speed in kt, vertical rate in ft/min, ground
flag -1 or 1 for on the ground. The first date and time is when the message was received, the second when it was
written. stratux puts its uptime in ns in front and leaves the dates empty; a line `START,<date>` says when the uptime
began. Lines without any time get that of the line before, the first ones `start_at`. Source: Kinetic's Socket data
format as described for BaseStation, and the recordings named in the tests.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from detector.domain.decoded import DecodedBatch
from detector.domain.errors import Reject
from detector.domain.frame import RejectCounts
from detector.framing.lines import LineBuffer
from detector.framing.time_text import microseconds_of
from detector.framing.track_rows import TrackRows, address_key, callsign, number, squawk

LINE = re.compile(rb"\s*(?:\d{1,20},)?(?:(?:MSG,[1-8]|SEL|ID|AIR|STA|CLK),|START,\w)")
"""How a line begins."""
SILENT_KINDS = frozenset({"SEL", "ID", "AIR", "STA"})
"""What an operator clicked or a server noted: nothing that an aircraft said."""
SURFACE, AIRBORNE = 2, 3
_FLAG_IS_WORD = frozenset({AIRBORNE, 5, 6, 7})
"""In other messages a ground flag of 0 is written for want of one."""
_FIELDS = 22
_LEAST_FIELDS = 10
_START = re.compile(r"START,(.*)$")
_START_FORMAT = "%a %b %d %H:%M:%S %z UTC %Y"


class SbsFramer:
    """A Framer for SBS. receiver: the number for every row. start_at: Unix s of the first line without a date.

    Lines of another shape are counted GARBAGE, without a usable time BAD_TIME (and `undated` is true if none had one
    yet), without a usable address BAD_HEX.
    """

    def __init__(self, receiver: int = 0, start_at: float | None = None) -> None:
        self.rejects = RejectCounts()
        self.undated = False
        self._lines = LineBuffer(self.rejects)
        self._rows = TrackRows(receiver, self.rejects)
        self._now = None if start_at is None else round(start_at * 1e6)
        self._start = self._now
        self._uptime_began: int | None = None
        self._cached: tuple[str, str, int | None] = ("", "", None)

    def feed(self, data: bytes) -> DecodedBatch:
        return self._block(self._lines.complete(data))

    def finish(self) -> DecodedBatch:
        return self._block(self._lines.rest())

    def _block(self, block: bytes) -> DecodedBatch:
        for line in block.split(b"\n"):
            text = line.decode("utf-8", "replace").strip("\0 \t\r")
            if text:
                self._line(text)
        return self._rows.batch()

    def _line(self, text: str) -> None:
        start = _START.search(text)
        if start is not None:
            if start.start():
                self.rejects.add(Reject.TRUNCATED)  # the server broke off in the middle of this line
            self._started(start[1])
            return
        fields = [field.strip() for field in text.split(",")]
        uptime = fields.pop(0) if fields[0].isdecimal() else None
        kind = fields[0]
        if kind in SILENT_KINDS:
            return
        if kind not in ("MSG", "CLK") or len(fields) < _LEAST_FIELDS:
            self.rejects.add(Reject.GARBAGE)
            return
        at = self._time(fields, uptime)
        if at is None:
            self.undated = self._now is None
            self.rejects.add(Reject.BAD_TIME)
        elif kind == "CLK":
            self._rows.tick(at)
        else:
            self._message(at, fields + [""] * (_FIELDS - len(fields)))

    def _started(self, text: str) -> None:
        """The uptime counts from here. A server without a clock of its own says the same date at each start."""
        try:
            moment = datetime.strptime(text.strip(), _START_FORMAT).astimezone(UTC)
        except ValueError:
            self.rejects.add(Reject.BAD_TIME)
            self._uptime_began = None
            return
        self._uptime_began = microseconds_of(moment.isoformat().encode())

    def _time(self, fields: list[str], uptime: str | None) -> int | None:
        at = self._dated(fields[6], fields[7])
        if at is None:
            at = self._dated(fields[8], fields[9])
        if at is None and uptime is not None:
            since = int(uptime[:20]) // 1000
            if self._uptime_began is None and self._start is not None:
                self._uptime_began = self._start - since
            if self._uptime_began is not None:
                at = self._uptime_began + since
        elif at is None:
            at = self._now
        if at is not None:
            self._now = at
            self.undated = False
        return at

    def _dated(self, date: str, time: str) -> int | None:
        if not date or not time:
            return None
        if self._cached[:2] != (date, time):
            self._cached = (date, time, microseconds_of(f"{date.replace('/', '-')}T{time}".encode()))
        return self._cached[2]

    def _message(self, at: int, fields: list[str]) -> None:
        kind = int(fields[1]) if fields[1] in tuple("12345678") else 0
        if not kind:
            self.rejects.add(Reject.GARBAGE)
            return
        grounded = fields[21] in ("-1", "1") or kind == SURFACE
        self._rows.add(
            at,
            address_key(fields[4]),
            latitude=fields[14],
            longitude=fields[15],
            position_microseconds=at,
            on_ground=1 if grounded else 0 if fields[21] == "0" and kind in _FLAG_IS_WORD else -1,
            altitude_baro_ft=number(fields[11]),
            groundspeed_kt=number(fields[12]),
            track_deg=number(fields[13]),
            vertical_rate_fpm=number(fields[16]),
            callsign=callsign(fields[10]),
            squawk=squawk(fields[17]),
        )
