"""OpenSky state vectors as CSV: a header with names, SI units.

    time,icao24,lat,lon,velocity,heading,vertrate,callsign,onground,...,squawk,baroaltitude,geoaltitude,lastposupdate,lastcontact

Comma, semicolon, tab or the `|` of the Impala shell. `time`, `icao24`, `lat` and `lon` have to be there, in any order.
A vector is repeated for minutes after the last message: rows whose `lastcontact` is old, or is that of the row before,
are no news; positions count by `lastposupdate` (`track_rows`). Altitudes and speeds in m and m/s become ft and kt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from detector.domain.decoded import DecodedBatch
from detector.domain.errors import Reject
from detector.domain.frame import RejectCounts
from detector.domain.units import FT_PER_M, M_PER_NM, SECONDS_PER_HOUR
from detector.framing.csv_layout import HEX_NAMES
from detector.framing.lines import LineBuffer
from detector.framing.state_vectors import believed, on_ground
from detector.framing.track_rows import STALE_S, TrackRows, address_key, callsign, microseconds, number, squawk

KT_PER_M_S = SECONDS_PER_HOUR / M_PER_NM
FT_MIN_PER_M_S = 60.0 * FT_PER_M
_DELIMITERS = (",", ";", "\t", "|")
_QUOTES_AND_BLANKS = " \t\r\"'"
_NEEDED = frozenset({"time", "icao24", "lat", "lon"})


@dataclass(frozen=True, slots=True)
class StateColumns:
    """Where the columns are: delimiter, place by name, number of fields."""

    delimiter: str
    places: dict[str, int]
    fields: int


def columns_of(line: bytes) -> StateColumns | None:
    """The columns that a header names; None if it is no header of state vectors."""
    text = line.decode("utf-8", "replace")
    delimiter = max(_DELIMITERS, key=text.count)
    names = [name.lower() for name in _fields(text, delimiter)]
    places = {name: place for place, name in enumerate(names) if name}
    if not places.keys() >= _NEEDED or any(name.decode() in places for name in HEX_NAMES):
        return None
    return StateColumns(delimiter, places, len(names))


def _fields(text: str, delimiter: str) -> list[str]:
    return [field.strip(_QUOTES_AND_BLANKS) for field in text.split(delimiter)]


class OpenSkyFramer:
    """A Framer for state vectors. Lines before the header, and lines of another width, are counted GARBAGE."""

    undated = False

    def __init__(self, receiver: int = 0, start_at: float | None = None) -> None:
        self.rejects = RejectCounts()
        self._lines = LineBuffer(self.rejects)
        self._rows = TrackRows(receiver, self.rejects)
        self._columns: StateColumns | None = None
        self._header = b""

    def feed(self, data: bytes) -> DecodedBatch:
        return self._block(self._lines.complete(data))

    def finish(self) -> DecodedBatch:
        return self._block(self._lines.rest())

    def _block(self, block: bytes) -> DecodedBatch:
        for line in block.split(b"\n"):
            line = line.strip()
            # The Impala shell draws a border around its tables, and repeats the header within.
            if line and line != self._header and not line.startswith(b"+-"):
                self._line(line)
        return self._rows.batch()

    def _line(self, line: bytes) -> None:
        if self._columns is None:
            self._columns = columns_of(line)
            if self._columns is None:
                self.rejects.add(Reject.GARBAGE)
            else:
                self._header = line
            return
        values = _fields(line.decode("utf-8", "replace"), self._columns.delimiter)
        if len(values) != self._columns.fields:
            self.rejects.add(Reject.GARBAGE)
            return
        add_vector(self._rows, {name: values[place] for name, place in self._columns.places.items()})


def add_vector(rows: TrackRows, said: Mapping[str, Any], oldest_s: float = STALE_S) -> None:
    """Add a vector to the rows. `said`: its values by the names of the columns above, as text or as JSON has them.

    One last heard longer than `oldest_s` ago, or not since it was last given, is left out.
    """
    at, contact = microseconds(said["time"]), microseconds(said.get("lastcontact"))
    key = address_key(said["icao24"])
    if at is not None and contact is not None and key is not None:
        if at - contact > oldest_s * 1e6 or not rows.is_news(key, contact):
            return
        at = min(at, contact)
    vector = believed(
        on_ground(said.get("onground")),
        number(said.get("baroaltitude")) * FT_PER_M,
        number(said.get("geoaltitude")) * FT_PER_M,
        number(said.get("velocity")) * KT_PER_M_S,
        number(said.get("heading")),
        number(said.get("vertrate")) * FT_MIN_PER_M_S,
    )
    rows.add(
        at,
        key,
        latitude=said["lat"],
        longitude=said["lon"],
        position_microseconds=microseconds(said.get("lastposupdate")),
        callsign=callsign(said.get("callsign")),
        category=said.get("category", b""),
        squawk=squawk(said.get("squawk")),
        **vector,
    )
