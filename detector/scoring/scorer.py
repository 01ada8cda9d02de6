"""From a stop to its score: the model, the baselines and the fields together."""

from __future__ import annotations

from typing import NamedTuple

from detector.domain.stop import Level, Score, Status, Stop
from detector.domain.visit import Visit, VisitColumns
from detector.scoring.baselines import Baselines
from detector.scoring.drift import Drift
from detector.scoring.features import NAMES, features
from detector.scoring.model import OutlierModel
from detector.scoring.places import Places
from detector.scoring.reasons import Told, reasons

LEAST_HISTORY = 1_000
"""With fewer visits in history everything is rare, and nothing is told."""


class Ways(NamedTuple):
    """Fields before and after a stop, "" where they are not known."""

    origin: str = ""
    destination: str = ""


class Scorer:
    """Scores closed stops of level 2 or more at a named field. `name`: of the model, as a score tells it.

    Nothing changes after construction but what `drift` has counted.
    """

    def __init__(self, model: OutlierModel, name: str, usual: Baselines, places: Places) -> None:
        self.name = name
        self.drift = Drift(model)
        self._model = model
        self._usual = usual
        self._places = places

    def score(self, stop: Stop, ways: Ways) -> Score | None:
        """None for a stop that is not closed, or of which too little is known."""
        visit = _visit(stop, ways)
        if visit is None or self._usual.head.visits < LEAST_HISTORY:
            return None
        return self.of_visit(visit, None if stop.identity is None else stop.identity.type_class)

    def of_visit(self, visit: Visit, type_class: str | None, *, in_history: bool = False) -> Score:
        """The score of a visit. `in_history`: the baselines were learned from it, among others."""
        row = features(VisitColumns.of([visit]), self._usual, self._places, in_history=in_history)[0]
        value, adds = self._model.explained(row)
        self.drift.note(row)
        own = int(in_history and visit.landed_at <= self._usual.head.until)
        told = Told(visit, dict(zip(NAMES, row.tolist(), strict=True)), self._usual, type_class, own)
        return Score(value, self.name, reasons(told, value, adds))


def _visit(stop: Stop, ways: Ways) -> Visit | None:
    time, identity = stop.ground_time, stop.identity
    if stop.status is not Status.CLOSED or stop.level < Level.ONE_SIDE or stop.airport is None:
        return None
    if time is None or time.max is None or stop.icao24.startswith("~"):
        return None
    return Visit(
        id=stop.id,
        icao24=stop.icao24,
        airport=stop.airport,
        landed_at=stop.landed.estimate,
        departed_at=None if stop.departed is None else stop.departed.estimate,
        ground_min_s=time.min,
        ground_max_s=time.max,
        level=int(stop.level),
        registration=stop.registration or "",
        type_code=stop.type_code or "",
        operator=stop.operator or "",
        state="" if identity is None or identity.country is None else identity.country,
        military=None if identity is None else identity.military,
        origin=ways.origin,
        destination=ways.destination,
        source="stop",
    )
