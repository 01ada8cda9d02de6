"""Distances and bearings on the sphere, for scalars and arrays alike.

A sphere of the mean Earth radius differs from the WGS 84 ellipsoid by less than 0.56 % of the distance
(Karney, "Algorithms for geodesics", J. Geodesy 87, 2013, is the authority the tests compare with). Every
threshold in this program is coarser than that.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from detector.domain.units import M_PER_NM

EARTH_RADIUS_NM = 6_371_008.8 / M_PER_NM
"""IUGG mean radius R1 in nautical miles."""

FloatArray = npt.NDArray[np.float64]


def distance_nm(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance between two points in degrees, in NM (haversine, exact for small distances)."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half_dphi = (phi2 - phi1) / 2
    half_dlam = math.radians(lon2 - lon1) / 2
    h = math.sin(half_dphi) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin(half_dlam) ** 2
    return 2 * EARTH_RADIUS_NM * math.asin(min(1.0, math.sqrt(h)))


def distances_nm(lat1: FloatArray, lon1: FloatArray, lat2: FloatArray, lon2: FloatArray) -> FloatArray:
    """`distance_nm` for arrays; shapes broadcast, NaN in gives NaN out."""
    phi1, phi2 = np.radians(lat1), np.radians(lat2)
    h = (
        np.sin((phi2 - phi1) / 2) ** 2
        + np.cos(phi1) * np.cos(phi2) * np.sin(np.radians(np.subtract(lon2, lon1)) / 2) ** 2
    )
    result: FloatArray = 2 * EARTH_RADIUS_NM * np.arcsin(np.minimum(1.0, np.sqrt(h)))
    return result


def bearing_deg(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Initial great-circle bearing from the first point to the second, degrees true in [0, 360)."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    dlam = math.radians(lon2 - lon1)
    y = math.sin(dlam) * math.cos(phi2)
    x = math.cos(phi1) * math.sin(phi2) - math.sin(phi1) * math.cos(phi2) * math.cos(dlam)
    return math.degrees(math.atan2(y, x)) % 360.0


def destination(lat: float, lon: float, bearing: float, distance: float) -> tuple[float, float]:
    """The point `distance` NM from (lat, lon) along a great circle leaving at `bearing` degrees: (lat, lon)."""
    phi, delta, theta = math.radians(lat), distance / EARTH_RADIUS_NM, math.radians(bearing)
    sin_phi2 = math.sin(phi) * math.cos(delta) + math.cos(phi) * math.sin(delta) * math.cos(theta)
    phi2 = math.asin(max(-1.0, min(1.0, sin_phi2)))
    y = math.sin(theta) * math.sin(delta) * math.cos(phi)
    x = math.cos(delta) - math.sin(phi) * sin_phi2
    lon2 = lon + math.degrees(math.atan2(y, x))
    return math.degrees(phi2), (lon2 + 180.0) % 360.0 - 180.0


def angle_between_deg(a: float, b: float) -> float:
    """The smaller angle between two directions in degrees, in [0, 180]."""
    return abs((a - b + 180.0) % 360.0 - 180.0)
