"""The model against simple ways to rank stops, over many generated worlds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from detector.app.history_learning import class_of
from detector.app.model_peers import PEERS
from detector.app.model_worlds import SCALE, ModelWorld, Progress, model_world
from detector.domain.stop import Score
from detector.domain.visit import Visit
from detector.scoring import Scorer
from detector.scoring.manifest import MODEL
from detector.scoring.rankings import Ranking
from detector.scoring.training import trained
from detector.settings import Configuration
from detector.settings.model import places_of

F64 = npt.NDArray[np.float64]

OURS = "the model"
LIMITS = (0.99, 0.999)
"""Scores whose shares of ordinary stops above are told: one in a hundred and one in a thousand, if calibrated."""


class Shown(NamedTuple):
    """A stop with its score; `family`: of the case that it is after, "" for ordinary traffic; `rank`: of the month."""

    visit: Visit
    score: Score
    family: str
    rank: int


@dataclass(frozen=True, eq=False)
class OneWorld:
    """What one world gave. `rankings` and `curves` (scores (n,)) by way of ranking; `odd` bool (n,); `above`: share of
    ordinary stops above each of LIMITS; `found`: by family, the share of its stops above the last limit."""

    seed: int
    stops: int
    odd: npt.NDArray[np.bool_]
    scores: Mapping[str, F64]
    rankings: Mapping[str, Ranking]
    above: tuple[float, ...]
    found: Mapping[str, float]
    shown: tuple[Shown, ...]


def judged(
    configuration: Configuration, seed: int, odd_each: int, scale: float = SCALE, progress: Progress | None = None
) -> OneWorld:
    """Train on the past of a world, and rank its month in every way."""
    tell = progress or (lambda _what, _share: None)
    world = model_world(configuration, seed, odd_each, scale, progress)
    tell("training", 0.0)
    model = trained(world.past_table, seed)
    scores = {OURS: model.raw(world.month_table)}
    for name, rank in PEERS.items():
        tell(name, 0.0)
        scores[name] = rank(configuration, world, seed)
    values = model.values(world.month_table)
    families = np.array(world.family)
    return OneWorld(
        seed,
        len(world.month),
        world.odd,
        scores,
        {name: Ranking.of(one, world.odd) for name, one in scores.items()},
        tuple(float((values[~world.odd] > limit).mean()) for limit in LIMITS),
        {name: float((values[families == name] > LIMITS[-1]).mean()) for name in sorted(set(world.family)) if name},
        _shown(
            configuration, world, Scorer(model, MODEL, world.usual, places_of(configuration.airports)), scores[OURS]
        ),
    )


def _shown(configuration: Configuration, world: ModelWorld, scorer: Scorer, raw: F64) -> tuple[Shown, ...]:
    """Stops for a person to read: the six that are ranked first, and four from the middle and below."""
    order = np.argsort(-raw, kind="stable")
    n = len(order)
    places = [*range(6), n // 20, n // 4, n // 2, n - 1]
    type_class = class_of(configuration)
    return tuple(
        Shown(visit, scorer.of_visit(visit, type_class(visit.type_code)), world.family[i], place + 1)
        for place in places
        for i in [int(order[place])]
        for visit in [world.month[i]]
    )
