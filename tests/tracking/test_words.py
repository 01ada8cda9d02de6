from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.columns import SlotTable
from detector.domain.observation import GroundRun
from detector.tracking import words
from detector.tracking.arrivals import Arrivals
from tests.tracking.reports import T0, Heard, reports

CONFIRM_S = 2.0
Mark = tuple[int, float]
GROUND, AIR = 1, 0


def read(heard: list[Heard], cuts: list[int] | None = None) -> tuple[list[Mark], dict[Mark, GroundRun | None]]:
    """(slot, time) of each mark in order of time, and the run at every frame."""
    table = SlotTable(words.COLUMNS)
    marks: list[Mark] = []
    runs: dict[Mark, GroundRun | None] = {}
    for a, b in pairwise([0, *sorted({c for c in cuts or [] if 0 < c < len(heard)}), len(heard)]):
        batch = reports(heard[a:b])
        arrivals = Arrivals(batch, table, words.COLUMNS)
        found = words.runs(arrivals, batch, table, CONFIRM_S)
        marks += [(int(arrivals.slot[p]), float(arrivals.at[p]) - T0) for p in found.marked]
        for p in range(len(batch)):
            if batch.on_ground[arrivals.order[p]] >= 0:
                key = (int(arrivals.slot[p]), float(arrivals.at[p]) - T0)
                runs[key] = found.at_position(int(arrivals.first[p]), p)
    return sorted(marks, key=lambda mark: (mark[1], mark[0])), runs


def every_second(word: int, begin: int, end: int, slot: int = 0) -> list[Heard]:
    return [Heard(slot, float(t), on_ground=word) for t in range(begin, end)]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (GROUND, [2, 10, 20, 30, 45, 60, 75, 90, 120, *range(180, 750, 60)]),
        (AIR, [2, 10, 30, 120, 420, 720]),
    ],
)
def test_a_run_is_looked_at_at_its_marks(word: int, expected: list[int]) -> None:
    marks, _ = read(every_second(word, 0, 750))
    assert [at for _, at in marks] == expected


def test_a_single_word_between_others_is_never_looked_at() -> None:
    flicker = [*every_second(AIR, 0, 100), Heard(0, 100.0, GROUND), *every_second(AIR, 101, 200)]
    marks, runs = read(flicker)
    assert [at for _, at in marks] == [2, 10, 30, 103, 111, 131]
    assert runs[0, 100.0] == GroundRun(True, T0 + 100, T0 + 100, 1, T0 + 99)
    assert runs[0, 150.0] == GroundRun(False, T0 + 101, T0 + 150, 50, T0 + 100)


def test_a_run_over_a_pause_passes_several_marks_with_one_word() -> None:
    marks, runs = read([Heard(0, 0.0, GROUND), Heard(0, 100.0, GROUND), Heard(0, 119.0, GROUND)])
    assert [at for _, at in marks] == [100.0]
    assert runs[0, 119.0] == GroundRun(True, T0, T0 + 119, 3, None)


def test_frames_without_a_word_neither_break_nor_lengthen_a_run() -> None:
    silent = [Heard(0, t + 0.5) for t in range(5)]
    _, runs = read(sorted([*every_second(GROUND, 0, 5), *silent], key=lambda h: h.at))
    assert runs[0, 4.0] == GroundRun(True, T0, T0 + 4, 5, None)


class Plain:
    """Runs and marks of one aircraft, word by word."""

    def __init__(self) -> None:
        self.word, self.since, self.last, self.count = -1, 0.0, 0.0, 0
        self.other: float | None = None

    def hear(self, word: int, at: float) -> bool:
        if word != self.word:
            self.other = self.last if self.count else None
            self.word, self.since, self.last, self.count = word, at, at, 1
            return False
        passed = self._passed(self.last - self.since)
        self.last, self.count = at, self.count + 1
        return self._passed(at - self.since) > passed

    def _passed(self, lasted: float) -> int:
        marks: tuple[float, ...] = words.GROUND_MARKS_S if self.word == GROUND else words.AIR_MARKS_S
        every = words.GROUND_EVERY_S if self.word == GROUND else words.AIR_EVERY_S
        more = int(max(0.0, (lasted - 120.0) // every))
        return sum(lasted >= mark for mark in (CONFIRM_S, *marks)) + more


@given(
    heard=st.lists(
        st.builds(
            lambda slot, gap, word: (slot, gap, word),
            st.integers(0, 2),
            st.sampled_from([0.5, 1.0, 9.0, 40.0, 200.0, -5.0]),
            st.sampled_from([0, 0, 1, 1, -1]),
        ),
        min_size=1,
        max_size=80,
    ),
    cuts=st.lists(st.integers(1, 79), max_size=8),
)
def test_columns_find_the_marks_that_a_plain_sequence_finds(
    heard: list[tuple[int, float, int]], cuts: list[int]
) -> None:
    at, stream = 0.0, []
    for number, (slot, gap, word) in enumerate(heard):
        at += gap
        # No two frames have one time, so that they can be told apart here.
        stream.append(Heard(slot, at + number / 1024, on_ground=word))
    plain = [Plain() for _ in range(3)]
    marks: list[Mark] = []
    runs: dict[Mark, GroundRun | None] = {}
    for h in stream:
        if h.on_ground < 0:
            continue
        one = plain[h.slot]
        key = (h.slot, T0 + h.at - T0)
        if one.hear(h.on_ground, T0 + h.at):
            marks.append(key)
        runs[key] = GroundRun(one.word == GROUND, one.since, one.last, one.count, one.other)
    got_marks, got_runs = read(stream, cuts)
    assert got_marks == sorted(marks, key=lambda mark: (mark[1], mark[0]))
    assert got_runs == runs
