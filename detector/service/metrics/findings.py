"""What was found: movements, gaps, stops, alerts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import product

from prometheus_client.core import Metric

from detector.domain.alert import AlertEvent
from detector.domain.gap import GapClass
from detector.domain.movement import MovementKind
from detector.domain.stop import KIND_OF_LEVEL, Severity
from detector.rules import RULES
from detector.service.metrics.families import counter, gauge
from detector.service.service import Parts

STOPS = {(int(level), kind.value): 0 for level, kind in KIND_OF_LEVEL.items()}
ALERTS = {(event.value, severity.value): 0 for event, severity in product(AlertEvent, Severity)}
FINDINGS = {
    (event.value, rule, severity.value): 0 for event, rule, severity in product(AlertEvent, sorted(RULES), Severity)
}
"""Told from the start: a series that appears with its first alert hides it from `increase`."""
HELD = {True: "alert", False: "level"}


def findings(parts: Parts) -> Iterator[Metric]:
    """Counted since the start; what is held, as it is now."""
    tally = parts.core.tally
    stops = STOPS | tally.stops
    yield counter("stops", "Stops opened, by the level and kind they opened with.", ["level", "kind"],
                  [((str(level), kind), n) for (level, kind), n in stops.items()])  # fmt: skip
    yield counter("stops_retracted", "Stops taken back.", [], [((), tally.retracted)])
    held = Counter(stop.held.alert for stop in parts.core.pipeline.movements.held() if stop.held is not None)
    yield gauge(
        "stops_held", "Stops held back now: all that is told of them (alert), or a part of their level.", ["what"],
        [((what,), held[alert]) for alert, what in HELD.items()],
    )  # fmt: skip
    yield counter("alerts", "Revisions of alerts.", ["event", "severity"], (ALERTS | tally.alerts).items())
    yield counter("alert_findings", "What rules have said in them: an alert of two rules counts twice.",
                  ["event", "rule", "severity"], (FINDINGS | tally.findings).items())  # fmt: skip
    yield counter("movements", "Landings and take-offs.", ["kind"],
                  [((kind.value,), tally.movements[kind]) for kind in MovementKind])  # fmt: skip
    yield counter("gaps", "Silences in flight.", ["class"], [((kind.value,), tally.gaps[kind]) for kind in GapClass])
