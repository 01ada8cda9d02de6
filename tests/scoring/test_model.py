"""The model: calibrated, the same from the same seed, better than simple ways, and explained by what it saw."""

from __future__ import annotations

import numpy as np
import pytest

from detector.app import model_evaluation
from detector.app.model_peers import PEERS
from detector.scoring.artefact import to_bytes
from detector.scoring.features import NAMES
from detector.scoring.model import GROUPS
from detector.scoring.training import LEAST_STOPS, trained
from tests.scoring import worlds


def test_a_score_is_the_share_of_ordinary_stops_that_are_less_odd() -> None:
    world = worlds.world()
    values = worlds.model().values(world.month_table[~world.odd])
    assert ((values >= 0.0) & (values < 1.0)).all()
    for share in (0.5, 0.9, 0.99):
        assert (values > share).mean() == pytest.approx(1.0 - share, abs=0.05)


def test_stops_after_published_cases_score_high() -> None:
    world = worlds.world()
    values = worlds.model().values(world.month_table[world.odd])
    assert np.median(values) > 0.99


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others() -> None:
    table = worlds.world().past_table[:3_000]
    first, again, other = (to_bytes(trained(table, seed)) for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_too_few_stops_are_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        trained(worlds.world().past_table[: LEAST_STOPS - 1], 1)


def test_the_model_ranks_odd_stops_before_every_simple_way_does() -> None:
    one = model_evaluation.judged(worlds.configuration(), 12, worlds.EACH, worlds.SCALE)
    assert set(one.rankings) == {model_evaluation.OURS, *PEERS}
    ours = one.rankings[model_evaluation.OURS]
    for name in PEERS:
        assert ours.average_precision > one.rankings[name].average_precision, name
        assert ours.precision_at_20 >= one.rankings[name].precision_at_20, name
    assert len(one.shown) == 10


def test_what_a_group_adds_is_lost_when_it_is_as_usual() -> None:
    world, model = worlds.world(), worlds.model()
    row = world.month_table[int(np.argmax(model.raw(world.month_table)))]
    value, adds = model.explained(row)
    assert value == model.values(row[np.newaxis])[0]
    assert set(adds) == {group.name for group in GROUPS}
    assert list(adds.values()) == sorted(adds.values(), reverse=True)
    most = next(iter(adds))
    changed = row.copy()
    for group in GROUPS:
        if group.name == most:
            columns = [NAMES.index(name) for name in group.features]
            changed[columns] = np.where(np.isnan(row[columns]), np.nan, model.quantiles[columns, 50])
    assert model.raw(row[np.newaxis])[0] - model.raw(changed[np.newaxis])[0] == pytest.approx(adds[most])


def test_the_walk_down_the_trees_gives_what_scikit_learn_gives() -> None:
    table, model = worlds.world().month_table, worlds.model()
    assert np.isnan(table).any()
    np.testing.assert_allclose(model.raw(table), -model.estimator.score_samples(table), rtol=1e-12)


def test_no_rows_have_no_scores() -> None:
    assert worlds.model().values(np.zeros((0, len(NAMES)))).shape == (0,)
