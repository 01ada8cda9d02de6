from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.track import SILENCE_S
from detector.tracking.tracker import TrackPoints
from detector.tracking.trails import TrackCollector


def points(rows: list[tuple[int, float]]) -> TrackPoints:
    """Points of (address, time); the place tells the time, so that a test sees which were kept."""
    address = np.array([row[0] for row in rows], np.uint32)
    at = np.array([row[1] for row in rows], np.float64)
    return TrackPoints(address, at, at / 1e4, at / 1e4, np.full(len(at), 30_000.0))


def test_tracks_come_by_address_and_in_order_of_time() -> None:
    collector = TrackCollector()
    collector.add(points([(0x15522C, 100.0), (0x4CA123, 90.0), (0x15522C, 130.0)]))
    collector.add(points([(0x15522C, 160.0)]))
    first, second = collector.tracks(callsigns={"15522c": "RFF7092"})
    assert (first.icao24, first.callsign, first.at.tolist()) == ("15522c", "RFF7092", [100.0, 130.0, 160.0])
    assert second.icao24 == "4ca123"
    assert [t.icao24 for t in collector.tracks(["4ca123", "ffffff"])] == ["4ca123"]


def test_an_empty_batch_changes_nothing() -> None:
    collector = TrackCollector()
    collector.add(points([]))
    assert collector.tracks() == []


@given(
    rows=st.lists(st.tuples(st.integers(1, 2), st.floats(0, 400)), min_size=1, max_size=120),
    cuts=st.lists(st.integers(0, 120), max_size=6),
    most=st.integers(3, 30),
)
def test_what_is_kept_does_not_depend_on_the_cut(rows: list[tuple[int, float]], cuts: list[int], most: int) -> None:
    clock = 0.0
    stream = []
    for address, step in rows:
        clock += step
        stream.append((address, clock))
    whole, cut = TrackCollector(points_each=most), TrackCollector(points_each=most)
    whole.add(points(stream))
    edges = sorted({0, len(stream), *(c for c in cuts if c < len(stream))})
    for begin, end in pairwise(edges):
        cut.add(points(stream[begin:end]))
    for one, other in zip(whole.tracks(), cut.tracks(), strict=True):
        assert one.at.tolist() == other.at.tolist()
        assert one.quiet_s is not None
        assert other.quiet_s is not None
        assert one.quiet_s.tolist() == other.quiet_s.tolist()


def test_a_long_track_is_thinned_but_keeps_the_ends_of_its_silences() -> None:
    collector = TrackCollector(points_each=200)
    at = [30.0 * i for i in range(3000) if not 1000 <= i < 1100]
    collector.add(points([(1, t) for t in at]))
    (track,) = collector.tracks()
    assert len(track) <= 201
    assert {30.0 * 999, 30.0 * 1100} <= set(track.at.tolist())
    silent = np.flatnonzero(track.begins_after_silence)
    assert track.at[silent].tolist() == [0.0, 30.0 * 1100]
    # Thinned points lie further apart than a silence is long, and are still joined.
    assert np.diff(track.at).max() > SILENCE_S


@pytest.mark.parametrize("most", [50, 500])
def test_a_flood_of_addresses_is_bounded_and_forgets_the_fewest_points(most: int) -> None:
    collector = TrackCollector(aircraft=most)
    collector.add(points([(1, 10.0 * i) for i in range(100)]))
    for begin in range(10, 5 * most, 37):
        collector.add(points([(begin + i, 2000.0) for i in range(37)]))
    assert len(collector) <= 2 * most
    assert collector.forgotten > 0
    assert [len(t) for t in collector.tracks(["000001"])] == [100]
