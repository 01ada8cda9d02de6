"""What feeds run against in tests: a clock that runs fast, and an inlet that keeps everything."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable

from detector.domain.decoded import Batch, DecodedBatch, joined
from detector.domain.frame import FrameBatch
from detector.domain.live import FeedEvent, FeedStatus

START_AT = 1_700_000_000.0


class ScaledClock:
    """`speed` seconds pass in one; `start_at`: Unix s at the start."""

    def __init__(self, speed: float, start_at: float = START_AT) -> None:
        self.speed = speed
        self._start_at = start_at
        self._began = time.monotonic()

    def now(self) -> float:
        return self._start_at + (time.monotonic() - self._began) * self.speed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds) / self.speed)


class MovedClock:
    """Time stands still until it is moved."""

    def __init__(self, at: float = START_AT) -> None:
        self._at = at
        self._sleepers: list[tuple[float, asyncio.Event]] = []

    def now(self) -> float:
        return self._at

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        self._sleepers.append((self._at + max(0.0, seconds), woken))
        await woken.wait()

    def move_to(self, at: float) -> None:
        """Let time pass; nothing has run in it until the caller waits."""
        self._at = max(at, self._at)
        for due, woken in self._sleepers:
            if due <= self._at:
                woken.set()
        self._sleepers = [(due, woken) for due, woken in self._sleepers if due > self._at]

    async def pass_by(self, seconds: float, step_s: float = 0.5) -> None:
        """Let time pass in steps, and sockets speak in between."""
        end = self._at + seconds
        while self._at < end:
            self.move_to(min(end, self._at + step_s))
            await asyncio.sleep(0.002)


class CollectingInlet:
    """Keeps batches by feed, and events in order."""

    def __init__(self) -> None:
        self.batches: dict[str, list[Batch]] = defaultdict(list)
        self.rows: dict[str, int] = defaultdict(int)
        self.events: list[FeedEvent] = []
        self._news = asyncio.Event()

    async def hear(self, feed: str, batch: Batch) -> None:
        assert len(batch), "an empty batch is no news"
        self.batches[feed].append(batch)
        self.rows[feed] += len(batch)
        self._news.set()

    def tell(self, event: FeedEvent) -> None:
        self.events.append(event)
        self._news.set()

    async def until(self, reached: Callable[[], bool], guard_s: float = 60.0) -> None:
        """Returns once `reached()`. The guard is against waiting for ever; no result depends on it."""
        async with asyncio.timeout(guard_s):
            while not reached():
                self._news.clear()
                await self._news.wait()

    def statuses(self, feed: str | None = None) -> list[FeedStatus]:
        return [event.status for event in self.events if feed in (None, event.feed)]

    def frames(self, feed: str) -> FrameBatch:
        """All frames of a feed."""
        (batch,) = joined(self.batches[feed]) or [FrameBatch.empty()]
        assert isinstance(batch, FrameBatch)
        return batch

    def decoded(self, feed: str) -> DecodedBatch:
        """All rows of a feed of decoded tracks."""
        (batch,) = joined(self.batches[feed]) or [DecodedBatch.empty()]
        assert isinstance(batch, DecodedBatch)
        return batch


def payloads(frames: FrameBatch) -> list[str]:
    """Each frame in hexadecimal."""
    return [row[:n].tobytes().hex() for row, n in zip(frames.payload, frames.length.tolist(), strict=True)]
