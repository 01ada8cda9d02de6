"""Event time: Unix seconds UTC as float64, on a grid of whole microseconds.

Every format puts its times on the same microsecond grid (`quantise`), so that one frame has one time whatever
file it came in: a 12 MHz tick count, GPS nanoseconds and a decimal CSV stamp of one instant become the same float.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST = 631_152_000.0
"""1990-01-01: before ADS-B; an earlier stamp is a broken clock."""
LATEST = 4_102_444_800.0
"""2100-01-01: a later stamp is a broken clock."""


def from_microseconds(microseconds: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Whole microseconds since 1970 to Unix seconds; the one place where event times become floats."""
    return microseconds / 1e6


def iso(at: float) -> str:
    """Unix seconds to `2024-11-07T01:30:12Z`, to the nearest second below (times on the wire are whole seconds)."""
    return (EPOCH + timedelta(seconds=int(at // 1))).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_iso(text: str) -> float:
    """ISO 8601 to Unix seconds; a time without an offset is UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - EPOCH) / timedelta(microseconds=1) / 1e6


def day_of(at: float) -> date:
    """The day, UTC, of Unix seconds."""
    return date.fromordinal(EPOCH.toordinal() + int(at // 86_400))
