"""Which program this is, and whether its clock is right."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import Metric

from detector import __version__
from detector.service.metrics.families import gauge, one
from detector.service.service import Parts


def program(parts: Parts) -> Iterator[Metric]:
    """Version and clock."""
    yield gauge("build_info", "1; the version is in the label.", ["version"], [((__version__,), 1.0)])
    yield one(
        "clock_ahead_seconds", "By how much the machine's time was set back since the start.", parts.clock_ahead_s()
    )
