"""Stops to findings. `RULES` is the registry: one rule a file, one line each here."""

from __future__ import annotations

from detector.domain.alert import JourneyStep
from detector.domain.stop import Finding, Level, Status, Stop
from detector.reference.watchlist import WatchList
from detector.rules.dark_stop import dark_stop
from detector.rules.interface import Case, Rule
from detector.rules.journey import journey
from detector.rules.listed_airport import listed_airport
from detector.rules.settings import RuleSettings
from detector.rules.short_turnaround import short_turnaround

RULES: dict[str, Rule] = {
    "dark_stop": dark_stop,
    "journey": journey,
    "listed_airport": listed_airport,
    "short_turnaround": short_turnaround,
}


def findings(stop: Stop, watch_list: WatchList, settings: RuleSettings) -> tuple[Finding, ...]:
    """What the rules in force say of a stop. Nothing is said of one that is rejected, taken back, or held."""
    if stop.level < Level.DARK or stop.status is Status.RETRACTED or (stop.held is not None and stop.held.alert):
        return ()
    at = stop.landed.estimate
    listings = watch_list.entries_for(stop.airport, at) if stop.airport is not None else ()
    reachable = tuple(c.airport for c in stop.candidates if watch_list.entries_for(c.airport, at))
    case = Case(stop, listings, reachable, settings)
    found = (RULES[name](case) for name in settings.enabled)
    return tuple(finding for finding in found if finding is not None)


def onward(stop: Stop, steps: tuple[JourneyStep, ...], settings: RuleSettings) -> Finding | None:
    """What the rule on journeys says once an alert follows the aircraft; None where it is switched off."""
    return journey(Case(stop, (), (), settings, steps)) if "journey" in settings.enabled else None


__all__ = ["RULES", "RuleSettings", "findings", "onward"]
