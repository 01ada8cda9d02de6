"""A stop at a listed field shorter than a limit. The rule works on the interval, not on a guess."""

from __future__ import annotations

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
    return found("short_turnaround", told, f"on the ground {length} min, limit {limit_s / 60:.0f} min")
