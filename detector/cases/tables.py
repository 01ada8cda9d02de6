"""The rows of the reference tables that a case rests on, and tables made of them alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import msgspec
import numpy as np

from detector.cases.known import KnownAircraft
from detector.domain.errors import InputError
from detector.domain.listing import Listing
from detector.reference import Airports, WatchList
from detector.reference.airports import Runway
from detector.reference.table import KINDS, NUMBER_COLUMNS, RUNWAY_COLUMNS, UDEG, AirportTable, Kind

FIT_NM = 150.0
"""Fields this near to a place that speaks for the stop: from 41,000 ft a glide at 300 ft per NM leads 140 NM."""
NEAR_NM = 30.0
"""Fields this near to the other places: heights above fields are taken from those within 10 NM and one cell."""

Place = tuple[float, float]


class FieldRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field as the run knew it, corrections applied, and its listings."""

    code: str
    name: str
    icao: str
    iata: str
    place: str
    country: str
    kind: Kind
    lat: float
    lon: float
    elevation_ft: float
    longest_runway_ft: float
    runways: tuple[Runway, ...]
    listings: tuple[Listing, ...] = ()
    closed: bool = False
    closed_from: date | None = None
    closed_runways: int = 0
    military: int = 0
    outline: tuple[Place, ...] = ()


def rows_used(
    airports: Airports, watch_list: WatchList, telling: Iterable[Place], others: Iterable[Place], times: Sequence[float]
) -> list[FieldRow]:
    """Fields around the places that speak for the stop and, closer, around the others; listings in force at `times`."""
    chosen: set[int] = set()
    for places, radius_nm in ((telling, FIT_NM), (others, NEAR_NM)):
        for lat, lon in places:
            chosen.update(i for i, _ in airports.within(lat, lon, radius_nm))
    return [_row(i, airports, watch_list, times) for i in sorted(chosen)]


def tables_of(rows: Sequence[FieldRow], known: KnownAircraft, *, near_radius_nm: float) -> tuple[Airports, WatchList]:
    """Airports and watch list of these fields and this aircraft alone."""
    numbers: dict[str, Any] = {name: np.zeros(0) for name in NUMBER_COLUMNS if name in RUNWAY_COLUMNS}
    table = AirportTable(
        codes=tuple(row.code for row in rows),
        names=tuple(row.name for row in rows),
        icao=tuple(row.icao for row in rows),
        iata=tuple(row.iata for row in rows),
        places=tuple(row.place for row in rows),
        countries=tuple(row.country for row in rows),
        kind=np.array([KINDS.index(row.kind) for row in rows], np.uint8),
        closed=np.array([row.closed for row in rows], np.bool_),
        military=np.array([row.military for row in rows], np.uint8),
        closed_runways=np.array([row.closed_runways for row in rows], np.uint8),
        lat_udeg=np.array([round(row.lat * UDEG) for row in rows], np.int32),
        lon_udeg=np.array([round(row.lon * UDEG) for row in rows], np.int32),
        elevation_ft=np.array([row.elevation_ft for row in rows], np.int16),
        longest_runway_ft=np.array([row.longest_runway_ft for row in rows], np.int32),
        runway_start=np.zeros(len(rows) + 1, np.int32),
        le_ident=(),
        he_ident=(),
        **numbers,
    )
    runways = {i: row.runways for i, row in enumerate(rows)}
    airports = Airports(
        table,
        near_radius_nm=near_radius_nm,
        runways=runways,
        closed_from={i: row.closed_from for i, row in enumerate(rows) if row.closed_from is not None},
        outlines={i: row.outline for i, row in enumerate(rows) if row.outline},
    )
    return airports, WatchList(
        airports, {i: row.listings for i, row in enumerate(rows) if row.listings}, known.watches()
    )


def rows_from(value: Any, source: str) -> list[FieldRow]:
    """What was written of rows. Raises InputError."""
    try:
        return msgspec.convert(value, list[FieldRow])
    except msgspec.ValidationError as error:
        raise InputError(f"{source}: the rows of fields cannot be read ({error})") from error


def _row(i: int, airports: Airports, watch_list: WatchList, times: Sequence[float]) -> FieldRow:
    listings = dict.fromkeys(listing for at in times for listing in watch_list.entries_for(i, at))
    return FieldRow(
        code=airports.codes[i],
        name=airports.names[i],
        icao=airports.icao[i],
        iata=airports.iata[i],
        place=airports.places[i],
        country=airports.countries[i],
        kind=airports.kinds[i],
        lat=float(airports.lat[i]),
        lon=float(airports.lon[i]),
        elevation_ft=float(airports.elevation_ft[i]),
        longest_runway_ft=float(airports.longest_runway_ft[i]),
        runways=airports.runways_of(i),
        listings=tuple(listings),
        closed=bool(airports.closed[i]),
        closed_from=airports.closed_from.get(i),
        closed_runways=int(airports.table.closed_runways[i]),
        military=int(airports.military[i]),
        outline=airports.outlines.get(i, ()),
    )
