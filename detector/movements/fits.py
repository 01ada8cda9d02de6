"""Which fields an aircraft can have been on its way to, or have come from: energy, direction, and how well they fit.

An aircraft under way to a field loses some 300 ft a mile. A fixed radius around the airport finds nothing: from 105 NM
away an aircraft disappears at some thousands of feet, 5 to 35 NM before the runway.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from detector.domain.geo import angle_between_deg, bearing_deg
from detector.domain.stop import Candidate
from detector.movements.settings import MovementSettings
from detector.movements.sides import Side
from detector.reference import Airports
from detector.reference.table import Kind

LANDING_NEEDS_FT = {"A1": 1_200.0, "A2": 2_500.0, "A3": 4_500.0, "A4": 5_500.0, "A5": 6_500.0, "A6": 6_500.0}
"""Runway length by emitter category: light, small, large, high-vortex, heavy, fast (DO-260B table 2-20)."""
UNKNOWN_NEEDS_FT = 4_000.0
FAST_NEEDS_FT = 5_000.0
FAST_KT = 220.0
"""Whoever flies faster than this a few thousand feet up is no light aircraft."""
FREE_NM = 15.0
"""Nearer than this the track tells less about the field: turns to final, and first turns after take-off."""
NOT_SERVED, PRIVATE = -1.0, -3.0
"""Log odds on each side of a field without an airline code, and of one without any published code, for a transport
aircraft; a third of it for a light one. Nearly all transport flights are between fields that have a code with IATA."""
PER_1000_FT, LONG_FT = -0.2, 12_000.0
"""Log odds for each 1,000 ft that the longest runway lacks to this: of two fields at one city the larger has more
traffic. For transport aircraft only."""
AGAINST_THE_RULE = -3.0
"""A level flight where a descent or climb is expected."""
NO_FIT = -6.0
"""The least that one side can say of a field: an approach may have led anywhere before it."""
NONE_OF_THESE = math.exp(-7.0)
"""Weight of "some other place" against fields of log score 0 (a perfect fit)."""
ON_FIELD_NM = 0.4
"""Scatter of ground contact around the runway centrelines of its field: taxiways and aprons."""
APRON_NM = 1.0
"""No apron lies further from the runways of its field. Up to here a pad or a closed strip is not where one stands."""
PAD_NM = 0.5
"""A helicopter further than this from a pad stands elsewhere; published places of pads are no better than that."""
ROTORCRAFT, LIGHT = "A7", "A1"


@dataclass(frozen=True, slots=True)
class Fit:
    """A field that fits, by index into the table. `score` is a log likelihood up to a constant: 0 is perfect."""

    field: int
    distance_nm: float
    height_ft: float
    score: float


def arrival_fits(
    side: Side, category: str | None, airports: Airports, s: MovementSettings, *, loosely: bool = False
) -> list[Fit]:
    """Fields that the side before a silence fits; `loosely`: those too that it does not speak against."""

    def judge(field: int, distance: float, height: float) -> float | None:
        score = 0.0
        if distance > max(height, 0.0) / s.glide_ft_per_nm + s.energy_margin_nm and not loosely:
            return None
        descending = side.vertical_fpm is not None and side.vertical_fpm <= -s.descending_fpm
        if not descending and height > s.low_height_ft:
            if not loosely:
                return None
            score += AGAINST_THE_RULE
        angle = _angle_to(side, airports, field)
        if distance > s.manoeuvring_nm and (angle is None or angle > s.arrival_angle_deg) and not loosely:
            return None
        expected = max(height, 0.0) / s.glide_ft_per_nm
        score -= 0.5 * ((distance - expected) / (2.0 + 0.25 * expected)) ** 2
        # Close by, an aircraft on downwind or base leg may point anywhere.
        score -= 0.5 * ((angle or 0.0) / (30.0 if distance > FREE_NM else 60.0)) ** 2 if distance > 2.0 else 0.0
        climbing = side.vertical_fpm is not None and side.vertical_fpm > s.climbing_fpm
        score -= 3.0 if climbing else 0.0
        return max(score + _alignment(side, airports, field, distance, height), NO_FIT)

    return _fits(side, category, airports, s, judge, s.glide_ft_per_nm / (2.0 if loosely else 1.0))


def departure_fits(
    side: Side, category: str | None, airports: Airports, s: MovementSettings, *, loosely: bool = False
) -> list[Fit]:
    """Fields that the side after a silence fits: climbing away, at a height that the distance allows."""
    climbs = side.vertical_fpm is not None and side.vertical_fpm >= s.climbing_fpm
    if not climbs and not loosely:
        return []

    def judge(field: int, distance: float, height: float) -> float | None:
        if height > s.departure_height_ft:
            return None
        score = 0.0 if climbs else AGAINST_THE_RULE
        nearest = max(height, 0.0) / s.steepest_ft_per_nm - s.departure_margin_nm
        furthest = max(height, 0.0) / s.shallowest_ft_per_nm + s.departure_margin_nm
        if not nearest <= distance <= furthest:
            return None
        towards = _angle_to(side, airports, field)
        away = None if towards is None else 180.0 - towards
        if distance > s.manoeuvring_nm and (away is None or away > 90.0) and not loosely:
            return None
        expected = max(height, 0.0) / 400.0
        score -= 0.5 * ((distance - expected) / (2.0 + 0.4 * expected)) ** 2
        score -= 0.5 * ((away or 0.0) / (45.0 if distance > FREE_NM else 75.0)) ** 2 if distance > 2.0 else 0.0
        return max(score + _alignment(side, airports, field, distance, height), NO_FIT)

    return _fits(side, category, airports, s, judge, s.shallowest_ft_per_nm)


def with_other_side(hard: list[Fit], loose: list[Fit]) -> list[Fit]:
    """Fields that one side fits, the order among them shifted by what the other side says of them."""
    by_field = {fit.field: fit.score for fit in loose}
    said = [by_field.get(fit.field, NO_FIT) for fit in hard]
    best = max(said, default=0.0)
    return [
        Fit(fit.field, fit.distance_nm, fit.height_ft, fit.score + score - best)
        for fit, score in zip(hard, said, strict=True)
    ]


def both(arrivals: list[Fit], departures: list[Fit]) -> list[Fit]:
    """Fields that fit on both sides, with the scores together and the nearer distance."""
    by_field = {fit.field: fit for fit in departures}
    joined = []
    for fit in arrivals:
        other = by_field.get(fit.field)
        if other is not None:
            near = min(fit, other, key=lambda f: f.distance_nm)
            joined.append(Fit(fit.field, near.distance_nm, near.height_ft, fit.score + other.score))
    return joined


def contact_fits(
    latitude_deg: float, longitude_deg: float, category: str | None, at: float, airports: Airports, radius_nm: float
) -> list[Fit]:
    """Fields around a place of ground contact at Unix time `at`, by the distance to their runways.

    On the apron of an open airport an aircraft that needs a runway is there, and not at a field that has none.
    """
    fits = []
    for field, _ in airports.within(latitude_deg, longitude_deg, radius_nm + 3.0):
        pad = airports.kinds[field] is Kind.HELIPORT
        if pad and category != ROTORCRAFT:
            continue
        distance = airports.distance_to_runways_nm(field, latitude_deg, longitude_deg)
        if distance <= (PAD_NM if pad else radius_nm):
            fits.append(Fit(field, distance, 0.0, -0.5 * (distance / ON_FIELD_NM) ** 2))
    runways = {fit.field for fit in fits if _lands_there(fit.field, category, at, airports)}
    on_apron = any(fit.distance_nm <= APRON_NM for fit in fits if fit.field in runways)
    return [fit for fit in fits if fit.field in runways] if on_apron else fits


def _lands_there(field: int, category: str | None, at: float, airports: Airports) -> bool:
    """Whether a field is open, and has what an aircraft of the category lands on."""
    if airports.closed_at(field, at):
        return False
    kind = airports.kinds[field]
    if category == ROTORCRAFT or kind is Kind.AIRPORT or field in airports.outlines:
        return True
    return kind is Kind.WATER and category == LIGHT  # a floatplane


def candidates(fits: list[Fit], airports: Airports, shown: float) -> tuple[Candidate, ...]:
    """Fits as fields with probabilities, the likeliest first; what is left to 1 is for "some other place"."""
    if not fits:
        return ()
    best = max(fit.score for fit in fits)
    weights = [math.exp(fit.score - best) for fit in fits]
    total = sum(weights) + NONE_OF_THESE * math.exp(min(50.0, -best))
    ranked = sorted(zip(fits, weights, strict=True), key=lambda pair: (-pair[1], airports.codes[pair[0].field]))
    return tuple(
        Candidate(airports.codes[fit.field], weight / total, fit.distance_nm)
        for fit, weight in ranked
        if weight / total >= shown
    )[:8]


def _fits(
    side: Side,
    category: str | None,
    airports: Airports,
    s: MovementSettings,
    judge: Callable[[int, float, float], float | None],
    ft_per_nm: float,
) -> list[Fit]:
    if side.altitude_ft is None:
        return []
    radius = max(side.altitude_ft + 1_500.0, 0.0) / ft_per_nm + s.energy_margin_nm + 3.0
    needs = runway_needed_ft(side, category)
    fits = []
    for field, _ in airports.within(side.latitude_deg, side.longitude_deg, min(radius, 130.0)):
        kind = airports.kinds[field]
        if kind is Kind.HELIPORT and category != ROTORCRAFT:
            continue
        height = side.altitude_ft - float(airports.elevation_ft[field])
        if height < -s.below_field_ft:
            continue
        distance = airports.distance_to_runways_nm(field, side.latitude_deg, side.longitude_deg)
        score = judge(field, distance, height)
        if score is not None:
            fits.append(Fit(field, distance, height, score + field_score(field, needs, side.at, airports)))
    return fits


def field_score(field: int, needs_ft: float, at: float, airports: Airports) -> float:
    """How much speaks for a field before the flight is looked at: its runway, and how much traffic it has."""
    runway = _runway_score(open_runway_ft(field, at, airports), needs_ft)
    return runway + _service_score(field, needs_ft, airports)


def open_runway_ft(field: int, at: float, airports: Airports) -> float:
    """The longest runway on land; 0 where none is known, or the field was closed at Unix time `at`."""
    return 0.0 if airports.closed_at(field, at) else float(airports.longest_runway_ft[field])


def runway_needed_ft(side: Side, category: str | None) -> float:
    """The runway an aircraft of the emitter category needs, as fast as it was."""
    needs = LANDING_NEEDS_FT.get(category or "", UNKNOWN_NEEDS_FT)
    fast = side.groundspeed_kt is not None and side.groundspeed_kt > FAST_KT
    return max(needs, FAST_NEEDS_FT) if fast else needs


def _runway_score(longest_ft: float, needs_ft: float) -> float:
    """0 for a runway long enough, falling by 1 for each tenth that is missing; -4 where no runway is known."""
    if longest_ft <= 0.0:
        return -4.0
    return -10.0 * max(0.0, 1.0 - longest_ft / needs_ft)


def _service_score(field: int, needs_ft: float, airports: Airports) -> float:
    """How much traffic of this size a field has, before anything is known of the flight."""
    light = needs_ft <= LANDING_NEEDS_FT["A1"]
    code = 0.0 if airports.iata[field] else NOT_SERVED if airports.icao[field] else PRIVATE
    if light:
        return code / 3.0
    return code + PER_1000_FT * max(0.0, LONG_FT - float(airports.longest_runway_ft[field])) / 1_000.0


def _angle_to(side: Side, airports: Airports, field: int) -> float | None:
    """Angle between the track and the direction of the field."""
    if side.track_deg is None:
        return None
    direction = bearing_deg(
        side.latitude_deg, side.longitude_deg, float(airports.lat[field]), float(airports.lon[field])
    )
    return angle_between_deg(side.track_deg, direction)


def _alignment(side: Side, airports: Airports, field: int, distance: float, height: float) -> float:
    """Bonus lost for not flying along a runway, where an aircraft would be on final or initial climb."""
    runways = airports.runways_of(field)
    if side.track_deg is None or not runways or distance > 8.0 or height > 3_000.0:
        return 0.0
    off = min(angle_between_deg(side.track_deg, end.heading_deg) for runway in runways for end in runway.ends)
    return -0.5 * (min(off, 60.0) / 30.0) ** 2
