"""How long aircraft stay: quantiles of the time on the ground, from all aircraft down to one type of one operator at
one field; a group of few leans on the group around it.

Shrinkage is empirical Bayes on the logarithm of the time. A quantile of a group of n visits is

    (n * q + k * q of the group around it) / (n + k),    k = variance within groups / variance between them

with both variances by the method of moments, over all groups of one depth (Efron and Morris 1973; Robinson 1991).
Groups that are much alike have a large k, so that it takes many visits to say that one of them differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

DEPTHS = ("all aircraft", "type class", "type", "type at the field", "type and operator at the field")
TYPE = 2
"""From this depth on a group is of one type."""
QUANTILES = (0.01, 0.05, 0.25, 0.50, 0.75, 0.95, 0.99)
LOW, LOWER, MEDIAN, UPPER, HIGH = 0, 2, 3, 4, 6
"""Columns of the 1st, 25th, 50th, 75th and 99th of a hundred."""
LEAST_GROUP = 5
"""Groups of fewer visits are left to the group around them."""
LEAST_PRIOR, MOST_PRIOR = 1.0, 1_000.0


@dataclass(frozen=True, eq=False)
class Depth:
    """The groups of one depth: `key` int64 (g,), ascending; `visits` int64 (g,); `log_s` float64 (g, 7), shrunken."""

    key: Ints
    visits: Ints
    log_s: Floats

    def row_of(self, key: int) -> int | None:
        """The group of a key."""
        i = int(self.key.searchsorted(key))
        return i if i < len(self.key) and self.key[i] == key else None


def depths(log_s: Floats, keys: Sequence[Ints]) -> tuple[Depth, ...]:
    """Quantiles of `log_s` (n,), natural logarithms of seconds, for the groups of each depth.

    `keys`: for each depth int64 (n,), the outermost first; each group lies within one of the depth before it. A key
    below 0 is in no group.
    """
    made: list[Depth] = []
    means: Floats = np.zeros(0)
    for depth, key in enumerate(keys):
        inside = np.flatnonzero(key >= 0)
        order = inside[np.lexsort((log_s[inside], key[inside]))]
        values, sorted_key = log_s[order], key[order]
        group_key, start, visits = np.unique(sorted_key, return_index=True, return_counts=True)
        raw = _quantiles(values, start, visits)
        sums = np.add.reduceat(values, start) if len(start) else np.zeros(0)
        mean = sums / np.maximum(visits, 1)
        if depth == 0:
            made.append(Depth(group_key, visits, raw))
        else:
            around = made[-1]
            row = _rows(around, keys[depth - 1][order[start]])
            k = _prior(values, visits, mean, means[row])
            weight = (visits / (visits + k))[:, np.newaxis]
            shrunken = weight * raw + (1.0 - weight) * around.log_s[row]
            made.append(Depth(group_key, visits, shrunken))
        means = mean
    return tuple(_without_small(one, depth) for depth, one in enumerate(made))


def _rows(around: Depth, keys: Ints) -> Ints:
    rows = around.key.searchsorted(keys)
    if len(keys) and not np.array_equal(around.key[np.minimum(rows, len(around.key) - 1)], keys):
        raise ValueError("a group lies in no group of the depth before it")
    return rows


def _quantiles(values: Floats, start: Ints, visits: Ints) -> Floats:
    """Of ascending values from each start on, by linear interpolation (type 7 of Hyndman and Fan 1996)."""
    place = (visits - 1)[:, np.newaxis] * np.array(QUANTILES)
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, (visits - 1)[:, np.newaxis])
    first = start[:, np.newaxis]
    low, high = values[first + below], values[first + above]
    quantiles: Floats = low + (place - below) * (high - low)
    return quantiles


def _prior(values: Floats, visits: Ints, mean: Floats, around: Floats) -> float:
    """How many visits the group around counts for."""
    n, groups = int(visits.sum()), len(visits)
    if groups < 2 or n <= groups:
        return MOST_PRIOR
    squares = float(((values - np.repeat(mean, visits)) ** 2).sum())
    within = squares / (n - groups)
    # What the means differ by, less what they differ by chance alone.
    between = float((visits * (mean - around) ** 2).sum() - groups * within) / n
    if between <= 0.0:
        return MOST_PRIOR
    return min(max(within / between, LEAST_PRIOR), MOST_PRIOR)


def _without_small(depth: Depth, number: int) -> Depth:
    """The outermost depth stays, whatever it rests on."""
    kept = depth.visits >= (1 if number == 0 else LEAST_GROUP)
    return Depth(depth.key[kept], depth.visits[kept], depth.log_s[kept])
