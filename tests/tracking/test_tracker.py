from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.frame import FrameBatch
from detector.domain.observation import Observation, Trigger
from detector.domain.sighting import Sighting
from detector.tracking import EventClock, Tracker, TrackingSettings
from tests.tracking.reports import T0, Heard, frames, reports

F64 = npt.NDArray[np.float64]
WATCHED = (39.2, 125.7)
ELSEWHERE = (50.0, 10.0)
FIELD_FT = 100.0


def _near(latitude: F64, longitude: F64) -> npt.NDArray[np.float32]:
    return np.full(len(latitude), FIELD_FT, np.float32)


def _watched(latitude: F64, longitude: F64) -> npt.NDArray[np.float32]:
    close = (np.abs(latitude - WATCHED[0]) < 1.0) & (np.abs(longitude - WATCHED[1]) < 1.0)
    return np.where(close, np.float32(FIELD_FT), np.float32(-np.inf))


class Stream:
    """A tracker with the event clock before it."""

    def __init__(self) -> None:
        self.tracker = Tracker(TrackingSettings(), _near, _watched)
        self.clock = EventClock()
        self.told: list[Observation] = []
        self.seen: list[Sighting] = []
        self.count = 0

    def hear(self, *heard: Heard) -> list[Observation]:
        """One batch; the first of a stream needs two frames."""
        before = -np.inf if self.clock.now is None else self.clock.now
        ((admitted, clock),) = self.clock.admit(frames(heard, self.count))
        self.count += len(heard)
        assert isinstance(admitted, FrameBatch)
        assert len(admitted) == len(heard), "the story is to be in order"
        moments, _ = self.tracker.observe(reports(heard), admitted, np.concatenate([[before], clock]))
        return self._take(list(moments))

    def tick(self, at: float) -> list[Observation]:
        before = self.clock.now
        assert before is not None
        self.clock.tick(T0 + at)
        assert self.clock.now is not None
        moments, _ = self.tracker.observe(reports([]), frames([]), np.array([before, self.clock.now]))
        return self._take(list(moments))

    def _take(self, told: list[Observation | Sighting]) -> list[Observation]:
        moments = [one for one in told if isinstance(one, Observation)]
        self.told += moments
        self.seen += [one for one in told if isinstance(one, Sighting)]
        return moments


def flying(slot: int, at: float, place: tuple[float, float] = WATCHED, altitude_ft: float = 5_000.0) -> Heard:
    return Heard(slot, at, on_ground=0, place=place, altitude_ft=altitude_ft, groundspeed_kt=200.0)


def other(at: float) -> Heard:
    return flying(9, at, ELSEWHERE, 35_000.0)


def silent(moments: Sequence[Observation]) -> list[tuple[int, float]]:
    return [(m.slot, m.at - T0) for m in moments if m.trigger & Trigger.SILENT]


def started() -> Stream:
    stream = Stream()
    stream.hear(other(0.0), flying(0, 0.0))
    return stream


def test_a_silence_near_a_watched_field_is_told_when_event_time_gets_there_and_once() -> None:
    stream = started()
    assert silent(stream.hear(other(599.0))) == []
    assert silent(stream.hear(other(601.0))) == [(0, 600.0)]
    assert silent(stream.hear(other(700.0))) == []
    assert silent(stream.hear(flying(0, 710.0))) == []


def test_a_heartbeat_tells_a_silence_too() -> None:
    stream = started()
    assert silent(stream.tick(599.0)) == []
    assert silent(stream.tick(600.0)) == [(0, 600.0)]
    assert silent(stream.tick(601.0)) == []


def test_a_silence_that_ends_with_the_frame_that_shows_its_length_is_told_before_that_frame() -> None:
    stream = started()
    moments = stream.hear(flying(0, 900.0))
    assert moments[0].trigger is Trigger.SILENT
    assert moments[0].at == T0 + 600.0
    assert moments[0].now.heard_at == T0
    assert moments[1].trigger & Trigger.SILENCE_END
    assert moments[1].before is not None
    assert moments[1].before.heard_at == T0


def test_a_late_frame_after_the_silence_was_told_tells_it_no_second_time_in_one_batch_or_two() -> None:
    # Event time is at 610 when a frame of 570 arrives: the silence was news at 600, although it lasted 570 s only.
    one, two = started(), started()
    assert silent(one.hear(other(610.0), flying(0, 570.0))) == [(0, 600.0)]
    two.hear(other(610.0))
    two.hear(flying(0, 570.0))
    assert silent(two.told) == [(0, 600.0)]


def test_nothing_is_told_of_an_aircraft_on_the_ground_high_up_or_far_from_watched_fields() -> None:
    stream = Stream()
    stream.hear(
        other(0.0),
        flying(0, 0.0),
        Heard(0, 1.0, on_ground=1),
        flying(1, 1.0, altitude_ft=30_000.0),
        flying(2, 1.0, ELSEWHERE),
    )
    assert silent(stream.tick(900.0)) == []


def test_every_silence_of_a_followed_aircraft_is_told_until_the_watch_ends() -> None:
    stream = Stream()
    stream.hear(flying(2, 0.0, ELSEWHERE), flying(3, 0.0, ELSEWHERE), other(0.0))
    stream.tracker.follow(2, T0 + 5_000.0)
    stream.tracker.follow(3, T0 + 500.0)
    assert silent(stream.tick(700.0)) == [(2, 600.0)]
    stream.tracker.follow(2, None)
    stream.hear(flying(2, 800.0, ELSEWHERE))
    assert silent(stream.tick(1_500.0)) == []


def test_following_an_aircraft_holds_from_the_moment_at_hand_within_the_batch() -> None:
    track = [flying(0, float(t), ELSEWHERE) for t in range(0, 3_000, 10)]

    def watched(cuts: list[int]) -> list[float]:
        stream, seen = Stream(), []
        before = -np.inf
        for a, b in pairwise([0, *cuts, len(track)]):
            ((admitted, clock),) = stream.clock.admit(frames(track[a:b]))
            assert isinstance(admitted, FrameBatch)
            moments, _ = stream.tracker.observe(reports(track[a:b]), admitted, np.concatenate([[before], clock]))
            before = clock[-1]
            for moment in moments:
                if isinstance(moment, Sighting):
                    continue
                if moment.trigger & Trigger.WATCHED:
                    seen.append(moment.at - T0)
                if moment.at == T0 + 120.0:
                    stream.tracker.follow(0, T0 + 2_000.0)
        return seen

    assert watched([]) == watched(list(range(2, len(track)))) == [400.0, 1_000.0, 1_600.0]


def test_the_first_frame_and_the_end_of_a_silence_are_told() -> None:
    stream = started()
    first = [m for m in stream.told if m.slot == 0]
    assert first[0].trigger & Trigger.FIRST_HEARD
    assert not first[0].trigger & Trigger.SILENCE_END
    ends = stream.hear(flying(0, 299.75), flying(0, 599.75))
    assert [m.at - T0 for m in ends if m.trigger & Trigger.SILENCE_END] == [599.75]


def test_fixes_after_a_silence_are_told_every_five_seconds_for_three_minutes() -> None:
    stream = started()
    stream.hear(*(flying(0, 400.0 + t) for t in range(300)))
    after = [m.at - T0 - 400.0 for m in stream.told if m.slot == 0 and m.trigger & Trigger.AFTER_SILENCE and m.at > T0]
    assert after == [float(t) for t in range(0, 181, 5)]


def test_climbing_out_from_close_above_a_field_is_told_once() -> None:
    stream = Stream()
    heights = [3_000.0, 1_200.0, 600.0, 900.0, 1_050.0, 1_200.0, 3_000.0]
    stream.hear(*(flying(0, 10.0 * k, altitude_ft=height) for k, height in enumerate(heights)))
    exits = [m for m in stream.told if m.trigger & Trigger.LOW_EXIT]
    assert [m.now.altitude_baro_ft for m in exits] == [1_200.0]


def test_a_moment_shows_what_was_known_then_and_the_frame_that_completes_it() -> None:
    stream = Stream()
    stream.hear(
        Heard(0, 0.0, callsign="RFF7092"), flying(0, 1.0), Heard(0, 3.5, on_ground=0), Heard(0, 4.0, callsign="XX")
    )
    moment = next(m for m in stream.told if m.trigger & Trigger.GROUND_WORD)
    assert (moment.icao24, moment.at, moment.now.callsign) == ("400000", T0 + 3.5, "RFF7092")
    assert (moment.now.fix_at, moment.now.altitude_baro_ft) == (T0 + 1.0, 5_000.0)
    assert moment.frame == bytes(13) + b"\x02"
    assert moment.run is not None
    assert (moment.run.words, moment.run.since) == (2, T0 + 1.0)
    assert moment.points.at.tolist() == [T0 + 1.0]


def describe(moment: Observation) -> tuple[object, ...]:
    points = None if moment.points_before is None else moment.points_before.at.tolist()
    return (
        *(moment.trigger, moment.slot, moment.at, moment.now, moment.run, moment.before, points, moment.doubt),
        *(moment.points.at.tolist(), moment.points.latitude_deg.tolist(), moment.points.altitude_ft.tolist()),
        *(moment.doubt, moment.two_places_at, moment.clock),
    )


GAP = st.sampled_from([0.0, 0.5, 1.0, 5.0, 40.0, 250.0, 320.0, 650.0, -30.0, -59.0])


@given(
    seed=st.integers(0, 2**32),
    gaps=st.lists(GAP, min_size=2, max_size=70),
    cuts=st.lists(st.integers(2, 69), max_size=10),
)
def test_the_cut_of_the_stream_has_no_part_in_the_moments(seed: int, gaps: list[float], cuts: list[int]) -> None:
    random = np.random.default_rng(seed)
    heard, now, at = [other(0.0), other(0.0)], 0.0, 0.0
    for gap in gaps:
        at = max(now + gap, now - 59.0)
        now = max(now, at)
        slot, kind = int(random.integers(0, 3)), random.random()
        place = (WATCHED[0] + float(random.normal(0, 0.01)), WATCHED[1] + (5.0 if random.random() < 0.1 else 0.0))
        one = flying(slot, at, place, float(random.choice([500.0, 1_500.0, 9_000.0])))
        heard.append(one if kind < 0.6 else Heard(slot, at, on_ground=int(random.integers(-1, 2))))
    whole, parts = Stream(), Stream()
    whole.hear(*heard)
    for a, b in pairwise([0, *sorted({cut for cut in cuts if cut < len(heard)}), len(heard)]):
        parts.hear(*heard[a:b])

    def comparable(stream: Stream) -> list[tuple[object, ...]]:
        return [describe(moment) for moment in stream.told]

    np.testing.assert_equal(comparable(parts), comparable(whole))
    assert parts.seen == whole.seen
    assert whole.tracker.rejects == parts.tracker.rejects
    slots = list(range(10))
    np.testing.assert_equal(parts.tracker.table.dump(slots), whole.tracker.table.dump(slots))
