"""The running service: feeds, path, state and deliveries, and the order in which they start and stop.

    feeds -> intake -> (every 100 ms) spool, path -> outbox in the store -> couriers
                       (every 10 s)   checkpoint in the store

Everything of the path happens in one turn of the loop; what waits (sockets, the store, endpoints) waits beside it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any

from detector.domain.alert import Alert
from detector.domain.frame import Tick
from detector.domain.live import Clock, Feed, FeedEvent, FeedStatus
from detector.service.core import TICK_LAG_S, Core
from detector.service.delivery import Couriers
from detector.service.intake import Intake
from detector.service.keeping import Keeping
from detector.service.log import Log

FLUSH_S = 0.1
HEARTBEAT_S = 1.0
DEFECT_PAUSE_S = 30.0
STUCK_S = 30.0
MOST_AHEAD_S = 60.0
"""Frames that are so far behind event time are dropped: event time ahead of the clock by so much means deafness."""
STOP_S = 8.0
"""For the last checkpoint; whoever asked us to stop waits ten seconds in most places."""


@dataclass(slots=True)
class Parts:
    """What a service is made of. `others`: what runs beside it as long as it runs (its page)."""

    core: Core
    intake: Intake
    keeping: Keeping
    couriers: Couriers
    feeds: tuple[Feed, ...]
    clock: Clock
    log: Log
    checkpoint_s: float
    others: tuple[Callable[[], Coroutine[Any, Any, None]], ...] = ()
    clock_ahead_s: Callable[[], float] = lambda: 0.0
    """By how much the machine's time was set back since the start: the service's own does not follow."""


class Service:
    """One service, to be run once."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._stopping = asyncio.Event()
        self._beat_at = -float("inf")
        self._checkpoint_at = parts.clock.now() + parts.checkpoint_s
        self._turned_at = parts.clock.now()
        self._broken = False

    def stop(self) -> None:
        """Ask it to end: it writes its state and leaves."""
        self.parts.log.info("stopping")
        self._stopping.set()

    def health(self) -> dict[str, Any]:
        """What a person or a supervisor wants to know at once."""
        parts = self.parts
        now = parts.clock.now()
        listening = sum(state.listening for state in parts.intake.feeds.values())
        lag_s = parts.core.lag_s(now)
        turned_s = now - self._turned_at
        told = {
            "feeds": {"listening": listening, "configured": len(parts.feeds)},
            "store": parts.keeping.trouble or "ok",
            "checkpoint_age_s": round(now - parts.keeping.kept_at, 1),
            "lag_s": None if lag_s is None else round(lag_s, 3),
            "turn_age_s": round(turned_s, 1),
            "recording": parts.core.spool is not None,
            "undelivered": parts.couriers.pending(),
        }
        told["clock_ahead_s"] = round(parts.clock_ahead_s(), 1)
        in_time = (lag_s is None or lag_s > -MOST_AHEAD_S) and parts.clock_ahead_s() < MOST_AHEAD_S
        ok = listening > 0 and parts.keeping.trouble is None and turned_s < STUCK_S and in_time
        return {"ok": ok} | told

    def turn(self) -> None:
        """Take in all that has arrived, and a heartbeat where one is due; hand new alerts on."""
        parts = self.parts
        now = self._turned_at = parts.clock.now()
        self._broken = True
        for item in parts.intake.take():
            parts.core.take_in(item, now)
        if now - self._beat_at >= HEARTBEAT_S:
            self._beat_at = now
            if parts.intake.listening():
                parts.core.take_in(Tick(now - TICK_LAG_S), now)
        if (first_at := parts.core.pipeline.first_at) is not None:
            parts.couriers.outbox.listens_from(first_at)
        if alerts := parts.core.alerts():
            for alert in alerts:
                self._tell(alert)
            parts.couriers.offer(alerts, now)
        self._broken = False
        if now >= self._checkpoint_at and parts.keeping.checkpoint():
            self._checkpoint_at = now + parts.checkpoint_s

    async def run(self) -> None:
        """Until `stop`, or until a part fails that nothing goes without: raises what it failed with."""
        parts = self.parts
        feeds = [_task(self._listen(feed), feed.name) for feed in parts.feeds]
        turning, stopping = _task(self._turns(), "turns"), _task(self._stopping.wait(), "stop")
        keeping, delivering = _task(parts.keeping.run(), "store"), _task(parts.couriers.run(), "deliveries")
        others = [_task(other(), "page") for other in parts.others]
        needed = [turning, stopping, keeping, delivering, *others]
        try:
            await asyncio.wait(needed, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _ended([*feeds, turning, stopping])
            parts.couriers.stop()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STOP_S):
                    await self._last_words(keeping, delivering)
            await _ended([delivering, keeping, *others])
            parts.keeping.close()
        for task in needed:
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error

    async def _last_words(self, keeping: asyncio.Task[Any], delivering: asyncio.Task[Any]) -> None:
        """What has been heard until now is part of the state; a delivery that is under way comes to its end."""
        if keeping.done() or self._broken:
            # The state may be half of one moment and half of the next: what stands in the store is whole.
            return
        self.turn()
        await self.parts.keeping.settled()
        self.parts.keeping.checkpoint()
        await self.parts.keeping.settled()
        await asyncio.wait([delivering])
        self.parts.log.info("stopped, with the state written")

    def _tell(self, alert: Alert) -> None:
        stop = alert.stop
        self.parts.log.info(
            f"alert {alert.event}",
            id=alert.id,
            revision=alert.revision,
            severity=alert.severity,
            rules=[finding.rule for finding in stop.findings],
            icao24=stop.icao24,
            airport=stop.airport,
            level=int(stop.level),
        )

    async def _listen(self, feed: Feed) -> None:
        """A feed does not end; should it break by a defect of ours, the others go on, and it is tried again."""
        while True:
            task = _task(feed.run(self.parts.intake, self.parts.clock), feed.name)
            try:
                await asyncio.wait([task])
            finally:
                await _ended([task])
            why = "it came to an end" if task.cancelled() or task.exception() is None else repr(task.exception())
            event = FeedEvent(feed.name, FeedStatus.LOST, self.parts.clock.now(), f"defect: {why}")
            self.parts.intake.tell(event)
            await self.parts.clock.sleep(DEFECT_PAUSE_S)

    async def _turns(self) -> None:
        enough: asyncio.Task[None] | None = None
        try:
            while True:
                self.turn()
                enough = enough or asyncio.ensure_future(self.parts.intake.enough())
                done, _ = await asyncio.wait([enough], timeout=FLUSH_S)
                if done:
                    enough = None
                # Feeds get their turn even where there is always enough.
                await asyncio.sleep(0)
        finally:
            if enough is not None:
                enough.cancel()


def _task(work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
    return asyncio.get_running_loop().create_task(work, name=name)


async def _ended(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel these, and wait until they are gone."""
    running = [task for task in tasks if not task.done()]
    for task in running:
        task.cancel()
    if running:
        await asyncio.wait(running)
