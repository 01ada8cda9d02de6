"""The stops of the past by how odd they are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detector.app.history_learning import class_of
from detector.domain.errors import UsageError
from detector.domain.stop import Score
from detector.domain.visit import Visit
from detector.history.archive import Archive
from detector.history.engine import pl
from detector.history.table import visits_of
from detector.scoring.features import features
from detector.scoring.scorer import LEAST_HISTORY
from detector.settings import Configuration
from detector.settings.model import places_of


class Ranked(NamedTuple):
    """A visit with its score."""

    visit: Visit
    score: Score


def ranked(
    archive: Archive, configuration: Configuration, since: float | None, until: float | None, top: int
) -> tuple[list[Ranked], int]:
    """The oddest visits that landed from `since` on and before `until` (Unix s), the oddest first, and of how many.

    Raises UsageError where there is nothing to score by.
    """
    model, usual, scorer = configuration.model, configuration.usual, configuration.scorer()
    if model is None or usual is None or scorer is None:
        why = configuration.notes[0] if configuration.notes else _why_not(configuration)
        raise UsageError(f"nothing can be ranked: {why}")
    columns = archive.columns(since, until)
    raw = model.model.raw(features(columns, usual, places_of(configuration.airports), in_history=True))
    first = np.argsort(-raw, kind="stable")[:top]
    keys = {(f"{int(columns.icao24[i]):06x}", float(columns.landed_at[i])): n for n, i in enumerate(first.tolist())}
    theirs = archive.ask(lambda visits: visits.filter(pl.col("icao24").is_in([icao24 for icao24, _ in keys])))
    found = [visit for visit in visits_of(theirs) if (visit.icao24, visit.landed_at) in keys]
    found.sort(key=lambda visit: (keys[visit.icao24, visit.landed_at], visit.id))
    type_class = class_of(configuration)
    scored = [
        Ranked(visit, scorer.of_visit(visit, type_class(visit.type_code), in_history=True)) for visit in found[:top]
    ]
    return scored, len(columns)


def _why_not(configuration: Configuration) -> str:
    if configuration.usual is None:
        return "nothing was learned from history; `detector history learn` does it"
    return f"history has {configuration.usual.head.visits:,} visits, and {LEAST_HISTORY:,} are needed"
