from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.domain.frame import FrameBatch
from detector.domain.times import from_microseconds
from detector.tracking.fusion import Duplicates
from detector.tracking.receiver_clocks import ReceiverClocks, ReceiverClocksState
from detector.tracking.reorder import F64, Reorder

T0 = 1_700_000_000.0
Payload = npt.NDArray[np.uint8]
AIRBORNE, VELOCITY = 11 << 3, 19 << 3


def transmissions(seconds: float, *, still: bool = False) -> tuple[F64, Payload]:
    """An aircraft that sends a position and its steady velocity twice a second."""
    n = int(seconds * 4)
    payload = np.zeros((n, 14), np.uint8)
    payload[:, 0], payload[:, 4] = 17 << 3, np.where(np.arange(n) % 2, VELOCITY, AIRBORNE)
    moved = np.where((np.arange(n) % 2 == 0) & (not still), np.arange(n), 0)
    payload[:, 8], payload[:, 9] = moved >> 8, moved & 255
    at: F64 = np.arange(n, dtype=np.float64) * 0.25 + T0
    return at, payload


def heard(at: F64, payload: Payload, receiver: int, offset_s: float, rows: npt.NDArray[np.intp]) -> FrameBatch:
    batch = FrameBatch.of(at[rows] + offset_s, payload[rows], np.full(len(rows), 14, np.uint8), receiver=receiver)
    return replace(batch, heard_at=from_microseconds(np.rint(batch.heard_at * 1e6).astype(np.int64)))


def two_receivers(offset_s: float, *, live: bool = False, seed: int = 1, seconds: float = 120.0) -> FrameBatch:
    """Each misses a third. A merged file is in order of the stamps, a live stream in order of sending."""
    at, payload = transmissions(seconds)
    dice = np.random.default_rng(seed)
    parts = [
        heard(at, payload, k + 1, offset, np.flatnonzero(dice.random(len(at)) < 0.67))
        for k, offset in enumerate((0.0, offset_s))
    ]
    whole = FrameBatch.concat(parts)
    sent = whole.heard_at - np.where(whole.receiver == 2, offset_s if live else 0.0, 0.0)
    return whole.take(np.argsort(sent, kind="stable"))


def fused(batch: FrameBatch, *cuts: int, resume: bool = False) -> tuple[FrameBatch, ReceiverClocks]:
    clocks, reorder, duplicates = ReceiverClocks(), Reorder(FrameBatch.empty(), FrameBatch.concat), Duplicates()
    clock = np.maximum.accumulate(batch.heard_at)
    parts = []
    for rows in np.split(np.arange(len(batch)), sorted(min(cut, len(batch)) for cut in cuts)):
        aligned = clocks.align(batch.take(rows), clock[rows])
        assert (np.diff(aligned[1]) >= 0).all()
        parts.append(duplicates.drop(*reorder.admit(*aligned))[0])
        if resume:
            state = msgspec.json.decode(msgspec.json.encode(clocks.dump()), type=ReceiverClocksState)
            clocks, counts = ReceiverClocks(), clocks.rejects
            clocks.restore(state)
            clocks.rejects = counts
    parts.append(duplicates.drop(*reorder.finish())[0])
    return FrameBatch.concat(parts), clocks


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize("offset_s", [0.9, 3.0, -3.0, 30.0, -30.0])
def test_two_receivers_become_one_stream_in_order_once_their_clocks_are_known(offset_s: float, live: bool) -> None:
    out, clocks = fused(two_receivers(offset_s, live=live))
    # The clock of the receiver heard first counts; in a merged file that is the one behind.
    first_is_behind = offset_s < 0 and not live
    assert clocks.offsets_s == pytest.approx({1: -offset_s} if first_is_behind else {2: offset_s})
    ahead_s = offset_s if first_is_behind else 0.0
    # Event time is carried by the fastest clock, and told by the reference.
    assert clocks.advance(T0 + 500.0) == pytest.approx(T0 + 500.0 - max(0.0, *clocks.offsets_s.values()))
    late = out.take(out.heard_at >= T0 + 70.0)
    at, _ = transmissions(120.0)
    # Every position comes once, in order, at the time it was sent at.
    positions = late.take(late.payload[:, 4] == AIRBORNE)
    number = positions.payload[:, 8].astype(int) * 256 + positions.payload[:, 9]
    steady = positions.heard_at < T0 + 119.0 - abs(offset_s)
    assert (np.diff(number[steady]) > 0).all()
    assert np.count_nonzero(steady) > 0.8 * np.count_nonzero((at >= T0 + 70) & (at < T0 + 119 - abs(offset_s))) / 2
    assert positions.heard_at == pytest.approx(at[number] + ahead_s, abs=1e-5)


def test_clocks_a_little_apart_are_left_alone() -> None:
    batch = two_receivers(0.25)
    out, clocks = fused(batch)
    assert clocks.offsets_s == {}
    assert (np.diff(out.heard_at) >= 0).all()
    assert clocks.estimates[2].offset_s == pytest.approx(0.25)


def test_four_pairs_are_not_enough() -> None:
    at, payload = transmissions(120.0)
    shared = np.array([1, 40, 48, 56, 64])
    parts = [heard(at, payload, 1, 0.0, np.arange(len(at))), heard(at, payload, 2, 3.0, shared)]
    batch = FrameBatch.concat(parts)
    out, clocks = fused(batch.take(np.argsort(batch.heard_at, kind="stable")))
    assert clocks.offsets_s == {}
    assert clocks.estimates[2].recent == [3.0] * 4
    # The second copies are dropped all the same.
    assert np.count_nonzero(out.payload[:, 4] == AIRBORNE) == len(at) / 2


def test_the_clock_that_most_agree_with_is_the_reference() -> None:
    at, payload = transmissions(60.0)
    offsets = {1: 20.0, 2: 0.0, 3: 0.1, 4: 0.0}
    batch = FrameBatch.concat([heard(at, payload, *one, np.arange(len(at))) for one in offsets.items()])
    _, clocks = fused(batch.take(np.argsort(batch.heard_at, kind="stable")))
    assert clocks.offsets_s == pytest.approx({1: 20.0}, abs=0.11)


def test_an_aircraft_that_stands_still_tells_nothing_and_is_still_heard() -> None:
    at, payload = transmissions(120.0, still=True)
    dice = np.random.default_rng(3)
    parts = [heard(at, payload, k, 0.0, np.flatnonzero(dice.random(len(at)) < 0.5)) for k in (1, 2)]
    batch = FrameBatch.concat(parts)
    out, clocks = fused(batch.take(np.argsort(batch.heard_at, kind="stable")))
    assert clocks.offsets_s == {}
    assert np.diff(out.heard_at[out.payload[:, 4] == AIRBORNE]).max() < 4.0


def test_one_receiver_alone_passes_untouched() -> None:
    at, payload = transmissions(20.0)
    batch = heard(at, payload, 5, 0.0, np.arange(len(at)))
    clocks = ReceiverClocks()
    given_out, clock = clocks.align(batch, batch.heard_at)
    assert given_out is batch
    assert clock is batch.heard_at
    assert clocks.advance(T0 + 30.0) == T0 + 30.0


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 10_000),
    st.sampled_from([-30.0, -3.0, -0.2, 0.0, 3.0, 30.0]),
    st.booleans(),
    st.lists(st.integers(0, 900), max_size=8),
    st.booleans(),
)
def test_no_cut_of_the_stream_changes_what_comes_out(
    seed: int, offset_s: float, live: bool, cuts: list[int], resume: bool
) -> None:
    batch = two_receivers(offset_s, live=live, seed=seed, seconds=100.0)
    whole, clocks = fused(batch)
    parts, clocks_too = fused(batch, *cuts, resume=resume)
    assert np.array_equal(whole.heard_at, parts.heard_at)
    assert np.array_equal(whole.payload, parts.payload)
    assert clocks.dump() == clocks_too.dump()
    assert clocks.rejects.counts == clocks_too.rejects.counts
