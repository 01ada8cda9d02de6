from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.frame import FrameBatch
from detector.tracking.reorder import F64, HOLD_S, Reorder

T0 = 1_700_000_000.0


def frames(at: list[float]) -> FrameBatch:
    payload = np.zeros((len(at), 14), np.uint8)
    payload[:, 0] = np.arange(len(at))
    return FrameBatch.of(np.array(at) + T0, payload, np.full(len(at), 14, np.uint8))


def reorder() -> Reorder[FrameBatch]:
    return Reorder(FrameBatch.empty(), FrameBatch.concat)


def clock_of(batch: FrameBatch) -> F64:
    clock: F64 = np.maximum.accumulate(batch.heard_at)
    return clock


def admitted(one: Reorder[FrameBatch], *at: float) -> list[float]:
    batch = frames(list(at))
    return since(one.admit(batch, clock_of(batch)))


def since(given: tuple[FrameBatch, F64]) -> list[float]:
    return [round(float(at), 6) for at in given[0].heard_at - T0]


def test_a_frame_leaves_when_event_time_has_gone_far_enough_beyond_it() -> None:
    one = reorder()
    assert admitted(one, 0.0, 0.1, HOLD_S - 0.001) == []
    assert admitted(one, HOLD_S) == [0.0]
    assert since(one.finish()) == [0.1, HOLD_S - 0.001, HOLD_S]


def test_frames_leave_in_order_of_time_and_equal_times_in_order_of_arrival() -> None:
    one = reorder()
    batch = frames([0.0, 0.3, 0.1, 0.3, 5.0])
    given, clock = one.admit(batch, clock_of(batch))
    assert since((given, clock)) == [0.0, 0.1, 0.3, 0.3]
    assert given.payload[:, 0].tolist() == [0, 2, 1, 3]
    assert np.array_equal(clock, given.heard_at)


def test_a_late_frame_leaves_at_once_and_never_turns_time_back() -> None:
    one = reorder()
    batch = frames([0.0, 10.0, 11.0, 3.0, 20.0])
    given, clock = one.admit(batch, clock_of(batch))
    assert since((given, clock)) == [0.0, 10.0, 3.0, 11.0]
    assert (clock - T0).tolist() == [0.0, 10.0, 10.0, 11.0]


def test_a_heartbeat_lets_out_what_is_old_enough_and_carries_time_on() -> None:
    one = reorder()
    admitted(one, 0.0, 9.8)
    assert since(one.advance(T0 + 10.0)) == []
    assert one.now == T0 + 10.0 - HOLD_S
    assert since(one.advance(T0 + 10.5)) == [9.8]
    assert one.now == T0 + 10.5 - HOLD_S


def test_a_stream_in_order_comes_out_as_it_went_in() -> None:
    one = reorder()
    batch = frames([k / 10 for k in range(100)])
    parts = [one.admit(batch, clock_of(batch)), one.finish()]
    assert np.array_equal(np.concatenate([part[0].heard_at for part in parts]), batch.heard_at)
    assert np.array_equal(np.concatenate([part[1] for part in parts]), batch.heard_at)


def plainly(at: list[float]) -> list[tuple[int, float]]:
    """The rule as it is written: row and time after it."""
    held: list[tuple[float, int]] = []
    result: list[tuple[int, float]] = []
    event = now = -np.inf
    for row, one in enumerate(at):
        event = max(event, one)
        held.append((one, row))
        for due in sorted(entry for entry in held if entry[0] <= event - HOLD_S):
            held.remove(due)
            now = max(now, due[0])
            result.append((due[1], now))
    for due in sorted(held):
        now = max(now, due[0])
        result.append((due[1], now))
    return result


steps = st.lists(st.sampled_from([-3.0, -0.75, -0.5, -0.25, 0.0, 0.0, 0.125, 0.25, 0.5, 2.0]), max_size=40)


@given(steps, st.lists(st.integers(0, 40), max_size=6), st.booleans())
def test_no_cut_of_the_stream_changes_what_comes_out(moves: list[float], cuts: list[int], resume: bool) -> None:
    batch = frames(np.cumsum([0.0, *moves]).tolist())
    clock = clock_of(batch)
    one, parts = reorder(), []
    for rows in np.split(np.arange(len(batch)), sorted(min(cut, len(batch)) for cut in cuts)):
        parts.append(one.admit(batch.take(rows), clock[rows]))
        if resume:
            held, now = one.held, one.now
            one = reorder()
            one.restore(held, now)
    parts.append(one.finish())
    found = [
        (int(row), float(at)) for given, after in parts for row, at in zip(given.payload[:, 0], after, strict=True)
    ]
    assert found == plainly(batch.heard_at.tolist())
