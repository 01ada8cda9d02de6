"""Whether the state is kept, where, and how long that takes; whether what is heard is recorded."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import HistogramMetricFamily, Metric

from detector.service.keeping import BOUNDS_S, Keeping
from detector.service.metrics.families import PREFIX, one
from detector.service.service import Parts


def store(parts: Parts) -> Iterator[Metric]:
    """The store (Redis, Valkey or memory), checkpoints, and the spool."""
    keeping = parts.keeping
    yield one("store_up", "1 while the store takes what is written.", keeping.trouble is None)
    yield from _figures(keeping)
    yield one("recording_up", "1 while the spool is written; not told where there is none.", parts.core.recording())
    yield one("checkpoint_age_seconds", "Time since the state was written.", parts.clock.now() - keeping.kept_at)
    took = HistogramMetricFamily(PREFIX + "checkpoint_seconds", "How long it took to write the state.")
    below = [(str(bound), float(keeping.took.within[bound])) for bound in BOUNDS_S]
    took.add_metric([], [*below, ("+Inf", float(keeping.took.count))], keeping.took.total_s)
    yield took


def _figures(keeping: Keeping) -> Iterator[Metric]:
    """What the store told when it was asked last; nothing while it is away, for then it is not so now."""
    told = keeping.figures
    if told is None or keeping.trouble is not None:
        return
    yield one("store_durable", "1 where what the store has taken survives a kill of its server.", told.durable)
    yield one("store_evicts", "1 where the store would throw keys away when it is full.", told.evicts)
    if told.memory_bytes is not None:
        yield one("store_memory_bytes", "Memory that the store's server uses.", told.memory_bytes)
        yield one("store_memory_limit_bytes", "How much it may use; 0 = no limit.", told.memory_limit_bytes)
        yield one("store_log_bytes", "Size of its append-only file.", told.log_bytes)
