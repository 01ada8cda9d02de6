"""Takes messages from the outbox to their endpoints: one task for each endpoint, one delivery at a time in each.

Nothing is sent before the store has what the outbox has decided, and after a delivery nothing else is sent there before
the store has that. So a crash loses nothing, and makes at most one endpoint get one message twice for each delivery
that was under way, under the same id.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from detector.alerting.entries import Entry
from detector.alerting.outbox import Outbox
from detector.alerting.outcome import Outcome
from detector.domain.alert import Alert
from detector.domain.errors import StoreError
from detector.domain.live import Clock
from detector.sinks import Sink

Write = Callable[[Mapping[str, bytes], Iterable[str]], Awaitable[None]]
"""Puts and deletes in one transaction; returns once the store has them. Raises StoreError."""

State = Callable[[], tuple[Mapping[str, bytes], Iterable[str]]]
"""Further puts and deletes, asked for at the last moment."""

STORE_AGAIN_S = 1.0
LONGEST_SLEEP_S = 60.0
"""The machine's time may be set forward: what is due by it should not wait for a timer of before."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt and what became of it. `at`: when it ended; `took_s`: how long it took; `next_at`: the next attempt,
    None if there is none; `disabled`: it was the end of the endpoint."""

    entry: Entry
    outcome: Outcome
    at: float
    took_s: float
    next_at: float | None
    disabled: bool


@dataclass(frozen=True, slots=True)
class Hooks:
    """Who is to hear of it. `delivery`: after each attempt, so of a success only once it is one; `held`: the store does
    not take what must be written first, every time it does not."""

    delivery: Callable[[Delivery], None] = lambda _: None
    held: Callable[[StoreError], None] = lambda _: None


class Couriers:
    """They deliver. `sinks` has one for every endpoint of the outbox."""

    def __init__(
        self, outbox: Outbox, sinks: Mapping[str, Sink], write: Write, clock: Clock, hooks: Hooks | None = None
    ) -> None:
        self.outbox = outbox
        self._clock = clock
        self._sinks = sinks
        self._write = write
        self._hooks = hooks or Hooks()
        self._writing = asyncio.Lock()
        self._puts: dict[str, bytes] = {}
        self._deletes: set[str] = set()
        self._news = {name: asyncio.Event() for name in sinks}
        self._stopping = asyncio.Event()

    def offer(self, alerts: Iterable[Alert], now: float) -> None:
        """Take in new revisions. They go into the store, and then to the endpoints, as soon as `run` comes to it."""
        self.outbox.offer(alerts, now)
        self.wake()

    def pending(self) -> int:
        """How many messages wait, over all endpoints."""
        return sum(len(self.outbox.pending(name)) for name in self._sinks)

    def take_wishes(self, found: Mapping[str, bytes], now: float) -> int:
        """Do what `resend:` keys of the store ask for (`detector webhooks resend`); how many messages that were."""
        wished = self.outbox.take_wishes(found, now)
        self.wake()
        return wished

    def wake(self) -> None:
        """Look again at what is due: something about the outbox has changed from outside."""
        for event in self._news.values():
            event.set()

    def stop(self) -> None:
        """Let `run` come to an end: a delivery that is under way is settled and written down first."""
        self._stopping.set()
        self.wake()

    async def run(self) -> None:
        """Deliver until `stop` (or until cancelled: then what is under way goes out again next time)."""
        async with asyncio.TaskGroup() as tasks:
            # Where there is no endpoint, it is not over at once all the same.
            tasks.create_task(self._stopping.wait(), name="deliver nothing")
            for name in self._sinks:
                tasks.create_task(self._serve(name), name=f"deliver {name}")

    async def deliver_due(self) -> int:
        """One message to each endpoint that has one due, without `run`; how many were tried. Raises StoreError."""
        tried = await asyncio.gather(*(self._one(name) for name in self._sinks))
        return sum(tried)

    async def write(self, state: State = lambda: ({}, ())) -> None:
        """Write down what the outbox has decided, with other keys in the same transaction.

        `state` is asked when nobody else writes any more: what was written meanwhile is older than what it gives.

        A checkpoint that says an alert was made must go through here, or be written after this has returned: otherwise
        a crash in between loses the alert. Raises StoreError; then the outbox's part is kept for the next call.
        """
        async with self._writing:
            own, gone = self.outbox.changes()
            # The newer word on a key counts: a put after a delete, and a delete after a put.
            self._deletes = (self._deletes - own.keys()) | gone
            self._puts = {key: value for key, value in self._puts.items() if key not in gone} | own
            puts, deletes = state()
            if not (self._puts or self._deletes or puts or deletes):
                return
            await self._write(self._puts | dict(puts), [*self._deletes, *deletes])
            self._puts, self._deletes = {}, set()

    async def _serve(self, name: str) -> None:
        while not self._stopping.is_set():
            self._news[name].clear()
            try:
                tried = await self._one(name)
            except StoreError as error:
                self._hooks.held(error)
                await self._pause(name, STORE_AGAIN_S)
                continue
            if not tried and not self._stopping.is_set():
                wake_at = self.outbox.wake_at(name)
                rest_s = LONGEST_SLEEP_S if wake_at is None else wake_at - self._clock.now()
                await self._pause(name, min(max(rest_s, 0.0), LONGEST_SLEEP_S))

    async def _one(self, name: str) -> bool:
        """Try the message that is due, if there is one."""
        await self.write()
        entry = self.outbox.next_due(name, self._clock.now())
        if entry is None:
            return False
        # The choice may have made a digest of several messages.
        await self.write()
        began_at = self._clock.now()
        outcome = await self._sinks[name].send(entry, began_at)
        ended_at = self._clock.now()
        self.outbox.settle(entry, outcome, ended_at)
        self._hooks.delivery(self._told(entry, outcome, began_at, ended_at))
        await self.write()
        return True

    def _told(self, entry: Entry, outcome: Outcome, began_at: float, ended_at: float) -> Delivery:
        waiting = next((e for e in self.outbox.pending(entry.endpoint) if e.id == entry.id), None)
        return Delivery(
            entry=entry,
            outcome=outcome,
            at=ended_at,
            took_s=ended_at - began_at,
            next_at=None if waiting is None else waiting.due_at,
            disabled=self.outbox.disabled(entry.endpoint) is not None,
        )

    async def _pause(self, name: str, seconds: float) -> None:
        """Until the time is over, or there is news for the endpoint."""
        sleep = asyncio.ensure_future(self._clock.sleep(seconds))
        news = asyncio.ensure_future(self._news[name].wait())
        try:
            await asyncio.wait({sleep, news}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sleep, news):
                task.cancel()
            await asyncio.gather(sleep, news, return_exceptions=True)
