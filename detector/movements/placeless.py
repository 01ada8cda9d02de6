"""Ground contact without a place: where the aircraft can have come down, by the way in, the time, and its altitude.

Satellite positions are jammed or false, and the aircraft itself says that it is on the ground. The last position to be
believed, the time since, and the pressure altitude at the touchdown leave few fields.
"""

from __future__ import annotations

from detector.domain.geo import angle_between_deg, bearing_deg
from detector.movements import fits
from detector.movements.fits import Fit
from detector.movements.settings import MovementSettings
from detector.movements.sides import Side
from detector.reference import Airports
from detector.reference.table import Kind

FASTER_BY, SLACK_NM = 1.1, 2.0
UNKNOWN_KT, LEAST_KT = 450.0, 120.0
LATE_S = 900.0
"""In the last quarter of an hour before a landing the speed falls steadily to that of the approach."""
CRUISE_SHARE = 0.85
"""Before that, the way made good is this share of what the speed at the last fix would give."""
CLIMB_SHARE = 0.75
"""The same for a climb: slow at first, and a turn onto the route."""
DETOUR, DETOUR_NM = 0.3, 2.0
"""Scatter of the way: turns, holds, and the approach from the other side."""
TRACK_SPREAD_DEG, NEAR_NM = 15.0, 20.0
TURN_SPREAD_DEG = 30.0
"""A departure turns onto its route."""
PRESSURE_FT = 350.0
"""Scatter of pressure altitude on the ground: 13 hPa around the standard."""
ENERGY, ENERGY_NM = 0.35, 3.0


def fields(
    lost: Side, until: float, altitude_ft: float | None, category: str | None, airports: Airports, s: MovementSettings
) -> list[Fit]:
    """Fields it can have landed at; `until`: first ground contact, `altitude_ft`: pressure altitude there."""
    dt = max(until - lost.at, 0.0)
    speed = max(lost.groundspeed_kt or UNKNOWN_KT, LEAST_KT)
    reach = FASTER_BY * speed * dt / 3600.0 + SLACK_NM
    needs = fits.runway_needed_ft(lost, category)
    found = []
    for field, _ in airports.within(lost.latitude_deg, lost.longitude_deg, min(reach + 3.0, 1_500.0)):
        if airports.kinds[field] is Kind.HELIPORT and category != fits.ROTORCRAFT:
            continue
        distance = airports.distance_to_runways_nm(field, lost.latitude_deg, lost.longitude_deg)
        elevation = float(airports.elevation_ft[field])
        if distance > reach:
            continue
        score = fits.field_score(field, needs, until, airports) + _way(distance, dt, speed, s)
        if altitude_ft is not None:
            off = altitude_ft - elevation
            if not -s.below_field_ft <= off <= s.at_field_ft:
                continue
            score -= 0.5 * (off / PRESSURE_FT) ** 2
        score += _pointing(lost, field, distance, airports) + _descent(lost, elevation, distance, s)
        found.append(Fit(field, distance, (lost.altitude_ft or 0.0) - elevation, score))
    return found


def fields_left(after: Side, since: float, category: str | None, airports: Airports, s: MovementSettings) -> list[Fit]:
    """Fields it can have taken off from; `since`: when it did, by its own word, `after`: the first fix in the air."""
    dt = max(after.at - since, 0.0)
    speed = max(after.groundspeed_kt or UNKNOWN_KT, LEAST_KT)
    reach = FASTER_BY * speed * dt / 3600.0 + SLACK_NM
    needs = fits.runway_needed_ft(after, category)
    expected = CLIMB_SHARE * speed * dt / 3600.0
    found = []
    for field, _ in airports.within(after.latitude_deg, after.longitude_deg, min(reach + 3.0, 1_500.0)):
        if airports.kinds[field] is Kind.HELIPORT and category != fits.ROTORCRAFT:
            continue
        distance = airports.distance_to_runways_nm(field, after.latitude_deg, after.longitude_deg)
        height = (after.altitude_ft or 0.0) - float(airports.elevation_ft[field])
        if distance > reach or height < -s.below_field_ft:
            continue
        score = fits.field_score(field, needs, since, airports)
        score -= 0.5 * ((distance - expected) / (DETOUR_NM + DETOUR * expected)) ** 2
        if after.track_deg is not None and distance >= 1.0:
            here = float(airports.lat[field]), float(airports.lon[field])
            away = bearing_deg(*here, after.latitude_deg, after.longitude_deg)
            spread = TURN_SPREAD_DEG * (1.0 + NEAR_NM / distance)
            score -= 0.5 * (min(angle_between_deg(after.track_deg, away), 3.0 * spread) / spread) ** 2
        found.append(Fit(field, distance, height, score))
    return found


def _way(distance_nm: float, dt: float, speed_kt: float, s: MovementSettings) -> float:
    """How well the distance goes with the time."""
    late = min(dt, LATE_S)
    slow = (speed_kt + s.approach_kt) / 2.0
    expected = (slow * late + CRUISE_SHARE * speed_kt * (dt - late)) / 3600.0
    return -0.5 * ((distance_nm - expected) / (DETOUR_NM + DETOUR * expected)) ** 2


def _pointing(lost: Side, field: int, distance_nm: float, airports: Airports) -> float:
    if lost.track_deg is None or distance_nm < 1.0:
        return 0.0
    direction = bearing_deg(
        lost.latitude_deg, lost.longitude_deg, float(airports.lat[field]), float(airports.lon[field])
    )
    spread = TRACK_SPREAD_DEG * (1.0 + NEAR_NM / distance_nm)
    return -0.5 * (min(angle_between_deg(lost.track_deg, direction), 3.0 * spread) / spread) ** 2


def _descent(lost: Side, elevation_ft: float, distance_nm: float, s: MovementSettings) -> float:
    """A descent that has begun tells how far it is."""
    if lost.altitude_ft is None or lost.vertical_fpm is None or lost.vertical_fpm > -s.descending_fpm:
        return 0.0
    expected = max(lost.altitude_ft - elevation_ft, 0.0) / s.glide_ft_per_nm
    off = (distance_nm - expected) / (ENERGY_NM + ENERGY * expected)
    return -0.5 * min(abs(off), 3.0) ** 2
