"""What the service tells Prometheus, read from its parts when it is asked.

Labels are names from the configuration and words of this program (enums, rules): never an address, a call sign or any
text from the radio. So the number of series depends on the settings alone.

A new group of metrics is one file with a function of the parts, and one line in `SECTIONS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from prometheus_client.core import Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector, CollectorRegistry

from detector.service.metrics.feeds import feeds
from detector.service.metrics.findings import findings
from detector.service.metrics.model import model
from detector.service.metrics.outbox import DeliveryTally, attempts, outbox
from detector.service.metrics.path import path
from detector.service.metrics.program import program
from detector.service.metrics.store import store
from detector.service.service import Parts

SECTIONS: tuple[Callable[[Parts], Iterator[Metric]], ...] = (program, feeds, path, findings, model, store, outbox)
"""In the order in which they are told."""


class ServiceMetrics(Collector):
    """All metrics of one service, and those of its process (`process_...`)."""

    def __init__(self, parts: Parts, deliveries: DeliveryTally) -> None:
        self._parts = parts
        self._deliveries = deliveries
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def text(self) -> bytes:
        """In Prometheus' text format."""
        return generate_latest(self._registry)

    def describe(self) -> Iterable[Metric]:
        """Names are not asked for beforehand."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Everything as it is now."""
        for section in SECTIONS:
            yield from section(self._parts)
        yield from attempts(self._parts, self._deliveries)


__all__ = ["SECTIONS", "DeliveryTally", "ServiceMetrics"]
