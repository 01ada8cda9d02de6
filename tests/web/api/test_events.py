"""Live changes: in order, resumed where they broke off, and never waiting for anybody."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from detector.domain.alert import Alert
from detector.pipeline import Changes
from detector.web.api import events
from detector.web.api.events import Streams
from detector.web.live.ring import KEPT
from tests.service.test_scenarios import heard
from tests.web.pages import Client, Page, asked
from tests.web.story import flying


@dataclass
class Event:
    kind: str
    id: str | None
    data: Any


class Listener:
    """Reads events as a browser does."""

    patience_s = 30.0

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._body = b""

    async def event(self) -> Event:
        """The next event."""
        while True:
            async with asyncio.timeout(self.patience_s):
                block = await self._block()
            fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
            if "event" in fields:
                return Event(fields["event"], fields.get("id"), json.loads(fields["data"]))

    async def _block(self) -> str:
        while b"\n\n" not in self._body:
            size = int(await self._reader.readline(), 16)
            if size == 0:
                raise EOFError
            self._body += await self._reader.readexactly(size)
            await self._reader.readline()
        block, _, self._body = self._body.partition(b"\n\n")
        return block.decode()


@asynccontextmanager
async def listening(port: int, words: str = "", last: str | None = None) -> AsyncIterator[Listener]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    told = "" if last is None else f"Last-Event-ID: {last}\r\n"
    writer.write(f"GET /api/v1/events{words} HTTP/1.1\r\nHost: localhost\r\n{told}\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    assert b"text/event-stream" in head
    try:
        yield Listener(reader)
    finally:
        writer.close()


def found() -> Changes:
    """All that the story gives."""
    page, whole = Page(), Changes()

    def noted(changes: Changes) -> None:
        whole.alerts += changes.alerts
        whole.stops += changes.stops
        whole.gaps += changes.gaps

    page.note = noted  # type: ignore[method-assign]
    page.hear(heard(), 60.0)
    return whole


FOUND = found()


def alert(n: int) -> Alert:
    """The `n`-th of many alerts."""
    return msgspec.structs.replace(FOUND.alerts[-1], id=f"alert-{n}")


def test_changes_come_as_they_are_made_in_the_words_of_the_lists() -> None:
    page = Page()

    async def work(ask: Client) -> None:
        async with listening(ask.port) as listener:
            first = await listener.event()
            assert (first.kind, first.data) == ("ready", {})
            page.model.note(FOUND)
            told = [await listener.event() for _ in range(len(FOUND.alerts + FOUND.stops + FOUND.gaps))]
            kinds = [one.kind for one in told]
            assert kinds == sorted(kinds, key=["stop", "alert", "gap"].index)
            last = [one.data for one in told if one.kind == "alert"][-1]
            assert last == (await ask.json("/alerts"))["items"][0]

    asked(work, page)


def test_only_what_is_asked_for_is_told() -> None:
    page = Page()

    async def work(ask: Client) -> None:
        async with listening(ask.port, "?kind=gap") as listener:
            await listener.event()
            page.model.note(FOUND)
            assert {(await listener.event()).kind for _ in FOUND.gaps} == {"gap"}

    asked(work, page)


def test_who_comes_again_is_told_what_came_meanwhile() -> None:
    page = Page()

    async def work(ask: Client) -> None:
        async with listening(ask.port, "?kind=alert") as listener:
            await listener.event()
            page.model.note(Changes(alerts=[alert(1), alert(2)]))
            last = await listener.event()
        page.model.note(Changes(alerts=[alert(3)]))
        async with listening(ask.port, "?kind=alert", last.id) as listener:
            assert (await listener.event()).kind == "ready"
            assert [(await listener.event()).data["id"] for _ in range(2)] == ["alert-2", "alert-3"]

    asked(work, page)


LOST = "00000000-1", "nonsense", "-", "1-1-1", "{epoch}-9999", "{epoch}-x", "{epoch}-0"


def test_who_was_away_too_long_is_told_to_read_again() -> None:
    page = Page()
    page.model.note(Changes(alerts=[alert(n) for n in range(KEPT["alert"] + 2)]))

    async def work(ask: Client) -> None:
        for last in LOST:
            where = last.format(epoch=page.streams.epoch)
            async with listening(ask.port, "?kind=alert", where) as listener:
                first = await listener.event()
                assert first.kind == "reset", last
                assert "read the lists again" in first.data["reason"]
                page.model.note(Changes(alerts=[alert(7_000)]))
                assert (await listener.event()).data["id"] == "alert-7000", "and goes on from there"

    asked(work, page)


def test_aircraft_come_whole_and_then_by_what_has_changed() -> None:
    page = Page()
    page.hear(flying([0x3C6444, 0x4B1234], 1_730_000_000.0))
    page.hear(flying([0x4B1234], page.clock.at))

    async def work(ask: Client) -> None:
        async with listening(ask.port, "?kind=aircraft") as listener:
            assert (await listener.event()).kind == "ready"
            whole = (await listener.event()).data
            assert (whole["full"], whole["columns"]["icao24"]) == (True, ["3c6444", "4b1234"])
            page.hear(flying([0x4B1234], page.clock.at + 1.0))
            part = (await listener.event()).data
            assert (part["full"], part["columns"]["icao24"], part["gone"]) == (False, ["4b1234"], [])
            page.clock.at += 295.0
            gone = (await listener.event()).data
            assert (gone["columns"]["icao24"], gone["gone"]) == ([], ["3c6444"])
            async with listening(ask.port, "?kind=aircraft") as second:
                await second.event()
                assert (await second.event()).data["full"] is True

    asked(work, page)


def test_a_client_that_reads_nothing_is_cut_off_and_nobody_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "SLOW_S", 0.3)
    page = Page()

    async def work(ask: Client) -> None:
        loop = asyncio.get_running_loop()
        with socket.socket() as stuck:
            stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            stuck.setblocking(False)
            await loop.sock_connect(stuck, ("127.0.0.1", ask.port))
            await loop.sock_sendall(stuck, b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            async with listening(ask.port, "?kind=alert") as listener:
                await listener.event()
                n, longest = 0, 0.0
                async with asyncio.timeout(20.0):
                    while not page.streams.dropped:
                        began = loop.time()
                        page.model.note(Changes(alerts=[alert(n + k) for k in range(20)]))
                        longest = max(longest, loop.time() - began)
                        for k in range(20):
                            assert (await listener.event()).data["id"] == f"alert-{n + k}"
                        n += 20
                assert longest < 0.5
                assert page.streams.clients == 1
                with contextlib.suppress(ConnectionError):
                    while await loop.sock_recv(stuck, 65_536):
                        pass

    asked(work, page)


def test_no_more_than_so_many_may_listen_and_who_leaves_makes_room() -> None:
    page = Page()
    page.streams = Streams(page.served, most=2)

    async def work(ask: Client) -> None:
        async with listening(ask.port) as one, listening(ask.port) as two:
            await one.event()
            await two.event()
            refused = await ask("/api/v1/events")
            assert (refused.status, refused.headers["retry-after"]) == (503, "30")
            assert json.loads(refused.body)["status"] == 503
        async with asyncio.timeout(5.0):
            while page.streams.clients:
                await asyncio.sleep(0.01)
        async with listening(ask.port) as three:
            assert (await three.event()).kind == "ready"

    asked(work, page)


def test_a_quiet_stream_shows_that_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_S", 0.1)

    async def work(ask: Client) -> None:
        async with listening(ask.port) as listener:
            await listener.event()
            async with asyncio.timeout(5.0):
                assert await listener._block() == ": still here"

    asked(work)


def test_listeners_are_let_go_when_the_service_ends() -> None:
    """At once: a supervisor does not wait for them."""
    page = Page()

    async def work(ask: Client) -> None:
        async with listening(ask.port) as listener:
            await listener.event()
            page.streams.end()
            with pytest.raises(EOFError):
                await listener.event()
        assert page.streams.clients == 0

    asked(work, page)
