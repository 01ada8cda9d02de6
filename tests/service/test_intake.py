"""Between the feeds and the loop."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from detector.domain.decoded import DecodedBatch
from detector.domain.frame import FrameBatch
from detector.domain.live import FeedEvent, FeedStatus
from detector.service.intake import FLUSH_ROWS, FeedState, Intake

NOW = 1_700_000_000.0


def frames(n: int, at: float = NOW) -> FrameBatch:
    return FrameBatch.of(np.full(n, at), np.zeros((n, 14), np.uint8), np.full(n, 14, np.uint8))


def intake(most_rows: int = 1_000_000) -> tuple[Intake, list[tuple[FeedStatus, int]]]:
    told: list[tuple[FeedStatus, int]] = []

    def note(event: FeedEvent, state: FeedState) -> None:
        told.append((event.status, state.gaps))

    return Intake(lambda: NOW, note, most_rows=most_rows), told


def test_what_arrives_is_taken_once_in_order_and_joined() -> None:
    async def work() -> None:
        one, _ = intake()
        await one.hear("a", frames(2))
        await one.hear("b", frames(3))
        one.tell(FeedEvent("a", FeedStatus.LOST, NOW))
        await one.hear("b", frames(4))
        await one.hear("b", DecodedBatch.empty())
        taken = one.take()
        assert [len(item) if isinstance(item, FrameBatch) else type(item) for item in taken] == [5, FeedEvent, 4]
        assert one.take() == []
        assert one.rows == 0
        assert (one.feeds["a"].rows, one.feeds["b"].rows) == (2, 7)

    asyncio.run(work())


def test_a_feed_waits_while_there_is_no_room_and_goes_on_when_there_is() -> None:
    async def work() -> None:
        one, _ = intake(most_rows=10)
        waiting = asyncio.ensure_future(one.hear("a", frames(10)))
        await asyncio.sleep(0)
        assert not waiting.done()
        assert len(one.take()) == 1
        await asyncio.wait_for(waiting, 5)

    asyncio.run(work())


def test_enough_for_a_turn_is_told_at_once() -> None:
    async def work() -> None:
        one, _ = intake()
        await one.hear("a", frames(FLUSH_ROWS - 1))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(one.enough(), 0.01)
        await one.hear("a", frames(1))
        await asyncio.wait_for(one.enough(), 5)

    asyncio.run(work())


def test_a_gap_is_from_the_last_word_to_the_next_connection() -> None:
    async def work() -> None:
        at = NOW
        one = Intake(lambda: at, lambda *_: None)
        one.tell(FeedEvent("a", FeedStatus.CONNECTED, at))
        await one.hear("a", frames(1))
        at += 60.0
        one.tell(FeedEvent("a", FeedStatus.SILENT, at))
        assert not one.listening()
        at += 5.0
        one.tell(FeedEvent("a", FeedStatus.LOST, at))
        at += 5.0
        one.tell(FeedEvent("a", FeedStatus.CONNECTED, at))
        state = one.feeds["a"]
        assert (state.gaps, state.gap_s, state.connections, state.listening) == (1, 70.0, 2, True)

    asyncio.run(work())


def test_a_feed_that_never_was_there_has_no_gap() -> None:
    one, told = intake()
    for _ in range(3):
        one.tell(FeedEvent("a", FeedStatus.LOST, NOW, "connection refused"))
    assert told == [(FeedStatus.LOST, 0)] * 3
    assert not one.listening()
