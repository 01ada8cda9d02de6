"""Live changes as server-sent events (WHATWG HTML, "Server-sent events"): alerts, stops, gaps, and aircraft.

    id: 5f0c2a91-1542          event: alert | stop | gap      data: the record as the lists have it
                               event: aircraft                data: what has changed, once a second, without an id
                               event: ready                   data: {}; all news from here on
                               event: reset                   data: {"reason": ...}; news was lost: read the lists again

Who comes again with `Last-Event-ID` is told what it missed, as far as that is kept. Nobody is waited for: a client
reads from the ring in its own time, and one that falls behind what is kept, or takes nothing for SLOW_S, is dropped.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Annotated

import msgspec
import numpy as np
from fastapi import APIRouter, Header, Query, Response
from starlette.types import Message, Receive, Scope, Send

from detector.web.api.description import EVENTS
from detector.web.api.served import Served
from detector.web.guard import HEAD_ASKED
from detector.web.live.fleet import AGAIN_S, Fleet
from detector.web.live.ring import News
from detector.web.problems import ProblemError

MOST_CLIENTS = 24
"""Of the 64 connections that the page takes at a time (`web.edge`)."""
HEARTBEAT_S = 15.0
"""Proxies close what is silent for a minute."""
SLOW_S = 10.0
AT_ONCE = 65_536
"""Bytes written before the next look at who is slow: what a connection buffers itself."""
RETRY = b"retry: 2000\n\n"
ABORT = "detector.abort"
"""In the scope of a request: closes its connection at once, without waiting for what was not read."""


class NewsKind(StrEnum):
    """What is listened for."""

    ALERT = "alert"
    STOP = "stop"
    GAP = "gap"
    AIRCRAFT = "aircraft"


USUAL = (NewsKind.ALERT, NewsKind.STOP, NewsKind.GAP)


class Streams:
    """All that listen to one service. `epoch` tells its start from others: numbers begin anew with each."""

    def __init__(self, served: Served, most: int = MOST_CLIENTS) -> None:
        self.served = served
        self.epoch = secrets.token_hex(4)
        self.most = most
        self.clients = 0
        self.dropped = 0
        """Because they were slow."""
        self.over = False
        self._frame: tuple[int, bytes] = 0, b""
        self._whole: tuple[int, bytes] = 0, b""

    def end(self) -> None:
        """Send everybody away: the service ends."""
        self.over = True
        for tell in self.served.model.news.on_news:
            tell()

    def after(self, last_event_id: str | None) -> int | None:
        """The number that a client has had; None if that was of another start, or is no id of ours."""
        if last_event_id is None:
            return self.served.model.news.number
        epoch, _, number = last_event_id.partition("-")
        if epoch != self.epoch or not number.isascii() or not number.isdecimal():
            return None
        return int(number[:18])

    def frame(self, news: News) -> bytes:
        """One piece of news as an event."""
        return b"id: %s-%d\nevent: %s\ndata: %s\n\n" % (self.epoch.encode(), news.number, news.kind.encode(), news.line)

    def aircraft(self, fleet: Fleet, had: int) -> bytes:
        """What has changed since the version `had`; made once for all that have had the one before."""
        full = had != fleet.version - 1
        made = self._whole if full else self._frame
        if made[0] != fleet.version:
            told = {
                "at": fleet.at,
                "full": full,
                "columns": fleet.columns if full else fleet.part(np.flatnonzero(fleet.changed)),
                "gone": () if full else fleet.gone,
            }
            made = fleet.version, b"event: aircraft\ndata: %s\n\n" % msgspec.json.encode(told)
            if full:
                self._whole = made
            else:
                self._frame = made
        return made[1]


class EventStream(Response):
    """The answer to one client, which ends when either side has enough."""

    media_type = "text/event-stream"

    def __init__(self, streams: Streams, kinds: Iterable[NewsKind], last_event_id: str | None) -> None:
        super().__init__(b"", headers={"cache-control": "no-cache", "x-accel-buffering": "no"})
        del self.headers["content-length"]
        self._streams = streams
        self._news_kinds = [kind.value for kind in kinds if kind is not NewsKind.AIRCRAFT]
        self._with_aircraft = NewsKind.AIRCRAFT in kinds
        self._had = streams.after(last_event_id)
        self._fleet_had = -1

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        start: Message = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        if scope.get(HEAD_ASKED):
            await send(start)
            await send({"type": "http.response.body", "body": b""})
            return
        streams = self._streams
        streams.clients += 1
        wake = asyncio.Event()
        streams.served.model.news.on_news.add(wake.set)
        gone = asyncio.ensure_future(_gone(receive))
        gone.add_done_callback(lambda _: wake.set())
        try:
            await send(start)
            await self._tell(send, wake, gone)
        except TimeoutError:
            streams.dropped += 1
            abort: Callable[[], None] | None = scope.get(ABORT)
            if abort is not None:
                abort()
                await asyncio.sleep(0)  # until the connection knows
        finally:
            streams.clients -= 1
            streams.served.model.news.on_news.discard(wake.set)
            gone.cancel()
        if streams.over:
            await send({"type": "http.response.body", "body": b""})

    async def _tell(self, send: Send, wake: asyncio.Event, gone: asyncio.Future[None]) -> None:
        await _written(send, RETRY + self._beginning())
        loop = asyncio.get_running_loop()
        told_at = loop.time()
        while not gone.done() and not self._streams.over:
            wake.clear()
            for piece in self._pieces():
                await _written(send, piece)
                told_at = loop.time()
            if loop.time() - told_at >= HEARTBEAT_S:
                await _written(send, b": still here\n\n")
                told_at = loop.time()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(AGAIN_S if self._with_aircraft else HEARTBEAT_S):
                    await wake.wait()

    def _beginning(self) -> bytes:
        """What a client needs to know first: from where on it is told all, or that something is lost."""
        news = self._streams.served.model.news
        if self._had is not None and news.after(self._had, self._news_kinds) is not None:
            return b"id: %s-%d\nevent: ready\ndata: {}\n\n" % (self._streams.epoch.encode(), self._had)
        self._had = news.number
        reason = b'{"reason":"what came since then is not kept: read the lists again"}'
        return b"id: %s-%d\nevent: reset\ndata: %s\n\n" % (self._streams.epoch.encode(), news.number, reason)

    def _pieces(self) -> list[bytes]:
        """What is new for this client. Raises TimeoutError where it has fallen behind what is kept."""
        streams, pieces = self._streams, []
        if self._news_kinds:
            fresh = streams.served.model.news.after(self._had or 0, self._news_kinds)
            if fresh is None:
                raise TimeoutError
            pieces = _joined(streams.frame(one) for one in fresh)
            if fresh:
                self._had = fresh[-1].number
        if self._with_aircraft:
            fleet = streams.served.model.fleet.latest()
            if fleet.version != self._fleet_had:
                pieces.append(streams.aircraft(fleet, self._fleet_had))
                self._fleet_had = fleet.version
        return pieces


def router(streams: Streams) -> APIRouter:
    """The route."""
    api = APIRouter(tags=["events"])

    @api.get("/events", **EVENTS)
    async def events(
        kind: Annotated[list[NewsKind] | None, Query(description="What to tell; default alert, stop and gap.")] = None,
        last_event_id: Annotated[str | None, Header(max_length=60, description="Where it broke off.")] = None,
    ) -> Response:
        """Changes as they come, as server-sent events."""
        if streams.clients >= streams.most:
            raise ProblemError(
                503, f"{streams.most} listen already, which is as many as may", headers={"retry-after": "30"}
            )
        return EventStream(streams, kind or USUAL, last_event_id)

    return api


def _joined(frames: Iterable[bytes]) -> list[bytes]:
    """Small ones together, for one write each."""
    pieces: list[bytes] = []
    for frame in frames:
        if pieces and len(pieces[-1]) + len(frame) <= AT_ONCE:
            pieces[-1] += frame
        else:
            pieces.append(frame)
    return pieces


async def _written(send: Send, body: bytes) -> None:
    """In parts that a connection takes. Raises TimeoutError where none of one is read for so long."""
    for begin in range(0, len(body), AT_ONCE):
        async with asyncio.timeout(SLOW_S):
            await send({"type": "http.response.body", "body": body[begin : begin + AT_ONCE], "more_body": True})


async def _gone(receive: Receive) -> None:
    """Returns when the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass
