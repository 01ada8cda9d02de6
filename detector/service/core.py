"""What the service does with one thing that has arrived: first to the spool, then down the path.

Nothing here waits. The order of calls is the recording: a replay of the spool makes the same ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from detector.checkpoint import Journal
from detector.domain.alert import Alert
from detector.domain.decoded import Batch
from detector.domain.errors import OutputError
from detector.domain.frame import Tick
from detector.domain.live import FeedEvent
from detector.domain.stop import Status, Stop
from detector.feeds.spool import Position
from detector.pipeline import Changes, Pipeline

TICK_LAG_S = 0.25
"""A heartbeat stays so far behind the clock: frames heard before it may still be on their way."""

Item = Batch | Tick | FeedEvent


class Spool(Protocol):
    """The log of what was taken in."""

    def append(self, item: Item, now: float) -> Position:
        """Write it down; where it ends. Raises OutputError."""


class Onlooker(Protocol):
    """Who is told of all that changes, at once: it must be quick, and never wait."""

    def begin(self, pipeline: Pipeline, found: Changes) -> None:
        """A path begins, or begins anew; `found`: what it had found when its state was written."""

    def note(self, changes: Changes) -> None:
        """What a batch or heartbeat has changed."""


@dataclass(slots=True)
class Tally:
    """What was found since the start, for metrics. Keys are values of enums and names of rules, never free text."""

    stops: Counter[tuple[int, str]] = field(default_factory=Counter)
    """Opened, by level and kind of the first revision."""
    retracted: int = 0
    """Stops taken back."""
    alerts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Revisions, by event and severity."""
    findings: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """What rules have said in them, by event of the revision, rule and severity of the finding."""
    movements: Counter[str] = field(default_factory=Counter)
    gaps: Counter[str] = field(default_factory=Counter)


class Core:
    """Spool and path of one service. `on_spool_lost`: told why nothing is recorded any more."""

    def __init__(
        self,
        pipeline: Pipeline,
        journal: Journal,
        spool: Spool | None,
        on_spool_lost: Callable[[OutputError], None],
        onlooker: Onlooker | None = None,
    ) -> None:
        self.pipeline = pipeline
        self.journal = journal
        self.spool = spool
        self.position: Position | None = None
        """Behind what was taken in last, in the spool."""
        self.tally = Tally()
        self._on_spool_lost = on_spool_lost
        self._spool_lost = False
        self._onlooker = onlooker
        self._alerts: list[Alert] = []

    def take_in(self, item: Item, now: float) -> None:
        """Record it, and run it through the path. `now`: Unix s by the service's clock."""
        if self.spool is not None:
            try:
                self.position = self.spool.append(item, now)
            except OutputError as error:
                # Listening goes on: an alert is worth more than its recording.
                self.spool = self.position = None
                self._spool_lost = True
                self._on_spool_lost(error)
        self._run(item)

    def take_up(self, item: Item, position: Position) -> None:
        """The same for what stands in the spool already, up to `position`."""
        self.position = position
        self._run(item)

    def alerts(self) -> list[Alert]:
        """New revisions since the last call, in order."""
        alerts, self._alerts = self._alerts, []
        return alerts

    def recording(self) -> bool | None:
        """Whether the spool is written; None where there is none by the settings."""
        return None if self.spool is None and not self._spool_lost else self.spool is not None

    def found(self) -> int:
        """How many new revisions `alerts` would give."""
        return len(self._alerts)

    def lag_s(self, now: float) -> float | None:
        """How far event time is behind `now`, less than 0 where it is ahead; None before there is any."""
        told = self.pipeline.told_until
        return None if told is None else now - told

    def _run(self, item: Item) -> None:
        if isinstance(item, FeedEvent):
            return
        changes = self.pipeline.tick(item) if isinstance(item, Tick) else self.pipeline.step(item)
        self.journal.note(changes)
        if self._onlooker is not None:
            self._onlooker.note(changes)
        self._alerts += changes.alerts
        for stop in changes.stops:
            self._count(stop)
        for alert in changes.alerts:
            self.tally.alerts[alert.event.value, alert.severity.value] += 1
            said = {(finding.rule, finding.severity.value) for finding in alert.stop.findings}
            self.tally.findings.update((alert.event.value, *one) for one in said)
        self.tally.movements.update(movement.kind for movement in changes.movements)
        self.tally.gaps.update(gap.kind.value for gap in changes.gaps if gap.revision == 1)

    def _count(self, stop: Stop) -> None:
        if stop.revision == 1:
            self.tally.stops[int(stop.level), stop.kind.value] += 1
        self.tally.retracted += stop.status is Status.RETRACTED
