"""A stop at a listed field shorter than a limit. The rule works on the interval, not on a guess."""

from __future__ import annotations

from detector.domain.durations import span_text
from detector.domain.stop import Certainty, Finding, Level
from detector.rules.grounds import found
from detector.rules.interface import Case


def short_turnaround(case: Case) -> Finding | None:
    """Certain if even the longest possible ground time is under the limit, possible if the shortest is.

    Each listing of the field may have a limit of its own; the finding rests on those under which the stop is short.
    """
    time = case.stop.ground_time
    if case.stop.level < Level.ONE_SIDE or not case.listings:
        return None
    if time is None or time.max is None:
        # Without an earliest landing nothing is known of the time on the ground.
        return None
    short = [ground for ground in case.grounds("short_turnaround", case.listings) if time.min < ground.limit_s]
    if not short:
        return None
    told = [(ground, Certainty.CERTAIN if time.max < ground.limit_s else Certainty.POSSIBLE) for ground in short]
    length = f"{time.min / 60:.0f} to {time.max / 60:.0f}"
    limit_s = max(ground.limit_s for ground in short)
    reason = f"on the ground {length} min, limit {limit_s / 60:.0f} min{_beside_the_usual(case)}"
    return found("short_turnaround", told, reason)


def _beside_the_usual(case: Case) -> str:
    """25 minutes are ordinary for a 737 and odd for an Il-62. It is said, and decides nothing: history may hold the
    very stops that are in question."""
    stop, least = case.stop, case.settings.unusual_ground_time.least_visits
    if case.usual is None or not stop.type_code or stop.airport is None:
        return ""
    type_class = None if stop.identity is None else stop.identity.type_class
    times = case.usual.ground_times(stop.type_code, type_class, stop.airport, stop.operator or "", least)
    if times is None or not times.of_type:
        return ""
    return f"; half of {times.visits:,} stops of {times.group} took {span_text(times.lower_s, times.upper_s)}"
