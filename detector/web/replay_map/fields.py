"""The fields that matter on a map: of stops, candidates and journeys, and where tracks begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from detector.domain.alert import Alert
from detector.domain.names import field_name
from detector.domain.stop import Level, Stop
from detector.domain.track import Track
from detector.reference.airports import Airports
from detector.reference.table import Kind

TRACK_END_NM = 8.0
"""A track that begins or ends this near to a field has to do with it."""
TRACK_END_RUNWAY_FT = 3_000.0
CANDIDATES = 8
"""Of one stop; the rest stand in the table alone."""


@dataclass(frozen=True, slots=True)
class Field:
    """An airport to draw. `rank` 0: of an alerted stop, 1: of another stop or a journey, 2: a candidate, 3: others."""

    index: int
    code: str
    name: str
    place: str
    country: str
    latitude_deg: float
    longitude_deg: float
    rank: int

    @property
    def title(self) -> str:
        """The name, and the town where the name does not say it."""
        return field_name(self.name, self.place)

    @property
    def short(self) -> str:
        """The title without what every airport is called."""
        return re.sub(r" (International |Intl )?(Airport|Airfield|Aerodrome)\b", "", self.title)


def field_of(airports: Airports, code: str | None, rank: int = 3) -> Field | None:
    """The field under a code, None where the table does not have it."""
    index = None if code is None else airports.index_of(code)
    return None if index is None else _field(airports, index, rank)


def field_near(airports: Airports, latitude_deg: float, longitude_deg: float) -> Field | None:
    """The field that a track has to do with that begins or ends at a place."""
    index = _near(airports, latitude_deg, longitude_deg)
    return None if index is None else _field(airports, index, 3)


def fields_of(
    airports: Airports, alerts: Sequence[Alert], stops: Sequence[Stop], tracks: Iterable[Track]
) -> tuple[Field, ...]:
    """Every field that matters, each once under its lowest rank, the most important first."""
    ranks: dict[int, int] = {}

    def note(code: str | None, rank: int) -> None:
        index = None if code is None else airports.index_of(code)
        if index is not None:
            ranks[index] = min(rank, ranks.get(index, rank))

    for alert in alerts:
        note(alert.stop.airport, 0)
        for step in alert.journey:
            note(step.airport, 1)
        for candidate in alert.stop.candidates[:CANDIDATES]:
            note(candidate.airport, 2)
    for stop in stops:
        note(stop.airport, 2 if stop.level is Level.REJECTED else 1)
    for track in tracks:
        for i in (0, -1):
            near = _near(airports, float(track.latitude_deg[i]), float(track.longitude_deg[i]))
            if near is not None:
                ranks.setdefault(near, 3)
    found = [_field(airports, index, rank) for index, rank in ranks.items()]
    return tuple(sorted(found, key=lambda field: (field.rank, field.code)))


def _near(airports: Airports, latitude_deg: float, longitude_deg: float) -> int | None:
    for index, _ in airports.within(latitude_deg, longitude_deg, TRACK_END_NM):
        if airports.kinds[index] is Kind.AIRPORT and airports.longest_runway_ft[index] >= TRACK_END_RUNWAY_FT:
            return index
    return None


def _field(airports: Airports, index: int, rank: int) -> Field:
    return Field(
        index, airports.codes[index], airports.names[index], airports.places[index], airports.countries[index],
        float(airports.lat[index]), float(airports.lon[index]), rank,
    )  # fmt: skip
