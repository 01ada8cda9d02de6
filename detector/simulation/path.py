"""A path over the ground: directed points joined by turn, straight line, turn (Dubins), on the sphere.

Right for turns that are small against the Earth. L. E. Dubins, "On curves of minimal length with a constraint on
average curvature", American Journal of Mathematics 79, 1957.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from detector.domain.geo import bearing_deg, destination, distance_nm, distances_nm

Floats = npt.NDArray[np.float64]

ARC_STEP_DEG = 4.0
STRAIGHT_STEP_NM = 0.5
SAME_CIRCLE_NM = 0.02
MIN_STEP_NM = 2e-4
"""Points closer than this (0.4 m) would give a direction of nothing but rounding."""


@dataclass(frozen=True, slots=True)
class Pose:
    """A point that is passed on `heading_deg` (true), turning to and from it with `turn_nm` radius."""

    lat: float
    lon: float
    heading_deg: float
    turn_nm: float

    def ahead(self, nm: float, *, turn_nm: float | None = None) -> Pose:
        """The pose `nm` further on along the great circle (behind, if negative)."""
        if nm == 0:
            return Pose(self.lat, self.lon, self.heading_deg, self.turn_nm if turn_nm is None else turn_nm)
        lat, lon = destination(self.lat, self.lon, self.heading_deg + (180 if nm < 0 else 0), abs(nm))
        heading = (bearing_deg(lat, lon, self.lat, self.lon) + (0 if nm < 0 else 180)) % 360
        return Pose(lat, lon, heading, self.turn_nm if turn_nm is None else turn_nm)


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """Points in order. `along_nm` (n,) rises strictly; `marks[k]` is where the k-th pose is passed."""

    along_nm: Floats
    vectors: Floats
    """(n, 3) unit vectors from the centre of the Earth."""
    marks: tuple[float, ...]

    def at(self, along_nm: Floats) -> tuple[Floats, Floats]:
        """Latitudes and longitudes, the latter unwrapped so that they may be interpolated."""
        x, y, z = (np.interp(along_nm, self.along_nm, self.vectors[:, axis]) for axis in range(3))
        lat: Floats = np.degrees(np.arctan2(z, np.hypot(x, y)))
        lon: Floats = np.degrees(np.unwrap(np.arctan2(y, x)))
        return lat, lon

    def course_deg(self, along_nm: Floats) -> Floats:
        """Directions of motion, unwrapped."""
        lat, lon = self.at(self.along_nm)
        between = (self.along_nm[1:] + self.along_nm[:-1]) / 2
        phi, dlon = np.radians(lat), np.radians(np.diff(lon))
        y = np.sin(dlon) * np.cos(phi[1:])
        x = np.cos(phi[:-1]) * np.sin(phi[1:]) - np.sin(phi[:-1]) * np.cos(phi[1:]) * np.cos(dlon)
        course = np.degrees(np.unwrap(np.arctan2(y, x)))
        result: Floats = np.interp(along_nm, between, course)
        return result


def flown(poses: list[Pose]) -> Path:
    """The path through `poses`, in order."""
    lat, lon, ends = [poses[0].lat], [poses[0].lon], [0]
    for start, end in pairwise(poses):
        for point in _turn_straight_turn(start, end):
            lat.append(point[0])
            lon.append(point[1])
        ends.append(len(lat) - 1)
    return _path(np.array(lat), np.array(lon), ends)


def taxied(points: list[tuple[float, float]], step_nm: float = 0.03) -> Path:
    """Straight lines between `points`."""
    lat, lon, ends = [points[0][0]], [points[0][1]], [0]
    for (lat1, lon1), (lat2, lon2) in pairwise(points):
        for point in _straight(lat1, lon1, lat2, lon2, step_nm):
            lat.append(point[0])
            lon.append(point[1])
        ends.append(len(lat) - 1)
    return _path(np.array(lat), np.array(lon), ends)


def joined(paths: list[Path]) -> Path:
    """Paths end to end (each begins where the one before ends); marks of all of them."""
    along, vectors, marks, done = [np.zeros(1)], [paths[0].vectors[:1]], [], 0.0
    for path in paths:
        along.append(path.along_nm[1:] + done)
        vectors.append(path.vectors[1:])
        marks += [mark + done for mark in path.marks]
        done += float(path.along_nm[-1])
    return Path(np.concatenate(along), np.concatenate(vectors), tuple(marks))


def _path(lat: Floats, lon: Floats, ends: list[int]) -> Path:
    steps = distances_nm(lat[:-1], lon[:-1], lat[1:], lon[1:])
    along = np.concatenate([[0.0], np.cumsum(steps)])
    keep = np.concatenate([[True], steps > MIN_STEP_NM])
    phi, lam = np.radians(lat), np.radians(lon)
    vectors = np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=1)
    return Path(along[keep], vectors[keep], tuple(float(along[end]) for end in ends))


def _turn_straight_turn(start: Pose, end: Pose) -> list[tuple[float, float]]:
    best: tuple[float, list[tuple[float, float]]] | None = None
    for side_out in (1, -1):
        for side_in in (1, -1):
            candidate = _one_way(start, end, side_out, side_in)
            if candidate is not None and (best is None or candidate[0] < best[0] - 1e-6):
                best = candidate
    if best is None:  # the turns do not fit between the two: go straight, with corners
        return _straight(start.lat, start.lon, end.lat, end.lon, STRAIGHT_STEP_NM)
    return best[1]


def _one_way(start: Pose, end: Pose, side_out: int, side_in: int) -> tuple[float, list[tuple[float, float]]] | None:
    """Length and points of the path with these turns (1 right, -1 left), or None where there is none."""
    out_lat, out_lon = destination(start.lat, start.lon, start.heading_deg + 90 * side_out, start.turn_nm)
    in_lat, in_lon = destination(end.lat, end.lon, end.heading_deg + 90 * side_in, end.turn_nm)
    between = distance_nm(out_lat, out_lon, in_lat, in_lon)
    offset = side_in * end.turn_nm - side_out * start.turn_nm
    if between < SAME_CIRCLE_NM and side_out == side_in and start.turn_nm == end.turn_nm:
        turn = _turned(end.heading_deg - start.heading_deg, side_out)
        points = _arc(out_lat, out_lon, start.heading_deg - 90 * side_out, turn, side_out, start.turn_nm)
        return math.radians(turn) * start.turn_nm, [*points, (end.lat, end.lon)]
    if between < SAME_CIRCLE_NM or abs(offset) > between:
        return None
    lean = math.degrees(math.asin(offset / between))
    course_out = bearing_deg(out_lat, out_lon, in_lat, in_lon) - lean
    course_in = bearing_deg(in_lat, in_lon, out_lat, out_lon) + 180 - lean
    turn_out = _turned(course_out - start.heading_deg, side_out)
    turn_in = _turned(end.heading_deg - course_in, side_in)
    leave, join = (start.lat, start.lon), (end.lat, end.lon)
    if turn_out:
        leave = destination(out_lat, out_lon, course_out - 90 * side_out, start.turn_nm)
    if turn_in:
        join = destination(in_lat, in_lon, course_in - 90 * side_in, end.turn_nm)
    length = math.radians(turn_out) * start.turn_nm + distance_nm(*leave, *join) + math.radians(turn_in) * end.turn_nm
    points = _arc(out_lat, out_lon, start.heading_deg - 90 * side_out, turn_out, side_out, start.turn_nm)
    points += [leave, *_straight(*leave, *join, STRAIGHT_STEP_NM)]
    points += _arc(in_lat, in_lon, course_in - 90 * side_in, turn_in, side_in, end.turn_nm)
    points.append((end.lat, end.lon))
    return length, points


def _turned(angle_deg: float, side: int) -> float:
    """Degrees to turn on `side`; next to nothing, or all but a full circle, is an error of plane geometry."""
    turn = angle_deg * side % 360
    return 0.0 if turn < 0.1 or turn > 359.5 else turn


def _arc(
    lat: float, lon: float, first_deg: float, turn_deg: float, side: int, radius: float
) -> list[tuple[float, float]]:
    count = int(turn_deg // ARC_STEP_DEG)
    return [destination(lat, lon, first_deg + side * turn_deg * k / (count + 1), radius) for k in range(1, count + 1)]


def _straight(lat1: float, lon1: float, lat2: float, lon2: float, step_nm: float) -> list[tuple[float, float]]:
    """Points after the first, up to and with the last."""
    length = distance_nm(lat1, lon1, lat2, lon2)
    count = max(1, math.ceil(length / step_nm))
    course = bearing_deg(lat1, lon1, lat2, lon2)
    return [destination(lat1, lon1, course, length * k / count) for k in range(1, count)] + [(lat2, lon2)]
