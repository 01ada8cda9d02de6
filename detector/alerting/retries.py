"""When to try again, and what an HTTP status says about it.

The times are those that Standard Webhooks recommends: ten attempts within 76 hours.
"""

from __future__ import annotations

import hashlib

from detector.alerting.outcome import OutcomeKind
from detector.domain.units import SECONDS_PER_HOUR

SCHEDULE_S = (
    5.0,
    300.0,
    1800.0,
    *(hours * SECONDS_PER_HOUR for hours in (2.0, 5.0, 10.0, 14.0, 20.0, 24.0)),
)
"""From a failed attempt to the next one. The first attempt is made at once."""
JITTER = 0.1
"""Each of them is up to so much shorter or longer, or all that failed together would come back together."""
LONGEST_S = 24 * SECONDS_PER_HOUR
"""No endpoint may ask for a longer wait than this."""
AGAIN = frozenset({408, 425, 429})
"""Request Timeout, Too Early, Too Many Requests: the only 4xx that pass by themselves."""
GONE = 410


def delay_s(message_id: str, failures: int, retry_after_s: float | None = None) -> float | None:
    """Seconds from the `failures`-th failed attempt (1 is the first) to the next; None when there is to be none.

    `retry_after_s` counts where it is longer. The jitter comes from the id, so the same call gives the same answer.
    """
    if failures > len(SCHEDULE_S):
        return None
    digest = hashlib.sha256(f"{message_id}:{failures}".encode()).digest()
    spread = int.from_bytes(digest[:8]) / 2**63 - 1.0
    delay = SCHEDULE_S[failures - 1] * (1.0 + JITTER * spread)
    asked = 0.0 if retry_after_s is None else min(retry_after_s, LONGEST_S)
    return max(delay, asked)


def verdict_on(status: int) -> OutcomeKind:
    """What an HTTP status means.

    A redirect is never followed, and tried again like a 5xx: often a page for maintenance or a log-in stands behind
    one, and the receiver comes back to its place.
    """
    if 200 <= status < 300:
        return OutcomeKind.DELIVERED
    if status == GONE:
        return OutcomeKind.GONE
    if 400 <= status < 500 and status not in AGAIN:
        return OutcomeKind.DEAD
    return OutcomeKind.RETRY
