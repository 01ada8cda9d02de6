"""One side of a silence: where the aircraft was, how high, where it headed, and whether it climbed or descended."""

from __future__ import annotations

import msgspec
import numpy as np

from detector.domain.geo import bearing_deg, distance_nm
from detector.domain.observation import AircraftState, Points
from detector.domain.units import SECONDS_PER_HOUR
from detector.movements.settings import MovementSettings
from detector.reference import Airports

STALE_S = 120.0
"""Altitude and velocity further than this from the fix do not belong to it."""
MOTION_S = 15.0
MOVED_NM = 0.1
"""Points closer together than this tell no direction: they are kept to about 10 m."""


class Side(msgspec.Struct, frozen=True):
    """The last fix before a silence, or the first after it. None = not known.

    `heard_at`: last (or first) frame of any kind, not before (after) the fix. `vertical_fpm`: trend of the altitude
    over the minutes on this side of the silence, else the vertical rate that the aircraft gave.
    """

    at: float
    heard_at: float
    latitude_deg: float
    longitude_deg: float
    altitude_ft: float | None
    groundspeed_kt: float | None
    track_deg: float | None
    vertical_fpm: float | None


def approaching(side: Side, airports: Airports, s: MovementSettings) -> bool:
    """Low over the fields around and descending: its speed is that of an approach and tells nothing of its cruise."""
    if side.altitude_ft is None or side.vertical_fpm is None or side.vertical_fpm > -s.descending_fpm:
        return False
    reach = s.low_height_ft / s.glide_ft_per_nm + s.energy_margin_nm
    near = airports.within(side.latitude_deg, side.longitude_deg, reach)
    return any(side.altitude_ft - float(airports.elevation_ft[field]) < s.low_height_ft for field, _ in near)


def side(state: AircraftState, points: Points, trend_s: float) -> Side | None:
    """The side at a state with the points that belong to it; None without a fix."""
    if state.fix_at is None or state.latitude_deg is None or state.longitude_deg is None:
        return None
    fresh = _fresh(state.altitude_at, state.fix_at)
    # Replies may go on after the last fix: their altitude is of another place.
    altitude = state.altitude_baro_ft if fresh else _altitude_at_fix(points, state.fix_at)
    moving = _fresh(state.velocity_at, state.fix_at)
    speed, track = (state.groundspeed_kt, state.track_deg) if moving else _motion(points)
    return Side(
        at=state.fix_at,
        heard_at=state.heard_at,
        latitude_deg=state.latitude_deg,
        longitude_deg=state.longitude_deg,
        altitude_ft=altitude,
        groundspeed_kt=speed,
        track_deg=track,
        vertical_fpm=_trend_fpm(points, trend_s, state.vertical_rate_fpm if moving else None),
    )


def _fresh(at: float | None, fix_at: float) -> bool:
    return at is not None and abs(at - fix_at) <= STALE_S


def _motion(points: Points) -> tuple[float | None, float | None]:
    """Ground speed, kt, and track from the last two points far enough apart in time, where no velocity was heard."""
    if len(points) < 2:
        return None, None
    recent = points.since(float(points.at[-1]) - STALE_S)
    apart = np.flatnonzero(recent.at <= recent.at[-1] - MOTION_S)
    if len(apart) == 0:
        return None, None
    k = int(apart[-1])
    start = float(recent.latitude_deg[k]), float(recent.longitude_deg[k])
    end = float(recent.latitude_deg[-1]), float(recent.longitude_deg[-1])
    distance = distance_nm(*start, *end)
    speed = distance / float(recent.at[-1] - recent.at[k]) * SECONDS_PER_HOUR
    return speed, bearing_deg(*start, *end) if distance >= MOVED_NM else None


def _trend_fpm(points: Points, trend_s: float, told: float | None) -> float | None:
    """Altitude over time across the recent points; what the aircraft says where they span less than 20 s."""
    if len(points) == 0:
        return told
    recent = points.since(float(points.at[-1]) - trend_s)
    known = ~np.isnan(recent.altitude_ft)
    at, altitude = recent.at[known], recent.altitude_ft[known]
    if len(at) < 2 or at[-1] - at[0] < 20.0:
        return told
    return float((altitude[-1] - altitude[0]) / (at[-1] - at[0]) * 60.0)


def _altitude_at_fix(points: Points, fix_at: float) -> float | None:
    """The altitude of the last point that belongs to the fix."""
    known = np.flatnonzero(~np.isnan(points.altitude_ft) & (np.abs(points.at - fix_at) <= STALE_S))
    return float(points.altitude_ft[known[-1]]) if len(known) else None
