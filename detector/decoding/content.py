"""What the fields of a message say: one function a group of report columns, each from the standard's own table.

Layouts: ICAO Doc 9871 (registers 0,5 to 6,5), Annex 10 Vol IV 3.1.2 (downlink formats), RTCA DO-260B 2.2.3.2. Bits of
the message field ME are counted from 1 in the standards; `bits(me, first, count)` takes the same numbers.

Arguments used throughout: `row` and `me` are the rows and the ME fields of the squitters a group is made of, ascending.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from detector.decoding import codes
from detector.domain.report import Altitudes, Idents, OperationalStatuses, Squawks, Velocities

I64 = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]


class Kind(IntEnum):
    """What a squitter is about. The two kinds of position come first."""

    SURFACE = 0
    AIRBORNE = 1
    VELOCITY = 2
    IDENT = 3
    EMERGENCY = 4
    STATUS = 5
    OTHER = 6


def _kind_by_first_byte() -> npt.NDArray[np.uint8]:
    """Kind by the first byte of ME, type code and subtype; reserved subtypes are OTHER (DO-260B table 2-11)."""
    table = np.full((32, 8), Kind.OTHER, dtype=np.uint8)
    table[1:5] = Kind.IDENT
    table[5:9] = Kind.SURFACE
    table[9:19] = Kind.AIRBORNE
    table[20:23] = Kind.AIRBORNE
    table[19, 1:5] = Kind.VELOCITY
    table[28, 1] = Kind.EMERGENCY
    table[31, :2] = Kind.STATUS
    return table.reshape(-1)


KIND = _kind_by_first_byte()


def _ground_by_first_byte() -> npt.NDArray[np.int8]:
    """1 ground, 0 airborne, -1 not told, by downlink format and bits 6-8 of the frame: capability, flight status or
    vertical status (Annex 10 Vol IV 3.1.2.5.2.2.1, .6.5.1, .8.2.1)."""
    table = np.full((32, 8), -1, dtype=np.int8)
    for df in (11, 17):
        table[df, 4], table[df, 5] = 1, 0
    for df in (4, 5, 20, 21):
        table[df, [0, 2]], table[df, [1, 3]] = 0, 1
    for df in (0, 16):
        table[df, :4], table[df, 4:] = 0, 1
    return table.reshape(-1)


_GROUND = _ground_by_first_byte()


def bits(me: I64, first: int, count: int) -> I64:
    """Bits `first` .. `first + count - 1` of 56-bit fields, counted from 1 as the standards do."""
    return (me >> (57 - first - count)) & ((1 << count) - 1)


def on_ground(first_byte: npt.NDArray[np.uint8], surface: Rows, airborne: Rows) -> npt.NDArray[np.int8]:
    """The frame's own word: format of a position, else capability, flight status or vertical status."""
    told = _GROUND.take(first_byte)
    told[surface] = 1
    told[airborne] = 0
    return told


def altitudes(df: npt.NDArray[np.uint8], code: npt.NDArray[np.uint16], position_row: Rows, me: I64) -> Altitudes:
    """`code`: the AC field of every frame; `position_row` and `me`: airborne positions."""
    has = (df == 0) | (df == 4) | (df == 16) | (df == 20)
    has[position_row] = True
    ac = bits(me, 9, 12)
    code = code.copy()
    # Airborne positions leave out the M bit: it is put back as 0.
    code[position_row] = (ac >> 6) << 7 | (ac & 0x3F)
    row = np.flatnonzero(has)
    altitude_ft = codes.ALTITUDE_FT.take(code[row])
    geometric = np.zeros(len(row), np.bool_)
    high = np.flatnonzero(me >> 51 >= 20)
    if len(high):
        # TC 20-22: height above the ellipsoid in metres, 0 = not available (DO-260 2.2.3.2.3.4.2).
        at = np.searchsorted(row, position_row[high])
        altitude_ft[at] = np.where(ac[high] == 0, np.nan, ac[high] / 0.3048)
        geometric[at] = True
    return Altitudes(row=row.astype(np.int32), altitude_ft=altitude_ft, geometric=geometric)


def velocities(row: Rows, me: I64, surface_row: Rows, surface_me: I64) -> Velocities:
    """TC 19, subtypes 1 to 4, and the movement of surface positions."""
    airborne = _airborne_velocities(row, me)
    n = len(surface_row)
    if n == 0:
        return airborne
    track = np.where(bits(surface_me, 13, 1) == 1, bits(surface_me, 14, 7) * (360.0 / 128.0), np.nan)
    rows = np.concatenate([airborne.row, surface_row.astype(np.int32)])
    order = np.argsort(rows, kind="stable")
    nothing, false = np.full(n, np.nan, np.float32), np.zeros(n, np.bool_)

    def joined(column: npt.NDArray[Any], more: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.concatenate([column, more]).take(order)

    return Velocities(
        row=rows.take(order),
        groundspeed_kt=joined(airborne.groundspeed_kt, codes.MOVEMENT_KT.take(bits(surface_me, 6, 7))),
        track_deg=joined(airborne.track_deg, track.astype(np.float32)),
        airspeed_kt=joined(airborne.airspeed_kt, nothing),
        airspeed_is_true=joined(airborne.airspeed_is_true, false),
        heading_deg=joined(airborne.heading_deg, nothing),
        vertical_rate_fpm=joined(airborne.vertical_rate_fpm, nothing),
        vertical_rate_is_baro=joined(airborne.vertical_rate_is_baro, false),
        geom_minus_baro_ft=joined(airborne.geom_minus_baro_ft, nothing),
        nac_v=joined(airborne.nac_v, np.full(n, -1, np.int8)),
    )


def _airborne_velocities(row: Rows, me: I64) -> Velocities:
    """TC 19: subtypes 1, 2 ground speed, 3, 4 airspeed; 2 and 4 in steps of 4 kt (DO-260B 2.2.3.2.6)."""
    subtype = bits(me, 6, 3)
    step = np.where(subtype & 1, 1, 4)
    flag_1, value_1 = bits(me, 14, 1) == 1, bits(me, 15, 10)
    flag_2, value_2 = bits(me, 25, 1) == 1, bits(me, 26, 10)
    rate, difference = bits(me, 38, 9), bits(me, 50, 7)
    rate_fpm = np.where(bits(me, 37, 1) == 1, -64.0, 64.0) * (rate - 1)
    difference_ft = np.where(bits(me, 49, 1) == 1, -25.0, 25.0) * (difference - 1)
    east = ((value_1 - 1) * step).astype(np.float64)
    north = ((value_2 - 1) * step).astype(np.float64)
    groundspeed = np.sqrt(east * east + north * north)
    track = np.degrees(np.arctan2(np.where(flag_1, -east, east), np.where(flag_2, -north, north)))
    track = np.where(track < 0.0, track + 360.0, track)
    no_ground = (subtype > 2) | (value_1 == 0) | (value_2 == 0)
    groundspeed[no_ground] = track[no_ground] = np.nan
    airspeed_kt = np.full(len(row), np.nan, np.float32)
    heading_deg = np.full(len(row), np.nan, np.float32)
    through_air = np.flatnonzero(subtype > 2)
    if len(through_air):
        told, heading_told = value_2[through_air] > 0, flag_1[through_air]
        airspeed_kt[through_air] = np.where(told, north[through_air], np.nan)
        heading_deg[through_air] = np.where(heading_told, value_1[through_air] * (360.0 / 1024.0), np.nan)
    return Velocities(
        row=row.astype(np.int32),
        groundspeed_kt=groundspeed.astype(np.float32),
        track_deg=track.astype(np.float32),
        airspeed_kt=airspeed_kt,
        airspeed_is_true=flag_2 & (subtype > 2),
        heading_deg=heading_deg,
        vertical_rate_fpm=np.where(rate > 0, rate_fpm, np.nan).astype(np.float32),
        vertical_rate_is_baro=bits(me, 36, 1) == 1,
        geom_minus_baro_ft=np.where((difference > 0) & (difference < 127), difference_ft, np.nan).astype(np.float32),
        nac_v=bits(me, 11, 3).astype(np.int8),
    )


_NO_IDENTS = Idents(np.zeros(0, np.int32), np.zeros(0, "S8"), np.zeros(0, "S2"))


def idents(row: Rows, me: I64) -> Idents:
    """TC 1-4 (DO-260B 2.2.3.2.5)."""
    if len(row) == 0:
        return _NO_IDENTS
    letters = np.empty((len(row), 8), dtype=np.uint8)
    for i in range(8):
        letters[:, i] = codes.CHARACTER.take(bits(me, 9 + 6 * i, 6))
    category = np.empty((len(row), 2), dtype=np.uint8)
    category[:, 0] = ord("A") + 4 - (me >> 51)
    category[:, 1] = ord("0") + bits(me, 6, 3)
    return Idents(
        row=row.astype(np.int32),
        callsign=np.strings.strip(letters.view("S8").reshape(-1)),
        category=category.view("S2").reshape(-1),
    )


def squawks(df: npt.NDArray[np.uint8], code: npt.NDArray[np.uint16], emergency_row: Rows, me: I64) -> Squawks:
    """`code`: the ID field of every frame; `emergency_row` and `me`: TC 28 subtype 1 (DO-260B 2.2.3.2.7.8)."""
    row = np.flatnonzero((df == 5) | (df == 21))
    if len(emergency_row) == 0:
        return Squawks(row.astype(np.int32), codes.SQUAWK.take(code[row]), np.full(len(row), -1, np.int8))
    code = np.concatenate([code[row], bits(me, 12, 13)])
    state = np.concatenate([np.full(len(row), -1, np.int8), bits(me, 9, 3).astype(np.int8)])
    row = np.concatenate([row, emergency_row])
    order = np.argsort(row, kind="stable")
    return Squawks(row[order].astype(np.int32), codes.SQUAWK.take(code[order]), state[order])


def _no_statuses() -> OperationalStatuses:
    none = np.zeros(0, np.int8)
    return OperationalStatuses(np.zeros(0, np.int32), none, np.zeros(0, np.bool_), none, none, none, none)


_NO_STATUSES = _no_statuses()


def statuses(row: Rows, me: I64) -> OperationalStatuses:
    """TC 31 subtypes 0 (airborne) and 1 (surface)."""
    if len(row) == 0:
        return _NO_STATUSES
    # Versions above 2 are not defined yet: they are read as 2, as the standard asks of later ones.
    version, surface = np.minimum(bits(me, 41, 3), 2), bits(me, 6, 3) == 1
    since_1 = version >= 1

    def where(holds: Flags, first: int, count: int) -> npt.NDArray[np.int8]:
        return np.where(holds, bits(me, first, count), -1).astype(np.int8)

    return OperationalStatuses(
        row=row.astype(np.int32),
        version=version.astype(np.int8),
        surface=surface,
        nic_supplement_a=where(since_1, 44, 1),
        nic_supplement_c=where((version == 2) & surface, 20, 1),
        nac_p=where(since_1, 45, 4),
        sil=where(since_1, 51, 2),
    )
