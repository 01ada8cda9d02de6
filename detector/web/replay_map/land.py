"""The base map as SVG path data: land to fill and coast to stroke, cut to a window."""

from __future__ import annotations

import importlib.resources
from functools import cache

import numpy as np
import numpy.typing as npt

from detector.web.replay_map.coastline import STEP_DEG, unpack
from detector.web.replay_map.projection import MAX_LATITUDE_DEG, UNITS_PER_DEG, Box, Mercator

F64 = npt.NDArray[np.float64]
Ring = tuple[F64, F64, npt.NDArray[np.bool_]]


@cache
def _rings() -> tuple[Ring, ...]:
    """Of each ring: longitudes without jumps, latitudes, and whether the edge to the next place is no coast."""
    data = importlib.resources.files("detector.web").joinpath("assets/land.bin").read_bytes()
    places = [ring.astype(np.float64) * STEP_DEG for ring in unpack(data)]
    return tuple(_unwound(ring[:, 0], ring[:, 1]) for ring in places)


@cache
def _extents() -> tuple[tuple[float, float, float, float], ...]:
    """Of each ring: west, east, south, north. Most rings are passed over by these alone."""
    return tuple(
        (float(east.min()), float(east.max()), float(latitude.min()), float(latitude.max()))
        for east, latitude, _ in _rings()
    )


def _unwound(longitude: F64, latitude: F64) -> Ring:
    """A ring may cross 180 degrees, or go round a pole: then it is closed along the edge of the map."""
    east = np.unwrap(longitude, period=360.0)
    no_coast = (np.abs(longitude) == 180.0) & (np.abs(np.roll(longitude, -1)) == 180.0)
    turned = round((east[-1] + (longitude[0] - longitude[-1] + 180.0) % 360.0 - 180.0 - east[0]) / 360.0)
    if turned:
        pole = np.full(2, -90.0 if latitude.mean() < 0 else 90.0)
        first_again = east[0] + 360.0 * turned
        east = np.concatenate([east, [first_again, first_again, east[0]]])
        latitude = np.concatenate([latitude, latitude[:1], pole])
        no_coast = np.concatenate([no_coast, [True, True, True]])
    return east, latitude, no_coast


def land_paths(projection: Mercator, window: Box, grid: int) -> tuple[str, str]:
    """(land, coast) in `window`, as path data in steps of `grid` map units.

    Land is closed and to be filled by the even-odd rule; coast leaves out the edges made by cutting.
    """
    land: list[str] = []
    coast: list[str] = []
    turn = 360.0 * UNITS_PER_DEG
    for ring, (west, east, south, north) in zip(_rings(), _extents(), strict=True):
        # Not x(): a ring must stay whole where it crosses the far side of the map.
        left, right = ((edge - projection.meridian_deg) * UNITS_PER_DEG for edge in (west, east))
        bottom, top = projection.y(np.array([south, north])).tolist()
        for shift in (-turn, 0.0, turn):
            box = Box(left + shift, top, right + shift, bottom)
            if not box.meets(window) or max(box.width, box.height) < grid:
                continue
            longitude, latitude, cut = ring
            x = (longitude - projection.meridian_deg) * UNITS_PER_DEG
            hidden = cut | (np.minimum(latitude, np.roll(latitude, -1)) <= -MAX_LATITUDE_DEG)
            _add(x + shift, projection.y(latitude), hidden, window, grid, land, coast)
    return "".join(land), "".join(coast)


def _add(
    x: F64, y: F64, hidden: npt.NDArray[np.bool_], window: Box, grid: int, land: list[str], coast: list[str]
) -> None:
    xs, ys, edges = x, y, hidden
    for axis, limit, sign in ((0, window.left, 1), (0, window.right, -1), (1, window.top, 1), (1, window.bottom, -1)):
        xs, ys, edges = _cut(xs, ys, edges, axis, limit, sign)
        if len(xs) < 3:
            return
    grid_x, grid_y = np.rint(xs / grid).astype(np.int64), np.rint(ys / grid).astype(np.int64)
    moved = (grid_x != np.roll(grid_x, -1)) | (grid_y != np.roll(grid_y, -1))
    grid_x, grid_y, edges = grid_x[moved], grid_y[moved], edges[moved]
    if len(grid_x) < 3:
        return
    land.append(path(grid_x, grid_y) + "z")
    if not edges.any():
        coast.append(land[-1])
        return
    # Begin after a hidden edge, so that every run of coast is whole.
    start = (int(np.flatnonzero(edges)[0]) + 1) % len(edges)
    grid_x, grid_y, edges = np.roll(grid_x, -start), np.roll(grid_y, -start), np.roll(edges, -start)
    ends = np.flatnonzero(edges)
    begin = 0
    for end in ends.tolist():
        if end > begin:
            coast.append(path(grid_x[begin : end + 1], grid_y[begin : end + 1]))
        begin = end + 1


def _cut(
    x: F64, y: F64, hidden: npt.NDArray[np.bool_], axis: int, limit: float, sign: int
) -> tuple[F64, F64, npt.NDArray[np.bool_]]:
    """One side of Sutherland and Hodgman's polygon cutting (CACM 17, 1974), for columns.

    Place i of the result is followed by an edge that is hidden if it was, or if it runs along the cut.
    """
    value = (x, y)[axis]
    inside = sign * (value - limit) >= 0
    if inside.all():
        return x, y, hidden
    if not inside.any():
        return x[:0], y[:0], hidden[:0]
    next_value, next_inside = np.roll(value, -1), np.roll(inside, -1)
    crosses = inside != next_inside
    share = np.divide(limit - value, next_value - value, out=np.zeros_like(value), where=crosses)
    cross_x, cross_y = x + share * (np.roll(x, -1) - x), y + share * (np.roll(y, -1) - y)
    n = len(x)
    # Each place, then where its edge crosses: kept places in the order of the ring.
    all_x, all_y = np.empty(2 * n), np.empty(2 * n)
    all_x[0::2], all_x[1::2], all_y[0::2], all_y[1::2] = x, cross_x, y, cross_y
    keep, edge = np.empty(2 * n, np.bool_), np.empty(2 * n, np.bool_)
    keep[0::2], keep[1::2] = inside, crosses
    edge[0::2], edge[1::2] = hidden, np.where(inside, True, hidden)
    return all_x[keep], all_y[keep], edge[keep]


def path(x: npt.NDArray[np.int64], y: npt.NDArray[np.int64]) -> str:
    """`M` and relative lines between whole numbers, as short as SVG allows."""
    text = f"M{x[0]} {y[0]}"
    steps = np.stack([np.diff(x), np.diff(y)], axis=1).ravel().tolist()
    if not steps:
        return text
    return text + "l" + "".join(f"{' ' if i and step >= 0 else ''}{step}" for i, step in enumerate(steps))
