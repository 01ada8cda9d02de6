"""TCP feeds: whatever the network and the other side do, frames that came whole are heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import pytest

from detector.domain.decoded import Batch
from detector.domain.frame import RejectCounts
from detector.domain.live import FeedStatus
from detector.feeds.settings import FeedSettings
from detector.feeds.tcp import TcpFeed
from detector.framing import avr, beast
from detector.framing.beast import BeastFramer
from tests.faults.dump1090 import free_ports
from tests.faults.proxy import CLEAN, Fault, FaultProxy, Plan, drawn
from tests.faults.surroundings import START_AT, CollectingInlet, MovedClock, payloads
from tests.framing.streams import generated, read

FUZZ = sorted((Path(__file__).parents[1] / "data" / "recordings" / "fuzz").rglob("*"))
HEARTBEAT = b"\x1a1" + bytes(9)
FRAMES = 300
SBS_LINE = b"MSG,3,0,0,1012B,0,2026/02/24,14:57:36.000,2026/02/24,14:57:36.000,,37000,,,50.690460,3.128951,,,,,,0\n"

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server(serve: Serve, port: int = 0) -> AsyncIterator[int]:
    """A server on the loopback; its port. `serve` is called for every connection, which is closed after it."""

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except OSError:
            pass  # the client has gone
        finally:
            writer.close()

    listening = await asyncio.start_server(one, "127.0.0.1", port)
    try:
        yield int(listening.sockets[0].getsockname()[1])
    finally:
        listening.close()


@asynccontextmanager
async def running(feed: TcpFeed, inlet: CollectingInlet, clock: MovedClock) -> AsyncIterator[None]:
    """The feed at work; it must end by being cancelled, and by nothing else."""
    task = asyncio.ensure_future(feed.run(inlet, clock))
    try:
        yield
        assert not task.done()
    finally:
        task.cancel()
        (ended,) = await asyncio.gather(task, return_exceptions=True)
    assert isinstance(ended, asyncio.CancelledError), ended


def tcp(port: int, kind: str = "beast", **more: object) -> TcpFeed:
    settings = FeedSettings(name="roof", kind=kind, port=port, **more)  # type: ignore[arg-type]
    return TcpFeed(settings, Random(1))


def part(number: int) -> bytes:
    """What the server sends to its n-th connection."""
    return beast.encode(generated(number, FRAMES))


def serve_parts() -> Serve:
    numbers = iter(range(1_000_000))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(part(next(numbers)))
        await writer.drain()

    return serve


async def heard_through(plans: list[Plan]) -> tuple[CollectingInlet, TcpFeed, list[bytes]]:
    """A feed behind a proxy, until a clean connection after the last plan is over; and what the proxy passed on."""
    inlet, clock = CollectingInlet(), MovedClock()
    async with server(serve_parts()) as port, FaultProxy(port, [*plans, CLEAN]) as proxy:
        feed = tcp(proxy.port)
        async with running(feed, inlet, clock):
            # Time passes only while nothing is on its way, so that no slow machine makes a silence.
            while len(proxy.passed) < len(plans) + 2:
                await asyncio.sleep(0.03)
                if proxy.dead or len(proxy.finished) == len(proxy.passed):
                    clock.move_to(clock.now() + 20.0)
            passed = [bytes(data) for data in proxy.passed[: len(plans) + 1]]
    return inlet, feed, passed


@pytest.mark.parametrize("seed", range(8))
def test_whatever_the_network_does_all_that_came_whole_is_heard_and_nothing_else(seed: int) -> None:
    plans = drawn(seed, 10, 2 * len(part(0)) // 3)
    inlet, _, passed = asyncio.run(heard_through(plans))
    heard = payloads(inlet.frames("roof"))
    for plan, data in zip([*plans, CLEAN], passed, strict=True):
        whole = payloads(read(BeastFramer(1, START_AT, "12mhz"), [data]))
        if plan.fault is Fault.RESET:  # it takes away what had not been read: some of the last ones
            whole = whole[: next((i for i, (a, b) in enumerate(zip(whole, heard, strict=False)) if a != b), len(heard))]
        assert heard[: len(whole)] == whole, plan
        del heard[: len(whole)]
    # The next connection had begun before the feed was stopped.
    assert heard == payloads(generated(len(plans) + 1, FRAMES))[: len(heard)]


def test_what_is_dropped_is_counted_over_all_connections() -> None:
    plans = [Plan(Fault.TRUNCATION, after) for after in (501, 1003, 2222)] + [Plan(Fault.CORRUPT, 700, 3)]
    _, feed, passed = asyncio.run(heard_through(plans))
    expected = RejectCounts()
    for data in passed:
        framer = BeastFramer(1, START_AT, "12mhz")
        read(framer, [data])
        expected.merge(framer.rejects)
    assert feed.rejects == expected
    assert expected.counts["truncated"] >= 3


@pytest.mark.parametrize("kind", ["beast", "avr", "sbs"])
def test_each_kind_is_read_and_carries_the_number_of_the_feed(kind: str) -> None:
    frames = generated(1, 50)
    data = {"beast": beast.encode(frames), "avr": avr.encode(frames), "sbs": SBS_LINE * 50}[kind]

    async def heard() -> CollectingInlet:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(data)
            await reader.read()

        inlet = CollectingInlet()
        async with server(serve) as port, running(tcp(port, kind, receiver=99), inlet, MovedClock()):
            await inlet.until(lambda: inlet.rows["roof"] >= 50)
        return inlet

    inlet = asyncio.run(heard())
    batches: list[Batch] = inlet.batches["roof"]
    assert sum(len(batch) for batch in batches) == 50
    assert {number for batch in batches for number in batch.receiver.tolist()} == {99}
    assert all(START_AT - 120.0 < at <= START_AT for batch in batches for at in batch.heard_at.tolist())
    if kind != "sbs":
        assert payloads(inlet.frames("roof")) == payloads(frames)


def test_a_server_that_is_not_there_yet_is_tried_until_it_is_and_told_once() -> None:
    async def told() -> CollectingInlet:
        inlet, clock = CollectingInlet(), MovedClock()
        (port,) = free_ports(1)
        async with running(tcp(port), inlet, clock):
            await inlet.until(lambda: len(inlet.events) == 1)
            await clock.pass_by(120.0)
            async with server(serve_parts(), port):
                while not inlet.rows["roof"]:
                    await clock.pass_by(1.0)
        return inlet

    inlet = asyncio.run(told())
    assert inlet.statuses()[:2] == [FeedStatus.LOST, FeedStatus.CONNECTED]
    assert inlet.events[0].reason.endswith("connection refused")
    assert inlet.events[1].at >= START_AT + 120.0


@pytest.mark.parametrize("host", ["no-such-host.invalid", "xn--a"])
def test_a_name_that_cannot_be_resolved_is_a_loss_like_others(host: str) -> None:
    async def told() -> CollectingInlet:
        inlet = CollectingInlet()
        async with running(tcp(30005, host=host), inlet, MovedClock()):
            await inlet.until(lambda: len(inlet.events) == 1)
        return inlet

    (event,) = asyncio.run(told()).events
    assert event.status is FeedStatus.LOST
    assert event.reason.startswith(f"{host} port 30005: ")
    assert "\n" not in event.reason


def test_silence_is_told_the_connection_given_up_and_bytes_are_told_again() -> None:
    connections: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        writer.write(HEARTBEAT if len(connections) in (1, 4) else b"")
        await reader.read()

    async def told() -> CollectingInlet:
        inlet, clock = CollectingInlet(), MovedClock()
        async with server(serve) as port, running(tcp(port, silent_after_s=45.0), inlet, clock):
            while FeedStatus.HEARD not in inlet.statuses() and len(connections) < 6:
                await clock.pass_by(1.0)
        return inlet

    inlet = asyncio.run(told())
    # The second and the third connection brought nothing: no news.
    assert inlet.statuses() == [FeedStatus.CONNECTED, FeedStatus.SILENT, FeedStatus.HEARD]
    assert 45.0 <= inlet.events[1].at - START_AT < 50.0
    assert "nothing heard for 45 s" in inlet.events[1].reason


@pytest.mark.parametrize(("kind", "heartbeat"), [("beast", HEARTBEAT), ("avr", b"*0000;\n"), ("sbs", b"\r\n")])
def test_heartbeats_are_signs_of_life_and_no_frames(kind: str, heartbeat: bytes) -> None:
    async def told() -> CollectingInlet:
        inlet, clock = CollectingInlet(), MovedClock()
        beat = asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while not reader.at_eof():
                await beat.wait()
                beat.clear()
                writer.write(heartbeat)

        async with server(serve) as port, running(tcp(port, kind, silent_after_s=60.0), inlet, clock):
            await inlet.until(lambda: len(inlet.events) == 1)
            for _ in range(12):
                beat.set()
                await asyncio.sleep(0.03)
                await clock.pass_by(30.0, step_s=10.0)
            beat.set()
        return inlet

    inlet = asyncio.run(told())
    assert inlet.statuses() == [FeedStatus.CONNECTED]
    assert inlet.rows == {}


class FullInlet(CollectingInlet):
    """Takes one batch and then has no room until told."""

    def __init__(self) -> None:
        super().__init__()
        self.room = asyncio.Event()

    async def hear(self, feed: str, batch: Batch) -> None:
        await super().hear(feed, batch)
        await self.room.wait()


def test_a_full_inlet_stops_the_reading_makes_the_server_wait_and_is_no_silence() -> None:
    async def told() -> tuple[FullInlet, int, int]:
        inlet, clock = FullInlet(), MovedClock()
        written = 0
        frames = generated(5, 2000)
        data = beast.encode(frames)

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal written
            for _ in range(400):
                writer.write(data)
                await writer.drain()
                written += 1
            await reader.read()

        async with server(serve) as port, running(tcp(port), inlet, clock):
            await inlet.until(lambda: len(inlet.batches["roof"]) == 1)
            before = -1
            while before < written:  # until the buffers on the way are full
                before = written
                await clock.pass_by(100.0, step_s=5.0)
            heard_while_full = len(inlet.batches["roof"])
            inlet.room.set()
            await inlet.until(lambda: inlet.rows["roof"] == 400 * 2000)
        return inlet, before, heard_while_full

    inlet, written, heard_while_full = asyncio.run(told())
    assert heard_while_full == 1
    assert written < 400
    assert inlet.statuses() == [FeedStatus.CONNECTED]


def test_being_cancelled_closes_the_connection() -> None:
    async def closed() -> bytes:
        ended: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            ended.set_result(await reader.read())

        inlet = CollectingInlet()
        async with server(serve) as port:
            async with running(tcp(port), inlet, MovedClock()):
                await inlet.until(lambda: len(inlet.events) == 1)
            return await asyncio.wait_for(ended, 30.0)

    assert asyncio.run(closed()) == b""


@pytest.mark.parametrize("kind", ["beast", "avr", "sbs"])
def test_nothing_that_a_server_sends_stops_the_feed_or_costs_the_frames_after_it(kind: str) -> None:
    good = generated(8, 3)
    behind = {"beast": beast.encode(good), "avr": b"\n" + avr.encode(good), "sbs": b"\n" + SBS_LINE * 3}[kind]
    contents = [path.read_bytes() for path in FUZZ if path.is_file()]
    assert len(contents) > 200

    async def heard() -> CollectingInlet:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for content in contents:
                writer.write(content)
            writer.write(b"\n" + bytes(70_000) + b"\n")
            writer.write(behind)
            await reader.read()

        inlet = CollectingInlet()
        async with server(serve) as port, running(tcp(port, kind), inlet, MovedClock()):
            last = payloads(good)[-1]
            if kind == "sbs":
                await inlet.until(lambda: inlet.rows["roof"] >= 3)
            else:
                await inlet.until(lambda: inlet.rows["roof"] > 0 and payloads(inlet.frames("roof"))[-1] == last)
        return inlet

    inlet = asyncio.run(heard())
    assert inlet.statuses() == [FeedStatus.CONNECTED]
