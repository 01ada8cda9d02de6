"""Who listened when, and what that tells of a silence."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.tracking.ledger import Ledger, LedgerDay
from detector.tracking.listening import NOBODY, Listening

T0 = 1_731_000_000.0 - 1_731_000_000.0 % 86_400.0 + 43_200.0
"""Noon."""
LOST, OTHER, THIRD = 0, 1, 2
LATE_S = 60.0
MIN = 60.0
NEVER = float("-inf")


def enter(ledger: Ledger, rows: list[tuple[float, int, int]], clock: float = NEVER) -> None:
    """Rows of (s since T0, receiver, slot)."""
    at, receiver, slot = zip(*rows, strict=True)
    heard_at = T0 + np.array(at, dtype=np.float64)
    ledger.heard(heard_at, np.array(receiver, np.uint64), np.array(slot, np.int32), clock)


def every(period_s: float, begin: float, end: float, slot: int, receiver: int = 0) -> list[tuple[float, int, int]]:
    return [(float(at), receiver, slot) for at in np.arange(begin, end, period_s)]


def silence(
    ledger: Ledger, begin: float = 3_600.0, end: float = 7_200.0, clock: float = 10_000.0, slot: int = LOST
) -> Listening:
    return ledger.listening(T0 + begin, T0 + end, T0 + clock, slot)


def test_a_silence_while_others_were_heard_was_listened_to() -> None:
    ledger = Ledger()
    enter(ledger, every(20.0, 0, 3_600, LOST) + every(20.0, 0, 9_000, OTHER))
    told = silence(ledger)
    assert (told.known_s, told.share, told.listened_s) == (3_600.0, 1.0, 3_600.0)
    assert (told.outages, told.cut_off, told.alone, told.receivers) == ((), False, False, (0,))


def test_only_the_minutes_inside_the_silence_are_counted_and_in_part() -> None:
    ledger = Ledger()
    enter(ledger, every(20.0, 0, 9_000, OTHER))
    assert silence(ledger, begin=3_610.0, end=7_205.0).known_s == pytest.approx(3_595.0)


def test_an_aircraft_that_was_alone_proves_neither_listening_nor_an_outage() -> None:
    ledger = Ledger()
    enter(ledger, every(20.0, 0, 3_601, LOST) + every(20.0, 7_200, 9_000, LOST))
    told = silence(ledger)
    assert told.alone
    assert (told.share, told.listened_s, told.outages, told.cut_off, told.receivers) == (None, None, (), False, ())


def test_one_other_aircraft_alone_in_other_minutes_is_company() -> None:
    ledger = Ledger()
    enter(ledger, [(-1_810.0, 0, OTHER), *every(20.0, 0, 3_601, LOST), *every(20.0, 3_660, 9_000, OTHER)])
    assert not silence(ledger, begin=1_700.0).alone
    assert silence(ledger, begin=3_600.0).alone


def test_heartbeats_are_company_too() -> None:
    ledger = Ledger()
    enter(ledger, every(20.0, 0, 3_601, LOST))
    for at in range(0, 9_000, 30):
        ledger.tick(T0 + at, T0 + at)
    told = silence(ledger)
    assert (told.alone, told.listened_s, told.outages) == (False, 3_600.0, ())
    assert told.receivers == ()


@pytest.mark.parametrize(("pause_min", "outage"), [(3, False), (4, True)])
def test_a_pause_of_more_than_a_few_minutes_is_an_outage(pause_min: int, outage: bool) -> None:
    ledger = Ledger()
    back = 4_800.0 + pause_min * MIN
    enter(ledger, every(20.0, 0, 4_800, OTHER) + every(20.0, back, 9_000, OTHER))
    told = silence(ledger)
    assert told.outages == (((T0 + 4_800.0, T0 + back),) if outage else ())
    assert told.known_s == 3_600.0 - outage * pause_min * MIN
    assert not told.cut_off


@pytest.mark.parametrize(
    ("others_until", "cut_off"), [(2_000.0, False), (3_500.0, True), (3_700.0, True), (3_800.0, False)]
)
def test_the_others_falling_silent_with_it_is_a_cut(others_until: float, cut_off: bool) -> None:
    ledger = Ledger()
    enter(ledger, every(20.0, 0, 3_600, LOST) + every(20.0, 0, others_until, OTHER))
    assert silence(ledger).cut_off is cut_off


def test_a_receiver_that_comes_up_later_does_not_undo_the_cut_of_those_that_listened() -> None:
    ledger = Ledger()
    enter(ledger, every(20.0, 0, 3_600, OTHER, 7) + every(20.0, 3_660, 9_000, OTHER, 8))
    told = silence(ledger)
    assert told.cut_off
    assert told.receivers == (8,)


def test_the_receivers_that_went_on_hearing_others_are_named() -> None:
    ledger = Ledger()
    rows = every(20.0, 0, 3_600, OTHER, 7) + every(20.0, 0, 9_000, OTHER, 8) + every(20.0, 0, 9_000, LOST, 9)
    enter(ledger, rows + every(20.0, 0, 9_000, THIRD, 10))
    assert silence(ledger).receivers == (8, 10)


def test_a_minute_counts_only_once_no_late_frame_can_fall_into_it() -> None:
    ledger = Ledger()
    enter(ledger, every(20.0, 0, 9_000, OTHER))
    assert silence(ledger, clock=5_400.0).until == T0 + 5_340.0
    assert silence(ledger, clock=5_459.0).until == T0 + 5_340.0
    assert silence(ledger, clock=5_460.0).until == T0 + 5_400.0


def test_a_heartbeat_later_than_a_frame_may_be_is_left_out() -> None:
    ledger = Ledger()
    ledger.tick(T0, T0 + LATE_S)
    ledger.tick(T0 + 120.0, T0 + 120.0 + LATE_S + 0.1)
    day, minute = int(T0 // 86_400), int(T0 // 60)
    ledger.tick(T0 + 1_000.0, T0 + 1_000.0)
    assert ledger.changed()[0][f"-2.{day}"] == LedgerDay(-2, day, [(minute, minute, NOBODY)])


def test_nothing_is_told_of_a_silence_that_has_only_just_begun() -> None:
    ledger = Ledger()
    enter(ledger, every(20.0, 0, 9_000, OTHER))
    told = silence(ledger, clock=3_601.0)
    assert (told.until, told.known_s, told.share, told.cut_off) == (T0 + 3_600.0, 0.0, None, False)


def test_what_is_older_than_two_weeks_is_forgotten() -> None:
    ledger = Ledger(days=14)
    enter(ledger, every(20.0, 0, 9_000, OTHER))
    ledger.changed()
    later = 14 * 86_400.0
    assert not silence(ledger, clock=later).alone
    enter(ledger, [(later, 0, OTHER)], clock=T0 + later)
    assert silence(ledger, clock=later + 200.0).alone
    assert ledger.changed()[1] == [f"{receiver}.{int(T0 // 86_400)}" for receiver in (-1, 0)]


def test_of_too_many_receivers_those_heard_longest_ago_go_but_not_what_all_heard() -> None:
    ledger = Ledger(receivers=2)
    for receiver, begin in ((7, 3_000), (6, 3_600), (7, 4_200), (5, 4_800)):
        enter(ledger, every(20.0, begin, begin + 600, OTHER, receiver), T0 + begin)
    told = silence(ledger, begin=4_200.0, end=5_400.0)
    assert told.share == 1.0
    assert told.receivers == (7,)
    documents, _ = ledger.changed()
    assert sorted(key.split(".")[0] for key in documents) == ["-1", "5", "7", "open"]


def test_only_days_that_changed_are_written_again() -> None:
    ledger = Ledger()
    enter(ledger, every(20.0, 0, 3_600, OTHER, 2**64 - 1))
    silence(ledger)
    assert len(ledger.changed()[0]) == 3
    assert sorted(ledger.changed()[0]) == ["open"]


@dataclass(frozen=True)
class Event:
    """A frame (or a heartbeat, where `slot` is None), and whether a silence is asked about after it."""

    step_s: float
    late_s: float
    receiver: int
    slot: int | None
    asked: int | None


EVENTS = st.lists(
    st.builds(
        Event,
        st.sampled_from([0.0, 1.0, 20.0, 59.0, 60.0, 200.0, 1_000.0, 43_000.0]),
        st.sampled_from([0.0, 0.0, 1.0, 30.0, LATE_S]),
        st.integers(0, 4),
        st.one_of(st.none(), st.integers(0, 2), st.integers(0, 2)),
        st.one_of(st.none(), st.sampled_from([60, 300, 600, 4_000])),
    ),
    min_size=1,
    max_size=60,
)


def answers(events: list[Event], cuts: set[int], *, resume: bool) -> list[Listening]:
    ledger = Ledger(days=1, receivers=3)
    stored: dict[str, bytes] = {}
    told: list[Listening] = []
    clock = T0
    batch: list[tuple[float, int, int]] = []
    asked: list[tuple[float, float, int]] = []
    before = clock

    def flush() -> None:
        if batch:
            at, receiver, slot = (np.array(column) for column in zip(*batch, strict=True))
            ledger.heard(at, receiver.astype(np.uint64), slot.astype(np.int32), before)
        told.extend(ledger.listening(begin, now, now, slot) for begin, now, slot in asked)
        batch.clear()
        asked.clear()

    for number, event in enumerate(events):
        if number in cuts or event.slot is None:
            flush()
            before = clock
            if resume:
                puts, deletes = ledger.changed()
                stored = {key: value for key, value in stored.items() if key not in deletes}
                stored |= {key: msgspec.json.encode(value) for key, value in puts.items()}
                ledger = Ledger(days=1, receivers=3)
                ledger.restore(stored)
        clock += event.step_s
        if event.slot is None:
            ledger.tick(clock - event.late_s * 2.0, before)
            told.extend([ledger.listening(clock - event.asked, clock, clock, 0)] if event.asked else [])
            before = clock
            continue
        batch.append((clock - event.late_s, event.receiver, event.slot))
        if event.asked is not None:
            asked.append((clock - event.asked, clock, event.slot))
    flush()
    return told


@given(EVENTS, st.sets(st.integers(0, 60)), st.booleans())
def test_the_answers_do_not_depend_on_where_the_stream_was_cut_or_taken_up_again(
    events: list[Event], cuts: set[int], resume: bool
) -> None:
    assert answers(events, cuts, resume=resume) == answers(events, set(range(60)), resume=False)
