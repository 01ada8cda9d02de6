"""Land under Grafana's map: coast, no borders, and nothing that a browser has to ask somebody else for.

Grafana's own base maps come from servers of others, or draw borders that are disputed.
"""

from __future__ import annotations

import json
import re

import numpy as np
import numpy.typing as npt

from detector.web.replay_map.land import land_paths
from detector.web.replay_map.projection import UNITS_PER_DEG, Mercator

F64 = npt.NDArray[np.float64]

GRID = 20
"""Map units: 0.02 degrees of longitude."""
TOLERANCE_DEG = 0.05
"""A coast may be so far from where it was: one or two pixels of a screen that shows a continent."""
DIGITS = 2


def land() -> str:
    """A GeoJSON FeatureCollection of one MultiPolygon (RFC 7946), cut at 180 degrees."""
    outlines: list[F64] = []
    lakes: list[F64] = []
    for ring in rings():
        (outlines if area(ring) < 0 else lakes).append(ring)
    polygons = [[ring] for ring in outlines]
    for lake in lakes:
        around = [polygon for polygon in polygons if holds(polygon[0], lake[0])]
        min(around, key=lambda polygon: abs(area(polygon[0]))).append(lake)
    # The outline goes against the clock, holes with it.
    places = [[_closed(ring[::-1]) for ring in polygon] for polygon in polygons]
    geometry = {"type": "MultiPolygon", "coordinates": places}
    feature = {"type": "Feature", "properties": {"name": "land"}, "geometry": geometry}
    document = {"type": "FeatureCollection", "features": [feature]}
    return json.dumps(document, separators=(",", ":")) + "\n"


def rings() -> list[F64]:
    """Rings (n, 2) of longitude and latitude in degrees, not closed, generalised."""
    projection = Mercator(0.0)
    paths, _ = land_paths(projection, projection.world, GRID)
    found = []
    for path in re.findall(r"M([^z]*)z", paths):
        numbers = np.array(re.findall(r"-?\d+", path), np.float64).reshape(-1, 2)
        east, south = np.cumsum(numbers, axis=0).T * GRID / UNITS_PER_DEG
        ring = np.column_stack([east, -np.degrees(np.arctan(np.sinh(np.radians(south))))])
        kept = np.round(generalised(ring), DIGITS) + 0.0
        if len(kept) > 3:
            found.append(kept)
    return found


def generalised(ring: F64) -> F64:
    """The places that Douglas and Peucker's method (Cartographica 10, 1973) keeps within `TOLERANCE_DEG`."""
    far = int(np.argmax(np.hypot(*(ring - ring[0]).T)))
    line = np.concatenate([ring, ring[:1]])
    kept = np.zeros(len(line), np.bool_)
    kept[[0, far, -1]] = True
    spans = [(0, far), (far, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        along = line[last] - line[first]
        off = line[first + 1 : last] - line[first]
        length = np.hypot(*along)
        distance = np.hypot(*off.T) if length == 0.0 else np.abs(along[0] * off[:, 1] - along[1] * off[:, 0]) / length
        worst = int(np.argmax(distance))
        if distance[worst] > TOLERANCE_DEG:
            middle = first + 1 + worst
            kept[middle] = True
            spans += [(first, middle), (middle, last)]
    return np.asarray(line[:-1][kept[:-1]])


def area(ring: F64) -> float:
    """Square degrees, less than 0 where it goes with the clock."""
    x, y = ring.T
    return 0.5 * float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def holds(ring: F64, place: F64) -> bool:
    """Whether a place is inside: a line from it to the east meets the ring an odd number of times."""
    x, y = ring.T
    next_x, next_y = np.roll(x, -1), np.roll(y, -1)
    meets = (y > place[1]) != (next_y > place[1])
    share = np.divide(place[1] - y, next_y - y, out=np.zeros_like(y), where=meets)
    return bool(np.count_nonzero(meets & (x + share * (next_x - x) > place[0])) % 2)


def _closed(ring: F64) -> list[list[float]]:
    return [*ring.tolist(), ring[0].tolist()]
