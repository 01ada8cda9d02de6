"""Fields of the world and their runways, read-only: what lies near a place, and how far it is to a runway.

Sources: Virtual Radar Server standing data (CC0) for the fields, OurAirports (public domain) for the runways,
corrections of our own on top (`detector.reference.corrections`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from detector.domain.geo import EARTH_RADIUS_NM, bearing_deg, distance_nm, distances_nm
from detector.reference.raster import Raster, highest_nearby
from detector.reference.table import CENTIDEG, KINDS, SURFACES, UDEG, AirportTable, Kind, Surface

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RunwayEnd:
    """One end: its designator, place in degrees, elevation, and the true heading of an aircraft landing there."""

    ident: str
    lat: float
    lon: float
    elevation_ft: float
    heading_deg: float


@dataclass(frozen=True, slots=True)
class Runway:
    """An open runway.

    `estimated`: its ends were not published; they are laid through the field's own position, along the published or
    else the painted direction (magnetic, so up to 30 degrees off), over the stated length.
    """

    low: RunwayEnd
    high: RunwayEnd
    length_ft: int
    surface: Surface
    estimated: bool

    @property
    def ends(self) -> tuple[RunwayEnd, RunwayEnd]:
        """Both ends, the lower number first."""
        return self.low, self.high


class Airports:
    """Columns of fields; a field is known by its index. Nothing changes after construction.

    codes, names, icao, iata, places, countries   tuple of str; `countries` ISO 3166 alpha-2; "" = none
    kinds                                         tuple of Kind
    lat, lon, elevation_ft, longest_runway_ft     float64 (n,), read-only; longest is 0 where none on land is known
    """

    def __init__(
        self,
        table: AirportTable,
        *,
        near_radius_nm: float = 10.0,
        cell_deg: float = 0.2,
        runways: Mapping[int, tuple[Runway, ...]] | None = None,
    ) -> None:
        """`near_radius_nm` and `cell_deg` shape `ceiling_ft`; `runways` replaces those of the table for some fields."""
        self._table = table
        self._runways = dict(runways or {})
        self.near_radius_nm = near_radius_nm
        self.cell_deg = cell_deg
        self.codes = table.codes
        self.names = table.names
        self.icao = table.icao
        self.iata = table.iata
        self.places = table.places
        self.countries = table.countries
        self.lat = _frozen(table.lat_udeg / UDEG)
        self.lon = _frozen(table.lon_udeg / UDEG)
        self.elevation_ft = _frozen(table.elevation_ft.astype(np.float64))
        self.longest_runway_ft = _frozen(table.longest_runway_ft.astype(np.float64))

    @staticmethod
    def from_bytes(data: bytes, *, near_radius_nm: float = 10.0, cell_deg: float = 0.2) -> Airports:
        """From the packed table (`detector.reference.table`). Raises InputError when it is damaged."""
        return Airports(AirportTable.from_bytes(data), near_radius_nm=near_radius_nm, cell_deg=cell_deg)

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def table(self) -> AirportTable:
        """The columns as they were packed."""
        return self._table

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """What can land at each field."""
        return tuple(KINDS[number] for number in self._table.kind.tolist())

    def index_of(self, code: str) -> int | None:
        """Index of a field by its code, ICAO or IATA designator in either case (in that order); None if unknown."""
        return self._index.get(code.strip().upper())

    def in_country(self, iso2: str) -> tuple[int, ...]:
        """Indices of every field of a country."""
        wanted = iso2.upper()
        return tuple(i for i, country in enumerate(self.countries) if country == wanted)

    def within(self, lat: float, lon: float, radius_nm: float) -> list[tuple[int, float]]:
        """(index, distance NM) of every field up to `radius_nm` away, nearest first."""
        angle = min(math.pi, radius_nm / EARTH_RADIUS_NM)
        # A hair wider than asked, because the chord is rounded; the distance itself decides.
        chord = 2.0 * math.sin(angle / 2.0) + 1e-9
        found = np.array(self._tree.query_ball_point(_unit_vectors(lat, lon), chord), np.intp)
        distance = distances_nm(np.array(lat), np.array(lon), self.lat[found], self.lon[found])
        keep = distance <= radius_nm
        found, distance = found[keep], distance[keep]
        order = np.lexsort((found, distance))
        return list(zip(found[order].tolist(), distance[order].tolist(), strict=True))

    def runways_of(self, i: int) -> tuple[Runway, ...]:
        """Open runways of field `i`, longest first; () where none is known."""
        if i not in self._runways:
            rows = range(int(self._table.runway_start[i]), int(self._table.runway_start[i + 1]))
            self._runways[i] = tuple(_runway(self._table, row) for row in rows)
        return self._runways[i]

    def distance_to_runways_nm(self, i: int, lat: float, lon: float) -> float:
        """NM to the nearest runway centreline of field `i`, or to the field's position where no runway is known."""
        runways = self.runways_of(i)
        if not runways:
            return distance_nm(lat, lon, float(self.lat[i]), float(self.lon[i]))
        return min(_distance_to_runway_nm(runway, lat, lon) for runway in runways)

    def raster(self, indices: Iterable[int], radius_nm: float) -> Raster:
        """Highest elevation, ft, among the given fields within `radius_nm`, for any place."""
        chosen = np.fromiter(indices, np.intp)
        return highest_nearby(
            self.lat[chosen],
            self.lon[chosen],
            self.elevation_ft[chosen],
            radius_nm=radius_nm,
            cell_deg=self.cell_deg,
        )

    def ceiling_ft(self, lat: npt.ArrayLike, lon: npt.ArrayLike) -> npt.NDArray[np.float32]:
        """Highest elevation, ft, among all fields within `near_radius_nm` of each place; -inf where there is none.

        Coarse on the safe side: fields up to one cell's diagonal further away may count too.
        """
        return self._near.at(lat, lon)

    @cached_property
    def _near(self) -> Raster:
        return self.raster(range(len(self)), self.near_radius_nm)

    @cached_property
    def _index(self) -> dict[str, int]:
        index: dict[str, int] = {}
        for column in (self.iata, self.icao, self.codes):  # the last one wins: a field's own code
            index.update((code, i) for i, code in enumerate(column) if code)
        return index

    @cached_property
    def _tree(self) -> Any:
        # Imported on first use: the import takes longer than all else here together.
        from scipy.spatial import KDTree  # noqa: PLC0415

        return KDTree(_unit_vectors(self.lat, self.lon))


def _frozen(column: FloatArray) -> FloatArray:
    column.setflags(write=False)
    return column


def _unit_vectors(lat: FloatArray | float, lon: FloatArray | float) -> FloatArray:
    """Points in degrees as (..., 3) on the unit sphere, where a chord grows with the distance on the ground."""
    phi, lam = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)


def _runway(table: AirportTable, row: int) -> Runway:
    low = RunwayEnd(
        table.le_ident[row],
        float(table.le_lat_udeg[row]) / UDEG,
        float(table.le_lon_udeg[row]) / UDEG,
        float(table.le_elevation_ft[row]),
        float(table.le_heading_cdeg[row]) / CENTIDEG,
    )
    high = RunwayEnd(
        table.he_ident[row],
        float(table.he_lat_udeg[row]) / UDEG,
        float(table.he_lon_udeg[row]) / UDEG,
        float(table.he_elevation_ft[row]),
        float(table.he_heading_cdeg[row]) / CENTIDEG,
    )
    surface = SURFACES[int(table.runway_surface[row])]
    return Runway(low, high, int(table.runway_length_ft[row]), surface, bool(table.runway_estimated[row]))


def _distance_to_runway_nm(runway: Runway, lat: float, lon: float) -> float:
    """Distance to the centreline, in a plane that keeps distances and bearings from the asked place."""
    ax, ay = _seen_from(lat, lon, runway.low)
    bx, by = _seen_from(lat, lon, runway.high)
    dx, dy = bx - ax, by - ay
    length2 = dx * dx + dy * dy
    along = 0.0 if length2 == 0.0 else min(1.0, max(0.0, -(ax * dx + ay * dy) / length2))
    return math.hypot(ax + along * dx, ay + along * dy)


def _seen_from(lat: float, lon: float, end: RunwayEnd) -> tuple[float, float]:
    distance = distance_nm(lat, lon, end.lat, end.lon)
    bearing = math.radians(bearing_deg(lat, lon, end.lat, end.lon))
    return distance * math.sin(bearing), distance * math.cos(bearing)
