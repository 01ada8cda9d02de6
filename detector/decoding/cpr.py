"""Compact position reporting over columns (DO-260B 2.2.3.2.3.7 and appendix A.1.7; ICAO Doc 9871 C.2.6).

An airborne position is resolved by an even/odd pair heard within 10 s, or relative to the aircraft's last pair. A
surface position repeats every 90 degrees and is resolved relative to a reference only. In both cases the reference is
an *anchor*: the last fix that came from a pair, which owes nothing to any other guess. Whichever anchor within half
a zone is used the result is the same, and which one is used depends on the aircraft's own messages alone, never on
how the stream was cut.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

SCALE = 131072.0
"""2**17 steps a zone."""


def _nl_boundaries() -> F64:
    """Latitudes where the number of longitude zones falls from 59 to 58 ... from 3 to 2 (DO-260B A.1.7.2 d)."""
    zones = np.arange(59, 1, -1, dtype=np.float64)
    a = 1.0 - np.cos(np.pi / 30.0)
    inside = np.sqrt(a / (1.0 - np.cos(2.0 * np.pi / zones)))
    boundaries: F64 = np.degrees(np.arccos(np.minimum(1.0, inside)))
    # At 87 degrees itself there still are two zones.
    boundaries[-1] = np.nextafter(87.0, 90.0)
    return boundaries


CELLS_PER_DEGREE = 4
"""Latitude is looked up in cells of a quarter of a degree: no cell holds more than one boundary."""


def _nl_cells() -> tuple[F64, F64]:
    """(zones at the cell's southern edge, boundary inside the cell or infinity) for the cells from 0 to 90 degrees."""
    boundaries = _nl_boundaries()
    edges = np.arange(90 * CELLS_PER_DEGREE + 1, dtype=np.float64) / CELLS_PER_DEGREE
    passed = np.searchsorted(boundaries, edges, side="left")
    ahead = np.append(boundaries, np.inf)[passed]
    at_edge = (59 - passed).astype(np.float64)
    return at_edge, np.where(ahead < edges + 1 / CELLS_PER_DEGREE, ahead, np.inf)


_ZONES_AT_EDGE, _BOUNDARY_IN_CELL = _nl_cells()


def longitude_zones(latitude_deg: F64) -> F64:
    """NL(lat), 59 at the equator to 1 above 87 degrees, as floats; latitudes beyond the poles count as the poles."""
    size = np.minimum(np.abs(latitude_deg), 90.0)
    cell = (size * CELLS_PER_DEGREE).astype(np.intp)
    zones: F64 = _ZONES_AT_EDGE.take(cell) - (size >= _BOUNDARY_IN_CELL.take(cell))
    return zones


def _modulo(number: F64, divisor: F64 | float) -> F64:
    """`number % divisor` for whole numbers, several times faster than NumPy's."""
    return number - divisor * np.floor(number / divisor)


def pair(even_lat: I64, even_lon: I64, odd_lat: I64, odd_lon: I64, newer_is_odd: Flags) -> tuple[F64, F64, Flags]:
    """Airborne even/odd pairs to (latitude, longitude, resolved); unresolved where the two lie in different zones.

    All inputs (n,): raw 17-bit fields. The position is that of the newer message (DO-260B A.1.7.7).
    """
    yz0, xz0 = even_lat / SCALE, even_lon / SCALE
    yz1, xz1 = odd_lat / SCALE, odd_lon / SCALE
    j = np.floor(59.0 * yz0 - 60.0 * yz1 + 0.5)
    lat0 = 6.0 * (_modulo(j, 60.0) + yz0)
    lat1 = (360.0 / 59.0) * (_modulo(j, 59.0) + yz1)
    lat0 = np.where(lat0 >= 270.0, lat0 - 360.0, lat0)
    lat1 = np.where(lat1 >= 270.0, lat1 - 360.0, lat1)
    nl = longitude_zones(lat0)
    resolved = (nl == longitude_zones(lat1)) & (np.maximum(np.abs(lat0), np.abs(lat1)) <= 90.0)
    m = np.floor(xz0 * (nl - 1.0) - xz1 * nl + 0.5)
    ni = np.maximum(nl - newer_is_odd, 1.0)
    latitude = np.where(newer_is_odd, lat1, lat0)
    longitude = (360.0 / ni) * (_modulo(m, ni) + np.where(newer_is_odd, xz1, xz0))
    longitude = np.where(longitude >= 180.0, longitude - 360.0, longitude)
    return latitude, longitude, resolved


def near(lat: I64, lon: I64, odd: Flags, surface: Flags, ref_lat: F64, ref_lon: F64) -> tuple[F64, F64]:
    """Single messages resolved to the place nearest to a reference (DO-260B A.1.7.5, A.1.7.6).

    The reference has to be within half a zone of the truth: 180 NM airborne, 45 NM surface. NaN reference gives NaN.
    """
    span = np.where(surface, 90.0, 360.0)
    yz, xz = lat / SCALE, lon / SCALE
    dlat = span / np.where(odd, 59.0, 60.0)
    latitude = dlat * (np.floor(0.5 + ref_lat / dlat - yz) + yz)
    nl = longitude_zones(np.nan_to_num(latitude))
    dlon = span / np.maximum(nl - odd, 1)
    longitude = dlon * (np.floor(0.5 + ref_lon / dlon - xz) + xz)
    longitude = (longitude + 180.0) % 360.0 - 180.0
    beyond_pole = np.abs(latitude) > 90.0
    return np.where(beyond_pole, np.nan, latitude), np.where(beyond_pole, np.nan, longitude)
