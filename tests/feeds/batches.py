"""What a stream without heartbeats gives."""

from __future__ import annotations

from collections.abc import Iterable

from detector.domain.decoded import Batch
from detector.domain.frame import Tick


def batches(stream: Iterable[Batch | Tick]) -> list[Batch]:
    """All of it; there is no heartbeat among it."""
    found = list(stream)
    assert not any(isinstance(item, Tick) for item in found)
    return [item for item in found if not isinstance(item, Tick)]
