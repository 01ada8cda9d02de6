"""A stop much shorter or longer than those of its type at that field, as history has them."""

from __future__ import annotations

from detector.domain.durations import span_text
from detector.domain.stop import Certainty, Finding, GroundTime, Level
from detector.rules.grounds import found
from detector.rules.interface import Case


def unusual_ground_time(case: Case) -> Finding | None:
    """Fires from level 2 on. Certain where the whole interval lies far outside all but 2 of 100 usual times, possible
    where the best guess does. Silent where the type itself is not known well enough."""
    usual, stop = case.usual, case.stop
    time, airport, type_code = stop.ground_time, stop.airport, stop.type_code
    if usual is None or time is None or time.max is None or not type_code or airport is None:
        return None
    if stop.level < Level.ONE_SIDE:
        return None
    type_class = None if stop.identity is None else stop.identity.type_class
    limits = case.settings.unusual_ground_time
    times = usual.ground_times(type_code, type_class, airport, stop.operator or "", limits.least_visits)
    if times is None or not times.of_type:
        return None
    certainty = _outside(time, time.max, times.low_s / limits.beyond, times.high_s * limits.beyond)
    if certainty is None:
        return None
    told = [(ground, certainty) for ground in case.grounds("unusual_ground_time")]
    way = "shorter" if time.estimate < times.low_s else "longer"
    reason = (
        f"on the ground {span_text(time.min, time.max)}, far {way} than is usual for {times.group}: half of "
        f"{times.visits:,} stops in history took {span_text(times.lower_s, times.upper_s)}"
    )
    return found("unusual_ground_time", told, reason) if told else None


def _outside(time: GroundTime, longest_s: float, low_s: float, high_s: float) -> Certainty | None:
    if longest_s < low_s or time.min > high_s:
        return Certainty.CERTAIN
    return None if low_s <= time.estimate <= high_s else Certainty.POSSIBLE
