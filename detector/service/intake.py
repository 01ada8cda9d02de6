"""Between the feeds and the loop: what has arrived, in order of arrival, and no more than fits."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from detector.domain.decoded import Batch, joined
from detector.domain.frame import FrameBatch
from detector.domain.live import FeedEvent, FeedStatus

FLUSH_ROWS = 2_500
"""Some 64 kB of Beast: so much is taken in at once, without waiting for the turn."""
MOST_ROWS = 200_000
"""Four seconds of 50,000 frames a second, some 10 MB. Past that feeds wait, and TCP makes their senders wait."""

USED_FORMATS = {df: f"DF{df}" for df in (0, 4, 5, 11, 16, 17, 18, 20, 21)}
"""Downlink formats that the path reads. Noise makes any of 32, so all others are counted as one."""
OTHER_FORMAT = "other"
TRACK = "track"
"""What a row of a decoded track is counted as."""


@dataclass(slots=True)
class FeedState:
    """What is known of a feed. `status` None before its first event; times are Unix s UTC.

    `formats`: of `rows`, how many by downlink format (`DF17`), OTHER_FORMAT or TRACK.
    `gaps` and `gap_s`: how often it was lost after having been heard, and for how long in all (ended ones).
    """

    rows: int = 0
    formats: Counter[str] = field(default_factory=Counter)
    status: FeedStatus | None = None
    reason: str = ""
    heard_at: float | None = None
    lost_at: float | None = None
    connections: int = 0
    gaps: int = 0
    gap_s: float = 0.0

    @property
    def listening(self) -> bool:
        """Whether something would be heard if there was anything to hear."""
        return self.status in (FeedStatus.CONNECTED, FeedStatus.HEARD)


@dataclass(slots=True)
class Intake:
    """The inlet of the service. `now`: its clock; `on_event`: told of every change of a feed's status."""

    now: Callable[[], float]
    on_event: Callable[[FeedEvent, FeedState], None]
    feeds: dict[str, FeedState] = field(default_factory=dict)
    most_rows: int = MOST_ROWS
    rows: int = 0
    """Waiting."""
    _waiting: deque[Batch | FeedEvent] = field(default_factory=deque)
    _enough: asyncio.Event = field(default_factory=asyncio.Event)
    _room: asyncio.Event = field(default_factory=asyncio.Event)

    async def hear(self, feed: str, batch: Batch) -> None:
        """Take in a batch; returns when there is room for more."""
        state = self.feeds.setdefault(feed, FeedState())
        state.rows += len(batch)
        state.formats.update(_formats(batch))
        state.heard_at = self.now()
        self._waiting.append(batch)
        self.rows += len(batch)
        if self.rows >= FLUSH_ROWS:
            self._enough.set()
        while self.rows >= self.most_rows:
            self._room.clear()
            await self._room.wait()

    def tell(self, event: FeedEvent) -> None:
        """Note a change of status."""
        state = self.feeds.setdefault(event.feed, FeedState())
        was_listening = state.listening
        state.status, state.reason = event.status, event.reason
        if event.status is FeedStatus.CONNECTED:
            state.connections += 1
        if state.listening and state.lost_at is not None:
            state.gap_s += max(0.0, event.at - state.lost_at)
            state.lost_at = None
        if was_listening and not state.listening:
            state.gaps += 1
            state.lost_at = state.heard_at or event.at
        self._waiting.append(event)
        self.on_event(event, state)

    def listening(self) -> bool:
        """Whether any feed is."""
        return any(state.listening for state in self.feeds.values())

    async def enough(self) -> None:
        """Returns when so much has arrived that it should be taken in at once."""
        await self._enough.wait()

    def take(self) -> list[Batch | FeedEvent]:
        """All that has arrived; neighbouring batches of one kind are one."""
        waiting = list(self._waiting)
        self._waiting.clear()
        self.rows = 0
        self._enough.clear()
        self._room.set()
        return _joined(waiting)


def _formats(batch: Batch) -> dict[str, int]:
    """How many of each format."""
    if not isinstance(batch, FrameBatch):
        return {TRACK: len(batch)}
    # The format is the first five bits (ICAO Annex 10 Vol IV, 3.1.2.3.2.1).
    counts = np.bincount(batch.payload[:, 0] >> 3, minlength=32).tolist()
    told = {name: counts[df] for df, name in USED_FORMATS.items()}
    told[OTHER_FORMAT] = len(batch) - sum(told.values())
    return {name: n for name, n in told.items() if n}


def _joined(waiting: list[Batch | FeedEvent]) -> list[Batch | FeedEvent]:
    taken: list[Batch | FeedEvent] = []
    run: list[Batch] = []
    for one in waiting:
        if isinstance(one, FeedEvent):
            taken += [*joined(run), one]
            run = []
        else:
            run.append(one)
    return [*taken, *joined(run)]
