"""Stops to findings. `RULES` is the registry: one rule a file, one line each here, in the order of the findings."""

from __future__ import annotations

from detector.domain.alert import JourneyStep
from detector.domain.listing import Listing
from detector.domain.stop import Finding, Level, Status, Stop
from detector.reference.watchlist import WatchList
from detector.rules.dark_stop import dark_stop
from detector.rules.first_visit import first_visit
from detector.rules.identity import identity
from detector.rules.interface import Case, ListedField, Rule
from detector.rules.journey import journey
from detector.rules.listed_aircraft import listed_aircraft
from detector.rules.listed_airport import listed_airport
from detector.rules.outlier import outlier
from detector.rules.settings import RulesFile
from detector.rules.short_turnaround import short_turnaround
from detector.rules.unusual_ground_time import unusual_ground_time
from detector.scoring import Baselines

RULES: dict[str, Rule] = {
    "listed_airport": listed_airport,
    "listed_aircraft": listed_aircraft,
    "short_turnaround": short_turnaround,
    "dark_stop": dark_stop,
    "identity": identity,
    "first_visit": first_visit,
    "unusual_ground_time": unusual_ground_time,
    "outlier": outlier,
    "journey": journey,
}
WITHOUT_LISTINGS = frozenset({"identity", "first_visit", "unusual_ground_time", "outlier", "journey"})
"""Rules whose findings rest on no listing."""


def findings(
    stop: Stop,
    watch_list: WatchList,
    settings: RulesFile,
    aircraft: tuple[Listing, ...] = (),
    usual: Baselines | None = None,
) -> tuple[Finding, ...]:
    """What the rules that are on say of a stop. Nothing is said of one that is rejected, taken back, or held.

    `aircraft`: listings of the aircraft, in force on the day of the landing; `usual`: what history has taught.
    """
    if stop.level < Level.DARK or stop.status is Status.RETRACTED or (stop.held is not None and stop.held.alert):
        return ()
    at = stop.landed.estimate
    listings = watch_list.entries_for(stop.airport, at) if stop.airport is not None else ()
    fields = (ListedField(c.airport, watch_list.entries_for(c.airport, at)) for c in stop.candidates)
    reachable = tuple(field for field in fields if field.listings)
    case = Case(stop, listings, reachable, settings, aircraft=aircraft, usual=usual)
    found = (rule(case) for name, rule in RULES.items() if settings.of(name).enabled)
    return tuple(finding for finding in found if finding is not None)


def onward(stop: Stop, steps: tuple[JourneyStep, ...], settings: RulesFile) -> Finding | None:
    """What the rule on journeys says once an alert follows the aircraft; None where it is switched off."""
    return journey(Case(stop, (), (), settings, steps)) if settings.journey.enabled else None


__all__ = ["RULES", "WITHOUT_LISTINGS", "RulesFile", "findings", "onward"]
