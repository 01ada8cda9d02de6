"""A page as the service has it, over a path that a test feeds; asked over a real socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pytest

from detector.app.path import build_pipeline
from detector.domain.frame import FrameBatch, Tick
from detector.net.exchange import Answer, HttpClient
from detector.pipeline import Changes, Pipeline
from detector.settings import Configuration, load_configuration
from detector.web.api.events import Streams
from detector.web.api.served import Served
from detector.web.edge import EdgeServer, bound, edge
from detector.web.live import LiveModel
from detector.web.pages.view import Cases

METRICS = b"detector_frames_total 7\n"


@dataclass
class HandClock:
    """Time that is moved by hand."""

    at: float = 1_730_000_000.0

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


@cache
def settings() -> Configuration:
    return load_configuration()


@dataclass
class Page:
    """`pipeline` and `model` as in a service; `health` is what it tells."""

    configuration: Configuration = field(default_factory=settings)
    clock: HandClock = field(default_factory=HandClock)
    health: Mapping[str, Any] = field(default_factory=lambda: {"ok": True, "feeds": {"listening": 1, "configured": 1}})

    def __post_init__(self) -> None:
        self.pipeline: Pipeline = build_pipeline(self.configuration)
        self.model = LiveModel(self.configuration, 90 * 86_400.0, self.clock.now)
        self.model.begin(self.pipeline, Changes())
        known = self.configuration
        self.served = Served(
            self.model, known.airports, known.watchlist, known.identities, lambda: self.health, self.clock.now
        )
        self.streams = Streams(self.served)

    def hear(self, frames: FrameBatch, step_s: float = 10.0) -> None:
        """Take in frames as the service does, with heartbeats between them; the clock ends with them."""
        begin = float(frames.heard_at[0])
        while begin <= float(frames.heard_at[-1]):
            part = frames.take((frames.heard_at >= begin) & (frames.heard_at < begin + step_s))
            begin += step_s
            if len(part):
                self.note(self.pipeline.step(part))
            self.note(self.pipeline.tick(Tick(begin - 0.25)))
        self.clock.at = begin

    def note(self, changes: Changes) -> None:
        self.model.note(changes)

    def with_cases(self, cases: Cases) -> None:
        self.served = replace(self.served, cases=cases)
        self.streams = Streams(self.served)

    def with_bundles(self, bundles: Callable[[str], Awaitable[bytes | None]]) -> None:
        self.served = replace(self.served, bundles=bundles)
        self.streams = Streams(self.served)


class Client:
    """Asks a page."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._client = HttpClient(["127.0.0.1/32"])

    async def __call__(
        self,
        path: str,
        *,
        method: str = "GET",
        bearer: str | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        told = dict(headers or {}) | ({} if bearer is None else {"authorization": bearer})
        url = f"http://127.0.0.1:{self.port}{path}"
        return await self._client.exchange(method, url, told, body, timeout_s=20.0, max_bytes=50_000_000)

    async def json(self, path: str, status: int = 200) -> Any:
        """What the API tells at a path."""
        answer = await self(f"/api/v1{path}")
        assert answer.status == status, answer.body
        return json.loads(answer.body)


def asked(
    work: Callable[[Client], Awaitable[None]],
    page: Page | None = None,
    *,
    token: str | None = None,
    names: tuple[str, ...] = (),
) -> None:
    """Runs `work` beside a page; it is given a way to ask it."""

    async def beside() -> None:
        one = page or Page()
        taken = bound("127.0.0.1", 0)
        port = taken.getsockname()[1]
        server = EdgeServer(edge(one.streams, lambda: METRICS, token, names), taken, one.streams.end)
        running = asyncio.ensure_future(server.run())
        try:
            await work(Client(port))
        finally:
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running

    asyncio.run(beside())
