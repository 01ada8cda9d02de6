"""Who is forgotten, and when: memory has to do for months, and for a flood of invented addresses.

Event time alone says when: at each full hour those not heard for long; while too many are known, or too many of few
frames, at each full second or minute those that matter least. What matters is what a stop may come of: whoever is in
one, or under watch, stays; so do those on the ground, in doubt, low or on the way down to a listed field, as far as
there are not too many of them, for that, too, can be invented. Of all others those heard last stay, where a long
acquaintance counts for some hours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from detector.domain.columns import Column, SlotTable
from detector.domain.report import NAMESPACE_SHIFT
from detector.domain.units import SECONDS_PER_HOUR
from detector.tracking.arrivals import Arrivals
from detector.tracking.clock import LATE_S
from detector.tracking.doubts import Doubts
from detector.tracking.settings import TrackingSettings
from detector.tracking.silences import REACH_FT, HeightsNear

F64 = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Index = npt.NDArray[np.intp]

Newcomers = Callable[[int, int], Index]
"""(first row, few) to the rows from there on with which one more aircraft may become known, ascending; no rows where
it is plain that no more than `few` are new."""

COLUMNS = {"known_since": Column("f8", float("nan"))}
"""First frame of the aircraft, Unix s UTC."""

OLD_EVERY_S = 3600.0
SLIGHT_EVERY_S = 60.0
FULL_EVERY_S = 1.0
"""An aircraft that was refused is taken in within a second or so. Each of these is a part of the one before."""
KEPT_SHARE = 0.75
"""When there are more than may be kept, such a share of them stays: room for those to come."""
FEW_FRAMES = 8
"""Fewer are easily invented; an aircraft sends as many in two seconds."""
SHORT_S = 300.0
CREDIT_S = (0.0, 60.0, 600.0, 10_800.0)
"""How long an aircraft may be silent before one that is just being heard, but has no place, is kept instead: without a
place or an address of its own; with one, of few frames; known for a short time; known for longer. The last is a silence
in which a stop, and the flight on either side of it beyond what is heard, has room."""
SLIGHT_KEPT = 4_096
SLIGHT_S = 60.0
"""So many of few frames are kept that were not heard for a minute. When thousands fall silent at once, each is looked
at; those that were hardly there need not be."""
ON_SUSPICION = 4_096
"""So many are kept at most because a stop may come of them soon: the ones known for longest."""


@dataclass(frozen=True, slots=True)
class AtStake:
    """Slots of aircraft under watch, in an open or held stop, and on the ground (or leaving it) without one."""

    watched: Iterable[int]
    stops: Iterable[int]
    ground: Iterable[int]


class Kept(Protocol):
    """What there is of all aircraft, as a tracker has it: `size` rows of `table` are in use."""

    settings: TrackingSettings
    doubts: Doubts
    size: int

    @property
    def table(self) -> SlotTable: ...


def note(table: SlotTable, arrivals: Arrivals) -> None:
    """Since when the aircraft of the batch are known; before `heard_at` is brought up to date."""
    new = np.isnan(arrivals.carried["heard_at"])
    table["known_since"][arrivals.slots[new]] = arrivals.at[arrivals.firsts[new]]


def crossed(clock: F64, every_s: float) -> Index:
    """Rows with which event time comes to a new spell of `every_s`; `clock` (n + 1,): before the first row, and after
    each one."""
    spell = np.floor(clock / every_s)
    return np.flatnonzero(spell[1:] != spell[:-1])


def next_mark(kept: Kept, known: int, newcomers: Newcomers, times: F64, start: int) -> int:
    """The row after `start` before which some may have to be forgotten, the number of rows if there is none.

    `known`: how many there are; `times` (n + 1,): event time before the first row, and after each one.
    """
    settings, n, until = kept.settings, len(times) - 1, float(times[-1])
    room, few = settings.aircraft_kept - known, SLIGHT_KEPT - _slight(kept, until)
    new = newcomers(start, max(min(room, few), 0))
    ends = [
        _last_before(times, start, every_s, int(new[left]) if 0 <= left < len(new) else start)
        for left, every_s in ((room, FULL_EVERY_S), (few, SLIGHT_EVERY_S))
        if left < len(new)
    ]
    heard_first = np.fmin.reduce(kept.table["heard_at"][: kept.size], initial=times[start] - LATE_S)
    if until - heard_first >= settings.forget_after_h * SECONDS_PER_HOUR:
        ends.append(_last_before(times, start, OLD_EVERY_S, start))
    return min(ends, default=n)


def _last_before(times: F64, start: int, every_s: float, row: int) -> int:
    """The last mark after `start` that is not after `row`; if there is none, the first one after it."""
    found = crossed(times[start + 1 :], every_s) + start + 1
    upto = int(np.searchsorted(found, row, side="right"))
    return int(found[max(upto - 1, 0)]) if len(found) else len(times) - 1


def forgettable(
    kept: Kept,
    keys: npt.NDArray[np.int64],
    at_stake: Callable[[], AtStake],
    watched_fields: HeightsNear,
    *,
    now: float,
    before: float,
) -> Index:
    """Slots of those to be let go of at a mark, ascending. `keys`: addresses by slot, negative where there is none.

    Event time comes to the mark from `before`, and is `now` beyond it. Silences up to `now` have been told.
    """
    settings, table = kept.settings, kept.table
    hour, minute = (len(crossed(np.array([before, now]), every_s)) > 0 for every_s in (OLD_EVERY_S, SLIGHT_EVERY_S))
    slots = np.flatnonzero(keys >= 0)
    too_many = len(slots) > settings.aircraft_kept or (minute and _slight(kept, now) > SLIGHT_KEPT)
    if not hour and not too_many:
        return slots[:0]
    stakes = at_stake()
    old = long_unheard(table, slots, stakes, now, settings) if hour else slots[:0]
    if not too_many:
        return old
    left = np.setdiff1d(slots, old)
    doubted = [slot for slot, doubt in kept.doubts.current.items() if doubt.returned_at is None]
    less = surplus(table, left, keys[left], stakes, doubted, watched_fields, now, settings)
    return np.union1d(old, less)


def _slight(kept: Kept, now: float) -> int:
    """How many of few frames have not been heard for a minute at event time `now`."""
    table, size = kept.table, kept.size
    return int(np.count_nonzero((table["frames"][:size] < FEW_FRAMES) & (table["heard_at"][:size] <= now - SLIGHT_S)))


def long_unheard(table: SlotTable, slots: Index, at_stake: AtStake, now: float, settings: TrackingSettings) -> Index:
    """Those of `slots` that nobody waits for any more at event time `now`."""
    after_h = np.full(len(slots), settings.forget_after_h)
    after_h[np.isin(slots, [*at_stake.stops])] = max(settings.forget_after_h, settings.forget_open_after_h)
    after_h[np.isin(slots, [*at_stake.watched])] = np.inf
    result: Index = slots[table["heard_at"][slots] <= now - after_h * SECONDS_PER_HOUR]
    return result


def surplus(
    table: SlotTable,
    slots: Index,
    keys: npt.NDArray[np.int64],
    at_stake: AtStake,
    doubted: Iterable[int],
    watched_fields: HeightsNear,
    now: float,
    settings: TrackingSettings,
) -> Index:
    """Those of `slots` that matter least, where there are too many, ascending. `keys` (n,): their addresses."""
    heard_at, frames = table["heard_at"][slots], table["frames"][slots]
    recent = heard_at > now - settings.forget_after_h * SECONDS_PER_HOUR
    stays = np.isin(slots, [*at_stake.watched]) | (recent & np.isin(slots, [*at_stake.stops]))
    genuine = (keys < 1 << NAMESPACE_SHIFT) & ~np.isnan(table["fix_at"][slots])
    suspected = np.isin(slots, [*at_stake.ground]) | np.isin(slots, [*doubted]) | table["low"][slots]
    suspected |= _on_the_way_down(table, slots, watched_fields)
    suspected &= genuine & recent & (frames >= FEW_FRAMES) & ~stays
    known_since = table["known_since"][slots]
    first = np.flatnonzero(suspected)
    stays[first[np.lexsort((keys[first], known_since[first]))[:ON_SUSPICION]]] = True
    standing = genuine * (1 + (frames >= FEW_FRAMES) * (1 + (heard_at - known_since >= SHORT_S)))
    worth = heard_at + np.array(CREDIT_S)[standing]
    mine = np.flatnonzero(~stays)
    order = mine[np.lexsort((keys[mine], worth[mine]))]
    if len(slots) > settings.aircraft_kept:
        order = order[: len(slots) - int(settings.aircraft_kept * KEPT_SHARE)]
    else:
        order = order[(frames[order] < FEW_FRAMES) & (heard_at[order] <= now - SLIGHT_S)]
        order = order[: len(order) - int(SLIGHT_KEPT * KEPT_SHARE)] if len(order) > SLIGHT_KEPT else order[:0]
    result: Index = np.sort(slots[order])
    return result


def _on_the_way_down(table: SlotTable, slots: npt.NDArray[np.integer[Any]], watched_fields: HeightsNear) -> Flags:
    """Low enough near a listed field to be on the way down to it, or about to."""
    height = watched_fields(table["latitude_deg"][slots], table["longitude_deg"][slots]).astype(np.float64)
    result: Flags = (table["altitude_baro_ft"][slots] - height < REACH_FT) & (table["ground_word"][slots] != 1)
    return result
