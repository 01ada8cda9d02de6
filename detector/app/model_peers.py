"""Simple ways to rank stops, which a model has to beat."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from sklearn.impute import SimpleImputer
from sklearn.neighbors import LocalOutlierFactor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import OneClassSVM

from detector.app.history_learning import class_of
from detector.app.model_worlds import ModelWorld
from detector.domain.identity import Identity, TypeClass
from detector.domain.stop import SEVERITY_ORDER, Candidate, Certainty, Finding, GroundTime, Level, Moment, Status, Stop
from detector.domain.visit import Visit
from detector.rules import findings
from detector.scoring.model import USED
from detector.settings import Configuration

F64 = npt.NDArray[np.float64]

NEIGHBOURS = 20
SUPPORT_VECTORS_OF = 5_000
"""A one-class SVM takes the square of its rows in time."""
NU = 0.01


def rules_alone(configuration: Configuration, world: ModelWorld, _seed: int) -> F64:
    """By the findings of all rules but the model's: the graver first, then the surer, then the more."""
    class_of_type = class_of(configuration)
    return np.array([_weight(_found(visit, configuration, world, class_of_type)) for visit in world.month])


def z_score(_configuration: Configuration, world: ModelWorld, _seed: int) -> F64:
    """How many standard deviations the logarithm of the time on the ground is off the mean of its type."""
    past = world.past
    times = np.log(np.maximum((past.ground_min_s + past.ground_max_s) / 2.0, 1.0))
    kinds = dict(enumerate(past.type_code.names))
    of = {name: times[past.type_code.codes == number] for number, name in kinds.items()}
    scores = []
    for visit in world.month:
        known = of.get(visit.type_code, times)
        middle = np.log(max(((visit.ground_min_s or 0.0) + (visit.ground_max_s or 0.0)) / 2.0, 1.0))
        scores.append(abs(middle - known.mean()) / max(float(known.std()), 1e-6))
    return np.array(scores)


def local_outlier_factor(_configuration: Configuration, world: ModelWorld, seed: int) -> F64:
    """scikit-learn's, over the features that the model sees."""
    return _fitted(LocalOutlierFactor(n_neighbors=NEIGHBOURS, novelty=True), _some(world, seed, 20_000), world)


def one_class_svm(_configuration: Configuration, world: ModelWorld, seed: int) -> F64:
    """scikit-learn's, over the features that the model sees."""
    return _fitted(OneClassSVM(nu=NU), _some(world, seed, SUPPORT_VECTORS_OF), world)


PEERS: dict[str, Callable[[Configuration, ModelWorld, int], F64]] = {
    "rules alone": rules_alone,
    "z-score of the time on the ground": z_score,
    "local outlier factor": local_outlier_factor,
    "one-class SVM": one_class_svm,
}
"""Each gives a score (n,) for the stops of the month; the higher, the odder."""


def _some(world: ModelWorld, seed: int, most: int) -> F64:
    rows = np.random.default_rng(seed).permutation(len(world.past_table))[:most]
    return world.past_table[rows]


def _fitted(estimator: LocalOutlierFactor | OneClassSVM, table: F64, world: ModelWorld) -> F64:
    pipeline = make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), estimator).fit(table[:, USED])
    scores: F64 = -pipeline.score_samples(world.month_table[:, USED])
    return scores


def _weight(found: tuple[Finding, ...]) -> float:
    if not found:
        return 0.0
    graver = max(SEVERITY_ORDER[finding.severity] for finding in found)
    sure = sum(finding.certainty is Certainty.CERTAIN for finding in found)
    return 1_000.0 * (1 + graver) + 10.0 * sure + len(found)


def _found(
    visit: Visit, configuration: Configuration, world: ModelWorld, class_of_type: Callable[[str], str | None]
) -> tuple[Finding, ...]:
    stop = _stop(visit, configuration, class_of_type(visit.type_code))
    return findings(stop, configuration.watchlist, configuration.settings.rules, (), world.usual)


def _stop(visit: Visit, configuration: Configuration, type_class: str | None) -> Stop:
    """A visit as the stop that rules look at."""
    index = configuration.airports.index_of(visit.airport)
    low, high = visit.ground_min_s or 0.0, visit.ground_max_s or 0.0
    observed = visit.level == Level.OBSERVED
    left_at = visit.departed_at or visit.landed_at
    return Stop(
        id=visit.id,
        revision=1,
        status=Status.CLOSED,
        icao24=visit.icao24,
        type_code=visit.type_code or None,
        operator=visit.operator or None,
        identity=Identity(
            icao24=visit.icao24,
            country=visit.state or None,
            military=visit.military,
            type_class=None if type_class is None else TypeClass(type_class),
        ),
        airport=visit.airport,
        country=None if index is None else configuration.airports.countries[index] or None,
        candidates=(Candidate(visit.airport, 1.0, 0.0),),
        landed=Moment(visit.landed_at, visit.landed_at, visit.landed_at, observed),
        departed=Moment(left_at, left_at, left_at, observed),
        ground_time=GroundTime(low, high, (low + high) / 2.0),
        level=Level(visit.level),
        opened_at=visit.landed_at,
        revised_at=left_at,
    )
