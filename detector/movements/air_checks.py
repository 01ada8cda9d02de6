"""Checks of ground speed against what the aircraft measures in the air around it, which no false satellite reaches."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from detector.domain.airdata import AirData
from detector.domain.geo import angle_between_deg
from detector.domain.observation import Points
from detector.domain.stop import Check
from detector.movements.check_settings import CheckSettings
from detector.movements.checking import made

F64 = npt.NDArray[np.float64]

SOUND_KT, LAPSE, COLDEST = 661.4788, 6.8755856e-6, 0.7518654
"""Standard atmosphere (Doc 7488): speed of sound at sea level, relative lapse of temperature a foot, and the relative
temperature from 36,089 ft up."""


def airspeed_groundspeed(points: Points, air: Sequence[AirData], s: CheckSettings) -> Check:
    """Nothing stands on the ground at the airspeed of flight. Value: the highest airspeed while slow, kt or Mach.

    `air`: Comm-B replies, oldest first. The airspeed of TC 19 may be a true one, so it is held to that limit.
    """
    name = "airspeed_groundspeed"
    slow: list[tuple[float, float, str]] = []  # how many times the limit, airspeed, unit
    compared = 0
    for airspeed, over_ground in zip(points.airspeed_kt.tolist(), points.groundspeed_kt.tolist(), strict=True):
        if not np.isnan(airspeed + over_ground):
            compared += 1
            if over_ground <= s.standing_kt:
                slow.append((airspeed / s.fast_tas_kt, airspeed, "kt"))
    for one in air:
        fast = _fast(one, s)
        speed = _groundspeed(points, one.at, s.air_ground_s)
        if fast is None or speed is None:
            continue
        compared += 1
        if speed <= s.standing_kt:
            slow.append(fast)
    if not compared:
        return made(name, None, None, s.fast_tas_kt, "kt", "no airspeed and ground speed of the same time")
    against = sorted((one for one in slow if one[0] >= 1.0), reverse=True)
    if len(against) >= s.contradictions:
        share, value, unit = against[0]
        told = f"Mach {value:.2f}" if not unit else f"{value:.0f} kt"
        return made(
            name, False, value, value / share, unit,
            f"airspeed up to {told} while the ground speed was at most {s.standing_kt:.0f} kt, {len(against)} times",
        )  # fmt: skip
    most = max((one[1] for one in slow if one[2]), default=None)
    reason = f"airspeed and ground speed compared {compared} times, {len(slow)} of them while slow"
    return made(name, True, most, s.fast_tas_kt, "kt", reason)


def air_vector(points: Points, air: Sequence[AirData], s: CheckSettings) -> Check:
    """Motion over ground less motion through the air is the wind, and wind is neither endless nor restless.
    Value: its strength or change, kt.

    Headings are magnetic, and the variation of the place is not known here: the one that suits the aircraft best is
    taken, so that only what no variation explains counts. Turns are left out, since the values are seconds apart.
    """
    name = "air_vector"
    rows = [row for one in air if (row := _pair(one, points, air, s)) is not None]
    if len(rows) < s.wind_samples:
        return made(name, None, None, s.wind_kt, "kt", "too few air data with a ground speed of the same time")
    at, tas, heading, speed, track, altitude = np.array(rows, float).T
    variations = np.radians(np.arange(-s.variation_deg, s.variation_deg + 1.0))
    ground = speed * np.exp(1j * np.radians(track))
    through = tas * np.exp(1j * np.radians(heading))
    winds = ground[None, :] - through[None, :] * np.exp(1j * variations)[:, None]
    strength = np.partition(np.abs(winds), -s.contradictions, axis=1)[:, -s.contradictions]
    strongest = float(strength.min())
    highest = float(np.max(np.nan_to_num(altitude, nan=np.inf)))
    limit = min(s.wind_kt, s.low_wind_kt + s.wind_kt_1000ft * max(highest, 0.0) / 1_000.0)
    if strongest > limit:
        reason = f"ground speed and airspeed together would need a wind of {strongest:.0f} kt, up to {highest:,.0f} ft"
        return made(name, False, strongest, limit, "kt", reason)
    change, judged = _change(at, altitude, winds, s)
    if not judged:
        return made(name, None, None, s.wind_change_kt, "kt", "too few winds in the same air to compare")
    passed = change <= s.wind_change_kt
    reason = f"the wind that air and ground vectors give changes by {change:.0f} kt within {s.wind_s / 60:.0f} min"
    return made(name, passed, change, s.wind_change_kt, "kt", reason)


def true_airspeed_kt(mach: float, altitude_ft: float) -> float:
    """In the standard atmosphere; 20 degrees off it change this by 4 %."""
    return mach * SOUND_KT * float(np.sqrt(max(1.0 - LAPSE * altitude_ft, COLDEST)))


def _fast(one: AirData, s: CheckSettings) -> tuple[float, float, str] | None:
    """(how many times the limit, value, unit) of the airspeed that is furthest beyond its limit."""
    known = [
        (value / limit, value, unit)
        for value, limit, unit in (
            (one.tas_kt, s.fast_tas_kt, "kt"), (one.ias_kt, s.fast_ias_kt, "kt"), (one.mach, s.fast_mach, ""),
        )
        if value is not None
    ]  # fmt: skip
    return max(known, default=None)


def _nearest(points: Points, at: float, within_s: float) -> int | None:
    if len(points) == 0:
        return None
    i = int(np.argmin(np.abs(points.at - at)))
    return i if abs(float(points.at[i]) - at) <= within_s else None


def _groundspeed(points: Points, at: float, within_s: float) -> float | None:
    i = _nearest(points, at, within_s)
    if i is None or np.isnan(points.groundspeed_kt[i]):
        return None
    return float(points.groundspeed_kt[i])


def _pair(
    one: AirData, points: Points, air: Sequence[AirData], s: CheckSettings
) -> tuple[float, float, float, float, float, float] | None:
    """(time, true airspeed, heading, ground speed, track, altitude) of a heading in steady flight."""
    i = _nearest(points, one.at, s.wind_pair_s)
    if i is None or one.heading_deg is None or np.isnan(points.groundspeed_kt[i] + points.track_deg[i]):
        return None
    others = [other for other in air if other is not one and abs(other.at - one.at) <= s.steady_s]
    headings = [other.heading_deg for other in others if other.heading_deg is not None]
    if not headings or any(angle_between_deg(one.heading_deg, h) > s.steady_deg for h in headings):
        return None
    altitude = float(points.altitude_ft[i])
    told = [other for other in others if other.tas_kt is not None and abs(other.at - one.at) <= s.air_join_s]
    if one.mach is not None and not np.isnan(altitude):
        tas = true_airspeed_kt(one.mach, altitude)
    elif told:
        tas = min(told, key=lambda other: abs(other.at - one.at)).tas_kt or 0.0
    else:
        return None
    return one.at, tas, one.heading_deg, float(points.groundspeed_kt[i]), float(points.track_deg[i]), altitude


def _change(at: F64, altitude_ft: F64, winds: npt.NDArray[np.complex128], s: CheckSettings) -> tuple[float, bool]:
    """The largest change of wind in the same air, and whether any could be judged.

    In the air of each sample: how far the winds lie from their median; the share that must differ decides.
    """
    most, judged = 0.0, False
    for i in range(len(at)):
        same = (at >= at[i]) & (at <= at[i] + s.wind_s) & (np.abs(altitude_ft - altitude_ft[i]) <= s.wind_height_ft)
        n = int(same.sum())
        if n < s.wind_samples:
            continue
        judged = True
        there = winds[:, same]
        middle = np.median(there.real, axis=1) + 1j * np.median(there.imag, axis=1)
        off = np.sort(np.abs(there - middle[:, None]), axis=1)
        enough = max(s.contradictions, int(np.ceil(s.wind_share * n)))
        most = max(most, float(off[:, n - enough].min()))
    return most, judged
