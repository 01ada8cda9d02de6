"""Alerts for tests: only what routing and delivery look at."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from detector.domain.alert import Alert, AlertEvent
from detector.domain.stop import Severity
from detector.sinks.sample import sample_alert

NOW = 1_730_952_000.0
"""2024-11-07 04:00 UTC."""


def alert(
    name: str = "alert-a",
    revision: int = 1,
    event: str = "opened",
    severity: str = "high",
    at: float = NOW,
    **of_stop: Any,
) -> Alert:
    """One revision; `of_stop`: fields of its stop."""
    base = sample_alert(at)
    return replace(
        base,
        id=name,
        revision=revision,
        event=AlertEvent(event),
        severity=Severity(severity),
        stop=replace(base.stop, id=f"stop-of-{name}", **of_stop),
    )
