"""From ordinary stops to a model. Needs scikit-learn (extra `model`)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import IsolationForest
from sklearn.pipeline import Pipeline

from detector.scoring.forest import Forest
from detector.scoring.model import USED, OutlierModel

F64 = npt.NDArray[np.float64]

TREES = 100
STOPS_EACH = 8_192
"""Each tree is grown on so many stops. More see more in the tail and make a larger file (decision 0017)."""
HELD_BACK = 0.25
"""So many of the stops only calibrate."""
LEAST_STOPS = 1_000
HUNDREDTHS = np.linspace(0.0, 1.0, 101)


def trained(table: F64, seed: int) -> OutlierModel:
    """A model of what is ordinary, from rows of the feature table (n, 20), n at least `LEAST_STOPS`.

    The same table and seed give the same model.
    """
    if len(table) < LEAST_STOPS:
        raise ValueError(f"{len(table)} stops are too few to train on: {LEAST_STOPS} at least")
    order = np.random.default_rng(seed).permutation(len(table))
    held_back = table[order[: int(len(table) * HELD_BACK)]]
    fitted = table[order[len(held_back) :]]
    forest = IsolationForest(n_estimators=TREES, max_samples=min(STOPS_EACH, len(fitted)), random_state=seed, n_jobs=1)
    columns = ColumnTransformer([("used", "passthrough", list(USED))])
    estimator = Pipeline([("columns", columns), ("forest", forest)]).fit(fitted)
    known = ~np.isnan(table)
    quantiles = np.array(
        [np.quantile(column[there], HUNDREDTHS) if there.any() else np.full(101, np.nan)
         for column, there in zip(table.T, known.T, strict=True)]
    )  # fmt: skip
    return OutlierModel(
        estimator=estimator,
        calibration=np.sort(Forest(forest).oddness(held_back[:, USED])),
        quantiles=quantiles,
        missing=1.0 - known.mean(axis=0),
    )
