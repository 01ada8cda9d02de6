"""Against a real server: dump1090-mutability playing a recorded flight, Toulouse to Amsterdam."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from detector.app import build_pipeline
from detector.domain.decoded import Batch
from detector.domain.frame import FrameBatch
from detector.domain.live import Feed, FeedStatus
from detector.domain.movement import Movement
from detector.feeds.files import open_recordings
from detector.feeds.live import live_feed
from detector.feeds.settings import FeedSettings
from detector.settings import load_configuration
from tests.faults.dump1090 import Dump1090
from tests.faults.surroundings import CollectingInlet, MovedClock, payloads

ROOT = Path(__file__).parents[2]
RECORDING = ROOT / "tests" / "data" / "recordings" / "long_flight.csv.gz"
CONFIG = ROOT / "config" / "detector.yaml"
FRAMES = 172_432
SPEED = 400.0
"""At most; the server's own pace and the machine's decide."""
INTRODUCED = 500


@pytest.fixture(scope="module")
def frames() -> FrameBatch:
    return FrameBatch.concat([batch for batch in open_recordings([str(RECORDING)]) if isinstance(batch, FrameBatch)])


@dataclass(frozen=True)
class Played:
    """What three feeds heard while the server played the recording. `speed`: how much faster than it was recorded;
    `sbs_lines`: what a plain client of the same port received."""

    inlet: CollectingInlet
    feeds: dict[str, Feed]
    speed: float
    sbs_lines: list[bytes]


def feeds_of(server: Dump1090) -> dict[str, Feed]:
    # The server stamps SBS with its own time of day, which does not run as fast as the recording.
    sbs = FeedSettings(name="sbs", kind="sbs", port=server.sbs, clock="arrival", silent_after_s=3600.0)
    avr = FeedSettings(name="avr", kind="avr", port=server.avr, silent_after_s=3600.0)
    beast = FeedSettings(name="beast", kind="beast", port=server.beast, silent_after_s=3600.0)
    return {settings.name: live_feed(settings) for settings in (beast, avr, sbs)}


@pytest.fixture(scope="module")
def played(frames: FrameBatch) -> Played:
    return asyncio.run(play(frames))


async def play(frames: FrameBatch) -> Played:
    async with Dump1090() as server:
        await server.introduce(frames.take(slice(0, INTRODUCED)))
        clock, inlet = MovedClock(float(frames.heard_at[0]) - 1.0), CollectingInlet()
        feeds = feeds_of(server)
        running = [asyncio.ensure_future(feed.run(inlet, clock)) for feed in feeds.values()]
        await inlet.until(lambda: len(inlet.events) == len(feeds))
        plain = asyncio.ensure_future(received(server.sbs))
        began = time.monotonic()
        await server.play(frames, clock, lambda: min(inlet.rows["beast"], inlet.rows["avr"]), SPEED)
        speed = float(np.ptp(frames.heard_at)) / (time.monotonic() - began)
        await server.kill()
        lines = (await plain).split(b"\n")
        await inlet.until(lambda: inlet.statuses().count(FeedStatus.LOST) >= len(feeds))
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    return Played(inlet, feeds, speed, [line for line in lines if line.startswith(b"MSG,")])


async def received(port: int) -> bytes:
    """All that the server sends until it ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    text = await reader.read()
    writer.close()
    return text


def movements(batches: list[Batch]) -> list[Movement]:
    pipeline = build_pipeline(load_configuration(CONFIG))
    found = [movement for batch in batches for movement in pipeline.step(batch).movements]
    return found + pipeline.finish().movements


@pytest.mark.parametrize("feed", ["beast", "avr"])
def test_every_frame_arrives_once_and_in_order(played: Played, frames: FrameBatch, feed: str) -> None:
    assert len(frames) == FRAMES
    assert payloads(played.inlet.frames(feed)) == payloads(frames)
    assert played.feeds[feed].rejects.counts == {}


@pytest.mark.parametrize("feed", ["beast", "avr"])
def test_frames_are_dated_to_when_they_were_recorded(played: Played, frames: FrameBatch, feed: str) -> None:
    """On their way they were up to 20 s by this clock."""
    late_s = played.inlet.frames(feed).heard_at - frames.heard_at
    assert late_s.min() > -0.01
    assert np.quantile(late_s, 0.95) < 1.0


def test_every_line_of_sbs_arrives(played: Played) -> None:
    rows = played.inlet.decoded("sbs")
    print(f"{len(rows):,} SBS lines at {played.speed:.0f} times the recorded speed")  # noqa: T201  shown with -s
    assert len(rows) == len(played.sbs_lines) > 146_000
    assert rows.address.tolist() == [int(line.split(b",")[4], 16) for line in played.sbs_lines]
    assert played.feeds["sbs"].rejects.counts == {}


def test_take_off_and_landing_are_those_of_the_recording(played: Played, frames: FrameBatch) -> None:
    live = movements(played.inlet.batches["beast"])
    replayed = movements([frames])
    assert ("486257", "take_off", "LFBO") in [(one.icao24, one.kind.value, one.airport) for one in replayed]
    assert ("486257", "landing", "EHAM") in [(one.icao24, one.kind.value, one.airport) for one in replayed]
    assert [(one.icao24, one.kind, one.airport) for one in live] == [
        (one.icao24, one.kind, one.airport) for one in replayed
    ]
    for ours, theirs in zip(live, replayed, strict=True):
        assert abs(ours.earliest - theirs.earliest) < 2.0
        assert abs(ours.latest - theirs.latest) < 2.0


def test_a_server_that_is_killed_and_comes_back_is_heard_again_and_the_gap_is_told(frames: FrameBatch) -> None:
    first, second = frames.take(slice(0, 3000)), frames.take(slice(6000, 9000))
    inlet, killed_at, back_at = asyncio.run(play_with_a_kill(first, second))
    for feed in ("beast", "avr", "sbs"):
        events = [event for event in inlet.events if event.feed == feed]
        assert events[0].status is FeedStatus.CONNECTED
        assert events[-1].status is FeedStatus.CONNECTED
        lost = [event for event in events if event.status is FeedStatus.LOST]
        assert events == [events[0], *lost, events[-1]]
        assert killed_at <= lost[0].at <= events[-1].at
        assert lost[-1].reason.endswith("connection refused")
        # The waits double up to 30 s.
        assert events[-1].at <= back_at + 31.0
    for feed in ("beast", "avr"):
        heard = payloads(inlet.frames(feed))
        assert heard[: len(first)] == payloads(first)
        assert heard[len(first) :] == payloads(second)
        late_s = inlet.frames(feed).heard_at[len(first) :] - second.heard_at
        # What was on its way when the clock went on was up to 20 s late; the fastest frames tell how late. On a busy
        # machine they are some of the recording's seconds late themselves: it runs a hundred times faster.
        assert np.quantile(np.abs(late_s[1500:]), 0.9) < 5.0


async def play_with_a_kill(first: FrameBatch, second: FrameBatch) -> tuple[CollectingInlet, float, float]:
    async with Dump1090() as server:
        await server.introduce(first.take(slice(0, INTRODUCED)))
        clock, inlet = MovedClock(float(first.heard_at[0]) - 1.0), CollectingInlet()
        running = [asyncio.ensure_future(feed.run(inlet, clock)) for feed in feeds_of(server).values()]
        await inlet.until(lambda: len(inlet.events) == len(running))
        await server.play(first, clock, lambda: min(inlet.rows["beast"], inlet.rows["avr"]), SPEED)
        killed_at = clock.now()
        await server.kill()
        while inlet.statuses().count(FeedStatus.LOST) < 2 * len(running):
            await clock.pass_by(0.5)
        await server.start()
        back_at = clock.now()
        # Before anybody listens: the new process knows no aircraft yet.
        await server.introduce(second)
        while inlet.statuses().count(FeedStatus.CONNECTED) < 2 * len(running):
            await clock.pass_by(0.5)
        before = min(inlet.rows["beast"], inlet.rows["avr"])
        assert clock.now() < second.heard_at[0], "the second part is to be heard after the gap"
        await server.play(second, clock, lambda: min(inlet.rows["beast"], inlet.rows["avr"]) - before, SPEED)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    return inlet, killed_at, back_at
