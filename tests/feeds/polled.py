"""What the tests of pollers share: a clock that only sleeping moves, an inlet that remembers, a run of some polls."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

from detector.domain.decoded import Batch, DecodedBatch
from detector.domain.live import FeedEvent
from detector.feeds.polling import Poller
from detector.feeds.settings import FeedSettings
from detector.net.exchange import HttpClient
from tests.net.servers import Handler, Server, serving

NOW = 1_700_000_000.0


@dataclass
class Sleeper:
    """A clock. `waits`: what it was asked to sleep; after `polls` of them it sleeps for good."""

    polls: int
    at: float = NOW
    waits: list[float] = field(default_factory=list)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        if len(self.waits) >= self.polls:
            self.done.set()
            await asyncio.Event().wait()
        self.at += seconds


@dataclass
class Heard:
    """An inlet: `rows` as plain values, `told` as (status, reason)."""

    rows: list[list[dict[str, Any]]] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)

    async def hear(self, feed: str, batch: Batch) -> None:
        assert isinstance(batch, DecodedBatch)
        self.rows.append(batch.plain_rows())

    def tell(self, event: FeedEvent) -> None:
        assert event.feed == "sky"
        self.told.append((event.status.value, event.reason))

    @property
    def statuses(self) -> list[str]:
        return [status for status, _ in self.told]


@dataclass
class Run:
    heard: Heard
    clock: Sleeper
    server: Server
    rejects: dict[str, int]


def polled(
    polls: int,
    handler: Handler,
    poller: Callable[..., Poller],
    settings: dict[str, Any],
    *,
    path: str = "/data/aircraft.json",
    at_server: Callable[[Server], dict[str, Any]] | None = None,
) -> Run:
    """Let a poller ask a server so many times. `at_server`: more for the poller, once it is known."""

    async def run() -> Run:
        clock = Sleeper(polls)
        async with serving(handler) as server:
            whole = FeedSettings(name="sky", url=server.url(path), **settings)
            client = HttpClient(["127.0.0.1"])
            feed = poller(whole, client=client, random=Random(1), **({} if at_server is None else at_server(server)))
            heard = Heard()
            task = asyncio.create_task(feed.run(heard, clock))
            waiting = asyncio.create_task(clock.done.wait())
            await asyncio.wait({task, waiting}, timeout=30, return_when=asyncio.FIRST_COMPLETED)
            assert not task.done(), task.exception()
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            waiting.cancel()
            return Run(heard, clock, server, dict(feed.rejects.counts))

    return asyncio.run(run())


def document(**said: Any) -> bytes:
    return json.dumps(said).encode()
