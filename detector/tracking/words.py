"""Runs of equal words on air or ground, and the marks in them at which they are worth a look.

One word proves nothing: flags have been seen set for a moment at 476 kt. A run counts once it has lasted, and is
looked at again as it lasts, because what it means depends on what else is known by then.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.domain.columns import Column, SlotTable
from detector.domain.observation import GroundRun
from detector.domain.report import ReportBatch
from detector.tracking.arrivals import Arrivals, begins

Index = npt.NDArray[np.intp]
F64 = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

COLUMNS = {
    "ground_word": Column("i1", -1),
    "ground_word_at": Column("f8", float("nan")),
    "ground_run_since": Column("f8", float("nan")),
    "ground_run_words": Column("i4", 0),
    "ground_other_at": Column("f8", float("nan")),
}
"""The current run: its word, its last word's time, its begin, its length in frames, and the last word before it."""

GROUND_MARKS_S = (10.0, 20.0, 30.0, 45.0, 60.0, 75.0, 90.0, 120.0)
AIR_MARKS_S = (10.0, 30.0, 120.0)
GROUND_EVERY_S = 60.0
AIR_EVERY_S = 300.0
"""After the last mark a run is looked at this often, as long as it lasts: what it needs besides may come late."""


@dataclass(frozen=True, slots=True)
class Runs:
    """The words of a batch, (m,), by position; and the runs they belong to, (k,).

    position, at  (m,) position and time of each word
    marked        positions of the words that carry a run over a mark
    start         (k,) index of the run's first word in the batch; the run may have begun before
    word, since, other_at  (k,) 1 ground or 0 air, begin of the run, last word before it (NaN: none)
    words_before  (k,) words of the run before the batch
    told          (m + 1,) how many of the words before each one came in frames: a decoded track is nobody's own word
    """

    position: Index
    at: F64
    marked: Index
    start: Index
    word: npt.NDArray[np.int8]
    since: F64
    other_at: F64
    words_before: npt.NDArray[np.int64]
    told: npt.NDArray[np.int64]

    def at_position(self, first: int, position: int) -> GroundRun | None:
        """The run at a position of the aircraft whose rows begin at `first`; None if it said nothing in the batch."""
        i = int(np.searchsorted(self.position, position, side="right")) - 1
        if i < 0 or self.position[i] < first:
            return None
        k = int(np.searchsorted(self.start, i, side="right")) - 1
        words = int(self.told[i + 1] - self.told[self.start[k]]) + int(self.words_before[k])
        other_at = float(self.other_at[k])
        return GroundRun(
            bool(self.word[k] == 1),
            float(self.since[k]),
            float(self.at[i]),
            words,
            None if np.isnan(other_at) else other_at,
        )


def runs(arrivals: Arrivals, reports: ReportBatch, table: SlotTable, confirm_s: float) -> Runs:
    """Runs of words in the batch, continuing those in `table`, which is brought up to date."""
    told = reports.on_ground.take(arrivals.order)
    position = np.flatnonzero(told >= 0)
    word, at, group = told[position], arrivals.at[position], arrivals.group[position]
    m = len(position)
    starts_aircraft = begins(group)
    firsts = np.flatnonzero(starts_aircraft)
    carried = {name: arrivals.carried[name][group[firsts]] for name in COLUMNS}

    breaks = begins(word)
    breaks[firsts] = word[firsts] != carried["ground_word"]
    start = np.flatnonzero(breaks | starts_aircraft)
    # Every run begins with its first word here - but an aircraft's first run may go on from before the batch.
    since, words_before = at[start], np.zeros(len(start), np.int64)
    other_at = at[start - 1]
    mine = np.searchsorted(start, firsts)
    other_at[mine] = carried["ground_word_at"]
    goes_on = ~breaks[firsts]
    on = mine[goes_on]
    since[on] = carried["ground_run_since"][goes_on]
    other_at[on] = carried["ground_other_at"][goes_on]
    words_before[on] = carried["ground_run_words"][goes_on]

    length = np.diff(np.append(start, m))
    step = _steps(at - np.repeat(since, length), word, confirm_s)
    step_before = np.empty_like(step)
    step_before[1:] = step[:-1]
    lasted_before = np.nan_to_num(carried["ground_word_at"] - carried["ground_run_since"])
    step_before[firsts] = _steps(lasted_before, word[firsts], confirm_s)
    marked = position[np.flatnonzero((step > step_before) & ~breaks)]

    said = np.arange(m + 1)
    if len(reports) and reports.frame_row.min() < 0:
        np.cumsum(reports.frame_row[arrivals.order[position]] >= 0, out=said[1:])
    last = np.append(firsts[1:], m)[: len(firsts)] - 1
    run = np.searchsorted(start, last, side="right") - 1
    slots = arrivals.slots[group[last]]
    table["ground_word"][slots] = word[last]
    table["ground_word_at"][slots] = at[last]
    table["ground_run_since"][slots] = since[run]
    table["ground_run_words"][slots] = said[last + 1] - said[start[run]] + words_before[run]
    table["ground_other_at"][slots] = other_at[run]
    return Runs(position, at, marked, start, word[start], since, other_at, words_before, said)


def _steps(lasted: F64, word: npt.NDArray[np.int8], confirm_s: float) -> npt.NDArray[np.int64]:
    """How many marks a run has passed after `lasted` seconds."""
    # Most words come from long flights.
    steps: npt.NDArray[np.int64] = np.maximum((lasted - AIR_MARKS_S[-1]) / AIR_EVERY_S, 0.0).astype(np.int64)
    steps += 1 + len(AIR_MARKS_S)
    within = np.flatnonzero((lasted < AIR_MARKS_S[-1]) & (word == 0))
    steps[within] = np.searchsorted((confirm_s, *AIR_MARKS_S), lasted[within], side="right")
    ground = np.flatnonzero(word == 1)
    there = lasted[ground]
    steps[ground] = np.searchsorted((confirm_s, *GROUND_MARKS_S), there, side="right")
    steps[ground] += np.maximum(np.floor((there - GROUND_MARKS_S[-1]) / GROUND_EVERY_S), 0.0).astype(np.int64)
    return steps
