"""One side of a silence: where the aircraft was, how high, where it was heading, and whether it climbed or descended."""

from __future__ import annotations

import msgspec
import numpy as np

from detector.domain.observation import AircraftState, Points

STALE_S = 120.0
"""Altitude and velocity further than this from the fix do not belong to it."""


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


def side(state: AircraftState, points: Points, trend_s: float) -> Side | None:
    """The side at a state with the points that belong to it; None without a fix."""
    if state.fix_at is None or state.latitude_deg is None or state.longitude_deg is None:
        return None
    altitude = state.altitude_baro_ft if _fresh(state.altitude_at, state.fix_at) else None
    moving = _fresh(state.velocity_at, state.fix_at)
    return Side(
        at=state.fix_at,
        heard_at=state.heard_at,
        latitude_deg=state.latitude_deg,
        longitude_deg=state.longitude_deg,
        altitude_ft=altitude,
        groundspeed_kt=state.groundspeed_kt if moving else None,
        track_deg=state.track_deg if moving else None,
        vertical_fpm=_trend_fpm(points, trend_s, state.vertical_rate_fpm if moving else None),
    )


def _fresh(at: float | None, fix_at: float) -> bool:
    return at is not None and abs(at - fix_at) <= STALE_S


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
