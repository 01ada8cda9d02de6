from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.domain.columns import Column
from detector.domain.observation import Heard, Observation, Trigger
from detector.domain.sighting import Sighting
from detector.tracking import Tracker, TrackingSettings, evidence
from detector.tracking.evidence import (
    COLUMNS,
    COMM_B_COLUMNS,
    COMM_B_EVERY_S,
    COMM_B_RING,
    KINDS,
    RING,
    RING_COLUMNS,
)
from tests.pipeline import story
from tests.tracking.reports import T0, frames, reports
from tests.tracking.reports import Heard as Told

FRAMES = story.frames()
Kept = tuple[Heard, ...]
LOW = evidence.BELOW_FT


class Moment:
    """What an observation told of frames while it was at hand."""

    def __init__(self, o: Observation) -> None:
        self.at, self.trigger, self.frame, self.points_at = o.at, o.trigger, o.frame.hex(), o.points.at.tolist()
        self.icao24, self.clock, self.points_ft = o.icao24, o.clock, o.points.altitude_ft.tolist()
        self.evidence, self.comm_b = o.evidence(), o.comm_b()


def moments(cuts: list[int]) -> list[Moment]:
    path, told = story.new_pipeline(), []
    observe = path.movements.observe

    def noted(o: Observation, **more: object) -> object:
        told.append(Moment(o))
        return observe(o, **more)  # type: ignore[arg-type]

    path.movements.observe = noted  # type: ignore[method-assign,assignment]
    for batch in story.cut(FRAMES, cuts):
        path.step(batch)
    return told


def sea_level(latitude: npt.NDArray[np.float64], _: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    return np.zeros(len(latitude), np.float32)


def nowhere(latitude: npt.NDArray[np.float64], _: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    return np.full(len(latitude), -np.inf, np.float32)


@cache
def whole() -> list[Moment]:
    return moments([])


def kept(told: list[Moment]) -> list[tuple[float, str, Kept, Kept]]:
    return [(m.at, m.icao24, m.evidence, m.comm_b) for m in told]


def test_frames_of_every_moment_are_in_order_of_time_without_duplicates_and_bounded() -> None:
    assert len(whole()) > 100
    for moment in whole():
        at = [frame.at for frame in moment.evidence]
        assert at == sorted(at)
        assert 0 < len(moment.evidence) == len(set(moment.evidence)) <= RING + KINDS + COMM_B_RING


def test_no_frame_is_later_than_the_moment_it_is_evidence_for() -> None:
    for moment in whole():
        assert max(frame.at for frame in moment.evidence) <= moment.clock


def test_the_frame_that_began_a_moment_is_among_them_and_so_is_that_of_every_recent_point_since_it_was_low() -> None:
    for moment in whole():
        at = {frame.at for frame in moment.evidence}
        if int(moment.trigger) & evidence.BEGINS_MOMENT:
            assert (moment.at, moment.frame) in {(frame.at, frame.frame) for frame in moment.evidence}
        low = [point_at for point_at, feet in zip(moment.points_at, moment.points_ft, strict=True) if not feet >= LOW]
        assert {point_at for point_at in moment.points_at[-24:] if low and point_at >= low[0]} <= at
    assert any(moment.points_ft and min(moment.points_ft) < LOW for moment in whole())


def test_a_silence_has_the_last_frame_before_it() -> None:
    silent = [m for m in whole() if m.trigger & Trigger.SILENT]
    assert silent
    for moment in silent:
        lasted = {round(moment.at - frame.at, 3) for frame in moment.evidence}
        # It is looked at again as it lasts.
        assert lasted & {600.0, 3_600.0, 7_200.0}


def test_every_frame_has_the_receiver_that_heard_it() -> None:
    told = {frame for moment in whole() for frame in moment.evidence}
    assert told
    for frame in told:
        rows = np.flatnonzero(frame.at == FRAMES.heard_at)
        same = [row for row in rows.tolist() if FRAMES.payload[row].tobytes().hex().startswith(frame.frame)]
        assert frame.receiver in FRAMES.receiver[same].tolist()


def test_comm_b_replies_are_at_most_one_in_ten_seconds() -> None:
    replies = max((m.comm_b for m in whole()), key=len)
    assert len(replies) == COMM_B_RING
    assert {int(frame.frame[:2], 16) >> 3 for frame in replies} <= {20, 21}
    spells = [frame.at // COMM_B_EVERY_S for frame in replies]
    assert len(set(spells)) == len(spells)


@settings(max_examples=6)
@given(places=st.lists(st.integers(1, len(FRAMES) - 1), min_size=1, max_size=6), width=st.integers(1, 60))
def test_what_is_kept_as_of_a_moment_does_not_depend_on_the_cut(places: list[int], width: int) -> None:
    cuts = [row for place in places for row in range(place, place + width)]
    assert kept(moments(cuts)) == kept(whole())


def test_batches_of_one_size_keep_the_same() -> None:
    assert kept(moments(list(range(0, len(FRAMES), 61)))) == kept(whole())


def test_decoded_tracks_have_no_frames() -> None:
    tracker = Tracker(TrackingSettings(), sea_level, sea_level)
    told = [Told(0, k * 1.0, on_ground=0, place=(39.0 + k * 1e-3, 125.0), altitude_ft=5_000.0) for k in range(40)]
    track = replace(reports(told), frame_row=np.full(len(told), -1, np.int32))
    clock = np.concatenate([[-np.inf], track.heard_at])
    found, _ = tracker.observe(track, None, clock)
    seen = [o.evidence() + o.comm_b() for o in found if not isinstance(o, Sighting)]
    assert seen
    assert set(seen) == {()}
    heard = [replace(one, at=one.at + 60.0) for one in told]
    later, _ = tracker.observe(reports(heard), frames(heard), np.concatenate([[T0 + 39.0], reports(heard).heard_at]))
    assert any(len(o.evidence()) > 0 for o in later if not isinstance(o, Sighting))


def size_of(columns: dict[str, Column]) -> int:
    return sum(np.dtype(c.dtype).itemsize * max(c.width, 1) for c in columns.values())


def rings_of(*told: Told) -> int:
    """Of how many of the aircraft a ring of frames is kept."""
    tracker = Tracker(TrackingSettings(), sea_level, nowhere)
    batch = reports(told)
    found, _ = tracker.observe(batch, frames(told), np.concatenate([[-np.inf], np.maximum.accumulate(batch.heard_at)]))
    assert list(found)
    return int(np.count_nonzero(tracker.table["frames_wanted"]))


def test_who_only_passes_high_above_has_no_ring_and_who_was_low_or_on_the_ground_has() -> None:
    place = (39.0, 125.0)
    high = [Told(0, at, on_ground=0, place=place, altitude_ft=35_000.0) for at in (0.0, 31.0, 62.0)]
    assert rings_of(*high) == 0
    assert rings_of(*high, Told(1, 63.0, on_ground=0, place=place, altitude_ft=LOW - 25.0)) == 1
    assert rings_of(*high, Told(1, 63.0, on_ground=0, place=place)) == 1
    assert rings_of(*high, Told(0, 63.0, on_ground=1)) == 1


def test_a_table_with_rings_comes_back_from_what_it_writes_down() -> None:
    path = story.new_pipeline()
    for batch in story.cut(FRAMES, []):
        path.step(batch)
    slots = list(range(path.tracker.size))
    written = path.tracker.table.dump(slots)
    assert {"frames_at" in row for row in written} == {True, False}
    again = story.new_pipeline().tracker
    for slot in reversed(slots):
        again.table.load(slot, written[slot])
    np.testing.assert_equal(again.table.dump(slots), written)


def test_an_aircraft_takes_some_four_kilobytes_of_frames_and_a_tenth_if_it_only_passes() -> None:
    assert size_of(COLUMNS | RING_COLUMNS | COMM_B_COLUMNS) <= 4_096
    assert size_of(COLUMNS) <= 400
