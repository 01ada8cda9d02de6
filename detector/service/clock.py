"""The clock of a running service: the machine's time at the start, then its steady counter."""

from __future__ import annotations

import asyncio
import time

STEP_S = 2.0
"""Apart by so much, the machine's time has been set anew since the start."""


class SystemClock:
    """Time that never falls and never jumps back, whatever is done to the machine's time.

    It follows a step forward (a machine that learns the time after its start), not one backward: positions heard before
    and after it would lie on top of each other. `ahead_s` tells by how much it is ahead then.
    """

    def __init__(self) -> None:
        self._offset_s = time.time() - time.monotonic()

    def now(self) -> float:
        """Unix s UTC on the microsecond grid."""
        steady = time.monotonic()
        offset_s = time.time() - steady
        if offset_s > self._offset_s + STEP_S:
            self._offset_s = offset_s
        return round((steady + self._offset_s) * 1e6) / 1e6

    def ahead_s(self) -> float:
        """By how much the machine's time has been set back since; 0 if it was not."""
        behind = self._offset_s - (time.time() - time.monotonic())
        return behind if behind > STEP_S else 0.0

    async def sleep(self, seconds: float) -> None:
        """Come back after so long."""
        await asyncio.sleep(max(0.0, seconds))
