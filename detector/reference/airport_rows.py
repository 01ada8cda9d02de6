"""Tables of fields and runways as others publish them (CSV); a row that cannot be used is kept with a reason.

Two forms of fields are told apart by their columns: Virtual Radar Server standing data, and OurAirports `airports.csv`
(ourairports.com/help/data-dictionary.html); runways come as OurAirports `runways.csv`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from detector.domain.errors import InputError
from detector.reference.csv_records import Columns, header_of, records
from detector.reference.refusals import Refusal, RefusedRow
from detector.reference.row_values import (
    FaultError,
    code_of,
    country_of,
    optional,
    place_of,
    refuse,
    shown,
    text_of,
)
from detector.reference.table import Kind

LEAST_FT, MOST_FT = -1_500.0, 20_000.0
"""Elevations outside are wrong: the Dead Sea lies at -1,412 ft, the highest field at 14,965 ft."""
LONGEST_FT = 30_000.0


class Form(StrEnum):
    """Who publishes a table of fields in this form."""

    STANDING_DATA = "standing-data"
    OURAIRPORTS = "OurAirports"


FORMS = {
    Form.STANDING_DATA: (
        "Code", "Name", "ICAO", "IATA", "Location", "CountryISO2", "Latitude", "Longitude", "AltitudeFeet",
    ),
    Form.OURAIRPORTS: (
        "ident", "type", "name", "latitude_deg", "longitude_deg", "elevation_ft", "iso_country", "municipality",
        "gps_code", "iata_code",
    ),
}  # fmt: skip
"""The columns that are read. Others may be there; `icao_code` does in place of `gps_code`, and comes before it."""
FILES = {Form.STANDING_DATA: "airports", Form.OURAIRPORTS: "airports.csv"}
RUNWAYS = (
    "airport_ident", "length_ft", "surface", "closed",
    "le_ident", "le_latitude_deg", "le_longitude_deg", "le_elevation_ft", "le_heading_degT",
    "he_ident", "he_latitude_deg", "he_longitude_deg", "he_elevation_ft",
)  # fmt: skip
TYPES = {"heliport": Kind.HELIPORT, "seaplane_base": Kind.WATER}
CLOSED = "closed"
YES, NO = frozenset({"1", "true", "yes"}), frozenset({"", "0", "false", "no"})


class AirportRow(msgspec.Struct, frozen=True, gc=False):
    """One field as published. `ident` is what runways call it; `kind` is what its type says, None for most.

    `country` is ISO 3166 alpha-2, "" = none.
    """

    line: int
    code: str
    ident: str
    name: str
    icao: str
    iata: str
    place: str
    country: str
    lat: float
    lon: float
    elevation_ft: float
    kind: Kind | None = None
    closed: bool = False


class AirportRows(msgspec.Struct, frozen=True):
    """A table of fields. `former_elevations`, `no_elevations`: fields whose elevation the table in use had to give, and
    those put at 0 ft because nobody knows it."""

    form: Form
    rows: tuple[AirportRow, ...]
    refused: tuple[RefusedRow, ...]
    former_elevations: int = 0
    no_elevations: int = 0


class RunwayRow(msgspec.Struct, frozen=True):
    """One runway as published: ends as (lat, lon), None where not published; `length_ft` is 0 where not known."""

    line: int
    airport_ident: str
    length_ft: int
    surface: str
    closed: bool
    le_ident: str
    he_ident: str
    le: tuple[float, float] | None
    he: tuple[float, float] | None
    le_elevation_ft: float | None
    he_elevation_ft: float | None
    le_heading_deg: float | None


class RunwayRows(msgspec.Struct, frozen=True):
    """A table of runways."""

    rows: tuple[RunwayRow, ...]
    refused: tuple[RefusedRow, ...]


def read_airports(lines: Iterable[str], name: str, former_ft: Mapping[str, float] | None = None) -> AirportRows:
    """Fields in either form; `name` is what messages call the file.

    `former_ft`: elevations of the table in use by code. A row without an elevation takes the former one; without that
    it is refused, in an OurAirports table put at 0 ft. A field of OurAirports goes under its ident, or under its GPS
    code where the table in use knows it by that alone. Raises InputError when a column is missing.
    """
    source = iter(enumerate(lines, 1))
    header = header_of(source, name)
    form = _form(header, name)
    wanted = FORMS[form]
    if "gps_code" not in header and "icao_code" in header:
        wanted = tuple("icao_code" if column == "gps_code" else column for column in wanted)
    columns = Columns(header, wanted, name, f"{form} {FILES[form]}")
    icao = header.index("icao_code") if "icao_code" in header else None
    fields = _Fields(form, former_ft or {})
    for line, values in records(source, len(header), name):
        if values is None:
            fields.refused.append(_not_whole(line, header))
        else:
            fields.take(line, columns.of(values), values[icao] if icao is not None else "")
    return fields.done()


def read_runways(lines: Iterable[str], name: str) -> RunwayRows:
    """Runways as OurAirports publishes them. Raises InputError when a column is missing."""
    source = iter(enumerate(lines, 1))
    header = header_of(source, name)
    columns = Columns(header, RUNWAYS, name, "OurAirports runways.csv")
    rows: list[RunwayRow] = []
    refused: list[RefusedRow] = []
    for line, values in records(source, len(header), name):
        if values is None:
            refused.append(_not_whole(line, header))
            continue
        try:
            rows.append(_runway(line, columns.of(values)))
        except FaultError as error:
            refused.append(RefusedRow(line, _shown_code(columns.of(values)[0]), error.reason, error.text))
    return RunwayRows(tuple(rows), tuple(refused))


def _form(header: list[str], name: str) -> Form:
    """The form that more of the columns belong to, written in whatever case."""
    there = {_plain(column) for column in header}
    found = {form: sum(_plain(column) in there for column in columns) for form, columns in FORMS.items()}
    best = max(found, key=lambda form: found[form] / len(FORMS[form]))
    if found[best] < 2:
        wanted = "; ".join(f"{form}: {', '.join(columns[:3])}, ..." for form, columns in FORMS.items())
        begins = text_of(", ".join(header))[:60]
        raise InputError(f"{name}: not a table of fields ({wanted}); its columns are {begins}")
    return best


def _plain(column: str) -> str:
    return column.casefold().replace("_", "")


def _not_whole(line: int, header: list[str]) -> RefusedRow:
    return RefusedRow(line, "", Refusal.COLUMNS, f"not {len(header)} values, as there are columns")


class _Fields:
    """Fields of one file as they are read; `known_ft`: elevations of the table in use by code."""

    def __init__(self, form: Form, known_ft: Mapping[str, float]) -> None:
        self.form = form
        self.known_ft = known_ft
        self.rows: dict[str, AirportRow] = {}
        self.gps: dict[str, str] = {}
        self.refused: list[RefusedRow] = []
        self.former = self.nobody = 0

    def take(self, line: int, values: list[str], icao: str) -> None:
        """One row; kept under its reason where it cannot be used."""
        try:
            row = self._standing(line, values) if self.form is Form.STANDING_DATA else self._our(line, values, icao)
            if row.ident in self.rows:
                refuse(Refusal.DUPLICATE, f"{row.ident} is on line {self.rows[row.ident].line} too")
        except FaultError as error:
            self.refused.append(RefusedRow(line, _shown_code(values[0]), error.reason, error.text))
        else:
            self.rows[row.ident] = row

    def done(self) -> AirportRows:
        """All of them, under the codes that the table in use has for them."""
        other = {
            ident: gps
            for ident, gps in self.gps.items()
            if ident not in self.known_ft and gps in self.known_ft and gps not in self.gps
        }
        taken: dict[str, AirportRow] = {}
        for row in self.rows.values():
            code = other.get(row.ident, row.ident)
            # Two fields under one GPS code: the second goes under its ident.
            code = row.ident if code in taken else code
            taken[code] = msgspec.structs.replace(row, code=code) if code != row.ident else row
        refused = [msgspec.structs.replace(row, code=other.get(row.code, row.code)) for row in self.refused]
        return AirportRows(self.form, tuple(taken.values()), tuple(refused), self.former, self.nobody)

    def _standing(self, line: int, values: list[str]) -> AirportRow:
        code, name, icao, iata, place, country, lat, lon, elevation = values
        code = code_of(code)
        at = place_of(lat, lon)
        given = optional(elevation, LEAST_FT, MOST_FT, Refusal.ELEVATION)
        if given is None and (given := self.known_ft.get(code)) is None:
            refuse(Refusal.NO_ELEVATION, "no elevation, and the table in use has none either")
        self.former += not elevation.strip()
        return AirportRow(
            line, code, code, text_of(name), text_of(icao), text_of(iata), text_of(place), country_of(country),
            *at, given,
        )  # fmt: skip

    def _our(self, line: int, values: list[str], icao: str) -> AirportRow:
        ident, kind, name, lat, lon, elevation, country, place, gps, iata = values
        ident, gps = code_of(ident), text_of(gps).upper()
        self.gps[ident] = gps
        at = place_of(lat, lon)
        given = optional(elevation, LEAST_FT, MOST_FT, Refusal.ELEVATION)
        if given is None:
            given = self.known_ft.get(ident, self.known_ft.get(gps))
            self.former += given is not None
            self.nobody += given is None
        return AirportRow(
            line, ident, ident, text_of(name), text_of(icao) or gps, text_of(iata), text_of(place), country_of(country),
            *at, given or 0.0, TYPES.get(kind), kind == CLOSED,
        )  # fmt: skip


def _runway(line: int, values: list[str]) -> RunwayRow:
    ident, length, surface, closed, le, le_lat, le_lon, le_ft, le_deg, he, he_lat, he_lon, he_ft = values
    word = closed.strip().lower()
    if word not in YES | NO:
        refuse(Refusal.OPEN_OR_CLOSED, f"closed is {shown(closed)}")
    return RunwayRow(
        line,
        code_of(ident),
        int(optional(length, 0.0, LONGEST_FT, Refusal.LENGTH) or 0),
        text_of(surface),
        word in YES,
        text_of(le),
        text_of(he),
        _end(le_lat, le_lon),
        _end(he_lat, he_lon),
        optional(le_ft, LEAST_FT, MOST_FT, Refusal.ELEVATION),
        optional(he_ft, LEAST_FT, MOST_FT, Refusal.ELEVATION),
        optional(le_deg, 0.0, 360.0, Refusal.HEADING),
    )


def _end(lat: str, lon: str) -> tuple[float, float] | None:
    a, b = optional(lat, -90.0, 90.0, Refusal.LATITUDE), optional(lon, -180.0, 180.0, Refusal.LONGITUDE)
    return None if a is None or b is None else (a, b)


def _shown_code(text: str) -> str:
    return text_of(text).upper()[:20]
