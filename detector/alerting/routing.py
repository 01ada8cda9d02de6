"""Which revisions of which alerts an endpoint gets."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from detector.alerting.quiet import QuietHours
from detector.domain.alert import Alert, AlertEvent
from detector.domain.stop import SEVERITY_ORDER, Level, Severity

BASELINE_S = 600.0


@dataclass(frozen=True, slots=True)
class Route:
    """A filter on each side; an empty one lets everything through, and what is there must all hold.

    `rules`: one of the findings is of one of them; `airports`: the stop's, or one of its candidates where it has none;
    `countries`: two letters; `aircraft`: addresses.
    """

    severity: Severity = Severity.LOW
    min_level: Level = Level.REJECTED
    rules: frozenset[str] = frozenset()
    airports: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    aircraft: frozenset[str] = frozenset()
    events: frozenset[AlertEvent] = frozenset()

    def takes(self, alert: Alert) -> bool:
        """Whether the revision is for this endpoint, by itself."""
        stop = alert.stop
        fields = {stop.airport} if stop.airport else {candidate.airport for candidate in stop.candidates}
        return (
            SEVERITY_ORDER[alert.severity] >= SEVERITY_ORDER[self.severity]
            and stop.level >= self.min_level
            and (not self.rules or any(finding.rule in self.rules for finding in stop.findings))
            and (not self.airports or not self.airports.isdisjoint(fields))
            and (not self.countries or stop.country in self.countries)
            and (not self.aircraft or stop.icao24 in self.aircraft)
            and (not self.events or alert.event in self.events)
        )


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One that alerts go to, as the outbox sees it.

    name         of letters, digits, `_` and `-`: part of the keys in the store
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


def address_mark(text: str) -> str:
    """A short mark of an address, which may hold a secret and so is not written down itself."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def had_begun(alert: Alert, heard_from: float) -> bool:
    """Whether the stop was there before anything was heard: nobody can say when it began."""
    earliest = alert.stop.landed.earliest
    return earliest is None or earliest < heard_from
