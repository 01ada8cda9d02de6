"""The speed gate: which fixes an aircraft can have flown to.

Each fix is held against the last accepted one. In a whole batch that is array work as long as every step is
possible; only an aircraft with an impossible step is gone through one fix after the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.domain.columns import Column, SlotTable
from detector.domain.geo import distance_nm, distances_nm
from detector.domain.units import M_PER_NM, SECONDS_PER_HOUR
from detector.tracking.settings import TrackingSettings

F64 = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

STALE_VELOCITY_S = 60.0
"""An older ground speed says nothing about a step."""
LEAST_ALLOWED_KT = 60.0
"""A stopped aircraft starts to roll, and a light one turns into the wind, between two velocity messages."""

COLUMNS = {
    "fix_at": Column("f8", float("nan")),
    "latitude_deg": Column("f8", float("nan")),
    "longitude_deg": Column("f8", float("nan")),
    "fix_surface": Column("?", False),
    "stray_at": Column("f8", float("nan")),
    "stray_latitude_deg": Column("f8", float("nan")),
    "stray_longitude_deg": Column("f8", float("nan")),
    "stray_count": Column("i4", 0),
    "second_at": Column("f8", float("nan")),
    "second_latitude_deg": Column("f8", float("nan")),
    "second_longitude_deg": Column("f8", float("nan")),
    "second_since": Column("f8", float("nan")),
    "second_count": Column("i4", 0),
    "two_places_at": Column("f8", float("nan")),
}
"""The last accepted fix; the last of the rejected fixes that agree with each other, and how many there are in a row;
what may be a second track: its last fix, since when and how many; when the address was last heard in two places."""

SECOND_TRACK = 8
"""So many rejected fixes in step with each other, while the track goes on, are a second aircraft with the address."""
SECOND_TRACK_S = 600.0
"""A longer pause ends what they have in common."""
MIXED, MIXED_S = 3, 60.0
"""Pairs of one message from each of the two lie anywhere: a second track of at least so many fixes outlasts them, for
this long without another fix of its own."""
REFUSED_S, SAME_PLACE_NM = 3_600.0, 5.0
"""A refused fix is remembered for so long; one after a pause that lies so near to it bears it out."""
HOP_S, HOP_KT, HOP_NM = 600.0, 500.0, 3.0
"""A flight unheard between two parking places: taxiing, climb and approach take this long, and the rest goes so fast;
an aircraft may have been towed so far."""
APART_KT, APART_NM = 2_000.0, 10.0
"""Further apart than this speed and distance allow, one aircraft cannot be at both."""


@dataclass(frozen=True, slots=True)
class Jump:
    """A fix that replaced the track: its row, and the last fix of the track before (Unix s UTC, degrees).

    `seen_at`: when a fix at the new place was refused already, before a pause made it feasible.
    """

    row: int
    before_at: float
    before_latitude_deg: float
    before_longitude_deg: float
    seen_at: float | None = None
    seen_latitude_deg: float = float("nan")
    seen_longitude_deg: float = float("nan")


@dataclass(frozen=True, slots=True)
class FixRows:
    """Resolved positions sorted by aircraft, then by arrival; all (n,)."""

    slot: npt.NDArray[np.int32]
    at: F64
    latitude_deg: F64
    longitude_deg: F64
    surface: Flags
    groundspeed_kt: F64
    """Last known ground speed at that row, NaN if older than STALE_VELOCITY_S."""
    begins: Flags
    """First row of its aircraft."""


@dataclass(frozen=True, slots=True)
class Gated:
    """`accepted`: a flag for each row; `jumps`; `second`: rejected rows that belong to a second track."""

    accepted: Flags
    jumps: list[Jump]
    second: list[int]


def accept(table: SlotTable, rows: FixRows, settings: TrackingSettings) -> Gated:
    """Which rows are believed; the gate's own columns of `table` are brought up to date."""
    n = len(rows.slot)
    gated = Gated(np.ones(n, np.bool_), [], [])
    if n == 0:
        return gated
    firsts, lasts = np.flatnonzero(rows.begins), np.flatnonzero(np.concatenate([rows.begins[1:], [True]]))
    slots = rows.slot[firsts]
    previous_at, previous_lat, previous_lon = _shifted(rows, firsts, table, slots)
    was_surface = np.empty_like(rows.surface)
    was_surface[1:] = rows.surface[:-1]
    was_surface[firsts] = table["fix_surface"][slots]
    dt = rows.at - previous_at
    distance = distances_nm(previous_lat, previous_lon, rows.latitude_deg, rows.longitude_deg)
    possible = ~(distance > _reach_nm(dt, rows.groundspeed_kt, rows.surface, was_surface, settings))
    touched = np.zeros(len(slots), np.bool_)
    touched[(np.cumsum(rows.begins) - 1)[~possible]] = True
    touched |= table["stray_count"][slots] > 0
    calm = lasts[~touched]
    for name, values in (
        ("fix_at", rows.at),
        ("latitude_deg", rows.latitude_deg),
        ("longitude_deg", rows.longitude_deg),
        ("fix_surface", rows.surface),
    ):
        table[name][rows.slot[calm]] = values[calm]
    for which in np.flatnonzero(touched).tolist():
        _one_by_one(table, rows, slice(int(firsts[which]), int(lasts[which]) + 1), settings, gated)
    return gated


def _shifted(
    rows: FixRows, firsts: npt.NDArray[np.intp], table: SlotTable, slots: npt.NDArray[np.int32]
) -> tuple[F64, F64, F64]:
    """Time and place of the fix before each row, the table's for an aircraft's first."""

    def before(values: F64, name: str) -> F64:
        shifted = np.empty_like(values)
        shifted[1:] = values[:-1]
        shifted[firsts] = table[name][slots]
        return shifted

    return (
        before(rows.at, "fix_at"),
        before(rows.latitude_deg, "latitude_deg"),
        before(rows.longitude_deg, "longitude_deg"),
    )


def _reach_nm(dt: F64, groundspeed_kt: F64, surface: Flags, was_surface: Flags, settings: TrackingSettings) -> F64:
    """How far an aircraft can have come in `dt` seconds: 30 m + (dt + 0.2 s) x 1.3 x ground speed, at most 2,000 kt.

    From the ground at one place to the ground at another it takes a flight, with all that belongs to one.
    """
    unknown = np.where(surface, settings.unknown_ground_kt, settings.unknown_air_kt)
    told = np.maximum(groundspeed_kt * settings.speed_factor, LEAST_ALLOWED_KT)
    # A velocity speaks for the seconds around it, not for a long silence.
    speed = np.where(np.isnan(groundspeed_kt) | (np.abs(dt) > STALE_VELOCITY_S), np.maximum(unknown, 0.0), told)
    speed = np.where(np.abs(dt) > STALE_VELOCITY_S, settings.unknown_air_kt, speed)
    speed = np.minimum(speed, settings.ceiling_kt)
    reach: F64 = settings.slack_m / M_PER_NM + (np.abs(dt) + settings.slack_s) * speed / SECONDS_PER_HOUR
    hop = HOP_NM + np.maximum(np.abs(dt) - HOP_S, 0.0) * HOP_KT / SECONDS_PER_HOUR
    stood = surface & was_surface & (np.abs(dt) > STALE_VELOCITY_S)
    result: F64 = np.where(stood, np.minimum(reach, hop), reach)
    return result


def _one_by_one(table: SlotTable, rows: FixRows, mine: slice, settings: TrackingSettings, gated: Gated) -> None:
    """The same gate in plain sequence, with the strays that may turn out to be the truth, or another aircraft."""
    slot = int(rows.slot[mine.start])
    fix = [float(table[name][slot]) for name in ("fix_at", "latitude_deg", "longitude_deg")]
    stray = [float(table[name][slot]) for name in ("stray_at", "stray_latitude_deg", "stray_longitude_deg")]
    second = [float(table[name][slot]) for name in ("second_at", "second_latitude_deg", "second_longitude_deg")]
    strays, count = int(table["stray_count"][slot]), int(table["second_count"][slot])
    since = float(table["second_since"][slot])
    surface = bool(table["fix_surface"][slot])
    for i in range(mine.start, mine.stop):
        here = [float(rows.at[i]), float(rows.latitude_deg[i]), float(rows.longitude_deg[i])]
        if _possible(fix, here, rows, i, surface, settings):
            if strays > 0 and _as_seen_before(fix, stray, here):
                # Refused then, and feasible only now that time has passed: it was a jump all the same.
                gated.jumps.append(Jump(i, *fix, *stray))
            fix, strays, surface = here, 0, bool(rows.surface[i])
            continue
        gated.accepted[i] = False
        in_step = strays > 0 and here[0] - stray[0] <= SECOND_TRACK_S
        in_step = in_step and _possible(stray, here, rows, i, False, settings)
        strays = strays + 1 if in_step else 1
        stray = here
        pause = here[0] - second[0]
        if count > 0 and pause <= SECOND_TRACK_S and _flown(second, here, settings):
            second, count = here, count + 1
            if count > SECOND_TRACK and fix[0] > since and _apart(fix, here):
                table["two_places_at"][slot] = here[0]
                gated.second.append(i)
        elif count < MIXED or pause > MIXED_S:
            second, count, since = here, 1, here[0]
        if strays >= settings.accept_after:
            gated.accepted[i] = True
            gated.jumps.append(Jump(i, *fix))
            fix, strays, count, surface = here, 0, 0, bool(rows.surface[i])
    for name, value in zip(("fix_at", "latitude_deg", "longitude_deg"), fix, strict=True):
        table[name][slot] = value
    table["fix_surface"][slot] = surface
    for name, value in zip(("stray_at", "stray_latitude_deg", "stray_longitude_deg"), stray, strict=True):
        table[name][slot] = value
    for name, value in zip(("second_at", "second_latitude_deg", "second_longitude_deg"), second, strict=True):
        table[name][slot] = value
    table["second_since"][slot] = since
    table["stray_count"][slot], table["second_count"][slot] = strays, count


def _as_seen_before(fix: list[float], stray: list[float], here: list[float]) -> bool:
    """Whether a fix after a pause lies where one that was refused had lain, and not where the track was."""
    if not (here[0] - fix[0] > STALE_VELOCITY_S and stray[0] > fix[0] and here[0] - stray[0] <= REFUSED_S):
        return False
    back = distance_nm(stray[1], stray[2], here[1], here[2])
    return back <= SAME_PLACE_NM and 2.0 * back < distance_nm(fix[1], fix[2], here[1], here[2])


def _flown(start: list[float], here: list[float], settings: TrackingSettings) -> bool:
    """Whether one can follow the other in a second track. Whose the last ground speed was is not known there."""
    seconds = abs(here[0] - start[0]) + settings.slack_s
    reach = settings.slack_m / M_PER_NM + seconds * settings.unknown_air_kt / SECONDS_PER_HOUR
    return distance_nm(start[1], start[2], here[1], here[2]) <= reach


def _apart(fix: list[float], here: list[float]) -> bool:
    """Whether no aircraft can be at both."""
    reach = APART_NM + abs(here[0] - fix[0]) * APART_KT / SECONDS_PER_HOUR
    return distance_nm(fix[1], fix[2], here[1], here[2]) > reach


def _possible(
    start: list[float], here: list[float], rows: FixRows, i: int, was_surface: bool, settings: TrackingSettings
) -> bool:
    """Whether `here` can be reached from `start`, by the same arithmetic as for columns."""
    dt = np.array([here[0] - start[0]])
    stood = np.array([was_surface])
    reach = _reach_nm(dt, rows.groundspeed_kt[i : i + 1], rows.surface[i : i + 1], stood, settings)
    distance = distances_nm(np.array([start[1]]), np.array([start[2]]), np.array([here[1]]), np.array([here[2]]))
    return not bool(distance[0] > reach[0])
