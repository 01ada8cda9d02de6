"""The population stability index: nothing where nothing has changed, much where something has."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detector.scoring.drift import LEAST_STOPS, Drift
from detector.scoring.features import NAMES
from tests.scoring import worlds


def index_of(table: npt.NDArray[np.float64]) -> dict[str, float]:
    drift = Drift(worlds.model())
    for row in table:
        drift.note(row)
    return drift.psi()


def test_stops_like_those_of_the_training_have_not_drifted() -> None:
    table = worlds.world().past_table
    psi = index_of(table[np.random.default_rng(1).choice(len(table), 2_000, replace=False)])
    assert set(psi) == set(NAMES)
    assert max(psi.values()) < 0.05


def test_a_change_shows_in_the_feature_that_changed_and_in_no_other() -> None:
    table = worlds.world().past_table[:2_000].copy()
    before = index_of(table)
    table[:, NAMES.index("ground_time_ratio_log2")] -= 1.5
    table[:, NAMES.index("military")] = np.nan
    after = index_of(table)
    assert after["ground_time_ratio_log2"] > 0.5
    assert after["military"] > 0.5
    assert {name for name in NAMES if after[name] != before[name]} == {"ground_time_ratio_log2", "military"}


def test_a_few_stops_tell_nothing() -> None:
    assert index_of(worlds.world().past_table[: LEAST_STOPS - 1]) == {}
