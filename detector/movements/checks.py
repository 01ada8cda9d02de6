"""The checks of the evidence: plain functions from numbers and named limits to a verdict with its reason.

`pass` speaks for the stop, `fail` against it, `not_evaluable` says that the question could not be asked.
"""

from __future__ import annotations

import numpy as np

from detector.domain.doubt import CLEAR_AFTER_S, Doubt
from detector.domain.gap import GapClass
from detector.domain.observation import Points
from detector.domain.stop import Candidate, Check, Verdict
from detector.movements.checking import made
from detector.movements.settings import MovementSettings
from detector.movements.sides import Side
from detector.movements.surroundings import Silence

CERTAIN_ENOUGH = 0.5
"""A field is named only from this probability on."""
SURE_ENOUGH = 0.75
"""Below this probability of its field no stop is of level 3."""
VETOES = frozenset(
    {
        *("implied_speed", "altitude_at_field", "time_to_descend", "airspeed_groundspeed", "air_ground", "circling"),
        *("frozen", "one_bit_neighbour", "beyond_horizon", "off_runway", "slowed_down"),
    }
)
"""Checks whose failure rejects a stop (level 0). The others lower its level."""


def implied_speed(doubt: Doubt | None, at: float, at_field: Check | None = None) -> Check:
    """No position jump stands against the place. Value: minutes on the old track since the position came back.

    Back for less than the limit, only the aircraft's own surface position with a fitting altitude (`at_field`) counts.
    """
    limit = CLEAR_AFTER_S / 60
    if doubt is None:
        return made("implied_speed", True, None, limit, "min", "no jump in the track")
    ago = (at - doubt.since) / 60
    if doubt.returned_at is None:
        reason = f"the position jumped {ago:.0f} min before and has not come back; positions since then are not used"
        return made("implied_speed", None, None, limit, "min", reason)
    if doubt.returned_at <= doubt.since and not doubt.cleared(at):
        reason = (
            f"the position jumped {ago:.0f} min before, by no more than it may have flown; which is false is not told"
        )
        return made("implied_speed", None, None, limit, "min", reason)
    if doubt.returned_at > at:
        # The place is told by what came after: positions in doubt have no part in it.
        reason = f"the position had jumped {ago:.0f} min before, and came back afterwards; none of the time is used"
        return made("implied_speed", None, None, limit, "min", reason)
    back = (at - doubt.returned_at) / 60
    landed = at_field is not None and at_field.verdict is Verdict.PASS
    reason = f"the position jumped {ago:.0f} min before, and was back on its track for {back:.0f} min"
    return made("implied_speed", doubt.cleared(at) or landed, back, limit, "min", reason)


def jumped_here(minutes: float, airport: str) -> Check:
    """The position came to the field by a jump, and has not come back: the stop is not there."""
    reason = f"the position jumped to {airport} {minutes:.0f} min before the ground contact"
    return made("implied_speed", False, 0.0, CLEAR_AFTER_S / 60, "min", reason)


def altitude_at_field(altitude_ft: float | None, elevation_ft: float, s: MovementSettings) -> Check:
    """The barometric altitude nearest to the ground contact agrees with the field's elevation."""
    if altitude_ft is None:
        return made("altitude_at_field", None, None, s.at_field_ft, "ft", "no barometric altitude near the contact")
    height = altitude_ft - elevation_ft
    passed = -s.below_field_ft <= height <= s.at_field_ft
    return made(
        "altitude_at_field", passed, height, s.at_field_ft, "ft", f"{height:+.0f} ft from the field's elevation"
    )


def time_to_descend(points: Points, landed_at: float, elevation_ft: float, s: MovementSettings) -> Check:
    """From every earlier height there was time to come down. Value: the steepest descent needed, ft/min."""
    known = ~np.isnan(points.altitude_ft) & (points.at < landed_at)
    if not known.any():
        return made("time_to_descend", None, None, s.fastest_descent_fpm, "ft/min", "no altitudes before the landing")
    height = points.altitude_ft[known] - elevation_ft - s.at_field_ft
    rates = height / np.maximum(landed_at - points.at[known], 1.0) * 60.0
    rate = float(max(rates.max(), 0.0))
    return made(
        "time_to_descend", rate <= s.fastest_descent_fpm, rate, s.fastest_descent_fpm, "ft/min",
        f"the steepest descent needed is {rate:.0f} ft/min",
    )  # fmt: skip


def low_samples(points: Points, landed_at: float, elevation_ft: float, s: MovementSettings) -> Check:
    """Altitudes heard low over the field in the time before the landing."""
    recent = points.since(landed_at - s.low_samples_s)
    count = int(np.count_nonzero((recent.altitude_ft < elevation_ft + s.low_samples_ft) & (recent.at <= landed_at)))
    return made(
        "low_samples", count >= s.low_samples, count, s.low_samples, "altitudes",
        f"{count} altitudes below {s.low_samples_ft:.0f} ft above the field in the last {s.low_samples_s / 60:.0f} min",
    )  # fmt: skip


def ground_words(words: int) -> Check:
    """The aircraft itself said that it was on the ground, more than once. Decoded tracks hold nobody's own words."""
    if words == 0:
        return made("ground_words", None, None, 2, "frames", "no frames: the track was decoded by somebody else")
    return made("ground_words", words >= 2, words, 2, "frames", f"at least {words} frames in a row say on the ground")


def flight_unheard() -> Check:
    """It stood elsewhere, and then here: of the flight between the two, and the landing, nothing was heard."""
    reason = "it stood at another field before, and nothing of the flight from there was heard"
    return made("flight_heard", False, None, None, "", reason)


def ground_fix(distance_nm: float | None, s: MovementSettings) -> Check:
    """A position at the field itself, heard with the ground contact. Value: distance from the nearest runway."""
    if distance_nm is None:
        return made("ground_fix", None, None, s.field_radius_nm, "NM", "no position from the ground contact")
    return made(
        "ground_fix", distance_nm <= s.field_radius_nm, distance_nm, s.field_radius_nm, "NM",
        f"ground contact {distance_nm:.1f} NM from the nearest runway",
    )  # fmt: skip


def energy_arrival(side: Side, distance_nm: float, height_ft: float, fits: bool, s: MovementSettings) -> Check:
    """The height at the last fix reaches to the field and no further away. Value: distance, limit: reach."""
    reach = max(height_ft, 0.0) / s.glide_ft_per_nm + s.energy_margin_nm
    trend = "unknown" if side.vertical_fpm is None else f"{side.vertical_fpm:+.0f} ft/min"
    return made(
        "energy_arrival", fits, distance_nm, reach, "NM",
        f"lost {distance_nm:.1f} NM from the field at {height_ft:.0f} ft above it, vertical trend {trend}",
    )  # fmt: skip


def energy_departure(side: Side, distance_nm: float, height_ft: float, fits: bool, s: MovementSettings) -> Check:
    """The first height after is one that a climb from the field allows. Value: distance, limit: furthest allowed."""
    furthest = max(height_ft, 0.0) / s.shallowest_ft_per_nm + s.departure_margin_nm
    trend = "unknown" if side.vertical_fpm is None else f"{side.vertical_fpm:+.0f} ft/min"
    return made(
        "energy_departure", fits, distance_nm, furthest, "NM",
        f"heard again {distance_nm:.1f} NM from the field at {height_ft:.0f} ft above it, vertical trend {trend}",
    )  # fmt: skip


def one_field(candidates: tuple[Candidate, ...]) -> Check:
    """One of the fields that fit is far likelier than all others together."""
    likeliest = candidates[0]
    share = likeliest.probability
    return made(
        "one_field", share >= SURE_ENOUGH, share, SURE_ENOUGH, "",
        f"{likeliest.airport} with probability {share:.2f} among {len(candidates)} fields that fit",
    )  # fmt: skip


def feasible(silence_s: float, needed_s: float) -> Check:
    """The silence is long enough to fly in, land, stay and climb out."""
    return made(
        "feasible", silence_s >= needed_s, silence_s, needed_s, "s",
        f"silent for {silence_s / 60:.0f} min; landing, a short stay and climbing out take {needed_s / 60:.0f} min",
    )  # fmt: skip


LEAST_LISTENED = 0.5
"""A silence of which less was listened to tells nothing."""


def listening(why: Silence) -> Check:
    """Somebody went on listening during the silence. Value: the share of it, as far as that can be told."""
    passed = False if why.outage else None if why.share is None else why.share >= LEAST_LISTENED
    reason = why.reason
    if passed and why.listened_s is not None:
        reason = f"somebody is known to have listened for {why.listened_s / 60:.0f} min of the silence"
    return made("listening", passed, why.share, LEAST_LISTENED, "", reason)


def transponder_off(why: Silence) -> Check:
    """It fell silent in the middle of where others are heard."""
    passed = True if why.kind is GapClass.TRANSPONDER_OFF else False if why.kind is GapClass.COVERAGE else None
    return made("transponder_off", passed, None, None, "", why.reason)


def not_overflight(
    direct_kt: float,
    speeds_kt: tuple[float | None, float | None],
    s: MovementSettings,
    *,
    approach: tuple[bool, bool] = (False, False),
) -> Check:
    """A flight straight through does not explain the silence. Value: distance by time, limit: slowest plausible.

    `approach`: the sides on which it was low and descending; nobody cruises at the speed heard there.
    """
    told = [speed for speed, slow in zip(speeds_kt, approach, strict=True) if speed is not None and not slow]
    if not told:
        why = "no cruising speed heard on either side" if any(approach) else "no ground speed on either side"
        return made("not_overflight", None, direct_kt, None, "kt", why)
    slowest = min(told) * (1 - s.overflight_share)
    explained = all(abs(direct_kt - speed) <= s.overflight_share * speed for speed in told)
    return made(
        "not_overflight", not explained, direct_kt, slowest, "kt",
        f"straight from end to end would be {direct_kt:.0f} kt; heard at {' and '.join(f'{v:.0f}' for v in told)} kt",
    )  # fmt: skip


def departure(side: Side | None, distance_nm: float, elevation_ft: float, since_s: float, s: MovementSettings) -> Check:
    """The next airborne fix is near the field, low and climbing: it left from where it is said to have stopped."""
    limit = s.departure_fix_nm + s.fastest_kt * max(since_s, 0.0) / 3600.0
    if side is None or side.altitude_ft is None:
        return made("departure", None, None, limit, "NM", "no airborne fix with an altitude after it")
    height = side.altitude_ft - elevation_ft
    passed = distance_nm <= limit and height <= s.low_samples_ft + s.fastest_climb_fpm * max(since_s, 0.0) / 60.0
    return made(
        "departure", passed, distance_nm, limit, "NM",
        f"first airborne fix {distance_nm:.1f} NM from the field at {height:.0f} ft above it",
    )  # fmt: skip
