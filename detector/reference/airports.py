"""Fields of the world and their runways, read-only: what lies near a place, and how far it is to a runway.

Sources: Virtual Radar Server standing data (CC0) for the fields, OurAirports (public domain) for the runways,
corrections of our own on top (`detector.reference.corrections`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt

from detector.domain.geo import EARTH_RADIUS_NM, distance_nm, distances_nm
from detector.domain.times import day_of
from detector.reference.outlines import Point, distance_to_line_nm, distance_to_outline_nm, seen_from
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
    closed                                        bool (n,), read-only: shut by its source, or every runway is; for a
                                                  day ask `closed_at`
    military                                      uint8 (n,), read-only, a number of Military
    closed_from                                   index -> first day without traffic, where that is known
    outlines                                      index -> the (lat, lon) points around the field, where given
    corrected_by                                  index -> the source of a correction, where one was made
    """

    def __init__(
        self,
        table: AirportTable,
        *,
        near_radius_nm: float = 10.0,
        cell_deg: float = 0.2,
        runways: Mapping[int, tuple[Runway, ...]] | None = None,
        closed_from: Mapping[int, date] | None = None,
        outlines: Mapping[int, tuple[Point, ...]] | None = None,
        corrected_by: Mapping[int, str] | None = None,
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
        self.closed = table.closed.astype(np.bool_)
        self.closed.setflags(write=False)
        self.military = table.military.astype(np.uint8)
        self.military.setflags(write=False)
        self.closed_from = dict(closed_from or {})
        self.outlines = dict(outlines or {})
        self.corrected_by = dict(corrected_by or {})

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
        # A hair wider than asked, because of rounding; the distance itself decides.
        reach_deg = math.degrees(radius_nm / EARTH_RADIUS_NM) + 1e-6
        by_lat, sorted_lat = self._by_latitude
        begin, end = sorted_lat.searchsorted([lat - reach_deg, lat + reach_deg]).tolist()
        found = by_lat[begin:end]
        apart_deg = np.abs((self.lon[found] - lon + 180.0) % 360.0 - 180.0)
        found = found[apart_deg <= _longitude_reach_deg(lat, reach_deg)]
        distance = distances_nm(np.array(lat), np.array(lon), self.lat[found], self.lon[found])
        keep = distance <= radius_nm
        found, distance = found[keep], distance[keep]
        order = np.lexsort((found, distance))
        return list(zip(found[order].tolist(), distance[order].tolist(), strict=True))

    def closed_at(self, i: int, at: float) -> bool:
        """Whether field `i` was closed on the day of Unix time `at`; one of unknown date always was."""
        if not self.closed[i]:
            return False
        since = self.closed_from.get(i)
        return since is None or day_of(at) >= since

    def runways_of(self, i: int) -> tuple[Runway, ...]:
        """Open runways of field `i`, longest first; () where none is known."""
        if i not in self._runways:
            rows = range(int(self._table.runway_start[i]), int(self._table.runway_start[i + 1]))
            self._runways[i] = tuple(_runway(self._table, row) for row in rows)
        return self._runways[i]

    def distance_to_runways_nm(self, i: int, lat: float, lon: float) -> float:
        """NM to the nearest runway centreline of field `i`, or to its outline where that is nearer; 0 inside that.

        To the field's position where neither is known.
        """
        distances = [_distance_to_runway_nm(runway, lat, lon) for runway in self.runways_of(i)]
        if i in self.outlines:
            distances.append(distance_to_outline_nm(self.outlines[i], lat, lon))
        return min(distances) if distances else distance_nm(lat, lon, float(self.lat[i]), float(self.lon[i]))

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
        shut = np.flatnonzero(self.closed).tolist()
        for column in (self.iata, self.icao, self.codes):  # the last one wins: a field's own code
            index.update((column[i], i) for i in shut if column[i])
            # Designators are given out again: the field in use has it, not the one closed before.
            index.update((code, i) for i, code in enumerate(column) if code and not self.closed[i])
        return index

    @cached_property
    def _by_latitude(self) -> tuple[npt.NDArray[np.intp], FloatArray]:
        """Fields from south to north, and their latitudes. A tree would need a library that takes 0.3 s to import."""
        order = np.argsort(self.lat, kind="stable")
        return order, self.lat[order]


def _frozen(column: FloatArray) -> FloatArray:
    column.setflags(write=False)
    return column


def _longitude_reach_deg(lat: float, reach_deg: float) -> float:
    """How far east and west a circle of `reach_deg` around a place goes; all around where it holds a pole."""
    if abs(lat) + reach_deg >= 90.0:
        return 180.0
    ratio = math.sin(math.radians(reach_deg)) / math.cos(math.radians(lat))
    return math.degrees(math.asin(min(1.0, ratio))) + 1e-6


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
    low, high = runway.ends
    return distance_to_line_nm(seen_from(lat, lon, (low.lat, low.lon)), seen_from(lat, lon, (high.lat, high.lon)))
