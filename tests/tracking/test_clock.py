from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.frame import FrameBatch
from detector.tracking.clock import JUMP_S, LATE_S, SLOW_STEP, EventClock

T0 = 1_700_000_000.0


def frames(*at: float) -> FrameBatch:
    return FrameBatch.of(np.array(at) + T0, np.zeros((len(at), 14), np.uint8), np.full(len(at), 14, np.uint8))


def admitted(clock: EventClock, *at: float) -> list[float]:
    since: list[float] = (clock.admit(frames(*at))[0].heard_at - T0).tolist()
    return since


def started(at: float = 0.0) -> EventClock:
    clock = EventClock()
    clock.admit(frames(at, at))
    return clock


def test_the_first_frame_waits_for_one_that_agrees() -> None:
    clock = EventClock()
    assert admitted(clock, 5.0) == []
    assert clock.now is None
    assert admitted(clock, 6.0) == [5.0, 6.0]
    assert clock.now == T0 + 6.0


def test_a_first_frame_that_nobody_agrees_with_is_dropped() -> None:
    clock = EventClock()
    assert admitted(clock, 90_000.0, 5.0, 6.0) == [5.0, 6.0]
    assert clock.rejects.counts == {"time_jump": 1}


def test_one_broken_clock_does_not_carry_time_away() -> None:
    clock = started()
    assert admitted(clock, 1.0, JUMP_S + 2.0, 3.0) == [1.0, 3.0]
    assert clock.now == T0 + 3.0
    assert clock.rejects.counts == {"time_jump": 1}


def test_time_jumps_ahead_when_a_second_frame_agrees() -> None:
    clock = started()
    assert admitted(clock, JUMP_S + 2.0) == []
    assert admitted(clock, JUMP_S + 3.0) == [JUMP_S + 2.0, JUMP_S + 3.0]
    assert clock.rejects.counts == {}


@pytest.mark.parametrize(("behind_s", "kept"), [(LATE_S, True), (LATE_S + 0.001, False)])
def test_a_late_frame_is_admitted_up_to_a_limit_and_never_turns_time_back(behind_s: float, kept: bool) -> None:
    clock = started(100.0)
    assert admitted(clock, 100.0 - behind_s) == ([100.0 - behind_s] if kept else [])
    assert clock.now == T0 + 100.0
    assert clock.rejects.counts == ({} if kept else {"late": 1})


def test_a_step_ahead_of_the_limit_itself_is_no_jump() -> None:
    clock = started()
    assert admitted(clock, JUMP_S) == [JUMP_S]


def test_a_heartbeat_carries_time_on_but_neither_back_nor_away() -> None:
    clock = EventClock()
    clock.tick(T0)
    assert clock.now is None
    clock = started(10.0)
    for at, now in ((20.0, 20.0), (15.0, 20.0), (20.0 + JUMP_S + 1.0, 20.0), (20.0 + JUMP_S, 20.0 + JUMP_S)):
        clock.tick(T0 + at)
        assert clock.now == T0 + now


STEP = st.one_of(
    st.floats(0.0, 2.0),
    st.sampled_from([0.0, -LATE_S, -LATE_S - 1.0, -500.0, JUMP_S, JUMP_S + 1.0, 90_000.0, -90_000.0]),
)


@given(steps=st.lists(STEP, min_size=1, max_size=60), cuts=st.lists(st.integers(1, 60), max_size=8))
def test_the_cut_of_the_stream_has_no_part_in_event_time(steps: list[float], cuts: list[int]) -> None:
    batch = frames(*np.cumsum(steps).tolist())
    whole, parts = EventClock(), EventClock()
    expected, expected_clock = whole.admit(batch)
    at, clocks = [np.zeros(0)], [np.zeros(0)]
    for a, b in pairwise([0, *sorted({cut for cut in cuts if cut < len(batch)}), len(batch)]):
        some, clock = parts.admit(batch.take(slice(a, b)))
        at.append(some.heard_at)
        clocks.append(clock)
    assert np.concatenate(at).tolist() == expected.heard_at.tolist()
    assert np.concatenate(clocks).tolist() == expected_clock.tolist()
    assert (whole.now, whole.rejects) == (parts.now, parts.rejects)
    assert np.all(np.diff(expected_clock) >= 0)


def test_one_odd_frame_in_a_large_batch_costs_no_other() -> None:
    n = 5 * SLOW_STEP
    at = np.arange(n, dtype=np.float64)
    at[3 * SLOW_STEP + 7] += 90_000.0
    clock = started()
    got, time = clock.admit(frames(*at.tolist()))
    assert len(got) == len(time) == n - 1
    assert clock.rejects.counts == {"time_jump": 1}
