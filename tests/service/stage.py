"""A whole service in one process, with a clock that the test moves: at such a time this is heard, then that arrives."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from standardwebhooks import Webhook

from detector.alerting.outbox import Outbox
from detector.app.path import build_pipeline
from detector.checkpoint import Journal
from detector.domain.errors import OutputError
from detector.domain.frame import FrameBatch
from detector.domain.live import FeedEvent, FeedStatus
from detector.feeds.spool import read_from
from detector.net.errors import ExchangeError, Failure
from detector.net.exchange import Answer
from detector.service.core import Core
from detector.service.delivery import Couriers
from detector.service.intake import Intake
from detector.service.keeping import DOCUMENT, Keeping, ServiceDocument
from detector.service.service import Parts, Service
from detector.settings import load_configuration
from detector.sinks import open_sink
from detector.sinks.means import Means
from detector.sinks.settings import EndpointSettings
from detector.sinks.spool import SpoolWriter
from detector.stores import OpenStore
from detector.stores.keeper import Keeper

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SPOOL_ID = "5" * 32


class StageClock:
    """Time that stands still until it is moved."""

    def __init__(self, at: float) -> None:
        self.at = at

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


@dataclass(frozen=True)
class Arrival:
    """A request that the receiver took. `at`: when."""

    at: float
    endpoint: str
    id: str
    kind: str
    alert: Mapping[str, Any]


@dataclass
class Receiver:
    """Stands for the web: every endpoint posts to it. `down`: (from, until) in which it does not answer."""

    clock: StageClock
    down: list[tuple[float, float]] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    attempts: int = 0

    async def exchange(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, *, timeout_s: float, max_bytes: int
    ) -> Answer:
        self.attempts += 1
        if any(begin <= self.clock.at < end for begin, end in self.down):
            raise ExchangeError(Failure.CONNECT, url, "connection refused")
        stamped = {name.lower(): value for name, value in headers.items()}
        # `Webhook.verify` compares with the machine's time; here it is another.
        moment = datetime.fromtimestamp(int(stamped["webhook-timestamp"]), UTC)
        assert Webhook(SECRET).sign(stamped["webhook-id"], moment, body.decode()) in stamped["webhook-signature"]
        event = json.loads(body)
        assert event["id"] == stamped["webhook-id"]
        self.arrivals.append(Arrival(self.clock.at, url, event["id"], event["type"], event["data"]))
        return Answer(204, {}, b"")


class RecordedLog:
    """Keeps what the service says."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str, dict[str, Any]]] = []

    def info(self, event: str, **fields: Any) -> None:
        self.lines.append(("info", event, fields))

    def warning(self, event: str, **fields: Any) -> None:
        self.lines.append(("warning", event, fields))

    def error(self, event: str, **fields: Any) -> None:
        self.lines.append(("error", event, fields))


class Stage:
    """The service over a store and a spool that outlive it: another one over the same is the service restarted."""

    def __init__(
        self,
        clock: StageClock,
        receiver: Receiver,
        store: OpenStore,
        spool: Path,
        endpoints: Sequence[Mapping[str, Any]],
        checkpoint_s: float = 10.0,
    ) -> None:
        self.clock, self.receiver, self.log = clock, receiver, RecordedLog()
        configuration = load_configuration(None)
        settings = [
            EndpointSettings(url=f"https://{one['name']}.example/", secrets=(SECRET,), **one) for one in endpoints
        ]
        means = Means(client=lambda _: receiver)
        sinks = {one.name: open_sink(one, means) for one in settings}
        outbox = Outbox(one.endpoint() for one in settings)
        keeper = Keeper(store, f"instance {clock.at}", clock.now)
        state = keeper.claim()
        outbox.restore(state)
        pipeline = build_pipeline(configuration)
        journal = Journal(pipeline, "service")
        if "stream" in state:
            journal.restore(state)
        self.core = Core(pipeline, journal, None, self._spool_lost)
        if DOCUMENT in state:
            position = msgspec.json.decode(state[DOCUMENT], type=ServiceDocument).position
            assert position is not None
            for item, end in read_from(spool, position, SPOOL_ID):
                self.core.take_up(item, end)
        self.writer = SpoolWriter(
            spool, spool_id=SPOOL_ID, max_segment_bytes=10_000_000, max_segment_age_s=1e9, after=self.core.position
        )
        self.core.spool = self.writer
        intake = Intake(clock.now, lambda *_: None, most_rows=10_000_000)
        keeping = Keeping(keeper, self.core, outbox, SPOOL_ID, clock, self.log)
        self.couriers = Couriers(outbox, sinks, keeping.write, clock)
        keeping.through = self.couriers.write
        self.parts = Parts(
            core=self.core,
            intake=intake,
            keeping=keeping,
            couriers=self.couriers,
            feeds=(),
            clock=clock,
            log=self.log,
            checkpoint_s=checkpoint_s,
        )
        self.service = Service(self.parts)

    def _spool_lost(self, error: OutputError) -> None:
        raise error

    async def play(
        self,
        frames: FrameBatch,
        until: float,
        step_s: float = 30.0,
        at_each: Callable[[float], None] = lambda _: None,
    ) -> None:
        """Hear these frames at their times, and let the service do what it does, until this time."""
        keeping = asyncio.ensure_future(self.parts.keeping.run())
        if not self.parts.intake.listening():
            self.parts.intake.tell(FeedEvent("roof", FeedStatus.CONNECTED, self.clock.at))
        try:
            while self.clock.at < until:
                begin, self.clock.at = self.clock.at, min(self.clock.at + step_s, until)
                at_each(self.clock.at)
                first, last = np.searchsorted(frames.heard_at, [begin, self.clock.at], side="left")
                if last > first:
                    await self.parts.intake.hear("roof", frames.take(slice(int(first), int(last))))
                self.service.turn()
                await self.parts.keeping.settled()
                while await self.couriers.deliver_due():
                    pass
        finally:
            keeping.cancel()

    def die(self) -> None:
        """As by kill -9: nothing more is written."""
        self.writer.close()
