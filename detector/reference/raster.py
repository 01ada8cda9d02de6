"""A coarse map of the world that answers "how high is the highest field near here?" for thousands of places at once."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.domain.geo import EARTH_RADIUS_NM

NOWHERE = np.float32(-np.inf)
"""Value of a cell without a field: nothing is below it, so `altitude_ft < raster.at(...) + margin` is False there."""

_MARGIN_RAD = 1e-8
"""0.06 m: a place on the very border of a cell must not fall between two roundings."""


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """Cells of `cell_deg` degrees; each holds the greatest value among the fields within `radius_nm` of any part of it.

    So a place gets at least the value of every field within `radius_nm` of it, and none of a field further than
    `radius_nm` and one cell's diagonal.

    cells   float32 (180/cell_deg, 360/cell_deg), row 0 at the South Pole, column 0 at 180 W; NOWHERE without a field
    """

    cells: npt.NDArray[np.float32]
    cell_deg: float
    radius_nm: float

    def at(self, lat: npt.ArrayLike, lon: npt.ArrayLike) -> npt.NDArray[np.float32]:
        """The value at each place, degrees; longitudes wrap; a latitude or longitude of NaN gives NOWHERE."""
        rows, columns = self.cells.shape
        y = np.asarray(lat, np.float64)
        x = np.asarray(lon, np.float64)
        known = np.isfinite(y) & np.isfinite(x)
        row = np.floor((np.where(known, y, 0.0) + 90.0) / self.cell_deg).astype(np.intp)
        column = np.floor((np.where(known, x, 0.0) + 180.0) / self.cell_deg).astype(np.intp)
        value = self.cells[np.clip(row, 0, rows - 1), column % columns]
        result: npt.NDArray[np.float32] = np.where(known, value, NOWHERE)
        return result


def highest_nearby(
    lat: npt.NDArray[np.float64],
    lon: npt.NDArray[np.float64],
    value: npt.NDArray[np.float64],
    *,
    radius_nm: float,
    cell_deg: float,
) -> Raster:
    """Raster of the greatest `value` among points (degrees, shape (n,)) within `radius_nm` of each cell.

    Exact on the sphere, over the poles and the 180th meridian. `cell_deg` has to divide 180; raises ValueError.
    """
    rows = round(180.0 / cell_deg)
    if not math.isclose(rows * cell_deg, 180.0, rel_tol=1e-9):
        raise ValueError(f"cell_deg {cell_deg} does not divide 180 degrees")
    columns = 2 * rows
    cells = np.full((rows, columns), NOWHERE, np.float32)
    if not len(lat):
        return Raster(cells, cell_deg, radius_nm)
    # Lowest first: where an index is repeated in an assignment, NumPy keeps the last value.
    order = np.argsort(value, kind="stable")
    phi, lam = np.radians(lat[order]), lon[order]
    delta = min(math.pi, radius_nm / EARTH_RADIUS_NM + _MARGIN_RAD)
    south = np.maximum(phi - delta, -math.pi / 2)
    north = np.minimum(phi + delta, math.pi / 2)
    row0 = _row(south, cell_deg, rows)
    span = _row(north, cell_deg, rows) - row0 + 1

    point = np.repeat(np.arange(len(phi)), span)
    row = row0[point] + _ramp(span)
    band_south = np.maximum(np.radians(row * cell_deg - 90.0), south[point])
    band_north = np.minimum(np.radians((row + 1) * cell_deg - 90.0), north[point])
    half_deg = np.degrees(_half_width(phi[point], delta, band_south, band_north) + _MARGIN_RAD)

    column0 = np.floor((lam[point] - half_deg + 180.0) / cell_deg).astype(np.intp)
    width = np.minimum(np.floor((lam[point] + half_deg + 180.0) / cell_deg).astype(np.intp) - column0 + 1, columns)
    cell = np.repeat(np.arange(len(row)), width)
    column = (column0[cell] + _ramp(width)) % columns
    cells[row[cell], column] = value[order][point[cell]]
    return Raster(cells, cell_deg, radius_nm)


def _row(phi: npt.NDArray[np.float64], cell_deg: float, rows: int) -> npt.NDArray[np.intp]:
    row = np.floor((np.degrees(phi) + 90.0) / cell_deg).astype(np.intp)
    return np.clip(row, 0, rows - 1)


def _ramp(counts: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """0..counts[0]-1, 0..counts[1]-1, ... in one array."""
    ends = np.cumsum(counts)
    return np.arange(ends[-1]) - np.repeat(ends - counts, counts)


def _half_width(
    phi: npt.NDArray[np.float64],
    delta: float,
    south: npt.NDArray[np.float64],
    north: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Greatest difference of longitude, radians, that a circle of `delta` around latitude `phi` reaches in a band.

    On the parallel p the circle reaches dlam with cos dlam = (cos delta - sin phi sin p) / (cos phi cos p) (spherical
    law of cosines); it is widest on the parallel with sin p = sin phi / cos delta. A circle over a pole reaches
    everywhere.
    """
    widest = np.arcsin(np.clip(np.sin(phi) / math.cos(delta), -1.0, 1.0)) if delta < math.pi / 2 else phi
    half = np.zeros_like(phi)
    for parallel in (south, north, np.clip(widest, south, north)):
        # At a pole the cosines are 6e-17, not 0: the quotient is huge, and its sign is right.
        cosine = (math.cos(delta) - np.sin(phi) * np.sin(parallel)) / (np.cos(phi) * np.cos(parallel))
        half = np.maximum(half, np.arccos(np.clip(cosine, -1.0, 1.0)))
    return half
