"""When an unseen landing or departure can have been: bounds that contain the truth, and a best guess inside them."""

from __future__ import annotations

from detector.domain.stop import GroundTime, Moment
from detector.movements.settings import MovementSettings
from detector.movements.sides import Side

SPEED_SPEAKS_NM = 40.0
"""For so far the speed heard at a fix bounds the speed before or after it."""
LIKELY_MARGIN_KT = 1.1
"""Nobody speeds up by more than a tenth on the way down, or was that much faster earlier in a climb."""


def fastest_s(side: Side, distance_nm: float, height_ft: float, rate_fpm: float, s: MovementSettings) -> float:
    """The shortest time between the side's fix and the runway, by distance and by height.

    The speed at the fix speaks for the miles around it; further away the limit for long distances holds.
    """
    speed = max(side.groundspeed_kt * LIKELY_MARGIN_KT, 160.0) if side.groundspeed_kt is not None else s.fastest_kt
    near = min(distance_nm, SPEED_SPEAKS_NM)
    way = near / speed + (distance_nm - near) / max(speed, s.fastest_kt)
    return max(way * 3600.0, max(height_ft, 0.0) / rate_fpm * 60.0)


def likely_s(side: Side, distance_nm: float, s: MovementSettings) -> float:
    """The usual time between the side's fix and the runway: from the speed at the fix to that over the last miles."""
    speed = s.approach_kt if side.groundspeed_kt is None else (max(side.groundspeed_kt, 60.0) + s.approach_kt) / 2
    return distance_nm / min(speed, 250.0) * 3600.0


def arrival_leg_s(distance_nm: float, s: MovementSettings) -> float:
    """The shortest flight over a long distance from the last fix to a field."""
    return distance_nm / s.fastest_kt * 3600.0


def unseen(
    earliest_landing: float | None,
    latest_departure: float,
    likely_landing: float,
    likely_departure: float,
    s: MovementSettings,
) -> tuple[Moment, Moment, GroundTime]:
    """Landing, departure and ground time between two bounds, with at least the minimum stay between them."""
    latest_landing = latest_departure - s.minimum_stay_s
    begin = latest_landing if earliest_landing is None else min(earliest_landing, latest_landing)
    earliest_departure = begin + s.minimum_stay_s if earliest_landing is not None else latest_departure
    landed = _clamped(likely_landing, begin, latest_landing)
    departed = _clamped(likely_departure, max(earliest_departure, landed + s.minimum_stay_s), latest_departure)
    return (
        Moment(None if earliest_landing is None else begin, latest_landing, landed, False),
        Moment(earliest_departure if earliest_landing is not None else None, latest_departure, departed, False),
        ground_time(
            Moment(None if earliest_landing is None else begin, latest_landing, landed, False),
            Moment(earliest_departure, latest_departure, departed, False),
            s.minimum_stay_s,
        ),
    )


def ground_time(landed: Moment, departed: Moment, at_least_s: float) -> GroundTime:
    """Seconds on the ground between two intervals."""
    least = max(
        (departed.earliest if departed.earliest is not None else landed.latest) - landed.latest, at_least_s, 0.0
    )
    most = None if landed.earliest is None else max(departed.latest - landed.earliest, least)
    guess = max(departed.estimate - landed.estimate, least)
    return GroundTime(least, most, guess if most is None else min(guess, most))


def _clamped(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)
