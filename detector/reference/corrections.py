"""Fields that the published tables lack or have wrong, added on top of them with a source for every entry."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta

from detector.domain.errors import ConfigError
from detector.domain.geo import bearing_deg, destination
from detector.domain.units import FT_PER_NM
from detector.reference.airports import Airports, Runway, RunwayEnd
from detector.reference.headings import heading_of_ident
from detector.reference.table import KINDS, UDEG, Kind, Surface

Latitude = Annotated[float, Meta(ge=-90.0, le=90.0)]
Longitude = Annotated[float, Meta(ge=-180.0, le=180.0)]
ElevationFt = Annotated[float, Meta(ge=-1500.0, le=20000.0)]


class RunwayCorrection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A runway by its two designators, "15/33", and its length. Without ends it is laid through the field's position.

    heading_deg   true heading of the first end; without it, the painted direction
    ends          lat, lon of the first end, lat, lon of the second
    """

    ident: Annotated[str, Meta(pattern="^[0-9A-Z]{1,4}/[0-9A-Z]{1,4}$")]
    length_ft: Annotated[int, Meta(ge=100, le=25000)]
    heading_deg: Annotated[float, Meta(ge=0.0, le=360.0)] | None = None
    ends: tuple[Latitude, Longitude, Latitude, Longitude] | None = None
    surface: Surface = Surface.UNKNOWN


class AirportCorrection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One field. What is left out stays as it was; a new field needs name, country, lat, lon and elevation_ft.

    `runways` replaces all runways of the field. `source` says where the values come from and how exact they are.
    """

    code: Annotated[str, Meta(min_length=2, max_length=10)]
    source: Annotated[str, Meta(min_length=10)]
    name: str | None = None
    icao: str | None = None
    iata: str | None = None
    place: str | None = None
    country: Annotated[str, Meta(pattern="^[A-Z]{2}$")] | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    elevation_ft: ElevationFt | None = None
    runways: tuple[RunwayCorrection, ...] | None = None


def corrected(airports: Airports, corrections: Iterable[tuple[str, AirportCorrection]]) -> Airports:
    """The fields with the corrections applied, each given with the place it was written at (`file:line`).

    Indices of existing fields stay. Raises ConfigError when a new field lacks what it needs, when a code is given
    twice, or when a runway tells no direction.
    """
    columns = _Columns(airports)
    for where, correction in corrections:
        columns.apply(where, correction)
    return columns.airports()


class _Columns:
    """The table's columns as lists while corrections are applied."""

    def __init__(self, airports: Airports) -> None:
        table = airports.table
        self.before = airports
        self.index = {code: i for i, code in enumerate(table.codes)}
        self.seen: set[str] = set()
        self.text = {name: list(getattr(table, name)) for name in TEXT}
        self.lat, self.lon = table.lat_udeg.tolist(), table.lon_udeg.tolist()
        self.elevation, self.longest = table.elevation_ft.tolist(), table.longest_runway_ft.tolist()
        self.kind = table.kind.tolist()
        self.runways: dict[int, tuple[Runway, ...]] = {}

    def apply(self, where: str, correction: AirportCorrection) -> None:
        code = correction.code.upper()
        if code in self.seen:
            raise ConfigError(f"{where}: field {code} is corrected twice; keep one entry")
        self.seen.add(code)
        i = self.index.get(code)
        if i is None:
            i = self._add(where, code, correction)
        for column, given in (
            ("names", correction.name),
            ("icao", correction.icao),
            ("iata", correction.iata),
            ("places", correction.place),
            ("countries", correction.country),
        ):
            if given is not None:
                self.text[column][i] = given
        if correction.lat is not None:
            self.lat[i] = round(correction.lat * UDEG)
        if correction.lon is not None:
            self.lon[i] = round(correction.lon * UDEG)
        if correction.elevation_ft is not None:
            self.elevation[i] = round(correction.elevation_ft)
        if correction.runways is not None:
            place = self.lat[i] / UDEG, self.lon[i] / UDEG
            made = [_runway(where, given, place, float(self.elevation[i])) for given in correction.runways]
            self.runways[i] = tuple(sorted(made, key=lambda runway: -runway.length_ft))
            self.longest[i] = max((r.length_ft for r in made if r.surface is not Surface.WATER), default=0)
            self.kind[i] = KINDS.index(_kind(made))

    def _add(self, where: str, code: str, correction: AirportCorrection) -> int:
        missing = [
            name for name in ("name", "country", "lat", "lon", "elevation_ft") if getattr(correction, name) is None
        ]
        if missing:
            raise ConfigError(
                f"{where}: field {code} is not in the airports table, so it needs {', '.join(missing)} too"
            )
        i = self.index[code] = len(self.index)
        for name, texts in self.text.items():
            texts.append(code if name == "codes" else "")
        for numbers in (self.lat, self.lon, self.elevation, self.longest):
            numbers.append(0)
        self.kind.append(KINDS.index(Kind.NO_RUNWAY))
        if re.fullmatch(r"[A-Z]{4}", code):
            self.text["icao"][i] = code
        return i

    def airports(self) -> Airports:
        table = self.before.table
        start, n = table.runway_start, len(self.lat)
        texts: dict[str, Any] = {name: tuple(column) for name, column in self.text.items()}
        new = replace(
            table,
            **texts,
            lat_udeg=np.array(self.lat, np.int32),
            lon_udeg=np.array(self.lon, np.int32),
            elevation_ft=np.array(self.elevation, np.int16),
            longest_runway_ft=np.array(self.longest, np.int32),
            kind=np.array(self.kind, np.uint8),
            # A new field has no runways in the table: its slice is empty.
            runway_start=np.concatenate([start, np.full(n + 1 - len(start), start[-1], np.int32)]),
        )
        return Airports(
            new,
            near_radius_nm=self.before.near_radius_nm,
            cell_deg=self.before.cell_deg,
            runways=self.runways,
        )


TEXT = ("codes", "names", "icao", "iata", "places", "countries")


def _kind(runways: list[Runway]) -> Kind:
    if any(runway.surface is not Surface.WATER for runway in runways):
        return Kind.AIRPORT
    return Kind.WATER if runways else Kind.NO_RUNWAY


def _runway(where: str, given: RunwayCorrection, place: tuple[float, float], elevation_ft: float) -> Runway:
    low_ident, high_ident = given.ident.split("/")
    if given.ends is not None:
        low, high = given.ends[:2], given.ends[2:]
    else:
        heading = given.heading_deg if given.heading_deg is not None else heading_of_ident(low_ident)
        if heading is None:
            raise ConfigError(f"{where}: runway {given.ident} tells no direction; give heading_deg or ends")
        half_nm = given.length_ft / FT_PER_NM / 2
        low, high = destination(*place, heading + 180.0, half_nm), destination(*place, heading, half_nm)
    return Runway(
        RunwayEnd(low_ident, *low, elevation_ft, bearing_deg(*low, *high)),
        RunwayEnd(high_ident, *high, elevation_ft, bearing_deg(*high, *low)),
        given.length_ft,
        given.surface,
        given.ends is None,
    )
