"""A small generated world, made once: a tenth of the traffic of `detector train`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from detector.app.model_worlds import ModelWorld, model_world
from detector.scoring import Scorer
from detector.scoring.manifest import MODEL
from detector.scoring.model import OutlierModel
from detector.scoring.training import trained
from detector.settings import Configuration, load_configuration
from detector.settings.model import places_of

SHIPPED = Path(__file__).parents[2] / "config" / "detector.yaml"
SCALE, EACH = 0.1, 8


@cache
def configuration() -> Configuration:
    return load_configuration(SHIPPED)


@cache
def world(seed: int = 11) -> ModelWorld:
    return model_world(configuration(), seed, EACH, SCALE)


@cache
def model(seed: int = 11) -> OutlierModel:
    return trained(world(seed).past_table, seed)


def scorer() -> Scorer:
    return Scorer(model(), MODEL, world().usual, places_of(configuration().airports))
