"""Silences that are news while they last: an aircraft near a watched field, or a followed one, not heard for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from detector.domain.columns import SlotTable
from detector.tracking.arrivals import Arrivals

if TYPE_CHECKING:
    from detector.tracking.states import View
    from detector.tracking.tracker import HeightsNear

F64 = npt.NDArray[np.float64]

REACH_FT = 20_000.0
"""Higher than this above a watched field nobody is on the way down to it."""

Silent = tuple[int, int, int, float]
"""(slot, group in the batch or -1, position of the last frame before the silence, when that was heard)."""


class OpenSilences:
    """Finds aircraft that have been silent for `after_s`, each silence once."""

    def __init__(self, after_s: float, watched_fields: HeightsNear) -> None:
        self._after_s = after_s
        self._watched_fields = watched_fields

    def closed(self, arrivals: Arrivals, quiet: F64, before: F64) -> list[Silent]:
        """Silences that lasted long enough and have ended in this batch, unless told while they were open."""
        long = quiet >= self._after_s
        long[arrivals.firsts] &= ~arrivals.carried["silence_told"]
        return [
            (int(arrivals.slot[p]), int(arrivals.group[p]), p - 1, float(before[p]))
            for p in np.flatnonzero(long).tolist()
        ]

    def still_open(self, table: SlotTable, size: int, now: float, arrivals: Arrivals) -> list[Silent]:
        """Silences that by `now` have lasted long enough; marks them as told."""
        heard_at = table["heard_at"][:size]
        due = np.flatnonzero((heard_at + self._after_s <= now) & ~table["silence_told"][:size])
        table["silence_told"][due] = True
        group = np.searchsorted(arrivals.slots, due)
        found: list[Silent] = []
        for slot, g in zip(due.tolist(), group.tolist(), strict=True):
            here = g < len(arrivals.slots) and arrivals.slots[g] == slot
            last = _last_position(arrivals, g) if here else -1
            found.append((slot, g if here else -1, last, float(heard_at[slot])))
        return found

    def matters(self, view: View, slot: int, group: int, position: int) -> bool:
        """Whether the silence is worth a look: a followed aircraft, or one airborne and low enough near a watched field."""
        if bool(view.carried("followed", slot, group)):
            return True
        run = view.run(slot, group, position)
        if run is not None and run.on_ground:
            return False
        state = view.state(slot, group, position)
        if state.latitude_deg is None or state.longitude_deg is None or state.altitude_baro_ft is None:
            return False
        height = self._watched_fields(np.array([state.latitude_deg]), np.array([state.longitude_deg]))[0]
        return bool(state.altitude_baro_ft - height < REACH_FT)


def _last_position(arrivals: Arrivals, group: int) -> int:
    if group + 1 < len(arrivals.firsts):
        return int(arrivals.firsts[group + 1]) - 1
    return len(arrivals.order) - 1
