"""All that is held in memory for those who look: takes what the path has changed, and answers."""

from __future__ import annotations

from collections.abc import Callable
from heapq import nlargest
from typing import Protocol

import numpy as np

from detector.domain.alert import Alert
from detector.domain.gap import Gap
from detector.domain.identity import Identities
from detector.domain.live import Clock
from detector.domain.stop import Status
from detector.pipeline import Changes, Pipeline
from detector.reference import WatchList
from detector.web.live.findings import alert_record, alert_record_of, gap_record, stop_record_of
from detector.web.live.fleet import FleetView
from detector.web.live.labels import Labels
from detector.web.live.ring import NewsRing
from detector.web.live.shelf import Shelf
from detector.web.live.trails import Trails

MOST_ALERTS = 2_000
MOST_STOPS = 10_000
MOST_GAPS = 10_000
"""Newest first; the store may have more. In all some 70 MB when full, and 3 s of the start."""
SWEEP_S = 600.0
"""What has become too old is looked for this often, by event time, as in the store."""
COMMON_S = 7 * 86_400.0
"""Gaps are kept no longer, as in the store."""

LABELS_S, IDLE_S = 0.1, 1.0
"""Between two rounds of look-ups, while some wait and while none do: 4 % of a core at most."""


class Tables(Protocol):
    """What is known before listening."""

    @property
    def identities(self) -> Identities: ...

    @property
    def watchlist(self) -> WatchList: ...


class LiveModel:
    """Of one service. `keep_s`: what is over goes so long after; `now`: the clock of the service."""

    def __init__(self, tables: Tables, keep_s: float, now: Callable[[], float]) -> None:
        self.labels = Labels(tables.identities, tables.watchlist)
        self.news = NewsRing()
        self._keep_s = keep_s
        self._now = now
        self._swept_at = float("-inf")
        self._empty()

    def begin(self, pipeline: Pipeline, found: Changes) -> None:
        """A path that was taken up: everything anew. `found`: what had been found before, revisions in order."""
        self._empty()
        self.pipeline = pipeline
        self.fleet = FleetView(pipeline, self.labels, self._now)
        revisions: dict[str, list[Alert]] = {}
        for alert in found.alerts:
            revisions.setdefault(alert.id, []).append(alert)
        for one in list(revisions.values())[-MOST_ALERTS:]:
            self.alerts.put(alert_record_of(one))
        # The store may have more of them than are held here, and to put them into words takes time.
        for stop in nlargest(MOST_STOPS, found.stops, key=lambda one: (one.status is Status.OPEN, one.revised_at)):
            self.stops.put(stop_record_of(stop)[0])
        for gap in nlargest(MOST_GAPS, found.gaps, key=lambda one: one.begin if one.end is None else one.end):
            self._take_in(gap)
        tracker = pipeline.tracker
        slots = np.flatnonzero(~np.isnan(tracker.table["heard_at"][: tracker.size]))
        self.trails.begin(tracker.table, slots)
        self._watch()

    def note(self, changes: Changes) -> None:
        """What a batch or heartbeat changed."""
        if changes.points is not None:
            self.trails.add(changes.points)
        for stop in changes.stops:
            record, line = stop_record_of(stop)
            self.stops.put(record)
            self.news.add("stop", line)
        for alert in changes.alerts:
            record, line = alert_record(alert, self.alerts.get(alert.id))
            self.alerts.put(record)
            self.news.add("alert", line)
        for gap in changes.gaps:
            self.news.add("gap", self._take_in(gap))
        if changes.alerts:
            self._watch()
        self._sweep()

    def silences_of(self, stop_id: str) -> list[Gap]:
        """The silences that the stop was told from."""
        return [gap for gap in self._silences.values() if gap.stop_id == stop_id]

    async def look_up(self, clock: Clock) -> None:
        """Hold those that are seen against the watch lists, a few at a time, until cancelled."""
        while True:
            left = self.labels.look_up_some(clock.now())
            await clock.sleep(LABELS_S if left else IDLE_S)

    def _take_in(self, gap: Gap) -> bytes:
        record, line = gap_record(gap)
        self.gaps.put(record)
        if gap.stop_id is not None:
            self._silences[gap.id] = gap
        return line

    def _empty(self) -> None:
        self.alerts = Shelf(MOST_ALERTS, self._keep_s)
        self.stops = Shelf(MOST_STOPS, self._keep_s)
        self.gaps = Shelf(MOST_GAPS, min(self._keep_s, COMMON_S))
        self.trails = Trails()
        self._silences: dict[str, Gap] = {}

    def _watch(self) -> None:
        """More is kept of the ways of aircraft under watch. Addresses that are not ICAO's raise no alerts."""
        self.trails.watch([int(icao24, 16) for icao24 in self.pipeline.alerts.watches if not icao24.startswith("~")])

    def _sweep(self) -> None:
        now = self.pipeline.told_until
        if now is None or now < self._swept_at + SWEEP_S:
            return
        self._swept_at = now
        for shelf in (self.alerts, self.stops, self.gaps):
            shelf.sweep(now)
        self._silences = {
            gap.id: gap for gap in self._silences.values() if gap.stop_id and self.stops.get(gap.stop_id) is not None
        }
