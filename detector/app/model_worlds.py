"""A generated world as the model sees it: baselines from some months, and a month after them with odd stops in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.app.history_learning import class_of
from detector.domain.times import parse_iso
from detector.domain.visit import Visit, VisitColumns
from detector.scoring import Baselines
from detector.scoring.features import features
from detector.settings import Configuration
from detector.settings.model import places_of
from detector.simulation.traffic import FieldTable, made_world, odd_stops

F64 = npt.NDArray[np.float64]

BEGIN = "2024-07-01T00:00:00Z"
PAST_DAYS, MONTH_DAYS = 120, 31
"""History, then the month that is judged: July to October, and November 2024."""
SCALE = 0.5
"""Some 800 stops a day, so that the month has more than 20,000."""
SETTLE_DAYS = 4
"""An odd stop lands early enough to be over at the end of the month."""
DAY_S = 86_400.0
Progress = Callable[[str, float], None]
"""Told what is done, and the share of it."""


@dataclass(frozen=True, eq=False)
class ModelWorld:
    """`past`: visits that `usual` was learned from. `month`: those after, ordered by landing; `odd` tells which of them
    are set in, and `family` after which case. `past_table`, `month_table`: their features."""

    usual: Baselines
    past: VisitColumns
    past_table: F64
    month: tuple[Visit, ...]
    month_table: F64
    odd: npt.NDArray[np.bool_]
    family: tuple[str, ...]


def model_world(
    configuration: Configuration, seed: int, odd_each: int = 10, scale: float = SCALE, progress: Progress | None = None
) -> ModelWorld:
    """The world of a seed: the same one each time."""
    rng = np.random.default_rng(seed)
    fields = _fields(rng, configuration)
    begin = parse_iso(BEGIN)
    month_at = begin + PAST_DAYS * DAY_S
    tell = progress or (lambda _what, _share: None)
    world = made_world(rng, fields, begin, PAST_DAYS + MONTH_DAYS, scale, lambda share: tell("traffic", share))
    past = VisitColumns.of([visit for visit in world.visits if (visit.departed_at or 0.0) < month_at])
    listed = np.zeros(len(fields.codes), np.bool_)
    codes = {configuration.airports.codes[i] for i in configuration.watchlist.indices}
    listed[[i for i, code in enumerate(fields.codes) if code in codes]] = True
    odd = odd_stops(rng, world, month_at, world.end - SETTLE_DAYS * DAY_S, odd_each, listed)
    family = {one.visit.id: one.family for one in odd}
    ordinary = [visit for visit in world.visits if visit.landed_at >= month_at]
    month = sorted((*ordinary, *(one.visit for one in odd)), key=lambda visit: (visit.landed_at, visit.id))
    places = places_of(configuration.airports)
    usual = Baselines.of(past, class_of(configuration), places)
    return ModelWorld(
        usual,
        past,
        features(past, usual, places, in_history=True),
        tuple(month),
        features(VisitColumns.of(month), usual, places, in_history=False),
        np.array([visit.id in family for visit in month], np.bool_),
        tuple(family.get(visit.id, "") for visit in month),
    )


def _fields(rng: np.random.Generator, configuration: Configuration) -> FieldTable:
    airports = configuration.airports
    usable = np.flatnonzero(~airports.closed & (airports.longest_runway_ft > 0.0))
    rows = usable.tolist()
    return FieldTable.drawn(
        rng,
        tuple(airports.codes[i] for i in rows),
        tuple(airports.countries[i] for i in rows),
        airports.lat[usable],
        airports.lon[usable],
        airports.longest_runway_ft[usable],
        np.array([bool(airports.iata[i]) for i in rows], np.bool_),
    )
