"""Metrics of one name, with a value for each set of labels."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

PREFIX = "detector_"

Samples = Iterable[tuple[tuple[str, ...], float]]
"""Values of the labels, in their order, and the figure."""


def counter(name: str, text: str, labels: list[str], samples: Samples) -> Metric:
    """`detector_NAME_total`: only grows."""
    family = CounterMetricFamily(PREFIX + name, text, labels=labels)
    for values, n in samples:
        family.add_metric(values, n)
    return family


def gauge(name: str, text: str, labels: list[str], samples: Samples) -> Metric:
    """`detector_NAME`: as it is now."""
    family = GaugeMetricFamily(PREFIX + name, text, labels=labels)
    for values, n in samples:
        family.add_metric(values, n)
    return family


def one(name: str, text: str, value: float | None) -> Metric:
    """A gauge without labels; no series where there is no value."""
    return gauge(name, text, [], [] if value is None else [((), float(value))])
