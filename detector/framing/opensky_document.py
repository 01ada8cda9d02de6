"""Answers of the OpenSky Network's `/states/all`, one after the other: arrays whose places have meanings.

    {"time": 1700000000, "states": [["4b18b8", "EDW229  ", "Switzerland", 1699999999, 1700000000, 8.56, 47.45,
     3048.0, false, 100.0, 90.0, -5.08, null, 3078.48, "1000", false, 0, 4], ...]}

`states` is null where nobody flies; a position without a time is old.
What a vector holds, and what is to be believed in it: `state_vectors`, `opensky`.
Source: The OpenSky Network API documentation, REST API, "All State Vectors".
"""

from __future__ import annotations

from msgspec import Raw

from detector.domain.decoded import DecodedBatch
from detector.domain.errors import Reject
from detector.domain.frame import RejectCounts
from detector.framing.live_documents import (
    NOT_UNDERSTOOD,
    NOTHING,
    OLDEST_S,
    Document,
    ServerTime,
    elements_of,
    said_in,
    value_of,
)
from detector.framing.opensky import add_vector
from detector.framing.track_rows import TrackRows, microseconds

PLACES = (
    "icao24",
    "callsign",
    "origin_country",
    "lastposupdate",
    "lastcontact",
    "lon",
    "lat",
    "baroaltitude",
    "onground",
    "velocity",
    "heading",
    "vertrate",
    "sensors",
    "geoaltitude",
    "squawk",
    "spi",
    "position_source",
    "category",
)
"""The columns of the CSV form in the order of the array; the last one only where it was asked for."""
NEEDED = PLACES.index("geoaltitude")
CATEGORIES = (
    *(b"", b"A0", b"A1", b"A2", b"A3", b"A4", b"A5", b"A6", b"A7"),
    *(b"B1", b"B2", b"B3", b"B4", b"B5", b"B6", b"B7"),
    *(b"C1", b"C2", b"C3", b"C4", b"C5"),
)
"""OpenSky counts the categories of emitters (DO-260B 2.2.3.2.5.2) through, from 1, which is A0."""


class StateDocuments:
    """A DocumentReader. `receiver`: the number of the feed. A new answer is a sign of life: thousands feed it."""

    def __init__(self, receiver: int) -> None:
        self.rejects = RejectCounts()
        self._rows = TrackRows(receiver, self.rejects)
        self._time = ServerTime()

    def read(self, data: bytes, ours_at: float) -> Document:
        said = said_in(data)
        states = None if said is None else elements_of(said.states, self.rejects)
        if said is None or states is None:
            self.rejects.add(Reject.GARBAGE)
            return NOT_UNDERSTOOD
        now = microseconds(value_of(said.time))
        if now is None:
            self.rejects.add(Reject.BAD_TIME)
            return NOT_UNDERSTOOD
        shift = self._time.shift(now, round(ours_at * 1e6))
        if shift is None:
            return NOTHING
        return Document(self._news(states, now, shift), heard=True, remark=self._time.remark(shift))

    def _news(self, states: list[Raw], now: int, shift: int) -> DecodedBatch:
        for raw in states:
            state = value_of(raw)
            if not isinstance(state, list) or len(state) <= NEEDED:
                self.rejects.add(Reject.GARBAGE)
                continue
            vector = dict(zip(PLACES, state, strict=False))
            for name in ("lastposupdate", "lastcontact"):
                at = microseconds(vector[name])
                vector[name] = None if at is None else _seconds(at + shift)
            if vector["lastposupdate"] is None:
                vector["lat"] = vector["lon"] = None
            vector["time"] = _seconds(now + shift)
            vector["category"] = _category(vector.get("category"))
            add_vector(self._rows, vector, OLDEST_S)
        return self._rows.batch(by_time=True)


def _seconds(at: int) -> str:
    """As text, which is read again without a loss."""
    return f"{at // 1_000_000}.{at % 1_000_000:06d}"


def _category(value: object) -> bytes:
    known = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(CATEGORIES)
    return CATEGORIES[value] if known and isinstance(value, int) else b""
