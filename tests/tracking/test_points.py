from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.domain.columns import SlotTable
from detector.tracking import points, tracker
from detector.tracking.points import RING, AcceptedFixes

NAN = float("nan")


def fixes(at: list[float], kept: list[bool], slot: int = 0) -> AcceptedFixes:
    n = len(at)
    values = np.array(at)
    return AcceptedFixes(
        np.arange(n),
        np.full(n, slot, np.int32),
        values,
        values / 10,
        -values / 10,
        values * 2,
        values * 3,
        np.array(kept, np.bool_),
        np.cumsum(np.array(kept, np.int64)) - 1,
        tuple(values[np.array(kept, np.bool_)] * (k + 4) for k in range(7)),
    )


def test_a_point_a_half_minute_and_every_ten_seconds_near_a_field() -> None:
    at = np.arange(0.0, 61.0)
    previous = np.concatenate([[NAN], at[:-1]])
    high = points.thinned(at, previous, np.zeros(61, np.bool_), np.zeros(61, np.bool_))
    low = points.thinned(at, previous, np.ones(61, np.bool_), np.zeros(61, np.bool_))
    assert np.flatnonzero(high).tolist() == [0, 30, 60]
    assert np.flatnonzero(low).tolist() == [0, 10, 20, 30, 40, 50, 60]


def test_the_first_fix_after_a_pause_is_a_point_wherever_it_falls() -> None:
    assert points.thinned(np.array([95.0]), np.array([11.0]), np.array([False]), np.array([False])).tolist() == [True]
    assert points.thinned(np.array([19.0]), np.array([11.0]), np.array([True]), np.array([False])).tolist() == [False]


@settings(max_examples=60)
@given(
    kept=st.lists(st.booleans(), min_size=1, max_size=3 * RING),
    cuts=st.lists(st.integers(1, 3 * RING - 1), max_size=5),
    gap=st.sampled_from([0.0, 1.0]),
)
def test_the_ring_holds_the_last_points_and_the_last_fix_however_the_stream_is_cut(
    kept: list[bool], cuts: list[int], gap: float
) -> None:
    kept[0] = True
    at = [1000.0 + gap * k for k in range(len(kept))]
    table = SlotTable(tracker.COLUMNS)
    for a, b in pairwise([0, *sorted({c for c in cuts if c < len(at)}), len(at)]):
        batch = fixes(at[a:b], kept[a:b])
        last_fix = None
        if a and not kept[a - 1]:
            last = fixes(at[a - 1 : a], [False])
            last_fix = [float(column[0]) for column in last.columns()]
        for position in range(-1, b - a):
            # What a point is, said once more: the kept fixes up to here, and the last fix even if it is not kept.
            told = [k for k in range(a + position + 1) if kept[k] or k == a + position][-RING:]
            past = points.past(table, last_fix, batch, 0, 0, position)
            assert past.at.tolist() == [at[k] for k in told]
            assert past.altitude_ft.tolist() == [2 * at[k] for k in told]
            known = [np.float16(4 * at[k]) if kept[k] else NAN for k in told]
            np.testing.assert_array_equal(past.track_deg, known)
        points.remember(table, batch)
    assert table["ring_count"][0] == sum(kept)


def test_a_point_is_the_same_before_and_after_it_went_through_the_ring() -> None:
    table = SlotTable(tracker.COLUMNS)
    batch = fixes([1000.123456, 1030.654321], [True, True])
    fresh = points.past(table, None, batch, 0, 0, 1)
    points.remember(table, batch)
    kept = points.past(table, None, fixes([], []), 0, 0, -1)
    for name in ("at", "latitude_deg", "longitude_deg", "altitude_ft", "groundspeed_kt"):
        assert getattr(fresh, name).tolist() == getattr(kept, name).tolist()


def test_rings_of_two_aircraft_are_apart() -> None:
    table = SlotTable(tracker.COLUMNS)
    both = replace(fixes([1.0, 2.0, 9.0], [True] * 3), slot=np.array([0, 0, 1], np.int32))
    points.remember(table, both)
    assert points.past(table, None, fixes([], []), 0, 0, -1).at.tolist() == [1.0, 2.0]
    assert points.past(table, None, fixes([], []), 1, 0, -1).at.tolist() == [9.0]


def test_an_aircraft_takes_at_most_two_kilobytes() -> None:
    from detector.decoding.columnar import COLUMNS as DECODER

    columns = [*tracker.COLUMNS.values(), *DECODER.values()]
    assert sum(np.dtype(c.dtype).itemsize * max(c.width, 1) for c in columns) <= 2_000
