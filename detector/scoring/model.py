"""The model that ranks stops: how odd a row of the feature table is among ordinary ones, and what makes it so."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from detector.scoring.features import NAMES
from detector.scoring.forest import Forest

F64 = npt.NDArray[np.float64]

NAME = "stop-outlier"
VERSION = 1
"""Of the recipe; with NAME it is how a score names its model."""
DIGITS = 4
"""Values are cut to so many: the last bits of a sum may differ between machines."""


class Group(NamedTuple):
    """Features that say one thing together, and are judged together: they are alike, or mean nothing alone."""

    name: str
    features: tuple[str, ...]


GROUPS = (
    Group("time", ("ground_time_ratio_log2",)),
    Group("evidence", ("level", "unseen_share")),
    Group(
        "field",
        ("field_rarity", "field_rarity_type", "field_rarity_operator", "field_rarity_fleet", "field_rarity_aircraft"),
    ),
    Group("way_in", ("route_in_log10_nm", "route_in_rarity")),
    Group("way_out", ("route_out_log10_nm", "route_out_rarity", "out_and_back")),
    Group("hour", ("hour_rarity",)),
    Group("military", ("military",)),
    Group("place", ("field_class",)),
)
USED = tuple(NAMES.index(name) for group in GROUPS for name in group.features)
"""Columns of the table that the model looks at. The others are not worth their noise (decision 0017)."""


@dataclass(frozen=True, eq=False)
class OutlierModel:
    """A fitted model. Nothing changes after construction.

    estimator     scikit-learn pipeline over the table of features: the columns USED, and an isolation forest
    calibration   float64 (m,), ascending: raw oddness of ordinary stops that the estimator was not fitted to
    quantiles     float64 (20, 101): of each feature over ordinary stops, in hundredths
    missing       float64 (20,): share of ordinary stops in which the feature is not known
    """

    estimator: Any
    calibration: F64
    quantiles: F64
    missing: F64

    def values(self, table: F64) -> F64:
        """Scores of rows of the table, (n,): the share of ordinary stops that are less odd, 0..1."""
        return self._calibrated(self.raw(table))

    def explained(self, row: F64) -> tuple[float, dict[str, float]]:
        """The score of one row (20,), and by how much of raw oddness each group adds to it, the most first.

        What a group adds is what is lost if it were as in the typical stop (the median of each feature).
        """
        typical = self.quantiles[:, self.quantiles.shape[1] // 2]
        rows = np.repeat(row[np.newaxis], 1 + len(GROUPS), axis=0)
        for i, group in enumerate(GROUPS):
            columns = [NAMES.index(name) for name in group.features]
            known = ~np.isnan(row[columns])
            rows[1 + i, columns] = np.where(known, typical[columns], np.nan)
        raw = self.raw(rows)
        adds = {group.name: float(raw[0] - raw[1 + i]) for i, group in enumerate(GROUPS)}
        value = float(self._calibrated(raw[:1])[0])
        return value, dict(sorted(adds.items(), key=lambda item: -item[1]))

    def raw(self, table: F64) -> F64:
        """How odd rows are, (n,), on no scale: it ranks those that have the highest score."""
        return self._forest.oddness(table[:, USED])

    @cached_property
    def _forest(self) -> Forest:
        return Forest(self.estimator[-1])

    def _calibrated(self, raw: F64) -> F64:
        less = self.calibration.searchsorted(raw) / (len(self.calibration) + 1)
        # Down, so that nothing is ever odder than all there is.
        values: F64 = np.floor(less * 10.0**DIGITS) / 10.0**DIGITS
        return values
