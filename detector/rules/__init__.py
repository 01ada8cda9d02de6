"""Stops to findings. `RULES` is the registry: one rule a file, one line each here."""

from __future__ import annotations

from detector.domain.stop import Finding, Level, Status, Stop
from detector.reference.watchlist import WatchList
from detector.rules.interface import Case, Rule
from detector.rules.listed_airport import listed_airport
from detector.rules.settings import RuleSettings
from detector.rules.short_turnaround import short_turnaround

RULES: dict[str, Rule] = {
    "listed_airport": listed_airport,
    "short_turnaround": short_turnaround,
}


def findings(stop: Stop, watch_list: WatchList, settings: RuleSettings) -> tuple[Finding, ...]:
    """What the rules in force say of a stop. Nothing is said of levels 0 and 1, nor of a stop that was taken back."""
    if stop.level < Level.ONE_SIDE or stop.status is Status.RETRACTED or stop.airport is None:
        return ()
    listings = watch_list.entries_for(stop.airport, stop.landed.estimate)
    case = Case(stop, listings, settings)
    found = (RULES[name](case) for name in settings.enabled)
    return tuple(finding for finding in found if finding is not None)


__all__ = ["RULES", "RuleSettings", "findings"]
