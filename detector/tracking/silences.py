"""Silences that are news while they last: of an aircraft near a watched field, or of a followed one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from detector.domain.columns import SlotTable
from detector.domain.observation import AircraftState, GroundRun
from detector.tracking.arrivals import Arrivals
from detector.tracking.clock import LATE_S

F64 = npt.NDArray[np.float64]
F32 = npt.NDArray[np.float32]

HeightsNear = Callable[[F64, F64], F32]
"""(latitude, longitude) in degrees to the height in ft of the highest field around, -inf where there is none."""

REACH_FT = 20_000.0
"""Higher than this above a watched field nobody is on the way down to it."""

Silent = tuple[int, int, int, float]
"""(slot, group in the batch or -1, position of the last frame before the silence, when that was heard)."""


def silences(
    arrivals: Arrivals, frame_row: npt.NDArray[np.int32], table: SlotTable, size: int, clock: F64, after_s: float
) -> Iterator[Silent]:
    """Silences that in this batch, or by its end, have lasted `after_s`.

    A silence becomes news when event time reaches its due time, whoever carries it there; so it is news once,
    wherever the stream was cut. `clock` (n + 1,): event time before the batch and after each frame; `table` holds the
    batch already; `after_s` is longer than a frame can be late.
    """
    heard_before = arrivals.before(arrivals.at, "heard_at")
    # A frame may be late by up to LATE_S, and event time ahead of its own by as much.
    for p in np.flatnonzero(arrivals.at - heard_before >= after_s - LATE_S).tolist():
        due = float(heard_before[p]) + after_s
        if clock[0] < due <= clock[1 + int(frame_row[arrivals.order[p]])]:
            yield int(arrivals.slot[p]), int(arrivals.group[p]), p - 1, float(heard_before[p])
    due_at = table["heard_at"][:size] + after_s
    still = np.flatnonzero((clock[0] < due_at) & (due_at <= clock[-1]))
    group = np.searchsorted(arrivals.slots, still)
    for slot, g in zip(still.tolist(), group.tolist(), strict=True):
        here = g < len(arrivals.slots) and arrivals.slots[g] == slot
        yield slot, g if here else -1, int(arrivals.lasts[g]) if here else -1, float(table["heard_at"][slot])


def flying(state: AircraftState, run: GroundRun | None) -> bool:
    """Whether an aircraft that fell silent was in the air at a known place."""
    return not (run is not None and run.on_ground) and not state.fix_on_surface and state.latitude_deg is not None


def arriving(state: AircraftState, run: GroundRun | None, watched_fields: HeightsNear) -> bool:
    """Whether an aircraft that fell silent was in the air and low enough to have been on its way to a watched field."""
    if run is not None and run.on_ground:
        return False
    if state.latitude_deg is None or state.longitude_deg is None or state.altitude_baro_ft is None:
        return False
    height = watched_fields(np.array([state.latitude_deg]), np.array([state.longitude_deg]))[0]
    return bool(state.altitude_baro_ft - height < REACH_FT)
