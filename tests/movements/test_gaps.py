"""Silences in flight as events: when they are told, under which id, and how they end."""

from __future__ import annotations

import dataclasses

import msgspec
import numpy as np

from detector.domain.gap import Gap, GapClass, GapPlace
from detector.domain.observation import AircraftState, Observation, Points, Trigger
from detector.movements import gaps, silence
from detector.movements.gaps import LEAST_S, gap_id
from detector.movements.life import Life, Phase
from detector.movements.settings import MovementSettings
from detector.movements.sides import Side
from detector.movements.surroundings import Silence

BEGIN, END = 1_000.0, 9_000.0
LOST = Side(990.0, BEGIN, 39.0, 125.5, 34_000.0, 450.0, 10.0, 0.0)
FOUND = Side(9_012.0, END, 43.4, 132.1, 12_000.0, 300.0, 80.0, 1_500.0)
UNTOLD = Silence(GapClass.UNKNOWN, "nobody knows", None, None, outage=False)
OFF = Silence(GapClass.TRANSPONDER_OFF, "others were heard", 7_900.0, 1.0, outage=False)


def opened() -> Gap:
    gap = gaps.lasting(None, "71c001", "KOR151", LOST, BEGIN + LEAST_S, UNTOLD)
    assert gap is not None
    return gap


def test_a_silence_that_lasts_ten_minutes_is_an_open_gap() -> None:
    assert gaps.lasting(None, "71c001", "KOR151", LOST, BEGIN + LEAST_S - 0.1, UNTOLD) is None
    gap = opened()
    assert (gap.id, gap.revision, gap.begin, gap.end) == (gap_id("71c001", BEGIN), 1, BEGIN, None)
    assert (gap.kind, gap.reason, gap.listened_s) == (GapClass.UNKNOWN, "nobody knows", None)
    assert gap.lost == GapPlace(990.0, 39.0, 125.5, 34_000.0, 10.0, 450.0)
    assert (gap.found, gap.stop_id, gap.callsign) == (None, None, "KOR151")


def test_while_a_gap_is_open_no_second_one_begins() -> None:
    later = msgspec.structs.replace(LOST, heard_at=2_000.0)
    assert gaps.lasting(opened(), "71c001", None, later, 2_000.0 + LEAST_S, UNTOLD) is None
    over = gaps.closed(opened(), 1_900.0)
    assert gaps.lasting(over, "71c001", None, later, 2_000.0 + LEAST_S, UNTOLD) is not None


def test_its_end_is_the_next_revision_under_the_same_id() -> None:
    gap = gaps.ended(opened(), "71c001", "KOR151", LOST, END, FOUND, OFF, "stop-1")
    assert gap is not None
    assert (gap.id, gap.revision, gap.end, gap.stop_id) == (opened().id, 2, END, "stop-1")
    assert (gap.kind, gap.reason, gap.listened_s) == (GapClass.TRANSPONDER_OFF, "others were heard", 7_900.0)
    assert gap.found == GapPlace(9_012.0, 43.4, 132.1, 12_000.0, 80.0, 300.0)


def test_a_silence_that_was_not_told_while_it_lasted_is_told_at_its_end_under_the_id_it_would_have_had() -> None:
    gap = gaps.ended(None, "71c001", None, LOST, END, FOUND, OFF)
    assert gap is not None
    assert (gap.id, gap.revision) == (opened().id, 1)
    assert gaps.ended(None, "71c001", None, LOST, BEGIN + LEAST_S - 0.1, FOUND, OFF) is None


def test_an_open_gap_of_another_silence_is_closed_and_not_taken_up() -> None:
    other = msgspec.structs.replace(LOST, heard_at=7_000.0)
    gap = gaps.ended(opened(), "71c001", None, other, END, FOUND, OFF)
    assert gap is not None
    assert (gap.id, gap.revision) == (gap_id("71c001", 7_000.0), 1)
    over = gaps.closed(opened(), 6_000.0)
    assert (over.id, over.revision, over.end, over.found) == (opened().id, 2, 6_000.0, None)


def test_a_stop_told_from_a_gap_later_on_is_named_once() -> None:
    named = gaps.of_stop(opened(), "stop-1")
    assert (named.revision, named.stop_id) == (2, "stop-1")
    assert gaps.of_stop(named, "stop-1") is named


def test_two_aircraft_and_two_silences_have_different_ids() -> None:
    assert len({gap_id("71c001", 1.0), gap_id("71c002", 1.0), gap_id("71c001", 1.001)}) == 3


STATE = AircraftState(BEGIN, BEGIN, 39.0, 125.5, False, 34_000.0, BEGIN, 450.0, 10.0, BEGIN, 0.0, None, None)


def at_the_end_of_a_silence(heard_until: float) -> Observation:
    """Heard again an hour after a first silence that nobody judged, and after `heard_until` not until now."""
    before = dataclasses.replace(STATE, heard_at=heard_until)
    points = Points.of(*(np.array([value]) for value in (BEGIN, 39.0, 125.5, 34_000.0, 450.0)))
    now = dataclasses.replace(STATE, heard_at=END)
    return Observation(Trigger.SILENCE_END, 0, "71c001", END, now, points, None, before, points, b"")


def test_an_open_gap_after_which_too_little_was_heard_to_judge_it_ends_where_it_was_heard_again() -> None:
    life = Life(phase=Phase.AIR, lost=LOST, gap=opened(), resumed_at=4_000.0)
    changes = silence.began(life, at_the_end_of_a_silence(5_000.0), MovementSettings())
    assert [(c.id, c.revision, c.end) for c in changes if isinstance(c, Gap)] == [(opened().id, 2, 4_000.0)]
    assert life.gap is not None
    assert life.gap.end == 4_000.0


def test_a_few_frames_between_two_silences_do_not_end_the_gap() -> None:
    life = Life(phase=Phase.AIR, lost=LOST, gap=opened(), resumed_at=4_000.0)
    assert silence.began(life, at_the_end_of_a_silence(4_100.0), MovementSettings()) == []
    assert life.gap == opened()


def test_the_gap_of_the_silence_that_has_just_ended_stays_open_until_it_is_judged() -> None:
    later = gaps.lasting(None, "71c001", None, msgspec.structs.replace(LOST, heard_at=5_000.0), 5_700.0, UNTOLD)
    life = Life(phase=Phase.AIR, lost=LOST, gap=later, resumed_at=4_000.0)
    assert silence.began(life, at_the_end_of_a_silence(5_000.0), MovementSettings()) == []
    assert life.gap == later
