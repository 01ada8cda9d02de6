"""The bytes of one live connection to dated batches: a framer, and a clock beside it. No I/O."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np

from detector.domain.decoded import Batch
from detector.domain.errors import Reject
from detector.domain.frame import RejectCounts
from detector.feeds.live_clock import LiveClock
from detector.feeds.settings import WITH_COUNTER, FeedSettings
from detector.framing import RecordingFramer, TrackFramer, framer
from detector.framing.beast import BeastFramer, ClockKind

DEFAULT_CLOCK = "12mhz"


class LiveStream:
    """One connection of a feed. What is dropped is counted in `rejects`, which several connections may share."""

    def __init__(self, settings: FeedSettings, rejects: RejectCounts) -> None:
        self._settings = settings
        self._rejects = rejects
        self._framer: RecordingFramer | TrackFramer | None = None
        self._counted: dict[str, int] = {}
        self._clock = self._new_clock()

    @property
    def kind(self) -> str:
        """The format it reads."""
        return "beast" if self._settings.kind in WITH_COUNTER else self._settings.kind

    def hear(self, data: bytes, arrived_at: float) -> Batch | None:
        """The frames or rows that `data` completes; None if there are none. `arrived_at`: Unix s UTC."""
        if self._framer is None:
            self._framer = self._new_framer(arrived_at)
        batch: Batch = self._framer.feed(data)
        off_the_calendar = self._count() and Reject.BAD_TIME in self._framer.rejects.counts
        placed = self._placed(batch, arrived_at)
        if off_the_calendar:
            # Counts that leap by months each will not come back. A new framer begins today again, at most the record
            # that is cut here is lost.
            self._framer.finish()
            self._count()
            self._framer = None
            self._clock = self._new_clock()
        return placed

    def finish(self, arrived_at: float) -> Batch | None:
        """What was held back; a record that is not whole is counted. The connection is over."""
        if self._framer is None:
            return None
        batch: Batch = self._framer.finish()
        self._count()
        self._framer = None
        return self._placed(batch, arrived_at)

    def _placed(self, batch: Batch, arrived_at: float) -> Batch | None:
        """With times of today. What anybody may feed does not get to name its receivers: it might name one of ours."""
        if not len(batch):
            return None
        placed = self._clock.placed(batch, arrived_at)
        if self._settings.trust_class == "public":
            placed = replace(placed, receiver=np.full(len(placed), self._settings.number, np.uint64))
        return placed

    def _count(self) -> bool:
        """Add what the framer has dropped since the last call; whether that is anything."""
        assert self._framer is not None
        news = False
        for reason, n in self._framer.rejects.counts.items():
            new = n - self._counted.get(reason, 0)
            if new:
                self._rejects.add(reason, new)
                self._counted[reason] = n
                news = True
        return news

    def _new_clock(self) -> LiveClock:
        return LiveClock(by_arrival=self._settings.clock == "arrival")

    def _new_framer(self, start_at: float) -> RecordingFramer | TrackFramer:
        self._counted = {}
        settings = self._settings
        if settings.kind in WITH_COUNTER:
            kind = settings.clock if settings.clock not in (None, "arrival") else DEFAULT_CLOCK
            return BeastFramer(settings.number, start_at, cast(ClockKind, kind))
        return framer(settings.kind, settings.number, start_at)
