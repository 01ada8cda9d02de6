"""Checks of the recent positions of an aircraft against what it tells of its own motion.

Positions, ground speed and track come from the satellite receiver and lie together when it is deceived; most of what
is looked for here is a receiver whose parts do not agree, or positions against the barometer.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from detector.domain.geo import distances_nm
from detector.domain.observation import Points
from detector.domain.stop import Check
from detector.domain.units import M_PER_NM, SECONDS_PER_HOUR
from detector.movements.check_settings import CheckSettings
from detector.movements.checking import made

F64 = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

FIXED_WING = ("A2", "A3", "A4", "A5", "A6")
"""Emitter categories that cannot stand still in the air. A1 is left out: helicopters are often set to it."""
LIGHTER_OR_ROTOR = ("A7", "B")
"""Rotorcraft; balloons, gliders, drones and the like."""


def airborne(points: Points) -> Points:
    """The points that are not surface positions."""
    return _taken(points, points.surface != 1.0)


def frozen(points: Points, category: str | None, elevation_ft: float | None, s: CheckSettings) -> Check:
    """Positions in the air that stand still, though the aircraft flies. Value: seconds that they stood still.

    `elevation_ft` of the field it is said to have landed at, None if unknown. On the ground standing still is no
    failure, nor is hovering: low, slow, without a change of altitude, by what may be a helicopter.
    """
    name, air = "frozen", airborne(points)
    longest, watched = 0.0, 0.0
    doubtful = False
    for run, seconds in _watched(air, s.frozen_gap_s):
        watched += seconds
        for still in _still(run, s):
            lasted = float(still.at[-1] - still.at[0])
            longest = max(longest, lasted)
            why = _flies(still, category, elevation_ft, s)
            if why:
                return made(name, False, lasted, s.frozen_s, "s", f"the position stood still for {lasted:.0f} s: {why}")
            doubtful = True
    if doubtful:
        return made(name, None, longest, s.frozen_s, "s", "the position stood still, as a hovering helicopter's may")
    if watched < s.frozen_s:
        return made(name, None, None, s.frozen_s, "s", "too few positions in the air")
    return made(name, True, longest, s.frozen_s, "s", f"the position moved all through {watched:.0f} s in the air")


def position_speed(points: Points, s: CheckSettings) -> Check:
    """The speed of the positions and the ground speed agree: dragged positions do not. Value: kt, of the positions.

    Faster counts always, since a way flown is never shorter than the straight one; slower, or another way than the
    track points, on a straight track only.
    """
    name, air = "position_speed", _apart(airborne(points), s.chord_least_s)
    dt = np.diff(air.at)
    good = dt <= s.chord_gap_s
    nm = distances_nm(air.latitude_deg[:-1], air.longitude_deg[:-1], air.latitude_deg[1:], air.longitude_deg[1:])
    chord = nm / dt * SECONDS_PER_HOUR
    told = np.stack([air.groundspeed_kt[:-1], air.groundspeed_kt[1:]])
    straight = np.abs((np.diff(air.track_deg) + 180.0) % 360.0 - 180.0) <= s.straight_deg
    sideways = straight & (_astray_deg(air) > s.sideways_deg)
    most, least = told.max(axis=0), told.min(axis=0)  # NaN where either is unknown
    good &= ~np.isnan(most)
    compared = float(dt[good].sum())
    stale = False
    for wrong, limit, word in (
        (good & (chord > most * (1 + s.chord_share) + s.chord_kt), most, "faster"),
        (good & straight & (chord < least * (1 - s.chord_share) - s.chord_kt), least, "slower"),
        (good & sideways & (least > s.sideways_kt), least, "sideways"),
    ):
        for i, j in _runs(wrong):
            lasted = float(air.at[j] - air.at[i])
            if lasted < s.chord_s:
                continue
            if _stale(air.groundspeed_kt[i : j + 1], chord[i:j], slower=word == "slower"):
                stale = True
                continue
            speed, usual = float(np.median(chord[i:j])), float(np.median(limit[i:j]))
            how = "go another way than the track" if word == "sideways" else f"{word} than the ground speed"
            reason = f"positions {how} for {lasted:.0f} s: {speed:.0f} against {usual:.0f} kt"
            return made(name, False, speed, usual, "kt", reason)
    if stale:
        return made(name, None, None, None, "kt", "the ground speed, or the track itself, is not of the moment")
    if compared < s.chord_s:
        return made(name, None, None, None, "kt", "too few positions with a ground speed close together in time")
    speed, usual = float(np.median(chord[good])), float(np.median(most[good]))
    return made(name, True, speed, usual, "kt", f"positions move as told through {compared:.0f} s")


def geometric_barometric(points: Points, s: CheckSettings) -> Check:
    """Satellite and barometric altitude go together. Value: the largest difference, or the step, ft."""
    name, air = "geometric_barometric", airborne(points)
    air = _taken(air, ~np.isnan(air.geom_minus_baro_ft))
    difference = air.geom_minus_baro_ft
    if len(air) < s.geometric_points:
        return made(name, None, None, s.geometric_ft, "ft", "the difference was told too seldom")
    worst = float(difference[np.argmax(np.abs(difference))])
    low = s.geometric_low_ft + s.geometric_share * np.maximum(np.nan_to_num(air.altitude_ft, nan=np.inf), 0.0)
    for i, j in _runs(np.abs(difference) > np.minimum(low, s.geometric_ft)):
        if j - i >= s.geometric_points:
            reason = f"geometric and barometric altitude {worst:+.0f} ft apart, {j - i} times in a row"
            return made(name, False, worst, s.geometric_ft, "ft", reason)
    quiet = np.abs(np.diff(air.altitude_ft)) <= s.quiet_ft
    step = np.diff(difference)
    jumped = quiet & (np.diff(air.at) <= s.geometric_step_s) & (np.abs(step) > s.geometric_step_ft)
    # A single wrong value goes there and back: only a step between two values on each side counts.
    level = np.abs(difference[2:] - difference[:-2]) > s.geometric_step_ft
    upheld = np.concatenate([[False], level[:-1] & level[1:], [False]])
    for change in step[jumped & upheld].tolist():
        reason = f"their difference jumped by {change:+.0f} ft at a quiet barometer"
        return made(name, False, change, s.geometric_step_ft, "ft", reason)
    return made(name, True, worst, s.geometric_ft, "ft", f"geometric and barometric altitude {worst:+.0f} ft apart")


def integrity(points: Points, s: CheckSettings) -> Check:
    """How many of the last fixes came with poor integrity. Value: their share. What is not told does not count."""
    name = "integrity"
    recent = points.since(float(points.at[-1]) - s.integrity_s) if len(points) else points
    known = ~np.isnan(recent.nic) | ~np.isnan(recent.nac_p)
    told = int(known.sum())
    if told < s.integrity_points:
        return made(name, None, None, s.integrity_share, "", "integrity was told too seldom")
    poor = int(((recent.nic == 0) | (recent.nac_p <= s.poor_nac_p)).sum())
    share = poor / told
    if share >= s.integrity_share:
        return made(name, False, share, s.integrity_share, "", f"{poor} of {told} fixes with poor integrity")
    reason = f"{poor} of {told} fixes with poor integrity; good integrity itself never speaks for a stop"
    return made(name, True, share, s.integrity_share, "", reason)


def _taken(points: Points, keep: Flags) -> Points:
    return Points(*(getattr(points, name)[keep] for name in Points.__slots__))


def _apart(points: Points, least_s: float) -> Points:
    """The points that are at least so long after the one kept before them."""
    keep, last = np.zeros(len(points), np.bool_), -np.inf
    for i, at in enumerate(points.at.tolist()):
        if at - last >= least_s:
            keep[i], last = True, at
    return _taken(points, keep)


def _part(points: Points, i: int, j: int) -> Points:
    return Points(*(getattr(points, name)[i:j] for name in Points.__slots__))


def _watched(points: Points, gap_s: float) -> Iterator[tuple[Points, float]]:
    """Stretches without a longer gap, of two points and more, and how long they last."""
    cuts = [0, *(np.flatnonzero(np.diff(points.at) > gap_s) + 1).tolist(), len(points)]
    for i, j in pairwise(cuts):
        if j - i >= 2:
            yield _part(points, i, j), float(points.at[j - 1] - points.at[i])


def _still(points: Points, s: CheckSettings) -> Iterator[Points]:
    """Stretches of three points and more in which the position stays where it was, for long enough."""
    i, n = 0, len(points)
    while i < n:
        nm = distances_nm(points.latitude_deg[i:], points.longitude_deg[i:], *_place(points, i))
        away = np.flatnonzero(nm * M_PER_NM > s.frozen_m)
        j = i + int(away[0]) if len(away) else n
        if j - i >= 3 and points.at[j - 1] - points.at[i] >= s.frozen_s:
            yield _part(points, i, j)
            i = j
        else:
            i += 1


def _place(points: Points, i: int) -> tuple[F64, F64]:
    return points.latitude_deg[i : i + 1], points.longitude_deg[i : i + 1]


def _flies(still: Points, category: str | None, elevation_ft: float | None, s: CheckSettings) -> str:
    """Why an aircraft whose position stands still must be flying; "" if it may hover or stand."""
    fast = int(np.count_nonzero(still.groundspeed_kt >= s.frozen_kt))
    if fast >= s.contradictions:
        return f"its ground speed was {float(np.nanmax(still.groundspeed_kt)):.0f} kt"
    altitude = still.altitude_ft[~np.isnan(still.altitude_ft)]
    if len(altitude) == 0:
        return ""
    change = float(altitude.max() - altitude.min())
    if change >= s.frozen_altitude_ft:
        return f"the barometric altitude changed by {change:.0f} ft"
    if (category or "").startswith(LIGHTER_OR_ROTOR):
        return ""
    if category in FIXED_WING and change >= s.frozen_wing_ft:
        return f"the barometric altitude of a fixed-wing aircraft changed by {change:.0f} ft"
    if altitude.min() >= s.hover_ft:
        return f"it was at {float(altitude.min()):.0f} ft"
    high = elevation_ft is not None and float(altitude.min()) - elevation_ft > s.frozen_altitude_ft * 2
    return f"it said airborne, and category {category} does not hover" if high and category in FIXED_WING else ""


def _astray_deg(points: Points) -> F64:
    """Angle between the way from each point to the next and the track told at it."""
    north = np.diff(points.latitude_deg)
    east = (np.diff(points.longitude_deg) + 180.0) % 360.0 - 180.0
    bearing = np.degrees(np.arctan2(east * np.cos(np.radians(points.latitude_deg[:-1])), north))
    return np.abs((bearing - points.track_deg[:-1] + 180.0) % 360.0 - 180.0)


def _runs(flags: Flags) -> Iterator[tuple[int, int]]:
    """[i, j) of every run of true flags."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _stale(groundspeed_kt: F64, chord_kt: F64, *, slower: bool) -> bool:
    """Whether a difference says more of the data than of the aircraft: a ground speed frozen while the positions
    change theirs, or a way drawn straight through a silence at one speed (to a fifth of a percent)."""
    spread = float(np.ptp(chord_kt) / max(float(np.median(chord_kt)), 1.0))
    same = bool(np.ptp(groundspeed_kt) < 0.01)
    return (same and spread > 0.1) or (slower and spread < 0.002)
