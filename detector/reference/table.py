"""The airports table as it is shipped: columns of numbers and text in one NumPy `.npz` file.

`detector.reference.airport_packing` packs it, `detector.reference.airports` reads it. Positions are whole microdegrees
(0.1 m), headings whole hundredths of a degree: the same sources give the same columns on every machine.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from detector.domain.errors import InputError

FORMAT = 2
"""Raised whenever a column changes its name or meaning; a table of another format is refused."""

UDEG = 1_000_000
CENTIDEG = 100


class Kind(StrEnum):
    """What can land at a field."""

    AIRPORT = "airport"
    """At least one open runway on land."""
    HELIPORT = "heliport"
    """Only pads."""
    WATER = "water"
    """Only lanes on water."""
    NO_RUNWAY = "no_runway"
    """No open runway is known; the field may still have one."""


class Surface(StrEnum):
    """What a runway is made of, as far as it matters to who may use it."""

    PAVED = "paved"
    UNPAVED = "unpaved"
    WATER = "water"
    UNKNOWN = "unknown"


class Military(IntEnum):
    """Whether a field is a military one, and who says so. A field that is also a civil airport counts."""

    NOT_KNOWN = 0
    """Nothing says so; it may still be one."""
    BY_NAME = 1
    """Its name does: Air Force Base, RAF, Army Airfield."""
    STATED = 2
    """A source says so."""


KINDS: tuple[Kind, ...] = tuple(Kind)
SURFACES: tuple[Surface, ...] = tuple(Surface)


@dataclass(frozen=True, slots=True, eq=False)
class AirportTable:
    """Columns of `n` fields, ordered by code, and of the `m` runways of all of them, ordered by field.

    Text columns are tuples of str. `icao` and `iata` are "" where the field has none. Runways of field `i` are rows
    `runway_start[i]` to `runway_start[i + 1]`. `kind` and `runway_surface` are numbers in KINDS and SURFACES,
    `military` those of Military. `closed`: the source says so, or every runway it had is closed. `closed_runways`: how
    many closed ones were left out (255: that many or more).
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    icao: tuple[str, ...]
    iata: tuple[str, ...]
    places: tuple[str, ...]
    countries: tuple[str, ...]
    lat_udeg: npt.NDArray[np.int32]
    lon_udeg: npt.NDArray[np.int32]
    elevation_ft: npt.NDArray[np.int16]
    longest_runway_ft: npt.NDArray[np.int32]
    kind: npt.NDArray[np.uint8]
    closed: npt.NDArray[np.bool_]
    military: npt.NDArray[np.uint8]
    closed_runways: npt.NDArray[np.uint8]
    runway_start: npt.NDArray[np.int32]
    le_ident: tuple[str, ...]
    he_ident: tuple[str, ...]
    le_lat_udeg: npt.NDArray[np.int32]
    le_lon_udeg: npt.NDArray[np.int32]
    he_lat_udeg: npt.NDArray[np.int32]
    he_lon_udeg: npt.NDArray[np.int32]
    le_elevation_ft: npt.NDArray[np.int16]
    he_elevation_ft: npt.NDArray[np.int16]
    le_heading_cdeg: npt.NDArray[np.uint16]
    he_heading_cdeg: npt.NDArray[np.uint16]
    runway_length_ft: npt.NDArray[np.int32]
    runway_surface: npt.NDArray[np.uint8]
    runway_estimated: npt.NDArray[np.bool_]

    def to_bytes(self) -> bytes:
        """The `.npz` file; equal tables give equal bytes (no times, no names of this machine)."""
        columns: dict[str, Any] = {"format": np.array([FORMAT], np.int32)}
        for name in TEXT_COLUMNS:
            joined = "\n".join(getattr(self, name)).encode()
            columns[name] = np.frombuffer(joined, np.uint8)
        for name in NUMBER_COLUMNS:
            columns[name] = getattr(self, name)
        buffer = io.BytesIO()
        np.savez_compressed(buffer, **columns)
        return buffer.getvalue()

    @staticmethod
    def from_bytes(data: bytes) -> AirportTable:
        """Read what `to_bytes` wrote. Raises InputError when it is damaged or of another format."""
        try:
            # No pickle: a table is numbers and text, and may come from somebody else.
            with np.load(io.BytesIO(data), allow_pickle=False) as columns:
                if int(columns["format"][0]) != FORMAT:
                    raise InputError(f"airports table: format {columns['format'][0]}, this program reads {FORMAT}")
                values: dict[str, Any] = {name: _split(columns[name]) for name in TEXT_COLUMNS}
                values |= {name: columns[name] for name in NUMBER_COLUMNS}
        except (ValueError, KeyError, EOFError, OSError, IndexError, zipfile.BadZipFile) as error:
            raise InputError(f"airports table: damaged or not an airports table ({error})") from error
        table = AirportTable(**values)
        n, m = len(table.codes), len(table.le_ident)
        field_rows = {len(getattr(table, name)) for name in FIELD_COLUMNS}
        runway_rows = {len(getattr(table, name)) for name in RUNWAY_COLUMNS}
        if field_rows != {n} or runway_rows != {m} or len(table.runway_start) != n + 1 or table.runway_start[-1] != m:
            raise InputError("airports table: columns of different lengths")
        return table


def merged(
    one: AirportTable, rows: npt.NDArray[np.intp], other: AirportTable, other_rows: npt.NDArray[np.intp]
) -> AirportTable:
    """The given fields of two tables as one, ordered by code, with their runways. No code may be in both."""
    codes = [one.codes[i] for i in rows.tolist()] + [other.codes[i] for i in other_rows.tolist()]
    order = np.array(sorted(range(len(codes)), key=codes.__getitem__), np.intp)
    place = np.concatenate([rows, other_rows + len(one.codes)])[order]
    start = np.concatenate([one.runway_start[:-1], other.runway_start[:-1] + len(one.le_ident)])[place]
    count = np.concatenate([np.diff(one.runway_start), np.diff(other.runway_start)])[place]
    begin = np.concatenate([[0], np.cumsum(count)]).astype(np.int32)
    runway = np.repeat(start - begin[:-1], count) + np.arange(begin[-1])
    values: dict[str, Any] = {"runway_start": begin}
    for name in (*FIELD_COLUMNS, *RUNWAY_COLUMNS):
        chosen = place if name in FIELD_COLUMNS else runway
        first, second = getattr(one, name), getattr(other, name)
        if name in TEXT_COLUMNS:
            both = first + second
            values[name] = tuple(both[i] for i in chosen.tolist())
        else:
            values[name] = np.concatenate([first, second])[chosen]
    return AirportTable(**values)


def _split(column: npt.NDArray[np.uint8]) -> tuple[str, ...]:
    return tuple(column.tobytes().decode().split("\n"))


TEXT_COLUMNS = ("codes", "names", "icao", "iata", "places", "countries", "le_ident", "he_ident")
NUMBER_COLUMNS = tuple(name for name in AirportTable.__annotations__ if name not in TEXT_COLUMNS)
RUNWAY_COLUMNS = tuple(
    name
    for name in AirportTable.__annotations__
    if name.startswith(("le_", "he_", "runway_")) and name != "runway_start"
)
FIELD_COLUMNS = tuple(
    name for name in AirportTable.__annotations__ if name not in RUNWAY_COLUMNS and name != "runway_start"
)
