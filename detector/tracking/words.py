"""Runs of equal words on air or ground, and the marks in them at which they are worth a look.

One word proves nothing: flags have been seen set for a moment at 476 kt. A run counts once it has lasted, and is
looked at again as it lasts, because what it means depends on what else is known by then.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.domain.columns import Column, SlotTable
from detector.domain.report import ReportBatch
from detector.tracking.arrivals import Arrivals, Latest, last_true

Index = npt.NDArray[np.intp]
F64 = npt.NDArray[np.float64]

COLUMNS = {
    "ground_word": Column("i1", -1),
    "ground_word_at": Column("f8", float("nan")),
    "ground_run_since": Column("f8", float("nan")),
    "ground_run_words": Column("i4", 0),
    "ground_other_at": Column("f8", float("nan")),
}
"""The current run: its word, its last word's time, its begin, its length, and the last word before it."""

GROUND_MARKS_S = (10.0, 20.0, 30.0, 45.0, 60.0, 75.0, 90.0, 120.0)
AIR_MARKS_S = (10.0, 30.0, 120.0)
GROUND_EVERY_S = 60.0
"""After the last mark a run on the ground is looked at this often, as long as it lasts."""


@dataclass(frozen=True, slots=True)
class Runs:
    """The words of a batch, by position, and the run each belongs to; all (m,)."""

    latest: Latest
    on_ground: npt.NDArray[np.int8]
    at: F64
    since: F64
    words: npt.NDArray[np.int64]
    other_at: F64
    mark: npt.NDArray[np.bool_]


def runs(arrivals: Arrivals, reports: ReportBatch, table: SlotTable, confirm_s: float) -> Runs:
    """Runs of words in the batch, continuing those in `table`, which is brought up to date."""
    row = np.flatnonzero(reports.on_ground >= 0)
    latest = arrivals.latest(row)
    position = latest.positions
    word = reports.on_ground[row[latest.entries]]
    at, group = arrivals.at[position], arrivals.group[position]
    m = len(position)
    if m == 0:
        nothing = np.zeros(0)
        return Runs(latest, word, nothing, nothing, np.zeros(0, np.int64), nothing, np.zeros(0, np.bool_))
    begins = np.concatenate([[True], group[1:] != group[:-1]])
    firsts, index = np.flatnonzero(begins), np.arange(m)
    mine = group[firsts]
    carried = arrivals.carried

    def before(values: npt.NDArray[np.float64], name: str) -> F64:
        shifted = np.empty(m)
        shifted[1:] = values[:-1]
        shifted[firsts] = carried[name][mine]
        return shifted

    changes = word != before(word.astype(np.float64), "ground_word")
    start = last_true(changes)
    here = start >= np.maximum.accumulate(np.where(begins, index, 0))
    start_at = np.maximum(start, 0)
    since = np.where(here, at[start_at], carried["ground_run_since"][group])
    first = np.maximum.accumulate(np.where(begins, index, 0))
    words = np.where(here, index - start + 1, index - first + 1 + carried["ground_run_words"][group])
    previous_at = before(at, "ground_word_at")
    other_at = np.where(here, previous_at[start_at], carried["ground_other_at"][group])
    lasted, lasted_before = at - since, previous_at - since
    step = _step(lasted, word, confirm_s)
    mark = ~changes & (step > _step(lasted_before, word, confirm_s))

    last = np.flatnonzero(np.concatenate([begins[1:], [True]]))
    slots = arrivals.slots[group[last]]
    table["ground_word"][slots] = word[last]
    table["ground_word_at"][slots] = at[last]
    table["ground_run_since"][slots] = since[last]
    table["ground_run_words"][slots] = words[last]
    table["ground_other_at"][slots] = other_at[last]
    return Runs(latest, word, at, since, words, other_at, mark)


def _step(lasted: F64, word: npt.NDArray[np.int8], confirm_s: float) -> npt.NDArray[np.int64]:
    """How many marks a run has passed after `lasted` seconds."""
    lasted = np.nan_to_num(lasted)
    ground = np.searchsorted((confirm_s, *GROUND_MARKS_S), lasted, side="right")
    ground = ground + np.maximum(np.floor((lasted - GROUND_MARKS_S[-1]) / GROUND_EVERY_S), 0.0).astype(np.int64)
    air = np.searchsorted((confirm_s, *AIR_MARKS_S), lasted, side="right")
    return np.where(word == 1, ground, air)
