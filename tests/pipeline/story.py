"""A short story with everything in it that can be cut in the wrong place, and the path it goes through.

An Il-62M stops at a listed field unheard, goes home, stands there, and leaves again; an airliner goes around, lands,
turns round and leaves; another one passes. Some frames are damaged, late, or carry a broken clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from detector.cli.simulate import fields_of
from detector.decoding import ColumnarDecoder
from detector.domain.frame import FrameBatch, Tick
from detector.domain.wire import alert_line, stop_line
from detector.pipeline import Changes, Limits, Pipeline
from detector.scoring import Baselines, Scorer
from detector.settings import Configuration, load_configuration
from detector.simulation import Scenario, Simulation, parse_scenario, simulate

SCENARIO = Path(__file__).with_name("story.yaml")


@cache
def configuration() -> Configuration:
    return load_configuration()


@cache
def heard() -> tuple[Scenario, Simulation]:
    scenario = parse_scenario(SCENARIO.read_text(encoding="utf-8"), source=str(SCENARIO))
    fields = fields_of(scenario, SCENARIO, lambda: configuration().airports)
    return scenario, simulate(scenario, fields)


@cache
def frames() -> FrameBatch:
    """The story as heard, and then some: late frames, far too late ones, and stamps of a broken clock."""
    told = heard()[1].frames
    random = np.random.default_rng(3)
    at = told.heard_at.copy()
    at[random.random(len(at)) < 0.01] -= 45.0
    at[random.random(len(at)) < 0.003] -= 500.0
    at[random.random(len(at)) < 0.003] += 90_000.0
    # Two fixes with one time: some recorders stamp whole seconds.
    whole = random.random(len(at)) < 0.2
    at[whole] = np.floor(at[whole])
    return FrameBatch(at, told.payload, told.length, told.receiver, told.level, told.mlat)


def new_pipeline(
    limits: Limits | None = None, usual: Baselines | None = None, scorer: Scorer | None = None
) -> Pipeline:
    settings = configuration().settings
    as_set = Limits(settings.tracking, settings.movements, settings.checks, settings.rules, settings.alerting)
    known = configuration()
    return Pipeline(
        ColumnarDecoder(),
        known.airports,
        known.watchlist,
        limits or as_set,
        identities=known.identities,
        reference=known.tables_used,
        usual=usual,
        scorer=scorer,
    )


@dataclass(frozen=True)
class Outcome:
    """All that a run says, as text: every revision in order."""

    stops: tuple[bytes, ...]
    alerts: tuple[bytes, ...]
    movements: tuple[str, ...]
    rejects: tuple[tuple[str, int], ...]

    @staticmethod
    def of(changes: Iterable[Changes], pipeline: Pipeline) -> Outcome:
        told = list(changes)
        return Outcome(
            tuple(stop_line(stop) for c in told for stop in c.stops),
            tuple(alert_line(alert) for c in told for alert in c.alerts),
            tuple(repr(movement) for c in told for movement in c.movements),
            tuple(sorted(pipeline.rejects.counts.items())),
        )


def cut(stream: FrameBatch, places: Sequence[int]) -> list[FrameBatch]:
    """The stream cut before the rows `places` (in any order; out of range ones ignored)."""
    at = [0, *sorted({place for place in places if 0 < place < len(stream)}), len(stream)]
    return [stream.take(slice(a, b)) for a, b in pairwise(at)]


def run(batches: Iterable[FrameBatch | Tick], pipeline: Pipeline | None = None) -> Outcome:
    path = pipeline or new_pipeline()
    told = [path.tick(batch) if isinstance(batch, Tick) else path.step(batch) for batch in batches]
    return Outcome.of(told, path)
