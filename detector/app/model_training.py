"""Training a model: on generated traffic, or on what history has."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from detector.app.history_learning import Learned, learned
from detector.app.model_worlds import Progress, model_world
from detector.domain.errors import InputError
from detector.domain.times import day_of
from detector.domain.visit import VisitColumns
from detector.history.archive import Archive
from detector.scoring.artefact import to_bytes
from detector.scoring.card import card
from detector.scoring.features import features
from detector.scoring.manifest import CARD_FILE, MANIFEST_FILE, MODEL_FILE, Manifest, Training, described
from detector.scoring.model import OutlierModel
from detector.scoring.rankings import Ranking
from detector.scoring.training import LEAST_STOPS, trained
from detector.settings import Configuration
from detector.settings.model import places_of

F64 = npt.NDArray[np.float64]

GENERATED = "generated traffic"
MOST_STOPS = 200_000
"""Of more visits so many are drawn: no tree sees a twentieth of them."""
LIBRARIES = ("scikit-learn", "skops", "numpy")


class TrainedModel(NamedTuple):
    """A model, its file, and what is said of it. `learned`: baselines that belong to it, from history."""

    model: OutlierModel
    data: bytes
    manifest: Manifest
    learned: Learned | None = None


def on_generated(configuration: Configuration, seed: int, progress: Progress) -> TrainedModel:
    """Trained on a world of the seed, and measured on the month after: the same seed, the same model."""
    world = model_world(configuration, seed, progress=progress)
    progress("training", 0.0)
    model = trained(world.past_table, seed)
    ranking = Ranking.of(model.raw(world.month_table), world.odd)
    metrics = {
        "month_after": {
            "stops": len(world.month),
            "odd": int(world.odd.sum()),
            **{name: round(value, 4) for name, value in ranking._asdict().items()},
        }
    }
    return _made(model, seed, GENERATED, world.past, metrics)


def on_history(archive: Archive, configuration: Configuration, seed: int, progress: Progress) -> TrainedModel:
    """Trained on all visits of the archive, and the baselines learned anew from them. Raises InputError where there
    are too few."""
    progress("baselines", 0.0)
    baselines = learned(archive, configuration)
    columns = archive.columns()
    if len(columns) < LEAST_STOPS:
        raise InputError(f"{archive.folder}: {len(columns):,} visits are too few to train on; {LEAST_STOPS:,} at least")
    progress("features", 0.0)
    table = features(columns, baselines.baselines, places_of(configuration.airports), in_history=True)
    if len(table) > MOST_STOPS:
        table = table[np.random.default_rng(seed).choice(len(table), MOST_STOPS, replace=False)]
    progress("training", 0.0)
    model = trained(table, seed)
    return _made(model, seed, f"{len(columns):,} visits of history", columns, {})._replace(learned=baselines)


def _made(model: OutlierModel, seed: int, on: str, visits: VisitColumns, metrics: dict[str, Any]) -> TrainedModel:
    data = to_bytes(model)
    first, last = (day_of(float(at)).isoformat() for at in (visits.landed_at[0], visits.landed_at[-1]))
    training = Training(on, seed, min(len(visits), MOST_STOPS), first, last)
    return TrainedModel(model, data, described(data, {name: version(name) for name in LIBRARIES}, training, metrics))


def written(made: TrainedModel, folder: Path) -> None:
    """Put a model where runs find it. The manifest goes last: whoever finds one without the other refuses both."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        CARD_FILE: card(made.manifest),
        MODEL_FILE: made.data,
        MANIFEST_FILE: made.manifest.to_bytes(),
    }
    for name, data in files.items():
        beside = folder / f".{name}.{os.getpid()}"
        beside.write_bytes(data)
        beside.replace(folder / name)
