"""A stop at a listed field shorter than a limit. The rule works on the interval, not on a guess."""

from __future__ import annotations

from detector.domain.stop import Certainty, Finding, Level, Severity
from detector.rules.interface import Case


def short_turnaround(case: Case) -> Finding | None:
    """Certain if even the longest possible ground time is under the limit, possible if the shortest is."""
    time, limit = case.stop.ground_time, case.settings.short_turnaround_s
    if case.stop.level < Level.ONE_SIDE:
        return None
    if time is None or time.max is None or not case.listings or time.min >= limit:
        # Without an earliest landing nothing is known of the time on the ground.
        return None
    certain = time.max < limit
    length = f"{time.min / 60:.0f} to {time.max / 60:.0f}"
    return Finding(
        rule="short_turnaround",
        certainty=Certainty.CERTAIN if certain else Certainty.POSSIBLE,
        severity=Severity.HIGH if certain else Severity.MEDIUM,
        reason=f"on the ground {length} min, limit {limit / 60:.0f} min",
    )
