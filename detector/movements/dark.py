"""Silences without an approach on either side: which fields a stop in them can have been made at.

Nothing of such a stop was seen. The list says where the way in pointed, where the way out came from, and what the
time allows; as likely as not it was none of these, so no field of it reaches a probability of 0.5.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from detector.domain.geo import angle_between_deg, bearing_deg, distance_nm
from detector.domain.stop import Candidate
from detector.movements import fits
from detector.movements.settings import MovementSettings
from detector.movements.sides import Side
from detector.reference import Airports
from detector.reference.table import Kind

REACH_NM = 900.0
"""Fields further away are not looked at: two hours of flight."""
SPEED_MARGIN, UNKNOWN_KT = 1.1, 500.0
LEAST_KT = 120.0
TRACK_SPREAD_DEG, ROUTE_SPREAD_DEG, NEAR_NM = 12.0, 40.0, 25.0
"""How well a track points to where the flight goes, or came from; one that is level again has turned onto its route.
Nearer than NEAR_NM it may point anywhere."""
LEVEL_FT_PER_NM, DESCENT_FT_PER_NM = 330.0, 300.0
"""Who still flies level has at least as far to go as a descent from there takes."""
CLIMB_FT_PER_NM = 280.0
TOO_NEAR_SPREAD_NM = 25.0
PER_NM = -1.0 / 250.0
"""Log odds for each mile in the dark, on each side: the transponder goes off for a reason, and that is near."""
AGAINST = -6.0
"""The least that one side can say of a field."""
SHOWN = 8


class Dark(NamedTuple):
    """A field for a stop nobody saw anything of: log likelihood, distances to fly, and the candidate's index."""

    field: int
    score: float
    in_nm: float
    out_nm: float | None


def fields(lost: Side, after: Side | None, category: str | None, airports: Airports, s: MovementSettings) -> list[Dark]:
    """Fields that the silence allows a stop at, the likeliest first; `after` is None while it lasts."""
    speed = _speed_kt(lost, after)
    available = None if after is None else (after.at - lost.at - s.minimum_stay_s) / 3600.0 * speed
    reach = REACH_NM if available is None else min(REACH_NM, available)
    if reach <= 0.0:
        return []
    needs = fits.runway_needed_ft(lost, category)
    found = []
    for field, in_nm in airports.within(lost.latitude_deg, lost.longitude_deg, reach):
        if airports.kinds[field] is Kind.HELIPORT and category != fits.ROTORCRAFT:
            continue
        longest = fits.open_runway_ft(field, lost.at, airports)
        if longest < 0.6 * needs:
            continue
        out_nm = None
        score = (
            fits.field_score(field, needs, lost.at, airports) + _way_in(lost, field, in_nm, airports) + PER_NM * in_nm
        )
        if after is not None:
            here = float(airports.lat[field]), float(airports.lon[field])
            out_nm = distance_nm(after.latitude_deg, after.longitude_deg, *here)
            if available is not None and in_nm + out_nm > available:
                continue
            score += _way_out(after, field, out_nm, airports) + PER_NM * out_nm
        found.append(Dark(field, score, in_nm, out_nm))
    return sorted(found, key=lambda dark: (-dark.score, airports.codes[dark.field]))


def candidates(found: list[Dark], airports: Airports) -> tuple[Candidate, ...]:
    """The likeliest fields with probabilities, all below 0.5."""
    if not found:
        return ()
    weights: npt.NDArray[np.float64] = np.exp(np.array([dark.score for dark in found]) - found[0].score)
    total = float(weights.sum()) + 1.02  # as much again as the best one: somewhere else
    return tuple(
        Candidate(airports.codes[dark.field], float(weight) / total, min(dark.in_nm, dark.out_nm or dark.in_nm))
        for dark, weight in zip(found[:SHOWN], weights[:SHOWN], strict=True)
    )


def _speed_kt(lost: Side, after: Side | None) -> float:
    told = [side.groundspeed_kt for side in (lost, after) if side is not None and side.groundspeed_kt is not None]
    return max(SPEED_MARGIN * max(told), LEAST_KT) if told else UNKNOWN_KT


def _way_in(lost: Side, field: int, nm: float, airports: Airports) -> float:
    score = _pointing(lost.track_deg, _bearing(lost, field, airports), nm)
    if lost.altitude_ft is None:
        return max(score, AGAINST)
    height = max(lost.altitude_ft - float(airports.elevation_ft[field]), 0.0)
    descending = lost.vertical_fpm is not None and lost.vertical_fpm <= -300.0
    if descending:
        expected = height / DESCENT_FT_PER_NM
        score -= 0.5 * ((nm - expected) / (10.0 + 0.35 * expected)) ** 2
    elif nm < height / LEVEL_FT_PER_NM:
        score -= 0.5 * ((height / LEVEL_FT_PER_NM - nm) / TOO_NEAR_SPREAD_NM) ** 2
    return max(score, AGAINST)


def _way_out(after: Side, field: int, nm: float, airports: Airports) -> float:
    track = None if after.track_deg is None else (after.track_deg + 180.0) % 360.0
    climbing = after.vertical_fpm is not None and after.vertical_fpm >= 300.0
    spread = TRACK_SPREAD_DEG if climbing else ROUTE_SPREAD_DEG
    score = _pointing(track, _bearing(after, field, airports), nm, spread)
    if after.altitude_ft is None:
        return max(score, AGAINST)
    height = max(after.altitude_ft - float(airports.elevation_ft[field]), 0.0)
    expected = height / CLIMB_FT_PER_NM
    if climbing:
        score -= 0.5 * ((nm - expected) / (10.0 + 0.35 * expected)) ** 2
    elif nm < 0.8 * expected:
        score -= 0.5 * ((0.8 * expected - nm) / TOO_NEAR_SPREAD_NM) ** 2
    return max(score, AGAINST)


def _pointing(track_deg: float | None, direction_deg: float, nm: float, spread_deg: float = TRACK_SPREAD_DEG) -> float:
    """How well a track leads to a place (or from it)."""
    if track_deg is None or nm < 1.0:
        return -1.0
    spread = spread_deg * (1.0 + NEAR_NM / nm)
    return -0.5 * (angle_between_deg(track_deg, direction_deg) / spread) ** 2


def _bearing(side: Side, field: int, airports: Airports) -> float:
    return bearing_deg(side.latitude_deg, side.longitude_deg, float(airports.lat[field]), float(airports.lon[field]))
