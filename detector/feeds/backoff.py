"""How long to wait before trying again: doubling, bounded, and never in step with other clients. No clock, no I/O."""

from __future__ import annotations

from random import Random

FIRST_S = 0.5
MOST_S = 30.0
LASTED_S = 30.0
"""A connection that held this long was a good one."""


class Backoff:
    """Waits after failures. `random` is given, so that a test knows what will come."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._ceiling_s = FIRST_S

    def after(self, lasted_s: float) -> float:
        """Seconds to wait now that a connection is gone that had lasted so long; 0 for one that never was.

        Between half and the whole of a ceiling that doubles from FIRST_S to MOST_S (equal jitter): clients that lost
        the same server do not come back as one. A good connection starts it over.
        """
        if lasted_s >= LASTED_S:
            self._ceiling_s = FIRST_S
        wait_s = self._ceiling_s * self._random.uniform(0.5, 1.0)
        self._ceiling_s = min(MOST_S, 2.0 * self._ceiling_s)
        return wait_s
