"""The bytes of one connection to dated batches."""

from __future__ import annotations

import numpy as np
import pytest

from detector.domain.errors import Reject
from detector.domain.frame import FrameBatch, RejectCounts
from detector.feeds.live_stream import LiveStream
from detector.feeds.settings import FeedSettings
from detector.framing import avr, beast
from tests.faults.surroundings import START_AT, payloads
from tests.framing.streams import generated

HALF_A_WRAP = (1 << 47) - 1
MONTHS_S = HALF_A_WRAP / 12e6


def stream(kind: str = "beast", **more: object) -> tuple[LiveStream, RejectCounts]:
    rejects = RejectCounts()
    return LiveStream(FeedSettings(name="one", kind=kind, port=1, **more), rejects), rejects  # type: ignore[arg-type]


def records(ticks: list[int]) -> bytes:
    payload = bytes.fromhex("8d4ca251204994b1c36e60a5343d")
    return b"".join(
        b"\x1a3" + (tick.to_bytes(6, "big") + b"\x00" + payload).replace(b"\x1a", b"\x1a\x1a") for tick in ticks
    )


@pytest.mark.parametrize("direction", [1, -1])
def test_counts_that_leap_by_months_each_never_stop_it(direction: int) -> None:
    """Two hundred thousand of them come past the end of what 64 bits of such a time can hold."""
    one, rejects = stream()
    tick = 12
    for chunk in range(80):
        ticks = []
        for _ in range(2500):
            tick = (tick + direction * HALF_A_WRAP) % (1 << 48)
            ticks.append(tick)
        batch = one.hear(records(ticks), START_AT + chunk)
        assert batch is None or ((batch.heard_at <= START_AT + chunk) & (batch.heard_at > START_AT - 61.0)).all()
    assert rejects.counts[Reject.BAD_TIME] > 0
    frames = generated(1, 50)
    one.hear(records([5]), START_AT + 99.0)
    good = one.hear(beast.encode(frames), START_AT + 100.0)
    assert isinstance(good, FrameBatch)
    assert payloads(good)[-49:] == payloads(frames)[-49:]


def test_what_is_dropped_is_counted_as_it_happens_and_at_the_end() -> None:
    one, rejects = stream()
    data = beast.encode(generated(2, 10))
    one.hear(b"garbage" + data, START_AT)
    assert rejects.counts == {Reject.GARBAGE: 1}
    one.hear(data[:-5], START_AT)
    assert one.finish(START_AT) is None
    assert rejects.counts == {Reject.GARBAGE: 1, Reject.TRUNCATED: 1}


def test_two_streams_share_one_count() -> None:
    rejects = RejectCounts()
    settings = FeedSettings(name="one", kind="beast", port=1)
    for _ in range(2):
        LiveStream(settings, rejects).hear(b"garbage", START_AT)
    assert rejects.counts == {Reject.GARBAGE: 2}


def test_a_last_line_without_an_end_is_heard_at_the_end() -> None:
    one, _ = stream("avr")
    frames = generated(3, 2)
    data = avr.encode(frames).rstrip()
    first, rest = one.hear(data, START_AT), one.finish(START_AT)
    assert isinstance(first, FrameBatch)
    assert isinstance(rest, FrameBatch)
    assert payloads(first) + payloads(rest) == payloads(frames)


@pytest.mark.parametrize("clock", [None, "12mhz", "gps"])
def test_a_few_frames_are_not_held_back_until_their_clock_is_known(clock: str | None) -> None:
    one, _ = stream(clock=clock)
    frames = generated(4, 3)
    kind = "gps" if clock == "gps" else "12mhz"
    batch = one.hear(beast.encode(frames, clock=kind), START_AT)  # type: ignore[arg-type]
    assert isinstance(batch, FrameBatch)
    assert np.abs(np.diff(batch.heard_at) - np.diff(frames.heard_at)).max() < 2e-6


def test_times_of_the_peer_are_not_looked_at_where_arrival_is_to_count() -> None:
    one, _ = stream(clock="arrival")
    batch = one.hear(beast.encode(generated(5, 30)), START_AT + 0.5)
    assert batch is not None
    assert set(batch.heard_at.tolist()) == {START_AT + 0.5}


@pytest.mark.parametrize(("trust", "kept"), [("own", True), ("public", False)])
def test_a_public_feed_does_not_name_its_receivers(trust: str, kept: bool) -> None:
    one, _ = stream(trust=trust)
    frames = FrameBatch.of(
        np.array([START_AT]), np.full((1, 14), 0x8D, np.uint8), np.array([14], np.uint8), receiver=77
    )
    heard = one.hear(beast.encode(frames, receiver_ids=True), START_AT)
    assert heard is not None
    assert (heard.receiver.tolist() == [77]) is kept
