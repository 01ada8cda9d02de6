"""How well a ranking puts the odd stops first."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

FIRST = 20


class Ranking(NamedTuple):
    """Of a ranking of stops, some of them odd: `precision_at_20`, `average_precision` (the mean of the precision at the
    rank of each odd stop) and `roc_area` (how often an odd stop is ranked before an ordinary one)."""

    precision_at_20: float
    average_precision: float
    roc_area: float

    @staticmethod
    def of(scores: F64, odd: Bools) -> Ranking:
        """`scores` (n,), the higher the odder; of stops with equal scores the odd ones count as if spread evenly."""
        recall, precision = precision_recall(scores, odd)
        steps = np.diff(np.concatenate([[0.0], recall]))
        return Ranking(_precision_at(scores, odd, FIRST), float((steps * precision).sum()), _roc_area(scores, odd))


def precision_recall(scores: F64, odd: Bools) -> tuple[F64, F64]:
    """Recall and precision after each distinct score, from the highest down, (m,) each."""
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    last = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)
    found = np.cumsum(odd[order])[last]
    return found / max(int(odd.sum()), 1), found / (last + 1)


def roc(scores: F64, odd: Bools) -> tuple[F64, F64]:
    """Share of ordinary and of odd stops at or above each distinct score, from the highest down, (m,) each."""
    order = np.argsort(-scores, kind="stable")
    last = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    found = np.cumsum(odd[order])[last]
    return (last + 1 - found) / max(int((~odd).sum()), 1), found / max(int(odd.sum()), 1)


def _precision_at(scores: F64, odd: Bools, first: int) -> float:
    """Expected, where ties are broken by chance."""
    if len(scores) <= first:
        return float(odd.mean())
    limit = np.partition(scores, -first)[-first]
    above, equal = scores > limit, scores == limit
    taken = float(odd[above].sum()) + float(odd[equal].mean()) * (first - int(above.sum()))
    return taken / first


def _roc_area(scores: F64, odd: Bools) -> float:
    false, true = roc(scores, odd)
    return float(np.trapezoid(np.append(0.0, true), np.append(0.0, false)))
