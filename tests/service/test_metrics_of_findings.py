"""What is counted of stops and alerts, and what is shown of what is held and disturbed now."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from msgspec.structs import replace

from detector.checkpoint import Journal
from detector.domain.frame import Tick
from detector.domain.stop import Certainty, Finding, Held, Level, Severity, Status, Stop
from detector.pipeline import Changes, Pipeline
from detector.service.core import Core
from detector.tracking.interference import InterferenceArea
from tests.alerting.alerts import NOW, alert
from tests.service.stage import Stage
from tests.service.test_metrics import BEGIN, staged, told

FINDINGS = (
    Finding("listed_airport", Certainty.CERTAIN, Severity.HIGH, "listed"),
    Finding("short_turnaround", Certainty.POSSIBLE, Severity.MEDIUM, "short"),
)


class Scripted:
    """A path and its journal that say what they are told to."""

    def __init__(self, *changes: Changes) -> None:
        self._changes = iter(changes)

    def tick(self, tick: Tick) -> Changes:
        return next(self._changes)

    def note(self, changes: Changes) -> None:
        """Nothing is kept."""


def counted(*changes: Changes) -> Core:
    said = Scripted(*changes)
    core = Core(cast(Pipeline, said), cast(Journal, said), None, lambda _: None)
    for at, _ in enumerate(changes):
        core.take_in(Tick(float(at)), float(at))
    return core


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = staged(tmp_path)
    yield made
    made.die()


def stop_of(**of_stop: Any) -> Stop:
    return alert(**of_stop).stop


def test_an_alert_counts_once_and_each_of_its_rules_with_its_own_severity(stage: Stage) -> None:
    opened = alert(findings=FINDINGS)
    stage.core.tally = counted(Changes(alerts=[opened])).tally
    figures = told(stage)
    of_alerts = {labels: n for (name, labels), n in figures.items() if name == "detector_alerts_total" and n}
    of_rules = {labels: n for (name, labels), n in figures.items() if name == "detector_alert_findings_total" and n}
    assert of_alerts == {(("event", "opened"), ("severity", "high")): 1.0}
    assert of_rules == {
        (("event", "opened"), ("rule", "listed_airport"), ("severity", "high")): 1.0,
        (("event", "opened"), ("rule", "short_turnaround"), ("severity", "medium")): 1.0,
    }


def test_a_stop_counts_as_it_opened_and_once_more_when_it_is_taken_back(stage: Stage) -> None:
    first = replace(stop_of(level=Level.ONE_SIDE), revision=1, status=Status.OPEN)
    second = replace(first, revision=2, level=Level.BOTH_SIDES)
    third = replace(second, revision=3, status=Status.RETRACTED)
    stage.core.tally = counted(*(Changes(stops=[stop]) for stop in (first, second, third))).tally
    figures = told(stage)
    opened = {labels: n for (name, labels), n in figures.items() if name == "detector_stops_total" and n}
    assert opened == {(("kind", first.kind.value), ("level", "2")): 1.0}
    assert figures["detector_stops_retracted_total", ()] == 1.0


def test_what_is_held_back_is_shown_as_long_as_it_is(stage: Stage) -> None:
    movements = stage.core.pipeline.movements
    whole, part = (stop_of(held=Held("a test", NOW, alert=alone, level=Level.OBSERVED)) for alone in (True, False))
    movements._held = {"1": (whole.icao24, whole), "2": (part.icao24, part), "3": (part.icao24, part)}
    held = {dict(labels)["what"]: n for (name, labels), n in told(stage).items() if name == "detector_stops_held"}
    assert held == {"alert": 1.0, "level": 2.0}
    movements._held.clear()
    assert told(stage)["detector_stops_held", (("what", "level"),)] == 0.0


def test_disturbed_cells_are_those_of_event_time(stage: Stage) -> None:
    pipeline = stage.core.pipeline
    assert told(stage)["detector_interference_cells", ()] == 0.0
    for cell, until in (((1, 1), BEGIN + 60.0), ((1, 2), BEGIN - 60.0)):
        pipeline.sky.areas._active[cell] = InterferenceArea(0.5, 0.5, BEGIN - 3600.0, until, 5, 4)
    pipeline.told_until = BEGIN
    assert told(stage)["detector_interference_cells", ()] == 1.0
