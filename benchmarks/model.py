"""The model: training, loading, and scoring 10,000 stops as columns and one by one, on a generated world.

python -m benchmarks.model
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from benchmarks.one_run import peak_rss_mb
from detector.app.history_learning import class_of
from detector.app.model_worlds import model_world
from detector.domain.visit import VisitColumns
from detector.scoring import Scorer
from detector.scoring.artefact import from_bytes, to_bytes
from detector.scoring.features import features
from detector.scoring.manifest import MODEL
from detector.scoring.training import trained
from detector.settings import load_configuration
from detector.settings.model import places_of

STOPS, ONE_BY_ONE, RUNS = 10_000, 500, 5


def timed(what: Callable[[], object], runs: int = RUNS) -> str:
    took = []
    for _ in range(runs):
        began = time.perf_counter()
        what()
        took.append(time.perf_counter() - began)
    return f"{statistics.median(took):7.3f} s ({min(took):.3f} to {max(took):.3f}, {runs} runs)"


def main() -> None:
    configuration = load_configuration()
    world = model_world(configuration, 1)
    places = places_of(configuration.airports)
    print(f"world: {len(world.past):,} visits of history, {len(world.month):,} of the month")
    print(f"training                {timed(lambda: trained(world.past_table, 1))}")
    model = trained(world.past_table, 1)
    data = to_bytes(model)
    print(f"reading {len(data) / 1e6:.1f} MB          {timed(lambda: from_bytes(data))}")
    some = VisitColumns.of(list(world.month[:STOPS]))

    def scored() -> object:
        return model.values(features(some, world.usual, places, in_history=False))

    print(f"{STOPS:,} stops as columns {timed(scored)}")
    scorer, classes = Scorer(model, MODEL, world.usual, places), class_of(configuration)
    one_by_one = [(visit, classes(visit.type_code)) for visit in world.month[:ONE_BY_ONE]]

    def explained() -> object:
        return [scorer.of_visit(visit, type_class) for visit, type_class in one_by_one]

    print(f"{ONE_BY_ONE:,} stops with reasons   {timed(explained)}")
    print(f"resident, at most       {peak_rss_mb():7.0f} MB")


if __name__ == "__main__":
    main()
