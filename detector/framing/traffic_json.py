"""Tracks as the Python library `traffic` writes them with pandas: one JSON document, by rows or by columns.

    [{"timestamp":1533101250000,"icao24":"3003ae","latitude":45.8,"longitude":9.2,"altitude":34975.0, ...}, ...]
    {"timestamp":{"0":1573481630000, ...},"icao24":{"0":"440549", ...}, ...}

Times in ms, altitudes (pressure) and `geoaltitude` in ft, `groundspeed` in kt, `vertical_rate` in ft/min, `onground`
and `last_position`, the time of the position, where the source had them. Flights stand one after the other, so the
whole document is put in order of time.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from detector.domain.decoded import DecodedBatch
from detector.domain.errors import Reject
from detector.domain.frame import RejectCounts
from detector.framing.documents import DocumentBuffer, elements
from detector.framing.state_vectors import believed, on_ground, told
from detector.framing.track_rows import TrackRows, address_key, callsign, microseconds, squawk


class _Record(msgspec.Struct):
    timestamp: Any = None
    icao24: Any = None
    latitude: Any = None
    longitude: Any = None
    altitude: Any = None
    geoaltitude: Any = None
    groundspeed: Any = None
    track: Any = None
    vertical_rate: Any = None
    onground: Any = None
    callsign: Any = None
    squawk: Any = None
    last_position: Any = None


_ROWS = msgspec.json.Decoder(list[_Record])
_COLUMNS = msgspec.json.Decoder(dict[str, dict[str, Any]])
_NAMES = _Record.__struct_fields__


class TrafficJsonFramer:
    """Reads one document; rows come at its end, in order of time.

    A broken document by rows gives the rows before the break and is counted TRUNCATED; any other one, GARBAGE.
    """

    undated = False

    def __init__(self, receiver: int = 0, start_at: float | None = None) -> None:
        self.rejects = RejectCounts()
        self._document = DocumentBuffer(self.rejects)
        self._rows = TrackRows(receiver, self.rejects)

    def feed(self, data: bytes) -> DecodedBatch:
        self._document.add(data)
        return DecodedBatch.empty()

    def finish(self) -> DecodedBatch:
        data = self._document.rest().strip()
        if data:
            for record in sorted(self._records(data), key=_time):
                self._record(record)
        return self._rows.batch(by_time=True)

    def _records(self, data: bytes) -> Iterable[_Record]:
        try:
            if data.startswith(b"["):
                return _ROWS.decode(data)
            columns = _COLUMNS.decode(data)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return self._before_the_break(data)
        told = [(name, columns[name]) for name in _NAMES if name in columns]
        return [_Record(**{name: column.get(row) for name, column in told}) for row in columns.get("timestamp", {})]

    def _before_the_break(self, data: bytes) -> list[_Record]:
        found = list(elements(data.decode("utf-8", "replace"), 1)) if data.startswith(b"[") else []
        records = [
            _Record(**{name: one[name] for name in _NAMES if name in one}) for one in found if isinstance(one, dict)
        ]
        self.rejects.add(Reject.TRUNCATED if records else Reject.GARBAGE)
        return records

    def _record(self, said: _Record) -> None:
        vector = believed(
            on_ground(said.onground),
            told(said.altitude),
            told(said.geoaltitude),
            told(said.groundspeed),
            told(said.track),
            told(said.vertical_rate),
        )
        self._rows.add(
            microseconds(said.timestamp),
            address_key(said.icao24),
            latitude=said.latitude,
            longitude=said.longitude,
            position_microseconds=microseconds(said.last_position),
            callsign=callsign(said.callsign),
            squawk=squawk(said.squawk),
            **vector,
        )


def _time(record: _Record) -> int:
    return microseconds(record.timestamp) or 0
