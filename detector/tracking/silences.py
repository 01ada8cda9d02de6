"""Silences that are news while they last: of an aircraft near a watched field, or of a followed one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

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
    arrivals: Arrivals,
    frame_row: npt.NDArray[np.int32],
    table: SlotTable,
    size: int,
    clock: F64,
    after_s: float,
    worth: Callable[[npt.NDArray[np.intp]], npt.NDArray[np.bool_]],
) -> Iterator[Silent]:
    """Silences that in this batch, or by its end, have lasted `after_s`.

    A silence becomes news when event time reaches its due time, whoever carries it there; so it is news once,
    wherever the stream was cut. `clock` (n + 1,): event time before the batch and after each frame; `table` holds the
    batch already; `after_s` is longer than a frame can be late. `worth` tells which slots that are not in the batch are
    worth a closer look.
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
    in_batch = group < len(arrivals.slots)
    in_batch[in_batch] = arrivals.slots[group[in_batch]] == still[in_batch]
    wanted = in_batch | worth(still)
    for slot, g, here in zip(still[wanted].tolist(), group[wanted].tolist(), in_batch[wanted].tolist(), strict=True):
        yield slot, g if here else -1, int(arrivals.lasts[g]) if here else -1, float(table["heard_at"][slot])


def worth_a_look(
    table: SlotTable, watched_fields: HeightsNear, long: bool, slots: npt.NDArray[np.integer[Any]]
) -> npt.NDArray[np.bool_]:
    """Of many that fell silent at once, those that `flying` (where the silence is `long`) or `arriving` may hold for,
    or that are followed."""
    result: npt.NDArray[np.bool_] = ~np.isnan(table["followed_until"][slots])
    placed = ~np.isnan(table["latitude_deg"][slots]) & (table["ground_word"][slots] != 1)
    if long:
        result |= placed & ~table["fix_surface"][slots]
    place = np.flatnonzero(placed & ~np.isnan(table["altitude_baro_ft"][slots]))
    there = slots[place]
    height = watched_fields(table["latitude_deg"][there], table["longitude_deg"][there]).astype(np.float64)
    # A foot more: whoever looks closer may round differently.
    result[place] |= table["altitude_baro_ft"][there] - height < REACH_FT + 1.0
    return result


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
