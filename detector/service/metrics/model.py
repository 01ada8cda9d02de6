"""The model that scores stops: whether it does, and whether stops are still those that it was trained on."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import Metric

from detector.service.metrics.families import counter, gauge, one
from detector.service.service import Parts


def model(parts: Parts) -> Iterator[Metric]:
    """Scores and drift."""
    scorer = parts.core.pipeline.scorer
    yield one("model_up", "1 while stops get a score.", scorer is not None)
    yield counter("model_scored", "Scores given since the start.", [],
                  [] if scorer is None else [((), scorer.drift.stops)])  # fmt: skip
    drift = {} if scorer is None else scorer.drift.psi()
    yield gauge("model_drift_psi", "How far scored stops are from the training, by feature.", ["feature"],
                [((name,), psi) for name, psi in drift.items()])  # fmt: skip
