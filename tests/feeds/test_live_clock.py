"""Times of live frames from a poor counter and a late arrival."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.domain.decoded import COLUMNS, EMPTY, DecodedBatch
from detector.domain.frame import FrameBatch
from detector.domain.times import from_microseconds
from detector.feeds.live_clock import MAX_RECEIVERS, RESTARTS, LiveClock

F64 = npt.NDArray[np.float64]
START_AT = 1_700_000_000.25
PPM = 1e-6


def on_grid(at: F64) -> F64:
    return from_microseconds(np.rint(at * 1e6).astype(np.int64))


def told(clock: LiveClock, counted: F64, arrived: F64, receiver: npt.NDArray[np.uint64] | None = None) -> F64:
    """What the clock makes of frames; those that arrived at one moment are one chunk."""
    receiver = np.full(len(counted), 7, np.uint64) if receiver is None else receiver
    chunks = np.split(np.arange(len(arrived)), np.flatnonzero(np.diff(arrived)) + 1)
    return np.concatenate(
        [clock.place(on_grid(counted[rows]), receiver[rows], float(arrived[rows[0]])) for rows in chunks]
    )


def heard(seconds: float, every_s: float = 0.1) -> F64:
    """True times of frames."""
    return START_AT + np.arange(0.0, seconds, every_s)


def late(at: F64, most_s: float, seed: int = 1) -> F64:
    """Times of arrival: late by up to `most_s`, never overtaking."""
    delay = np.random.default_rng(seed).uniform(0.002, most_s, len(at))
    return np.maximum.accumulate(at + delay)


@settings(max_examples=20)
@given(
    ppm=st.floats(-100, 100),
    date_s=st.sampled_from([0.0, -3600.0, 86_400.0 * 100]),
    seed=st.integers(0, 1000),
)
def test_a_drifting_counter_with_any_date_gives_true_times(ppm: float, date_s: float, seed: int) -> None:
    at = heard(3600.0, 2.0)
    counted = START_AT + date_s + (at - START_AT) * (1.0 + ppm * PPM)
    placed = told(LiveClock(), counted, late(at, 0.4, seed))
    # Late by no more than the fastest frame of the last minutes was.
    assert np.abs(placed - at).max() < 0.41
    assert np.abs(placed - at)[300:].max() < 0.1


def test_after_days_the_drift_of_a_crystal_has_not_added_up() -> None:
    at = heard(10 * 86_400.0, 30.0)
    for ppm in (-100.0, 100.0):
        counted = START_AT + (at - START_AT) * (1.0 + ppm * PPM)
        placed = told(LiveClock(), counted, late(at, 0.05))
        assert np.abs(placed - at).max() < 0.1


def test_a_slow_counter_is_followed_however_small_the_chunks_are() -> None:
    at = on_grid(heard(20.0, 0.001))
    placed = told(LiveClock(), START_AT + (at - START_AT) * (1.0 - 100 * PPM), at)
    assert np.abs(placed - at).max() < 0.0001


@pytest.mark.parametrize("stall_s", [2.0, 30.0, 55.0])
def test_frames_that_a_stall_held_back_keep_the_time_between_them(stall_s: float) -> None:
    at = heard(300.0)
    arrived = late(at, 0.02)
    stalled = (at >= START_AT + 100.0) & (at < START_AT + 100.0 + stall_s)
    arrived[stalled] = START_AT + 100.0 + stall_s
    placed = told(LiveClock(), at - 5e6, np.maximum.accumulate(arrived))
    assert np.abs(placed - at).max() < 0.05


def test_what_a_server_had_kept_for_us_lies_in_the_past() -> None:
    at = heard(100.0)
    arrived = np.maximum(at, START_AT + 30.0)
    placed = told(LiveClock(), at + 1e6, arrived)
    assert np.abs(placed - at).max() < 0.11


@given(
    delays=st.lists(st.floats(0.0, 200.0), min_size=1, max_size=60),
    counts=st.lists(st.one_of(st.floats(-1e7, 1e7), st.floats(-3.0, 3.0)), min_size=1, max_size=60),
    receivers=st.integers(1, 3),
)
def test_no_frame_is_from_the_future_and_every_time_is_on_the_grid(
    delays: list[float], counts: list[float], receivers: int
) -> None:
    n = min(len(delays), len(counts))
    arrived = on_grid(START_AT + np.cumsum(delays[:n]))
    counted = START_AT + np.cumsum(counts[:n])
    placed = told(LiveClock(), counted, arrived, np.arange(n, dtype=np.uint64) % receivers)
    assert (placed <= arrived).all()
    assert (placed == on_grid(placed)).all()
    assert (placed >= arrived - 61.0).all()


@pytest.mark.parametrize("leap_s", [-4_000_000.0, -50.0, -1.5, 1.5, 50.0, 4_000_000.0])
def test_a_counter_that_leaps_costs_nothing(leap_s: float) -> None:
    at = heard(200.0)
    counted = np.where(at < START_AT + 100.0, at, at + leap_s)
    placed = told(LiveClock(), counted, late(at, 0.05))
    assert np.abs(placed - at).max() < 0.06


def test_one_broken_count_is_stamped_by_arrival_and_harms_no_other() -> None:
    at = heard(200.0)
    counted = at.copy()
    counted[[300, 700, 701, 1200]] += [9e6, -8e6, 7e6, -6e6]
    arrived = late(at, 0.05)
    placed = told(LiveClock(), counted, arrived)
    assert np.abs(placed - at).max() < 0.06
    assert (
        placed[[300, 700, 701, 1200]].tolist() == on_grid(np.floor(arrived[[300, 700, 701, 1200]] * 1e6) / 1e6).tolist()
    )


@pytest.mark.parametrize("apart_s", [10.0, 45.0, 1e6, -10.0])
def test_two_receivers_merged_without_identity_have_a_counter_each(apart_s: float) -> None:
    at = heard(300.0)
    second = np.random.default_rng(3).random(len(at)) < 0.4
    arrived = late(at, 0.02)
    stalled = (at >= START_AT + 200.0) & (at < START_AT + 230.0)
    arrived[stalled] = START_AT + 230.0
    placed = told(LiveClock(), np.where(second, at + apart_s, at), np.maximum.accumulate(arrived))
    # Only where they are first told apart may it take the one for the other.
    assert np.abs(placed - at)[50:].max() < 0.1


def test_receivers_with_identity_do_not_disturb_each_other() -> None:
    at = heard(300.0)
    receiver = np.random.default_rng(4).integers(1, 6, len(at)).astype(np.uint64)
    ppm = np.array([0.0, 90.0, -90.0, 40.0, -20.0, 5.0])[receiver] * PPM
    date = np.array([0.0, 5.0, -7.0, 1e6, -1e6, 0.1])[receiver]
    counted = START_AT + date + (at - START_AT) * (1 + ppm)
    placed = told(LiveClock(), counted, late(at, 0.05), receiver)
    assert np.abs(placed - at).max() < 0.06


@given(
    delays=st.lists(st.one_of(st.floats(0.0, 1.0), st.floats(0.0, 90.0)), min_size=8, max_size=40),
    counts=st.lists(st.one_of(st.just(0.0), st.floats(0.0, 0.5), st.floats(-200.0, 200.0)), min_size=8, max_size=40),
    chunk=st.integers(1, 5),
)
def test_a_receiver_is_placed_the_same_alone_and_among_others(
    delays: list[float], counts: list[float], chunk: int
) -> None:
    n = min(len(delays), len(counts)) // chunk * chunk
    arrived = on_grid(np.repeat(START_AT + np.cumsum(delays[: n // chunk]), chunk)[:n])
    counted = START_AT + np.cumsum(counts[: len(arrived)])
    alone = told(LiveClock(), counted, arrived)
    receiver = np.tile(np.array([7, 8], np.uint64), len(arrived))
    among = told(LiveClock(), np.repeat(counted, 2), np.repeat(arrived, 2), receiver)
    assert among[::2].tolist() == among[1::2].tolist() == alone.tolist()


def test_frames_without_a_count_are_stamped_by_arrival() -> None:
    at = heard(200.0)
    arrived = on_grid(late(at, 0.05))
    placed = told(LiveClock(), np.full(len(at), START_AT), arrived)
    assert placed.tolist() == arrived.tolist()


def test_frames_without_a_count_among_others_are_never_far_from_their_neighbours() -> None:
    at = heard(200.0)
    counted = at.copy()
    for row in range(1, len(at)):
        if row % 3 or 500 < row < 1500:
            counted[row] = counted[row - 1]
    placed = told(LiveClock(), counted, late(at, 0.05))
    assert np.abs(placed - at).max() <= 1.1


@pytest.mark.parametrize("counts", ["random", "frozen and leaping", "two hundred times too slow"])
def test_what_is_no_counter_is_given_up_for_arrival(counts: str) -> None:
    at = heard(3000.0)
    make: dict[str, Callable[[], F64]] = {
        "random": lambda: np.random.default_rng(5).uniform(START_AT - 1e7, START_AT + 1e7, len(at)),
        "frozen and leaping": lambda: np.array([START_AT + row // 40 * 9e4 + row % 2 for row in range(len(at))]),
        "two hundred times too slow": lambda: START_AT + (at - START_AT) / 200.0,
    }
    arrived = on_grid(late(at, 0.05))
    placed = told(LiveClock(), make[counts](), arrived)
    assert placed[-1000:].tolist() == arrived[-1000:].tolist()
    assert (arrived - placed).max() <= 61.0


def test_few_leaps_in_a_long_time_are_forgiven() -> None:
    at = heard(40_000.0, 1.0)
    counted = at + np.floor((at - START_AT) / (40_000.0 / (3 * RESTARTS))) * 1e5
    arrived = late(at, 0.5)
    arrived[-30:] = at[-1]
    placed = told(LiveClock(), counted, np.maximum.accumulate(arrived))
    assert np.abs(placed - at)[-30:].max() < 0.6


@pytest.mark.parametrize("offset_h", [-9.5, 0.0, 2.0, 5.75])
def test_local_time_of_any_zone_becomes_ours_and_positions_keep_their_age(offset_h: float) -> None:
    at = on_grid(heard(100.0))
    columns = [np.full(len(at), EMPTY[name], dtype) for name, dtype in COLUMNS.items()]
    rows = dict(zip(COLUMNS, columns, strict=True))
    rows["heard_at"] = at + offset_h * 3600.0
    rows["position_at"] = np.where(np.arange(len(at)) % 2, np.nan, rows["heard_at"] - 0.125)
    batch = DecodedBatch(**rows)
    clock = LiveClock()
    for row in range(len(at)):
        one = clock.placed(batch.take(slice(row, row + 1)), float(at[row] + 0.02))
        assert isinstance(one, DecodedBatch)
        assert abs(one.heard_at[0] - at[row]) < 0.03
        age_s = one.heard_at[0] - one.position_at[0]
        assert np.isnan(age_s) if row % 2 else abs(age_s - 0.125) < 2e-6


def test_arrival_alone_counts_where_it_is_asked_for() -> None:
    at = heard(50.0)
    arrived = on_grid(late(at, 0.5))
    assert told(LiveClock(by_arrival=True), at, arrived).tolist() == arrived.tolist()


def test_memory_is_bounded_whatever_identities_are_invented() -> None:
    clock = LiveClock()
    for begin in range(0, 4 * MAX_RECEIVERS, 1024):
        receiver = np.arange(begin, begin + 1024, dtype=np.uint64)
        clock.place(np.full(1024, START_AT), receiver, START_AT + begin)
    assert len(clock._receivers) <= MAX_RECEIVERS


def test_an_empty_batch_stays_empty() -> None:
    assert len(LiveClock().placed(FrameBatch.empty(), START_AT)) == 0
