"""Checks of a stop against what else is in the sky, and against who could have heard it. Plain findings in, each with
its reason out; None is "not known" throughout."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from detector.domain.geo import distance_nm
from detector.domain.stop import Check
from detector.movements.check_settings import CheckSettings
from detector.movements.checking import made

CONFIRMED_S = 300.0
"""Heard so long before it touched down, or after it left, it was heard on its way there, or from there."""


class Listener(msgspec.Struct, frozen=True):
    """A receiver that heard the ground contact. `antenna_ft`: height of its antenna above sea level."""

    latitude_deg: float
    longitude_deg: float
    antenna_ft: float


def air_ground(
    ground_words: int | None, airborne_words: int | None, airborne_positions: int | None, s: CheckSettings
) -> Check:
    """The aircraft does not say that it flies while it is said to stand. Value: share of words "airborne".

    Counts inside the stop: words on the ground and in the air (positions among them), airborne position messages.
    """
    name = "air_ground"
    if airborne_positions:
        reason = f"{airborne_positions} airborne positions during the stop"
        return made(name, False, float(airborne_positions), 0.0, "positions", reason)
    total = (ground_words or 0) + (airborne_words or 0)
    if airborne_words is not None and ground_words is not None and total >= s.contradictions:
        share = airborne_words / total
        reason = f"{airborne_words} of {total} words during the stop say airborne"
        if share > s.airborne_share:
            return made(name, False, share, s.airborne_share, "", reason)
        return made(name, True, share, s.airborne_share, "", reason)
    return made(name, None, None, s.airborne_share, "", "too few words on air or ground are known during the stop")


def radio_horizon(
    listeners: Sequence[Listener], latitude_deg: float, longitude_deg: float, elevation_ft: float, s: CheckSettings
) -> tuple[Check, bool]:
    """Whoever heard the ground contact could hear it there; and whether it vetoes the stop (no one could, by far).
    Value: distance of the worst placed receiver, limit: its horizon, NM.

    d_NM <= 1.23 (sqrt(h_rx_ft) + sqrt(h_ac_ft)) is the horizon of a smooth Earth with 4/3 refraction (ITU-R P.310).
    Generous throughout: heights count from some way below the lower of the two ends, but not from below the sea, and
    no antenna is taken for lower than a mast or a tail.
    """
    name = "radio_horizon"
    if not listeners:
        return made(name, None, None, None, "NM", "it is not known where the receivers stand"), False
    reaches = []
    for one in listeners:
        distance = distance_nm(one.latitude_deg, one.longitude_deg, latitude_deg, longitude_deg)
        reaches.append((distance / (reach := _horizon_nm(one.antenna_ft, elevation_ft, s)), distance, reach))
    share, distance, reach = max(reaches)
    reason = f"heard on the ground from {distance:.0f} NM; the horizon of that receiver is {reach:.0f} NM"
    veto = min(reaches)[0] > s.horizon_veto
    if veto:
        reason += f", and no receiver was within {s.horizon_veto:.0f} times its own"
    return made(name, share <= 1.0, distance, reach, "NM", reason), veto


def two_places(conflict_at: float | None, begin: float, end: float, s: CheckSettings) -> Check:
    """The address is not heard at two places at once around the stop. Value: minutes between the conflict and it."""
    name, limit = "two_places", s.two_places_s / 60
    if conflict_at is None:
        return made(name, True, None, limit, "min", "heard at one place at a time")
    apart = max(begin - conflict_at, conflict_at - end, 0.0)
    when = "during the stop" if apart == 0 else f"{apart / 60:.0f} min {'before' if conflict_at < begin else 'after'}"
    reason = f"the address was heard in two places at once, {when}"
    return made(name, apart > s.two_places_s, apart / 60, limit, "min", reason)


def confirmed_source(confirmed_at: float, landed_at: float, left_at: float | None) -> Check:
    """Somebody heard it around the landing whose word counts alone: what others have decoded, and what strangers give,
    can be made up. Value: minutes between the stop and the last time (-inf: never) that such a receiver heard it.
    """
    name, limit = "confirmed_source", CONFIRMED_S / 60
    if confirmed_at == -math.inf:
        reason = "heard only by sources that do not confirm a stop alone"
        return made(name, False, None, limit, "min", reason)
    apart = max(landed_at - confirmed_at, 0.0 if left_at is None else confirmed_at - left_at, 0.0)
    passed = apart <= CONFIRMED_S
    reason = "heard by a receiver whose frames are checked here"
    if not passed:
        when = f"{apart / 60:.0f} min {'before' if confirmed_at < landed_at else 'after'} the stop"
        reason = f"heard there only by sources that do not confirm a stop alone; by others {when}"
    return made(name, passed, apart / 60, limit, "min", reason)


def area_interference(aircraft: int | None, degraded: int | None, s: CheckSettings) -> Check:
    """Satellite navigation works around there. Value: share of the aircraft, less one, with degraded positions."""
    name = "area_interference"
    if aircraft is None or degraded is None or aircraft < s.interference_aircraft:
        reason = "too few aircraft around to tell"
        return made(name, None, None, s.interference_share, "", reason)
    share = max(degraded - 1, 0) / aircraft
    reason = f"{degraded} of {aircraft} aircraft within a degree and an hour had degraded positions"
    return made(name, share < s.interference_share, share, s.interference_share, "", reason)


def _horizon_nm(antenna_ft: float, elevation_ft: float, s: CheckSettings) -> float:
    sea = min(antenna_ft, elevation_ft, 0.0)
    ground = max(min(antenna_ft, elevation_ft) - s.terrain_ft, sea)
    heights = (max(antenna_ft - ground, s.antenna_ft), max(elevation_ft - ground, 0.0) + s.antenna_ft)
    return s.horizon_factor * 1.23 * sum(math.sqrt(height) for height in heights)
