"""The path from frames to aircraft: how much goes down it, what is dropped there, and how late it is."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import Metric

from detector.service.metrics.families import counter, one
from detector.service.service import Parts


def path(parts: Parts) -> Iterator[Metric]:
    """Frames, rejects, aircraft, event time."""
    core = parts.core
    pipeline = core.pipeline
    yield counter("frames", "Frames and rows taken in since the state began.", [], [((), pipeline.frames)])
    yield counter("rejects", "Frames and rows dropped on the path, by reason.", ["reason"],
                  [((str(reason),), n) for reason, n in pipeline.rejects.counts.items()])  # fmt: skip
    yield one("aircraft", "Aircraft in memory.", len(pipeline.decoder.addresses))
    yield one("aircraft_watched", "Aircraft followed after an alert.", len(pipeline.alerts.watches))
    yield one("event_time_lag_seconds", "How far event time is behind the clock.", core.lag_s(parts.clock.now()))
    yield one("intake_rows", "Waiting to be taken in.", parts.intake.rows)
    areas = () if pipeline.told_until is None else pipeline.sky.areas.areas(pipeline.told_until)
    yield one("interference_cells", "Half-degree cells in which satellite navigation is disturbed now.", len(areas))
