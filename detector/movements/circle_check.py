"""Positions that run round in a circle: false ones often do, and so do honest aircraft that orbit.

What tells them apart is what satellites do not reach: roll, heading and the barometer. An orbit by itself is no
failure. Holding patterns are racetracks, and fit no circle.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from detector.domain.airdata import AirData
from detector.domain.geo import angle_between_deg
from detector.domain.observation import Points
from detector.domain.stop import Check
from detector.domain.units import M_PER_NM, SECONDS_PER_HOUR
from detector.movements.check_settings import CheckSettings
from detector.movements.checking import made
from detector.movements.motion_checks import airborne

F64 = npt.NDArray[np.float64]

TRANSPORT = ("A3", "A4", "A5")
"""Categories that neither spiral down in perfect circles nor fly slowly up high; drones (B6) and light ones do."""
NM_PER_DEGREE = 60.0
LEAST_BANK_DEG = 5.0
SMALLEST_NM = 0.05
"""A circle smaller than this is the scatter of a position that stands still."""


@dataclass(frozen=True, slots=True)
class Circle:
    """A fitted circle. `residual`: scatter as a share of the radius; `turned_deg`: clockwise positive; `speed_kt`:
    along it; `start`, `end`: its first and last point."""

    radius_nm: float
    residual: float
    turned_deg: float
    speed_kt: float
    start: int
    end: int


def circling(points: Points, air: Sequence[AirData], category: str | None, s: CheckSettings) -> Check:
    """A circle flown without the bank and the turn that it takes. Value: degrees turned, limit 360.

    Without roll or heading a circle is only suspicious, unless it is one that no aircraft of its kind flies.
    """
    name, flown = "circling", airborne(points)
    circles, tried = _circles(flown, s)
    if not tried:
        return made(name, None, None, 360.0, "degrees", "too few positions in the air to fit a circle")
    if not circles:
        return made(name, True, None, 360.0, "degrees", "the positions follow no circle")
    about = ""
    for circle in circles:
        about = f"a circle of {circle.radius_nm:.1f} NM at {circle.speed_kt:.0f} kt (scatter {circle.residual:.1%})"
        why = _impossible(circle, flown, air, category, s)
        if why:
            return made(name, False, abs(circle.turned_deg), 360.0, "degrees", f"{about}, {why}")
    turned = max(abs(circle.turned_deg) for circle in circles)
    if all(_attitude_agrees(circle, flown, air, s) for circle in circles):
        return made(name, True, turned, 360.0, "degrees", f"{about}, and the aircraft turned with it")
    return made(name, None, turned, 360.0, "degrees", f"suspicious: {about}, roll and heading unknown")


def fit_circle(x: F64, y: F64) -> tuple[float, float, float]:
    """Centre and radius by least squares on x^2 + y^2 = 2ax + 2by + c (Kasa 1976, IEEE Trans. Instr. Meas. 25)."""
    system = np.stack([2 * x, 2 * y, np.ones(len(x))], axis=1)
    (a, b, c), *_ = np.linalg.lstsq(system, x * x + y * y, rcond=None)
    return float(a), float(b), math.sqrt(max(float(c + a * a + b * b), 0.0))


def _circles(points: Points, s: CheckSettings) -> tuple[list[Circle], bool]:
    """Circles of more than one turn in the stretches that end at each point; whether there was a stretch to fit."""
    found, tried = [], False
    for end in range(len(points)):
        start = int(np.searchsorted(points.at, points.at[end] - s.circle_s, side="right")) - 1
        if start < 0 or end + 1 - start < s.circle_points or points.at[end] - points.at[start] > s.circle_most_s:
            continue
        tried = True
        circle = _circle(points, start, end)
        if circle.residual < s.circle_residual and abs(circle.turned_deg) > 360.0 and circle.radius_nm > SMALLEST_NM:
            found.append(circle)
    return found, tried


def _circle(points: Points, start: int, end: int) -> Circle:
    part = slice(start, end + 1)
    latitude, longitude = points.latitude_deg[part], points.longitude_deg[part]
    north = (latitude - latitude[0]) * NM_PER_DEGREE
    east = ((longitude - longitude[0] + 180.0) % 360.0 - 180.0) * NM_PER_DEGREE * np.cos(np.radians(latitude[0]))
    a, b, radius = fit_circle(east, north)
    off = np.hypot(east - a, north - b) - radius
    angles = np.degrees(np.arctan2(east - a, north - b))
    turned = float(((np.diff(angles) + 180.0) % 360.0 - 180.0).sum())
    lasted = float(points.at[end] - points.at[start])
    along = math.radians(abs(turned)) * radius / lasted * SECONDS_PER_HOUR
    residual = float(np.sqrt(np.mean(off * off))) / radius if radius > 0 else math.inf
    return Circle(radius, residual, turned, along, start, end)


def _within(points: Points, circle: Circle, air: Sequence[AirData]) -> list[AirData]:
    return [one for one in air if points.at[circle.start] <= one.at <= points.at[circle.end]]


def _impossible(circle: Circle, points: Points, air: Sequence[AirData], category: str | None, s: CheckSettings) -> str:
    """Why the circle cannot have been flown; "" if it can."""
    inside = _within(points, circle, air)
    roll, needed = _roll(inside, s), _bank_deg(circle)
    if roll is not None and abs(needed - roll) > s.bank_deg:
        return f"which needs {needed:.0f} degrees of bank; the aircraft's roll was {roll:.0f}"
    rate = _heading_rate(inside, s)
    if rate is not None and abs(_rate(circle, points) - rate) > s.turn_rate_deg_s:
        return f"turning {_rate(circle, points):+.1f} degrees a second; its heading turned {rate:+.1f}"
    most = s.transport_bank_deg if category in TRANSPORT else s.any_bank_deg
    if needed > most:
        return f"which needs {needed:.0f} degrees of bank, more than the {most:.0f} that such an aircraft keeps up"
    return _no_such_orbit(circle, points, category, s)


def _no_such_orbit(circle: Circle, points: Points, category: str | None, s: CheckSettings) -> str:
    """A circle too perfect, and an altitude that does not go with it: only for aircraft that never fly so."""
    part = slice(circle.start, circle.end + 1)
    told = points.groundspeed_kt[part][~np.isnan(points.groundspeed_kt[part])]
    altitude = points.altitude_ft[part][~np.isnan(points.altitude_ft[part])]
    if category not in TRANSPORT or circle.residual >= s.perfect_residual or len(told) < 3 or len(altitude) < 3:
        return ""
    if float(np.std(told)) > s.perfect_speed * float(np.mean(told)):
        return ""
    lost = float(altitude[0] - altitude[-1])
    steadily = bool(np.all(np.diff(altitude) <= s.quiet_ft))
    if lost > s.perfect_descent_ft and steadily:
        return f"without a trace of wind, during a steady descent of {lost:.0f} ft"
    if altitude.min() >= s.perfect_high_ft and circle.speed_kt < s.perfect_kt:
        return f"too slow to fly at {float(altitude.min()):.0f} ft"
    return ""


def _attitude_agrees(circle: Circle, points: Points, air: Sequence[AirData], s: CheckSettings) -> bool:
    """Whether roll or heading was known, and (where this is asked) did not contradict."""
    inside = _within(points, circle, air)
    return _heading_rate(inside, s) is not None or (
        _roll(inside, s) is not None and _bank_deg(circle) > s.bank_deg + LEAST_BANK_DEG
    )


def _bank_deg(circle: Circle) -> float:
    """Bank of a level turn: atan(v^2 / (g r))."""
    speed = circle.speed_kt * M_PER_NM / SECONDS_PER_HOUR
    return math.degrees(math.atan(speed * speed / (9.80665 * circle.radius_nm * M_PER_NM)))


def _roll(air: Sequence[AirData], s: CheckSettings) -> float | None:
    """The usual roll, either way."""
    rolls = [abs(one.roll_deg) for one in air if one.roll_deg is not None]
    return float(np.median(rolls)) if len(rolls) >= s.attitude_samples else None


def _rate(circle: Circle, points: Points) -> float:
    return circle.turned_deg / float(points.at[circle.end] - points.at[circle.start])


def _heading_rate(air: Sequence[AirData], s: CheckSettings) -> float | None:
    """The usual turn of the heading, degrees a second, clockwise positive."""
    known = [(one.at, one.heading_deg) for one in air if one.heading_deg is not None]
    rates = [
        math.copysign(angle_between_deg(h1, h0), (h1 - h0 + 180.0) % 360.0 - 180.0) / (t1 - t0)
        for (t0, h0), (t1, h1) in pairwise(known)
        if 1.0 <= t1 - t0 <= s.heading_gap_s
    ]
    return float(np.median(rates)) if len(rates) >= s.attitude_samples else None
