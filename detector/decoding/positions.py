"""Position messages to places: which message is paired with which, and which fix anchors which.

Sequential by nature (a message looks back at earlier ones of the same aircraft), done for a whole batch at once: the
rows are sorted by aircraft, the carried-over halves are put in front as if they had just been heard, and "the last
one before me" becomes a running maximum of indices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from detector.decoding import cpr
from detector.domain.columns import Column, SlotTable

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]

PAIR_S = 10.0
"""Even and odd no further apart than this: at 500 kt a pair 30 s apart is wrong by kilometres three times in four."""
ANCHOR_AIRBORNE_S = 600.0
"""A lone airborne message is resolved near a pair this fresh: 600 kt for 10 min is 100 NM, half a zone is 180."""
FIRST_SURFACE_S = 270.0
"""The first surface message after an airborne one is resolved near a pair this fresh: 600 kt for 270 s is 45 NM, half
a zone of the surface format. Further off it comes out a whole zone wrong, 90 NM, and nothing would show it."""
ANCHOR_SURFACE_S = 900.0
"""From then on surface messages are resolved while no silence of position messages was longer than this: an aircraft
that taxis stays near."""

COLUMNS = {
    "cpr_even_at": Column("f8", float("nan")),
    "cpr_even_lat": Column("i4", 0),
    "cpr_even_lon": Column("i4", 0),
    "cpr_odd_at": Column("f8", float("nan")),
    "cpr_odd_lat": Column("i4", 0),
    "cpr_odd_lon": Column("i4", 0),
    "anchor_at": Column("f8", float("nan")),
    "anchor_latitude_deg": Column("f8", float("nan")),
    "anchor_longitude_deg": Column("f8", float("nan")),
    "anchor_airborne_only": Column("?", False),
    "position_heard_at": Column("f8", float("nan")),
    "position_surface": Column("?", False),
}
"""What is remembered of each aircraft: the last airborne half of each parity, the last pair (and whether it came too
long before landing to serve on the ground), the last message."""


@dataclass(frozen=True, slots=True)
class Messages:
    """Raw position messages in order of arrival, all (n,)."""

    slot: npt.NDArray[np.int32]
    heard_at: F64
    lat: I64
    lon: I64
    odd: Flags
    surface: Flags
    receiver: npt.NDArray[np.uint64]


Fixes = tuple[F64, F64, Flags]
"""(latitude, longitude, from a pair), each (n,); NaN where nothing resolves the message."""


@dataclass(frozen=True, slots=True)
class _Sequence:
    """The messages of a batch sorted by aircraft, then arrival, behind what is remembered of each.

    slots      the aircraft of the batch, ascending; `group` is the place of each row's aircraft among them
    first      the first row of each row's aircraft; rows there may be remembered halves, not `real` messages
    order      the row of each among the remembered halves and the messages end to end
    """

    slots: npt.NDArray[np.int32]
    order: Rows
    real: Flags
    group: Rows
    first: Rows
    last: Rows
    heard_at: F64
    lat: I64
    lon: I64
    odd: Flags
    surface: Flags


def resolve(table: SlotTable, messages: Messages, receiver_places: Mapping[int, tuple[float, float]]) -> Fixes:
    """Places of the messages, and `table` brought up to date. `receiver_places`: (lat, lon) by receiver identity."""
    n = len(messages.slot)
    if n == 0:
        return np.zeros(0), np.zeros(0), np.zeros(0, np.bool_)
    sequence = _sequence(table, messages)
    remembered = len(sequence.order) - n
    heard_at, surface = sequence.heard_at, sequence.surface
    latitude, longitude, even_before, odd_before = _pairs(sequence)
    paired = ~np.isnan(latitude)

    last_pair = _last_true(paired)
    heard_before, surface_before = _before(table, sequence)
    silence = sequence.real & ~(heard_at - heard_before <= ANCHOR_SURFACE_S)
    landed = np.flatnonzero(sequence.real & surface & ~surface_before)
    last_break = _last_true(silence), _last_true(_too_late(table, sequence, landed, last_pair))
    lone = np.flatnonzero(sequence.real & ~paired)
    if len(lone):
        at, ref_lat, ref_lon, airborne_only = _anchors(
            table, sequence, lone, last_pair, last_break, latitude, longitude
        )
        too_old = ~(np.abs(heard_at[lone] - at) <= ANCHOR_AIRBORNE_S)
        ref_lat[np.where(surface[lone], airborne_only, too_old)] = np.nan
        for receiver, (place_lat, place_lon) in receiver_places.items():
            theirs = (np.isnan(at) | airborne_only) & surface[lone]
            theirs &= messages.receiver[sequence.order[lone] - remembered] == receiver
            ref_lat[theirs], ref_lon[theirs] = place_lat, place_lon
        near = np.flatnonzero(~np.isnan(ref_lat))
        lone = lone[near]
        latitude[lone], longitude[lone] = cpr.near(
            sequence.lat[lone], sequence.lon[lone], sequence.odd[lone], surface[lone], ref_lat[near], ref_lon[near]
        )

    last, slots = sequence.last, sequence.slots
    at, anchor_lat, anchor_lon, airborne_only = _anchors(
        table, sequence, last, last_pair, last_break, latitude, longitude
    )
    table["position_heard_at"][slots] = heard_at[last]
    table["position_surface"][slots] = surface[last]
    table["anchor_at"][slots] = at
    table["anchor_latitude_deg"][slots] = anchor_lat
    table["anchor_longitude_deg"][slots] = anchor_lon
    table["anchor_airborne_only"][slots] = airborne_only
    for parity, before in (("even", even_before), ("odd", odd_before)):
        told = np.flatnonzero(before[last] >= sequence.first[last])
        half = before[last[told]]
        table[f"cpr_{parity}_at"][slots[told]] = heard_at[half]
        table[f"cpr_{parity}_lat"][slots[told]] = sequence.lat[half]
        table[f"cpr_{parity}_lon"][slots[told]] = sequence.lon[half]
    # Back to the order of arrival; what was remembered falls away.
    back = np.empty(n + remembered, dtype=np.intp)
    back[sequence.order] = np.arange(n + remembered)
    back = back[remembered:]
    return latitude.take(back), longitude.take(back), paired.take(back)


def _last_true(flags: Flags) -> Rows:
    """The last row up to each where `flags` holds, -1 before the first."""
    return np.maximum.accumulate(np.where(flags, np.arange(len(flags)), -1))


def _sequence(table: SlotTable, messages: Messages) -> _Sequence:
    in_batch = np.zeros(table.capacity, np.bool_)
    in_batch[messages.slot] = True
    slots = np.flatnonzero(in_batch).astype(np.int32)
    even, odd = (slots[~np.isnan(table[f"cpr_{parity}_at"][slots])] for parity in ("even", "odd"))
    slot = np.concatenate([even, odd, messages.slot])
    # Sorting 16-bit numbers is ten times faster; slots beyond them are rare.
    order = np.argsort(slot.astype(np.uint16) if slots[-1] < 1 << 16 else slot, kind="stable")
    slot = slot.take(order)
    begins = np.empty(len(slot), np.bool_)
    begins[0] = True
    np.not_equal(slot[1:], slot[:-1], out=begins[1:])
    starts = np.flatnonzero(begins)
    group = np.cumsum(begins) - 1

    def column(name: str, heard: npt.NDArray[Any]) -> npt.NDArray[Any]:
        remembered = (table[f"cpr_even_{name}"][even], table[f"cpr_odd_{name}"][odd])
        return np.concatenate([*remembered, heard]).take(order)

    flags = np.zeros((2, len(slot)), np.bool_)
    remembered = len(even) + len(odd)
    flags[0, len(even) : remembered] = True
    flags[0, remembered:], flags[1, remembered:] = messages.odd, messages.surface
    return _Sequence(
        slots=slots,
        order=order,
        real=order >= remembered,
        group=group,
        first=starts.take(group),
        last=np.append(starts[1:], len(slot)) - 1,
        heard_at=column("at", messages.heard_at),
        lat=column("lat", messages.lat),
        lon=column("lon", messages.lon),
        odd=flags[0].take(order),
        surface=flags[1].take(order),
    )


def _pairs(sequence: _Sequence) -> tuple[F64, F64, Rows, Rows]:
    """Places by pairs, NaN where there is none, and the last airborne message of each parity up to each row."""
    airborne, odd, heard_at = ~sequence.surface, sequence.odd, sequence.heard_at
    even_before, odd_before = _last_true(airborne & ~odd), _last_true(airborne & odd)
    partner = np.where(odd, even_before, odd_before)
    mine = np.flatnonzero(sequence.real & airborne & (partner >= sequence.first))
    mine = mine[np.abs(heard_at[mine] - heard_at[partner[mine]]) <= PAIR_S]
    # A message's own parity was last heard with the message itself.
    even, odd_half = even_before[mine], odd_before[mine]
    lat, lon = sequence.lat, sequence.lon
    pair_lat, pair_lon, resolved = cpr.pair(lat[even], lon[even], lat[odd_half], lon[odd_half], odd[mine])
    latitude, longitude = np.full(len(lat), np.nan), np.full(len(lat), np.nan)
    mine = mine[resolved]
    latitude[mine], longitude[mine] = pair_lat[resolved], pair_lon[resolved]
    return latitude, longitude, even_before, odd_before


def _before(table: SlotTable, sequence: _Sequence) -> tuple[F64, Flags]:
    """Of the message before each one of the aircraft: when it was heard (NaN: there is none), whether on the surface.

    Remembered halves are not messages; what stands in their rows means nothing.
    """
    heard_at, surface = np.empty(len(sequence.heard_at)), np.empty(len(sequence.heard_at), np.bool_)
    heard_at[1:], surface[1:] = sequence.heard_at[:-1], sequence.surface[:-1]
    # The first message of each aircraft follows the last one of an earlier batch.
    first_real = np.flatnonzero(sequence.real & ~np.append(False, sequence.real[:-1]))
    index = sequence.first
    begins = np.flatnonzero(index == np.arange(len(index)))
    for rows in (first_real, begins):
        slots = sequence.slots[sequence.group[rows]]
        heard_at[rows] = table["position_heard_at"][slots]
        surface[rows] = table["position_surface"][slots]
    return heard_at, surface


def _too_late(table: SlotTable, sequence: _Sequence, landed: Rows, last_pair: Rows) -> Flags:
    """Those of `landed`, first surface messages, that came too long after the last pair."""
    pair = last_pair[landed]
    slots = sequence.slots[sequence.group[landed]]
    at = np.where(pair >= sequence.first[landed], sequence.heard_at[pair], table["anchor_at"][slots])
    late = np.zeros(len(sequence.heard_at), np.bool_)
    late[landed] = ~(sequence.heard_at[landed] - at <= FIRST_SURFACE_S)
    return late


def _anchors(
    table: SlotTable,
    sequence: _Sequence,
    rows: Rows,
    last_pair: Rows,
    last_break: tuple[Rows, Rows],
    latitude: F64,
    longitude: F64,
) -> tuple[F64, F64, F64, Flags]:
    """(time, latitude, longitude) of the anchor in force after each of `rows`, NaN where there is none; whether it
    serves airborne messages only. `last_break`: the last silence, and the last surface message that came too late."""
    first, pair = sequence.first[rows], last_pair[rows]
    here = pair >= first
    silence, late = (np.where(here, broken[rows] > pair, broken[rows] >= first) for broken in last_break)
    slots = sequence.slots[sequence.group[rows]]
    at = np.where(here, sequence.heard_at[pair], table["anchor_at"][slots])
    lat = np.where(here, latitude[pair], table["anchor_latitude_deg"][slots])
    lon = np.where(here, longitude[pair], table["anchor_longitude_deg"][slots])
    at[silence] = lat[silence] = lon[silence] = np.nan
    airborne_only = (late | (~here & table["anchor_airborne_only"][slots])) & ~np.isnan(at)
    return at, lat, lon, airborne_only
