from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.frame import FrameBatch
from detector.tracking.clock import F64, HELD_LIMIT, HELD_SPAN_S, JUMP_S, LATE_S, SLOW_STEP, Admitted, EventClock

T0 = 1_700_000_000.0


def frames(*at: float) -> FrameBatch:
    return FrameBatch.of(np.array(at) + T0, np.zeros((len(at), 14), np.uint8), np.full(len(at), 14, np.uint8))


def admitted(clock: EventClock, *at: float) -> list[float]:
    return [row - T0 for batch, _ in clock.admit(frames(*at)) for row in batch.heard_at.tolist()]


def all_of(rows: Admitted) -> tuple[F64, F64]:
    """Times of all rows, and event time after each."""
    none = np.zeros(0)
    return np.concatenate([none, *(batch.heard_at for batch, _ in rows)]), np.concatenate([none, *(t for _, t in rows)])


def started(at: float = 0.0) -> EventClock:
    clock = EventClock()
    clock.admit(frames(at, at))
    return clock


def held(clock: EventClock) -> list[float]:
    return [at - T0 for batch in clock.held for at in batch.heard_at.tolist()]


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


@pytest.mark.parametrize("wrong", [2, HELD_LIMIT - 1])
def test_a_receiver_with_a_wrong_clock_does_not_carry_time_away(wrong: int) -> None:
    clock = started()
    assert admitted(clock, 1.0, *(90_000.0 + k for k in range(wrong)), 3.0, 4.0) == [1.0, 3.0, 4.0]
    assert clock.now == T0 + 4.0
    assert clock.rejects.counts == {"time_jump": wrong}


def test_time_jumps_ahead_with_the_tenth_frame_in_step() -> None:
    clock = started()
    ahead = [JUMP_S + 2.0 + k for k in range(HELD_LIMIT)]
    assert admitted(clock, *ahead[:-1]) == []
    assert admitted(clock, ahead[-1]) == ahead
    assert clock.now == T0 + ahead[-1]
    assert clock.rejects.counts == {}


@pytest.mark.parametrize(("apart_s", "kept"), [(HELD_SPAN_S, True), (HELD_SPAN_S - 1.0, False)])
def test_time_jumps_ahead_with_two_frames_far_enough_apart(apart_s: float, kept: bool) -> None:
    clock = started()
    ahead = [2 * JUMP_S, 2 * JUMP_S + apart_s]
    assert admitted(clock, *ahead) == (ahead if kept else [])
    assert clock.rejects.counts == {}


def test_sparse_traffic_after_a_long_gap_is_all_admitted() -> None:
    clock = started()
    night = [3 * JUMP_S + 120.0 * k for k in range(5)]
    assert admitted(clock, *night) == night
    assert clock.rejects.counts == {}


@pytest.mark.parametrize(
    ("step_s", "kept"), [(JUMP_S, True), (JUMP_S + 1.0, False), (-LATE_S, True), (-LATE_S - 1.0, False)]
)
def test_held_frames_out_of_step_are_dropped_for_the_next_one(step_s: float, kept: bool) -> None:
    clock = started()
    far = 5 * JUMP_S
    assert admitted(clock, far, far + step_s) == ([far, far + step_s] if kept else [])
    assert held(clock) == ([] if kept else [far + step_s])
    assert clock.rejects.counts == ({} if kept else {"time_jump": 1})


def test_held_frames_cannot_walk_back() -> None:
    clock = started()
    far = 5 * JUMP_S
    assert admitted(clock, far, far - 40.0, far - 80.0) == []
    assert held(clock) == [far - 80.0]
    assert clock.rejects.counts == {"time_jump": 2}


def test_a_late_frame_says_nothing_about_those_that_are_held() -> None:
    clock = started(500.0)
    ahead = [2 * JUMP_S, 2 * JUMP_S + HELD_SPAN_S]
    assert admitted(clock, ahead[0], 100.0, ahead[1]) == ahead
    assert clock.rejects.counts == {"late": 1}


def test_two_frames_in_step_start_a_stream_however_far_apart() -> None:
    assert admitted(EventClock(), 0.0, 1.0) == [0.0, 1.0]
    assert admitted(EventClock(), 0.0, JUMP_S) == [0.0, JUMP_S]
    assert admitted(EventClock(), 0.0, JUMP_S + 1.0) == []


def test_what_is_held_at_the_end_of_a_recording_is_admitted() -> None:
    clock = started()
    ahead = [2 * JUMP_S, 2 * JUMP_S + 1.0, 2 * JUMP_S - 5.0]
    assert admitted(clock, *ahead) == []
    ((rest, time),) = clock.finish()
    assert (rest.heard_at - T0).tolist() == ahead
    assert (time - T0).tolist() == [ahead[0], ahead[1], ahead[1]]
    assert (clock.now, held(clock)) == (T0 + ahead[1], [])
    assert clock.finish() == []
    assert clock.rejects.counts == {}


def test_one_frame_alone_far_ahead_at_the_end_is_a_broken_clock() -> None:
    clock = started()
    assert admitted(clock, 3 * JUMP_S) == []
    assert clock.finish() == []
    assert (clock.now, clock.rejects.counts) == (T0, {"time_jump": 1})


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
    st.floats(0.0, 8.0),
    st.sampled_from([0.0, -LATE_S, -LATE_S - 1.0, -500.0, HELD_SPAN_S, JUMP_S, JUMP_S + 1.0, 90_000.0, -90_000.0]),
)


@given(steps=st.lists(STEP, min_size=1, max_size=60), cuts=st.lists(st.integers(1, 60), max_size=8))
def test_the_cut_of_the_stream_has_no_part_in_event_time(steps: list[float], cuts: list[int]) -> None:
    batch = frames(*np.cumsum(steps).tolist())
    whole, parts = EventClock(), EventClock()
    expected, expected_clock = all_of(whole.admit(batch))
    at, clocks = [np.zeros(0)], [np.zeros(0)]
    for a, b in pairwise([0, *sorted({cut for cut in cuts if cut < len(batch)}), len(batch)]):
        some, clock = all_of(parts.admit(batch.take(slice(a, b))))
        at.append(some)
        clocks.append(clock)
    assert held(parts) == held(whole)
    assert len(held(whole)) < HELD_LIMIT
    assert len(batch) == len(expected) + len(held(whole)) + sum(whole.rejects.counts.values())
    assert np.concatenate(at).tolist() == expected.tolist()
    assert np.concatenate(clocks).tolist() == expected_clock.tolist()
    assert (whole.now, whole.rejects) == (parts.now, parts.rejects)
    assert np.all(np.diff(expected_clock) >= 0)
    assert np.all(expected >= expected_clock - LATE_S)


def test_one_odd_frame_in_a_large_batch_costs_no_other() -> None:
    n = 5 * SLOW_STEP
    at = np.arange(n, dtype=np.float64)
    at[3 * SLOW_STEP + 7] += 90_000.0
    clock = started()
    got, time = all_of(clock.admit(frames(*at.tolist())))
    assert len(got) == len(time) == n - 1
    assert clock.rejects.counts == {"time_jump": 1}


def test_oddities_all_over_a_batch_of_very_many_steps_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detector.tracking.clock.SLOW_STEP", 4)
    at = np.arange(8_000, dtype=np.float64)
    at[2::4] -= 500.0
    clock = started()
    got, _ = all_of(clock.admit(frames(*at.tolist())))
    assert len(got) == 6_000
    assert clock.rejects.counts == {"late": 2_000}
