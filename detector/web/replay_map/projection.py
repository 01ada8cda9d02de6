"""Mercator about a meridian chosen from the data, so that no route is torn at 180 degrees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.domain.geo import bearing_deg, destination, distance_nm

F64 = npt.NDArray[np.float64]

UNITS_PER_DEG = 1000.0
"""Map units: a thousandth of a degree of longitude, 60 to 110 m. Two decimals are a metre."""
MAX_LATITUDE_DEG = 84.0
"""Mercator ends at the poles; nothing is drawn beyond this."""
GREAT_CIRCLE_STEP_NM = 40.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in map units; y grows to the south."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def grown(self, share: float, least: float) -> Box:
        """Wider by `share` of its size on every side, and at least `least` units wide and high."""
        x, y = (self.left + self.right) / 2, (self.top + self.bottom) / 2
        half_width = max(self.width * (0.5 + share), least / 2)
        half_height = max(self.height * (0.5 + share), least / 2)
        return Box(x - half_width, y - half_height, x + half_width, y + half_height)

    def within(self, other: Box) -> Box:
        """The part of it that lies in `other`."""
        return Box(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def meets(self, other: Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True)
class Mercator:
    """The projection (Snyder, USGS Professional Paper 1395, eq. 7-1, 7-2, on the sphere). `meridian_deg` is x = 0."""

    meridian_deg: float

    @property
    def world(self) -> Box:
        edge = 180.0 * UNITS_PER_DEG
        bottom = float(self.y(np.array(-MAX_LATITUDE_DEG)))
        return Box(-edge, -bottom, edge, bottom)

    def x(self, longitude_deg: npt.ArrayLike) -> F64:
        return ((np.asarray(longitude_deg) - self.meridian_deg + 180.0) % 360.0 - 180.0) * UNITS_PER_DEG

    def y(self, latitude_deg: npt.ArrayLike) -> F64:
        phi = np.radians(np.clip(latitude_deg, -MAX_LATITUDE_DEG, MAX_LATITUDE_DEG))
        result: F64 = -np.degrees(np.arcsinh(np.tan(phi))) * UNITS_PER_DEG
        return result

    def box(self, latitude_deg: F64, longitude_deg: F64) -> Box:
        """The rectangle around places; at least one."""
        x, y = self.x(longitude_deg), self.y(latitude_deg)
        return Box(float(x.min()), float(y.min()), float(x.max()), float(y.max()))


def central_meridian(longitudes_deg: F64) -> float:
    """The middle of the shortest arc that holds all longitudes: opposite to the widest gap between them."""
    if len(longitudes_deg) == 0:
        return 0.0
    ordered = np.unique(np.round(longitudes_deg % 360.0, 3))
    gaps = np.diff(ordered, append=ordered[0] + 360.0)
    widest = int(np.argmax(gaps))
    middle = (ordered[widest] + gaps[widest] / 2 + 180.0) % 360.0
    return float(round((middle + 180.0) % 360.0 - 180.0, 3))


def great_circle(lat1: float, lon1: float, lat2: float, lon2: float) -> tuple[F64, F64]:
    """Places along the shortest way, both ends among them: (latitudes, longitudes)."""
    length = distance_nm(lat1, lon1, lat2, lon2)
    steps = max(1, int(np.ceil(length / GREAT_CIRCLE_STEP_NM)))
    bearing = bearing_deg(lat1, lon1, lat2, lon2)
    between = [destination(lat1, lon1, bearing, length * i / steps) for i in range(1, steps)]
    places = np.array([(lat1, lon1), *between, (lat2, lon2)])
    return places[:, 0], places[:, 1]
