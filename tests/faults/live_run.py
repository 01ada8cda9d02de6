"""The whole service in one process and in quick motion, with two feeds that come through proxies that do them harm; all
that is heard is recorded.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import yaml

from detector.app.serving import Serving
from detector.domain.alert import Alert
from detector.service.log import json_log
from detector.settings import load_configuration
from tests.faults.beast_server import BeastServer
from tests.faults.dump1090 import free_ports
from tests.faults.proxy import FaultProxy, Plan, drawn
from tests.faults.surroundings import ScaledClock
from tests.faults.world import SETTINGS, World

SPEED = 40.0
"""Times real time; a machine that is slower makes everything late, which changes nothing of what is to be shown."""
LISTEN_S = 150.0
"""Event time of a run: a period and a bit, so that most alerts are closed again."""
SETTLE_S = 75.0
"""Listened on while nothing happens: frames are held back for as long as the slower feed is late, a minute at most."""
HANG_UP_S = 25.0
"""The server sends everybody away so often, on average: the next connection has the next fault."""
SILENT_S = 8.0
PLANS = 40
MOST_AFTER = 40_000
"""Some 15 s of one feed, in bytes: the harm is done somewhere in there."""
FEEDS = ("near", "far")


@dataclass(slots=True)
class Heard:
    """What came of a run. `gaps`: how often a feed was lost; `faults`: what their connections met."""

    alerts: list[Alert] = field(default_factory=list)
    gaps: int = 0
    faults: Counter[str] = field(default_factory=Counter)


class LiveRun:
    """One run, drawn from a seed. It leaves `detector.yaml` and `spool` in `folder`."""

    def __init__(self, folder: Path, seed: int, aircraft: int) -> None:
        self.heard = Heard()
        self.config = folder / "detector.yaml"
        self.spool = folder / "spool"
        self._random = Random(seed)
        self._clock = ScaledClock(SPEED)
        self._world = World(seed, aircraft)

    async def run(self) -> Heard:
        """Listen for `LISTEN_S`, then let everything settle."""
        (port,) = free_ports(1)
        server = BeastServer(self._world, self._clock)
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(_beside(server.run(port), self._hang_up(server)))
            ports = []
            for _ in FEEDS:
                plans = drawn(self._random.randrange(1 << 30), PLANS, MOST_AFTER)
                proxy = await stack.enter_async_context(FaultProxy(port, plans))
                stack.callback(self._note_faults, proxy, plans)
                ports.append(proxy.port)
            self._write_config(ports)
            await self._serve(server)
        await asyncio.sleep(0.1)  # the transports that were given up close in the next turns of the event loop
        return self.heard

    def _write_config(self, ports: Iterable[int]) -> None:
        feeds = [
            {"name": name, "kind": "beast", "host": "127.0.0.1", "port": port, "silent_after_s": SILENT_S}
            for name, port in zip(FEEDS, ports, strict=True)
        ]
        edges = {
            "feeds": feeds,
            "spool": {"folder": "spool", "segment_mb": 0.1, "segment_age_s": 60.0},
            "service": {"store": "memory", "http_port": 0},
        }
        self.config.write_text(yaml.safe_dump(SETTINGS | edges), encoding="utf-8")

    async def _serve(self, server: BeastServer) -> None:
        serving = Serving(load_configuration(self.config), self._clock, json_log(io.StringIO()))
        service = serving.service
        offer = service.parts.couriers.offer

        def noted(alerts: Iterable[Alert], now: float) -> None:
            self.heard.alerts += alerts
            offer(alerts, now)

        service.parts.couriers.offer = noted  # type: ignore[method-assign]
        running = asyncio.ensure_future(service.run())
        await self._clock.sleep(LISTEN_S)
        server.quiet.set()
        await self._clock.sleep(SETTLE_S)
        assert not running.done(), "the service has ended by itself"
        service.stop()
        await running
        serving.close()
        self.heard.gaps = sum(state.gaps for state in service.parts.intake.feeds.values())

    async def _hang_up(self, server: BeastServer) -> None:
        while True:
            await self._clock.sleep(self._random.uniform(0.5, 1.5) * HANG_UP_S)
            server.hang_up()

    def _note_faults(self, proxy: FaultProxy, plans: list[Plan]) -> None:
        self.heard.faults.update(plan.fault.value for plan in plans[: len(proxy.passed)])


@contextlib.asynccontextmanager
async def _beside(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """These run meanwhile, and are cancelled after."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
