"""Whether the stops of today are still those that the model was trained on: the population stability index.

    PSI = sum over bins of (share now - share then) * ln(share now / share then)

of each feature, over tenths of the training stops and one bin for "not known". By the usual rule of thumb less than
0.1 is the same, more than 0.25 another population (Siddiqi, Credit Risk Scorecards, 2006).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detector.scoring.features import NAMES
from detector.scoring.model import OutlierModel

F64 = npt.NDArray[np.float64]

TENTHS = 10
LEAST_STOPS = 200
"""Before so many have been counted an index says more of chance than of drift."""
FLOOR = 1e-4
"""An empty bin counts for so much."""


class Drift:
    """Counts stops by bin as they are scored; knows nothing of earlier runs."""

    def __init__(self, model: OutlierModel) -> None:
        inner = model.quantiles[:, TENTHS : 10 * TENTHS : TENTHS]
        # Where many stops have the same value several edges are one.
        self._edges = [np.unique(edges[~np.isnan(edges)]) for edges in inner]
        self._then = [
            _shares_then(quantiles, edges, float(missing))
            for quantiles, edges, missing in zip(model.quantiles, self._edges, model.missing, strict=True)
        ]
        self._counts = [np.zeros(len(edges) + 2) for edges in self._edges]
        self.stops = 0

    def note(self, row: F64) -> None:
        """One stop that was scored: its row of the table (20,)."""
        self.stops += 1
        for value, edges, counts in zip(row.tolist(), self._edges, self._counts, strict=True):
            counts[-1 if np.isnan(value) else int(edges.searchsorted(value, side="right"))] += 1

    def psi(self) -> dict[str, float]:
        """By feature; empty until enough stops have been counted."""
        if self.stops < LEAST_STOPS:
            return {}
        return {
            name: _index(np.maximum(counts / self.stops, FLOOR), np.maximum(then, FLOOR))
            for name, counts, then in zip(NAMES, self._counts, self._then, strict=True)
        }


def _shares_then(quantiles: F64, edges: F64, missing: float) -> F64:
    """Shares of the bins among the training stops, from their hundredths; the last bin is "not known"."""
    known = quantiles[~np.isnan(quantiles)]
    counts = np.bincount(edges.searchsorted(known, side="right"), minlength=len(edges) + 1)
    inside = counts / max(len(known), 1) * (1.0 - missing)
    return np.concatenate([inside, [missing]])


def _index(now: F64, then: F64) -> float:
    return float(((now - then) * np.log(now / then)).sum())
