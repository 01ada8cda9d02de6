"""Live feeds and the clock of a service, as the parts at the edge see them.

A feed runs until it is cancelled: it connects, gives what it hears to an inlet, and connects again. An inlet takes
batches in the order in which they arrive, and makes the feed wait while its buffer is full. A clock is a value, so that
a test can move it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from detector.domain.decoded import Batch
from detector.domain.frame import RejectCounts


class FeedStatus(StrEnum):
    """What has become of a feed. The value is a label in logs and metrics."""

    CONNECTED = "connected"
    """Something can come (again)."""
    SILENT = "silent"
    """Connected, but no frame, row or heartbeat for longer than the feed's `silent_after_s`: counts as lost."""
    HEARD = "heard"
    """Frames, rows or heartbeats came again after SILENT."""
    LOST = "lost"
    """The connection broke, was refused, or was given up; `reason` says why."""


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """A change of a feed's status. `at`: Unix s UTC by the service's clock; `reason`: one line for a person."""

    feed: str
    status: FeedStatus
    at: float
    reason: str = ""


class Clock(Protocol):
    """The time of the service. Durations are seconds."""

    def now(self) -> float:
        """Unix s UTC; never falls."""

    async def sleep(self, seconds: float) -> None:
        """Come back after so long by this clock."""


class Inlet(Protocol):
    """Where feeds give what they have heard. One caller's batches are taken in in the order of its calls."""

    async def hear(self, feed: str, batch: Batch) -> None:
        """Take in a batch; returns when there is room for more."""

    def tell(self, event: FeedEvent) -> None:
        """Note a change of status."""


class Feed(Protocol):
    """One live source. `name` is unique; `kind`: what it is called in the settings; `receiver`: the number its frames
    carry where they bring none of their own; `raw`: it gives frames, whose parity is checked here (not what somebody
    else has decoded)."""

    name: str
    kind: str
    receiver: int
    raw: bool
    rejects: RejectCounts
    """What was dropped before it became frames, over all connections; grows only."""

    async def run(self, inlet: Inlet, clock: Clock) -> None:
        """Listen, and listen again, until cancelled. Raises nothing else."""
