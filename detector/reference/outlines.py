"""The outline of a field as a polygon, and how far a place is from it."""

from __future__ import annotations

import math
from itertools import combinations

from detector.domain.geo import bearing_deg, distance_nm

Point = tuple[float, float]
LEAST_AREA_NM2 = 1e-4
"""300 m by 100 m. A smaller outline has its points on a line, or is no field."""


def distance_to_outline_nm(outline: tuple[Point, ...], lat: float, lon: float) -> float:
    """NM from a place to an outline, (lat, lon) points in order around it; 0 on it and inside."""
    plane = [seen_from(lat, lon, point) for point in outline]
    inside, nearest = False, math.inf
    for (ax, ay), (bx, by) in zip(plane, plane[1:] + plane[:1], strict=True):
        # Counted are the edges that a ray to the east meets: an odd number from inside.
        if (ay > 0.0) != (by > 0.0) and ax - ay * (bx - ax) / (by - ay) > 0.0:
            inside = not inside
        nearest = min(nearest, distance_to_line_nm((ax, ay), (bx, by)))
    return 0.0 if inside else nearest


def fault_of_outline(outline: tuple[Point, ...]) -> str | None:
    """What is wrong with an outline, in words; None where nothing is."""
    longitudes = [lon for _, lon in outline]
    if max(longitudes) - min(longitudes) > 180.0:
        return "it lies over the 180th meridian, which an outline may not"
    plane = [seen_from(*outline[0], point) for point in outline]
    edges = list(zip(plane, plane[1:] + plane[:1], strict=True))
    if any(_cross(*one, *other) for one, other in combinations(edges, 2)):
        return "it crosses itself; give the points in order around the field"
    area = abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in edges)) / 2.0
    return None if area >= LEAST_AREA_NM2 else "it encloses nothing"


def centre_of(outline: tuple[Point, ...]) -> Point:
    """The centroid of the area that an outline encloses, (lat, lon); it must enclose some."""
    # Degrees will do: a few miles are flat, and a scale on one axis moves no centroid. From the first point, for the
    # digits that the difference of two products would lose.
    lat0, lon0 = outline[0]
    points = [(lat - lat0, lon - lon0) for lat, lon in outline]
    twice = lat = lon = 0.0
    for (a, b), (c, d) in zip(points, points[1:] + points[:1], strict=True):
        cross = a * d - c * b
        twice, lat, lon = twice + cross, lat + (a + c) * cross, lon + (b + d) * cross
    return lat0 + lat / (3.0 * twice), lon0 + lon / (3.0 * twice)


def seen_from(lat: float, lon: float, point: Point) -> Point:
    """East and north in NM, in a plane that keeps distances and bearings from (lat, lon)."""
    distance = distance_nm(lat, lon, *point)
    bearing = math.radians(bearing_deg(lat, lon, *point))
    return distance * math.sin(bearing), distance * math.cos(bearing)


def distance_to_line_nm(a: Point, b: Point) -> float:
    """From the origin of the plane to the line between two points of it."""
    (ax, ay), (bx, by) = a, b
    dx, dy = bx - ax, by - ay
    length2 = dx * dx + dy * dy
    along = 0.0 if length2 == 0.0 else min(1.0, max(0.0, -(ax * dx + ay * dy) / length2))
    return math.hypot(ax + along * dx, ay + along * dy)


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether two edges cross between their ends; edges that share a corner do not."""
    return _side(a, b, c) * _side(a, b, d) < 0.0 and _side(c, d, a) * _side(c, d, b) < 0.0


def _side(a: Point, b: Point, c: Point) -> float:
    value = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return 0.0 if abs(value) < 1e-12 else value
