"""Which revisions of which alerts an endpoint gets."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from detector.alerting.quiet import QuietHours
from detector.domain.alert import Alert, AlertEvent
from detector.domain.identity import TypeClass
from detector.domain.stop import SEVERITY_ORDER, Finding, Level, Severity

BASELINE_S = 600.0


@dataclass(frozen=True, slots=True)
class Route:
    """A filter on each side; an empty one lets everything through, and what is there must all hold.

    `rules`: one of the findings is of one of them; `lists`: the same finding rests on a listing of one of them;
    `airports`: the stop's, or one of its candidates where it has none; `countries`: two letters; `aircraft`: addresses;
    `type_classes`: the aircraft's, which has to be known.
    """

    severity: Severity = Severity.LOW
    min_level: Level = Level.REJECTED
    rules: frozenset[str] = frozenset()
    airports: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    aircraft: frozenset[str] = frozenset()
    events: frozenset[AlertEvent] = frozenset()
    lists: frozenset[str] = frozenset()
    type_classes: frozenset[TypeClass] = frozenset()

    def takes(self, alert: Alert) -> bool:
        """Whether the revision passes, by itself."""
        stop = alert.stop
        fields = {stop.airport} if stop.airport else {candidate.airport for candidate in stop.candidates}
        return (
            SEVERITY_ORDER[alert.severity] >= SEVERITY_ORDER[self.severity]
            and stop.level >= self.min_level
            and (not (self.rules or self.lists) or any(self._wants(finding) for finding in stop.findings))
            and (not self.airports or not self.airports.isdisjoint(fields))
            and (not self.countries or stop.country in self.countries)
            and (not self.aircraft or stop.icao24 in self.aircraft)
            and (not self.events or alert.event in self.events)
            and (not self.type_classes or (stop.identity is not None and stop.identity.type_class in self.type_classes))
        )

    def _wants(self, finding: Finding) -> bool:
        return (not self.rules or finding.rule in self.rules) and (
            not self.lists or any(listing.list in self.lists for listing in finding.listings)
        )


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One that alerts go to, as the outbox sees it.

    name         of letters, digits, `_` and `-`: part of the keys in the store
    route        its own filter
    routes       those of the rules file that name it: one of them has to take the alert as well, if there are any
    address      what tells this receiver from another under the same name (`address_mark`)
    digest_s     0: each revision by itself; otherwise all that has come together, once in so many seconds at most
    baseline_s   see `Outbox.listens_from`
    """

    name: str
    route: Route = Route()
    quiet: QuietHours | None = None
    digest_s: float = 0.0
    baseline_s: float = BASELINE_S
    address: str = ""
    routes: tuple[Route, ...] = ()

    def takes(self, alert: Alert) -> bool:
        """Whether the revision is for it, by itself."""
        return self.route.takes(alert) and (not self.routes or any(route.takes(alert) for route in self.routes))


def address_mark(text: str) -> str:
    """A short mark of an address, which may hold a secret and so is not written down itself."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def had_begun(alert: Alert, heard_from: float) -> bool:
    """Whether the stop was there before anything was heard: nobody can say when it began."""
    earliest = alert.stop.landed.earliest
    return earliest is None or earliest < heard_from
