"""A port of another format is no source, however much it says."""

from __future__ import annotations

import asyncio

import pytest

from detector.domain.live import FeedStatus
from detector.feeds.signs_of_life import Signs
from detector.framing import avr, beast
from tests.faults.surroundings import CollectingInlet, MovedClock
from tests.feeds.test_tcp import SBS_LINE, running, server, tcp
from tests.framing.streams import generated

DATA = {"beast": beast.encode(generated(1, 300)), "avr": avr.encode(generated(1, 300)), "sbs": SBS_LINE * 100}
PAIRS = [("beast", "sbs", "SBS"), ("beast", "avr", "AVR"), ("avr", "beast", "Beast"), ("sbs", "avr", "AVR")]


@pytest.mark.parametrize(("kind", "sent", "name"), PAIRS)
def test_a_port_of_another_format_is_silent_and_what_it_looks_like_is_told(kind: str, sent: str, name: str) -> None:
    async def told() -> CollectingInlet:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while not reader.at_eof():
                writer.write(DATA[sent])
                await asyncio.sleep(0.005)

        inlet, clock = CollectingInlet(), MovedClock()
        async with server(serve) as port, running(tcp(port, kind), inlet, clock):
            await inlet.until(lambda: len(inlet.events) == 1)
            await asyncio.sleep(0.05)
            while len(inlet.events) == 1:
                await clock.pass_by(1.0)
        return inlet

    events = asyncio.run(told()).events
    assert [event.status for event in events[:2]] == [FeedStatus.CONNECTED, FeedStatus.SILENT]
    assert events[1].reason.endswith(f"brings no {kind} frames; it looks like {name}: is the kind right?")


@pytest.mark.parametrize("kind", DATA)
def test_a_frame_in_any_two_parts_is_a_sign_of_life(kind: str) -> None:
    signs = {"beast": b"\x1a1" + bytes(9), "avr": b"*0000;\n", "sbs": b"STA,,5,179,400,AAA\n"}
    for cut in range(len(signs[kind]) + 1):
        looking = Signs(kind)
        found = [looking.note(part, decoded=False) for part in (signs[kind][:cut], signs[kind][cut:])]
        assert any(found)
        assert looking.complaint(after_silence=True) == ""


def test_a_feed_that_is_started_again_tells_again_that_it_is_connected() -> None:
    async def told() -> CollectingInlet:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()

        inlet = CollectingInlet()
        async with server(serve) as port:
            feed = tcp(port)
            for n in (1, 2):
                async with running(feed, inlet, MovedClock()):
                    await inlet.until(lambda n=n: len(inlet.events) == n)  # type: ignore[misc]
        return inlet

    assert asyncio.run(told()).statuses() == [FeedStatus.CONNECTED] * 2
