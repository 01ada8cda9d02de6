"""A port on which remote receivers send Beast."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from random import Random

import numpy as np

from detector.domain.live import FeedStatus
from detector.feeds.listener import BeastListener
from detector.feeds.settings import FeedSettings
from detector.framing import beast
from tests.faults.dump1090 import free_ports
from tests.faults.surroundings import START_AT, CollectingInlet, MovedClock, payloads
from tests.framing.streams import generated

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def listening(
    inlet: CollectingInlet, clock: MovedClock, port: int, connections: int = 4
) -> AsyncIterator[BeastListener]:
    settings = FeedSettings(
        name="remote", kind="beast-listen", port=port, connections=connections, silent_after_s=60.0, receiver=5
    )
    feed = BeastListener(settings, Random(1))
    task = asyncio.ensure_future(feed.run(inlet, clock))
    try:
        yield feed
        assert not task.done()
    finally:
        task.cancel()
        (ended,) = await asyncio.gather(task, return_exceptions=True)
    assert isinstance(ended, asyncio.CancelledError), ended


async def connected(port: int) -> Connection:
    """A sender's connection, as soon as somebody listens."""
    for _ in range(2000):
        try:
            return await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.005)
    raise AssertionError("nobody listens")


async def has_ended(reader: asyncio.StreamReader) -> bool:
    """Whether the listener hangs up; it never says anything."""
    async with asyncio.timeout(30.0):
        try:
            return await reader.read() == b""
        except ConnectionResetError:
            return True


def test_frames_carry_the_identity_that_is_sent_or_the_number_of_the_feed() -> None:
    frames = generated(1, 60, receivers=(7,))

    async def heard() -> CollectingInlet:
        inlet, clock, (port,) = CollectingInlet(), MovedClock(), free_ports(1)
        async with listening(inlet, clock, port):
            for with_identity in (True, False):
                _, writer = await connected(port)
                writer.write(beast.encode(frames, receiver_ids=with_identity))
                before = inlet.rows["remote"]
                await inlet.until(lambda before=before: inlet.rows["remote"] == before + 60)  # type: ignore[misc]
                writer.close()
        return inlet

    inlet = asyncio.run(heard())
    got = inlet.frames("remote")
    assert payloads(got) == payloads(frames) * 2
    assert got.receiver.tolist() == [7] * 60 + [5] * 60


def test_senders_have_a_framer_and_a_clock_of_their_own() -> None:
    """Two send by turns, cut in the middle of records, with counters that have nothing in common."""
    first = generated(1, 100)
    second = replace(generated(2, 100), heard_at=first.heard_at + 86_400.0)

    async def heard() -> CollectingInlet:
        inlet, clock, (port,) = CollectingInlet(), MovedClock(START_AT), free_ports(1)
        async with listening(inlet, clock, port) as feed:
            writers = [(await connected(port))[1] for _ in range(2)]
            data = [beast.encode(first), beast.encode(second)]
            for at in range(0, max(map(len, data)), 501):
                for writer, one in zip(writers, data, strict=True):
                    writer.write(one[at : at + 501])
                await asyncio.sleep(0.002)
            await inlet.until(lambda: inlet.rows["remote"] == 200)
            for writer in writers:
                writer.close()
            assert feed.rejects.counts == {}
        return inlet

    got = asyncio.run(heard()).frames("remote")
    texts = payloads(got)
    for frames in (first, second):
        wanted = set(payloads(frames))
        assert [text for text in texts if text in wanted] == payloads(frames)
    assert (got.heard_at <= START_AT).all()
    span_s = float(np.ptp(first.heard_at))
    assert (got.heard_at >= START_AT - span_s - 1.0).all()


def test_one_sender_too_many_is_turned_away_and_the_others_stay() -> None:
    frames = generated(3, 10)

    async def turned_away() -> tuple[CollectingInlet, int]:
        inlet, clock, (port,) = CollectingInlet(), MovedClock(), free_ports(1)
        async with listening(inlet, clock, port, connections=2) as feed:
            stay = [await connected(port) for _ in range(2)]
            for _, writer in stay:
                writer.write(beast.encode(frames))
            await inlet.until(lambda: inlet.rows["remote"] == 20)
            reader, writer = await connected(port)
            assert await has_ended(reader)
            writer.close()
            for _, writer in stay:
                writer.write(beast.encode(frames))
            await inlet.until(lambda: inlet.rows["remote"] == 40)
            for _, writer in stay:
                writer.close()
        return inlet, feed.turned_away

    inlet, n = asyncio.run(turned_away())
    assert n == 1
    assert inlet.statuses() == [FeedStatus.CONNECTED]


def test_it_is_connected_from_the_first_bytes_to_the_last_sender_that_goes_or_falls_silent() -> None:
    data = beast.encode(generated(4, 10))

    async def told() -> CollectingInlet:
        inlet, clock, (port,) = CollectingInlet(), MovedClock(), free_ports(1)
        async with listening(inlet, clock, port):
            _, first = await connected(port)
            await asyncio.sleep(0.05)
            assert inlet.statuses() == []  # whoever only connects is no receiver
            reader, second = await connected(port)
            first.write(data)
            second.write(data)
            await inlet.until(lambda: inlet.rows["remote"] == 20)
            first.close()
            await asyncio.sleep(0.1)
            assert inlet.statuses() == [FeedStatus.CONNECTED]
            while len(inlet.events) == 1:
                await clock.pass_by(1.0)
            assert await has_ended(reader)
            second.close()
            _, third = await connected(port)
            third.write(data)
            await inlet.until(lambda: len(inlet.events) == 3)
            third.close()
            await inlet.until(lambda: len(inlet.events) == 4)
        return inlet

    inlet = asyncio.run(told())
    assert inlet.statuses() == [FeedStatus.CONNECTED, FeedStatus.LOST, FeedStatus.CONNECTED, FeedStatus.LOST]
    assert inlet.events[1].reason.endswith("nothing heard for 60 s")
    assert 60.0 <= inlet.events[1].at - START_AT < 65.0
    assert inlet.events[3].reason.endswith("closed by the other side")


def test_a_port_in_use_is_told_and_taken_once_it_is_free() -> None:
    async def told() -> CollectingInlet:
        inlet, clock, (port,) = CollectingInlet(), MovedClock(), free_ports(1)
        other = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", port)
        async with listening(inlet, clock, port):
            await inlet.until(lambda: len(inlet.events) == 1)
            await clock.pass_by(40.0)
            other.close()
            await other.wait_closed()
            for _ in range(40):
                await clock.pass_by(1.0)
            _, writer = await connected(port)
            writer.write(beast.encode(generated(5, 10)))
            await inlet.until(lambda: inlet.rows["remote"] == 10)
            writer.close()
        return inlet

    inlet = asyncio.run(told())
    assert inlet.statuses()[:2] == [FeedStatus.LOST, FeedStatus.CONNECTED]
    assert inlet.events[0].reason.startswith("cannot listen on 127.0.0.1 port ")
    assert inlet.events[0].reason.endswith("address already in use")


def test_it_listens_on_the_loopback_unless_told() -> None:
    settings = FeedSettings(name="remote", kind="beast-listen", port=30104)
    assert settings.tcp_address == ("127.0.0.1", 30104)


def test_being_cancelled_sends_every_sender_away() -> None:
    async def ended() -> list[bool]:
        inlet, clock, (port,) = CollectingInlet(), MovedClock(), free_ports(1)
        async with listening(inlet, clock, port):
            senders = [await connected(port) for _ in range(3)]
            for _, writer in senders:
                writer.write(beast.encode(generated(6, 5)))
            await inlet.until(lambda: inlet.rows["remote"] == 15)
        gone = [await has_ended(reader) for reader, _ in senders]
        for _, writer in senders:
            writer.close()
        return gone

    assert asyncio.run(ended()) == [True] * 3
