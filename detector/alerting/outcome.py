"""What became of one attempt to deliver."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class OutcomeKind(StrEnum):
    """What is to be done next. The value is a label in logs and metrics."""

    DELIVERED = "delivered"
    RETRY = "retry"
    """It may work later."""
    DEAD = "dead"
    """It will never work as it is: to the dead letters, for a person to look at."""
    GONE = "gone"
    """The endpoint wants nothing any more (410): it is disabled until a person says otherwise."""


class Outcome(msgspec.Struct, frozen=True):
    """`status`: of the HTTP answer, where there was one; `reason`: one printable line; `retry_after_s`: what the other
    side asked for, seconds from the attempt."""

    kind: OutcomeKind
    status: int | None = None
    reason: str = ""
    retry_after_s: float | None = None
