"""Traces as readsb and tar1090 keep them: `trace_full_<address>.json`, one aircraft and one day in one document.

    {"icao": "aa178d", "timestamp": 1693353600.0, "trace": [
        [63544.7, 40.763316, -119.21054, "ground", 7.2, null, 1, null, {...}, "adsb_icao", null, null, null], ...]}

Each point: seconds after `timestamp`, latitude, longitude, altitude in ft or "ground", ground speed in kt, track,
flags, vertical rate in ft/min, details, source, geometric altitude, geometric rate, indicated airspeed, roll. Flag 4:
the vertical rate is geometric; flag 8: the altitude is. Older files have shorter points.
Source: readsb, README-json.md.
"""

from __future__ import annotations

import math
import re
from typing import Any

import msgspec

from detector.domain.decoded import DecodedBatch
from detector.domain.errors import Reject
from detector.domain.frame import RejectCounts
from detector.framing import readsb_fields
from detector.framing.documents import DocumentBuffer, elements
from detector.framing.track_rows import TrackRows, address_key, microseconds, number

_LEAST_VALUES, _VALUES = 4, 13
_RATE_IS_GEOMETRIC, _ALTITUDE_IS_GEOMETRIC = 4, 8
_HEAD = re.compile(r'"(icao|timestamp)"\s*:\s*("?)([~0-9A-Fa-f.]+)\2')
_POINTS = re.compile(r'"trace"\s*:\s*\[')


class _Trace(msgspec.Struct):
    icao: Any = None
    timestamp: Any = None
    trace: Any = None


class ReadsbTraceFramer:
    """Reads one trace; rows come at its end, in order of time, whatever order they stood in.

    A broken document gives the points before the break and is counted TRUNCATED; one that is no trace, GARBAGE.
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
        data = self._document.rest()
        if not data.strip():
            return DecodedBatch.empty()
        trace = self._read(data)
        if not isinstance(trace.trace, list):
            self.rejects.add(Reject.GARBAGE)
            return DecodedBatch.empty()
        began = microseconds(trace.timestamp)
        for point in sorted(trace.trace, key=_offset):
            self._point(point, began, trace.icao)
        return self._rows.batch(by_time=True)

    def _read(self, data: bytes) -> _Trace:
        try:
            return msgspec.json.decode(data, type=_Trace)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            text = data.decode("utf-8", "replace")
        points = _POINTS.search(text)
        if points is None:
            return _Trace()
        self.rejects.add(Reject.TRUNCATED)
        head = {found[1]: found[3] for found in _HEAD.finditer(text, 0, points.start())}
        return _Trace(head.get("icao"), head.get("timestamp"), list(elements(text, points.end())))

    def _point(self, point: object, began: int | None, icao: object) -> None:
        if not isinstance(point, list) or len(point) < _LEAST_VALUES:
            self.rejects.add(Reject.GARBAGE)
            return
        values: list[Any] = [*point[:_VALUES], *[None] * (_VALUES - len(point))]
        latitude, longitude, altitude, speed, track, flags, rate, details, kind, geometric, climb, ias = values[1:]
        told = readsb_fields.details(details if isinstance(details, dict) else {})
        bits = flags if isinstance(flags, int) else 0
        baro = None if bits & _ALTITUDE_IS_GEOMETRIC else altitude
        if bits & _ALTITUDE_IS_GEOMETRIC and geometric is None:
            geometric = altitude
        if told["airspeed_kt"] is None:
            told["airspeed_kt"] = ias
        self._rows.add(
            _at(began, point),
            address_key(icao, readsb_fields.namespace(kind, icao)),
            latitude=latitude,
            longitude=longitude,
            on_ground=readsb_fields.on_ground(altitude, kind),
            altitude_baro_ft=baro,
            altitude_geom_ft=geometric,
            groundspeed_kt=speed,
            track_deg=track,
            vertical_rate_fpm=rate if rate is not None else climb,
            vertical_rate_is_baro=rate is not None and not bits & _RATE_IS_GEOMETRIC,
            **told,
        )


def _offset(point: object) -> float:
    offset = number(point[0]) if isinstance(point, list) and point else math.nan
    return math.inf if math.isnan(offset) else offset


def _at(began: int | None, point: list[Any]) -> int | None:
    offset = _offset(point)
    if began is None or not abs(offset) < 1e9:
        return None
    return microseconds((began + round(offset * 1e6)) / 1e6)
