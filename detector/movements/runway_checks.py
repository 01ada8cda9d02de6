"""Checks of a landing against the runways of the field: whoever lands rolls along one, and comes in along one."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from detector.domain.geo import angle_between_deg, bearing_deg, distance_nm, distances_nm
from detector.domain.observation import Points
from detector.domain.stop import Check
from detector.domain.units import M_PER_NM, SECONDS_PER_HOUR
from detector.movements.check_settings import CheckSettings
from detector.movements.checking import made
from detector.reference.airports import Runway

ROTORCRAFT = "A7"
LIGHT = ("A1", "B")


def on_runway(points: Points, contact_at: float, runways: Sequence[Runway], s: CheckSettings) -> Check:
    """The fast part of the roll-out lies on a runway. Value: m from the nearest centreline (the usual of its fixes).

    `contact_at`: first ground contact, Unix s UTC; `runways` of the field (`Airports.runways_of`). Estimated runways
    are known by their direction only, and neither pass nor fail a landing.
    """
    name = "on_runway"
    known = [runway for runway in runways if not runway.estimated]
    if not known:
        return made(name, None, None, s.runway_m, "m", "the runways of the field are not known well enough")
    rolling = (
        (points.surface == 1.0)
        & (points.at >= contact_at)
        & (points.at <= contact_at + s.contact_s)
        & (points.groundspeed_kt >= s.rolling_kt)
    )
    rows = np.flatnonzero(rolling).tolist()
    if not rows:
        return made(name, None, None, s.runway_m, "m", "no fast ground contact was heard")
    on = sum(any(_lies_on(runway, points, row, s) for runway in known) for row in rows)
    away = [min(_distance_nm(runway, *_place(points, row)) for runway in known) for row in rows]
    usual = float(np.median(away)) * M_PER_NM
    told = f"{len(rows)} fixes of the roll-out, {usual:.0f} m from the nearest centreline"
    spread = max(distance_nm(*_place(points, rows[0]), *_place(points, row)) for row in rows) * M_PER_NM
    if len(rows) >= s.off_runway_fixes and spread < s.moving_m:
        return made(name, None, usual, s.runway_m, "m", f"{told}, all of them one place")
    if 2 * on >= len(rows):
        return made(name, True, usual, s.runway_m, "m", f"{told}, {on} of them along a runway")
    off = np.median(away) > s.off_runway_nm and on <= s.off_runway_share * len(rows)
    if len(rows) >= s.off_runway_fixes and off and len(known) == len(runways):
        return made(name, False, usual, s.runway_m, "m", f"{told}: off every runway")
    return made(name, None, usual, s.runway_m, "m", f"{told}: neither clearly on a runway nor clearly off them all")


def slowed_down(points: Points, contact_at: float, s: CheckSettings) -> Check:
    """Some time after touching down it no longer moves at the speed of flight. Value: kt, of the positions.

    The speed of the positions counts: a ground speed may be told as it was in flight.
    """
    name = "slowed_down"
    later = (
        (points.surface == 1.0)
        & (points.at >= contact_at + s.slow_after_s)
        & (points.at <= contact_at + s.slow_until_s)
    )
    rows = np.flatnonzero(later)
    if len(rows) < s.slow_fixes or points.at[rows[-1]] - points.at[rows[0]] < s.slow_least_s:
        return made(name, None, None, s.slow_kt, "kt", "too few positions after the roll-out")
    at, lat, lon = points.at[rows], points.latitude_deg[rows], points.longitude_deg[rows]
    chord = distances_nm(lat[:-1], lon[:-1], lat[1:], lon[1:]) / np.maximum(np.diff(at), 0.1) * SECONDS_PER_HOUR
    speed = float(np.median(chord))
    reason = f"{s.slow_after_s:.0f} s after touching down its positions move at {speed:.0f} kt"
    return made(name, speed < s.slow_kt, speed, s.slow_kt, "kt", reason)


def steady_landing(
    points: Points, landed_at: float, elevation_ft: float, category: str | None, s: CheckSettings
) -> Check:
    """Over the runway threshold nothing changes speed or course at once. Value: kt/s, of the ground speed vector.

    A position drawn away slowly moves with the pull, and the pull ends somewhere: at the touchdown or shortly before.
    """
    name = "steady_landing"
    since = points.at - landed_at
    low = (points.surface == 1.0) | (points.altitude_ft - elevation_ft < s.steady_ft)
    told = ~np.isnan(points.groundspeed_kt) & ~np.isnan(points.track_deg)
    rows = np.flatnonzero((since >= -s.steady_before_s) & (since <= s.steady_after_s) & low & told)
    light = category is not None and (category.startswith(LIGHT) or category == ROTORCRAFT)
    if len(rows) < s.steady_fixes or light or not np.any(points.groundspeed_kt[rows] > s.circuit_kt):
        return made(
            name, None, None, s.steady_kt_s, "kt/s", "too few velocities around the touchdown of a fast aircraft"
        )
    velocity = points.groundspeed_kt[rows] * np.exp(1j * np.radians(points.track_deg[rows]))
    dt, change = np.diff(points.at[rows]), np.abs(np.diff(velocity))
    close = (dt >= s.steady_least_s) & (dt <= s.steady_most_s)
    if not close.any():
        return made(name, None, None, s.steady_kt_s, "kt/s", "the velocities around the touchdown are too far apart")
    rate = np.where(close & (change > s.steady_kt), change / np.maximum(dt, 0.1), 0.0)
    worst = float(rate.max())
    reason = f"ground speed and course change by at most {worst:.0f} kt a second around the touchdown"
    if worst > s.steady_kt_s:
        reason = f"ground speed and course jump by {float(change[rate.argmax()]):.0f} kt around the touchdown"
    return made(name, worst <= s.steady_kt_s, worst, s.steady_kt_s, "kt/s", reason)


def approach_alignment(
    points: Points,
    landed_at: float,
    elevation_ft: float,
    runways: Sequence[Runway],
    category: str | None,
    s: CheckSettings,
) -> Check:
    """The last fixes before touching down lie before a runway. Value: NM from its extended centreline (the last fix).

    Slow and light aircraft turn onto final late and close by: they can pass, not fail.
    """
    name = "approach_alignment"
    known = [runway for runway in runways if not runway.estimated]
    if not known or category == ROTORCRAFT:
        why = "a helicopter needs no runway" if known else "the runways of the field are not known well enough"
        return made(name, None, None, s.aligned_nm, "NM", why)
    height = points.altitude_ft - elevation_ft
    low = (points.surface != 1.0) & (points.at <= landed_at) & (height < s.final_ft)
    rows = [
        row
        for row in np.flatnonzero(low).tolist()
        if min(_distance_nm(runway, *_place(points, row)) for runway in known) <= s.final_nm
    ][-2:]
    if len(rows) < 2 or landed_at - float(points.at[rows[0]]) > s.contact_s:
        return made(name, None, None, s.aligned_nm, "NM", "no fixes low on the approach just before the landing")
    if distance_nm(*_place(points, rows[0]), *_place(points, rows[1])) * M_PER_NM < s.moving_m:
        return made(name, None, None, s.aligned_nm, "NM", "the last fixes in the air are one place")
    lateral = [_line_nm(known, points, row) for row in rows]
    last = lateral[-1]
    told = f"the last fixes in the air {lateral[0]:.2f} and {last:.2f} NM from the nearest extended centreline"
    if any(all(_aligned(runway, points, row, s) for row in rows) for runway in known):
        return made(name, True, last, s.aligned_nm, "NM", f"{told}, along it")
    near = landed_at - float(points.at[rows[-1]]) <= s.final_s and len(known) == len(runways)
    tight = category is None or category.startswith(LIGHT) or category == "A0"
    tight &= not bool(np.all(points.groundspeed_kt[rows] > s.circuit_kt))
    if near and not tight and min(lateral) > s.unaligned_nm and bool(np.all(height[rows] < s.unaligned_ft)):
        return made(name, False, last, s.unaligned_nm, "NM", f"{told}: it cannot have landed on any")
    return made(name, None, last, s.aligned_nm, "NM", f"{told}: neither clearly before a runway nor clearly off them")


def _place(points: Points, row: int) -> tuple[float, float]:
    return float(points.latitude_deg[row]), float(points.longitude_deg[row])


def _along_across_nm(runway: Runway, lat: float, lon: float) -> tuple[float, float]:
    """(along the centreline from the low end, to the right of it), in a plane that touches the earth there."""
    low, high = runway.ends
    distance = distance_nm(low.lat, low.lon, lat, lon)
    off = math.radians(bearing_deg(low.lat, low.lon, lat, lon) - bearing_deg(low.lat, low.lon, high.lat, high.lon))
    return distance * math.cos(off), distance * math.sin(off)


def _length_nm(runway: Runway) -> float:
    low, high = runway.ends
    return distance_nm(low.lat, low.lon, high.lat, high.lon)


def _distance_nm(runway: Runway, lat: float, lon: float) -> float:
    along, across = _along_across_nm(runway, lat, lon)
    beyond = max(-along, along - _length_nm(runway), 0.0)
    return math.hypot(beyond, across)


def _angle_deg(runway: Runway, points: Points, row: int) -> float:
    """Between the track and the runway, either way; NaN if the track is not known."""
    track = float(points.track_deg[row])
    if math.isnan(track):
        return math.nan
    return min(angle_between_deg(track, end.heading_deg) for end in runway.ends)


def _lies_on(runway: Runway, points: Points, row: int, s: CheckSettings) -> bool:
    along, across = _along_across_nm(runway, *_place(points, row))
    beyond = max(-along, along - _length_nm(runway), 0.0)
    close = abs(across) * M_PER_NM <= s.runway_m and beyond * M_PER_NM <= s.runway_end_m
    return close and _angle_deg(runway, points, row) <= s.runway_angle_deg


def _aligned(runway: Runway, points: Points, row: int, s: CheckSettings) -> bool:
    _, across = _along_across_nm(runway, *_place(points, row))
    return abs(across) <= s.aligned_nm and _angle_deg(runway, points, row) <= s.aligned_deg


def _line_nm(runways: Sequence[Runway], points: Points, row: int) -> float:
    """NM to the nearest of the extended centrelines."""
    return min(abs(_along_across_nm(runway, *_place(points, row))[1]) for runway in runways)
