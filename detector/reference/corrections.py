"""Fields that the published tables lack or have wrong, added on top of them with a source for every entry."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta

from detector.domain.errors import ConfigError
from detector.domain.geo import bearing_deg, destination, distance_nm
from detector.domain.units import FT_PER_NM
from detector.reference.airports import Airports, Runway, RunwayEnd
from detector.reference.headings import heading_of_ident
from detector.reference.outlines import Point, centre_of, fault_of_outline
from detector.reference.table import KINDS, UDEG, Kind, Military, Surface

Latitude = Annotated[float, Meta(ge=-90.0, le=90.0)]
Longitude = Annotated[float, Meta(ge=-180.0, le=180.0)]
ElevationFt = Annotated[float, Meta(ge=-1500.0, le=20000.0)]
MOST_POINTS = 200
MOST_REACH_NM = 5.0
"""A point of an outline further from its field's position is a slip; ground contact is looked for no further around."""


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

    runways       replaces all runways of the field
    military      true: a source says so; false: it is none, whatever its name
    closed        true: nothing lands there; false: it is open again
    closed_from   first day without traffic, UTC; a closed field without it counts as closed on every day
    polygon       its outline, [lat, lon] in order around it; ground contact inside is at the field. A new field with an
                  outline needs no lat and lon: its centre is taken
    source        where the values come from and how exact they are
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
    military: bool | None = None
    closed: bool | None = None
    closed_from: date | None = None
    polygon: Annotated[tuple[tuple[Latitude, Longitude], ...], Meta(min_length=3, max_length=MOST_POINTS)] | None = None


def corrected(airports: Airports, corrections: Iterable[tuple[str, AirportCorrection]]) -> Airports:
    """The fields with the corrections applied, each given with the place it was written at (`file:line`).

    Indices of existing fields stay. Raises ConfigError when a new field lacks what it needs, when a code is given
    twice, when a runway tells no direction, when an outline is none, or when a field is open and closed.
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
        self.closed, self.military = table.closed.tolist(), table.military.tolist()
        self.closed_runways = table.closed_runways.tolist()
        self.runways: dict[int, tuple[Runway, ...]] = {}
        self.closed_from: dict[int, date] = dict(airports.closed_from)
        self.outlines: dict[int, tuple[Point, ...]] = dict(airports.outlines)
        self.sources: dict[int, str] = dict(airports.corrected_by)

    def apply(self, where: str, correction: AirportCorrection) -> None:
        code = correction.code.upper()
        if code in self.seen:
            raise ConfigError(f"{where}: field {code} is corrected twice; keep one entry")
        self.seen.add(code)
        if correction.polygon is not None:
            _refuse_bad_outline(f"{where}: polygon of field {code}", correction.polygon)
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
        self.sources[i] = correction.source
        self._correct_numbers(i, correction)
        if correction.runways is not None:
            place = self.lat[i] / UDEG, self.lon[i] / UDEG
            made = [_runway(where, given, place, float(self.elevation[i])) for given in correction.runways]
            self.runways[i] = tuple(sorted(made, key=lambda runway: -runway.length_ft))
            self.longest[i] = max((r.length_ft for r in made if r.surface is not Surface.WATER), default=0)
            self.kind[i] = KINDS.index(_kind(made))
            # It was closed because every runway known of it was; these are open.
            self.closed[i] = self.closed[i] and not (made and self.closed_runways[i])
        if correction.polygon is not None:
            self._lay_outline(where, code, i, correction.polygon)
        self._open_or_close(where, code, i, correction)

    def _correct_numbers(self, i: int, correction: AirportCorrection) -> None:
        if correction.lat is not None:
            self.lat[i] = round(correction.lat * UDEG)
        if correction.lon is not None:
            self.lon[i] = round(correction.lon * UDEG)
        if correction.elevation_ft is not None:
            self.elevation[i] = round(correction.elevation_ft)
        if correction.military is not None:
            self.military[i] = int(Military.STATED if correction.military else Military.NOT_KNOWN)

    def _lay_outline(self, where: str, code: str, i: int, outline: tuple[Point, ...]) -> None:
        place = self.lat[i] / UDEG, self.lon[i] / UDEG
        far_nm, furthest = max((distance_nm(*place, *point), point) for point in outline)
        if far_nm > MOST_REACH_NM:
            raise ConfigError(
                f"{where}: polygon of field {code}: [{furthest[0]}, {furthest[1]}] lies {far_nm:.1f} NM from the "
                f"field, and may lie {MOST_REACH_NM:.0f} at the most"
            )
        self.outlines[i] = outline

    def _open_or_close(self, where: str, code: str, i: int, correction: AirportCorrection) -> None:
        if correction.closed is False and correction.closed_from is not None:
            raise ConfigError(f"{where}: field {code} is closed from a day, and not closed; keep one of the two")
        if correction.closed is not None or correction.closed_from is not None:
            self.closed[i] = correction.closed is not False
            self.closed_from.pop(i, None)
        if correction.closed_from is not None:
            self.closed_from[i] = correction.closed_from

    def _add(self, where: str, code: str, correction: AirportCorrection) -> int:
        needed = ("name", "country", "elevation_ft") if correction.polygon else NEEDED
        missing = [name for name in needed if getattr(correction, name) is None]
        if missing:
            raise ConfigError(
                f"{where}: field {code} is not in the airports table, so it needs {', '.join(missing)} too"
            )
        i = self.index[code] = len(self.index)
        for name, texts in self.text.items():
            texts.append(code if name == "codes" else "")
        for numbers in (self.lat, self.lon, self.elevation, self.longest, self.military, self.closed_runways):
            numbers.append(0)
        if correction.polygon is not None:
            lat, lon = centre_of(correction.polygon)
            self.lat[i], self.lon[i] = round(lat * UDEG), round(lon * UDEG)
        self.closed.append(False)
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
            closed=np.array(self.closed, np.bool_),
            military=np.array(self.military, np.uint8),
            closed_runways=np.array(self.closed_runways, np.uint8),
            # A new field has no runways in the table: its slice is empty.
            runway_start=np.concatenate([start, np.full(n + 1 - len(start), start[-1], np.int32)]),
        )
        return Airports(
            new,
            near_radius_nm=self.before.near_radius_nm,
            cell_deg=self.before.cell_deg,
            runways=self.runways,
            closed_from=self.closed_from,
            outlines=self.outlines,
            corrected_by=self.sources,
        )


NEEDED = ("name", "country", "lat", "lon", "elevation_ft")
TEXT = ("codes", "names", "icao", "iata", "places", "countries")


def _refuse_bad_outline(where: str, outline: tuple[Point, ...]) -> None:
    fault = fault_of_outline(outline)
    if fault is not None:
        raise ConfigError(f"{where}: {fault}")


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
