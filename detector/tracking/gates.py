"""The speed gate: which fixes an aircraft can have flown to.

Each fix is held against the last accepted one. In a whole batch that is array work as long as every step is
possible; only an aircraft with an impossible step is gone through one fix after the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.domain.columns import Column, SlotTable
from detector.domain.geo import distances_nm
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
}
"""The last accepted fix; the last of the rejected fixes that agree with each other, and how many there are."""


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


def accept(table: SlotTable, rows: FixRows, settings: TrackingSettings) -> tuple[Flags, Flags]:
    """(accepted, jumped) for each row; the gate's own columns of `table` are brought up to date."""
    n = len(rows.slot)
    accepted, jumped = np.ones(n, np.bool_), np.zeros(n, np.bool_)
    if n == 0:
        return accepted, jumped
    firsts, lasts = np.flatnonzero(rows.begins), np.flatnonzero(np.concatenate([rows.begins[1:], [True]]))
    slots = rows.slot[firsts]
    previous_at, previous_lat, previous_lon = _shifted(rows, firsts, table, slots)
    dt = rows.at - previous_at
    distance = distances_nm(previous_lat, previous_lon, rows.latitude_deg, rows.longitude_deg)
    possible = ~(distance > _reach_nm(dt, rows.groundspeed_kt, rows.surface, settings))
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
        _one_by_one(table, rows, slice(int(firsts[which]), int(lasts[which]) + 1), settings, accepted, jumped)
    return accepted, jumped


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


def _reach_nm(dt: F64, groundspeed_kt: F64, surface: Flags, settings: TrackingSettings) -> F64:
    """How far an aircraft can have come in `dt` seconds: 30 m + (dt + 0.2 s) x 1.3 x ground speed, at most 2,000 kt."""
    unknown = np.where(surface, settings.unknown_ground_kt, settings.unknown_air_kt)
    told = np.maximum(groundspeed_kt * settings.speed_factor, LEAST_ALLOWED_KT)
    # A velocity speaks for the seconds around it, not for a long silence.
    speed = np.where(np.isnan(groundspeed_kt) | (np.abs(dt) > STALE_VELOCITY_S), np.maximum(unknown, 0.0), told)
    speed = np.where(np.abs(dt) > STALE_VELOCITY_S, settings.unknown_air_kt, speed)
    speed = np.minimum(speed, settings.ceiling_kt)
    reach: F64 = settings.slack_m / M_PER_NM + (np.abs(dt) + settings.slack_s) * speed / SECONDS_PER_HOUR
    return reach


def _one_by_one(
    table: SlotTable, rows: FixRows, mine: slice, settings: TrackingSettings, accepted: Flags, jumped: Flags
) -> None:
    """The same gate in plain sequence, with the strays that may turn out to be the truth."""
    slot = int(rows.slot[mine.start])
    fix = [float(table[name][slot]) for name in ("fix_at", "latitude_deg", "longitude_deg")]
    stray = [float(table[name][slot]) for name in ("stray_at", "stray_latitude_deg", "stray_longitude_deg")]
    strays = int(table["stray_count"][slot])
    surface = bool(table["fix_surface"][slot])
    for i in range(mine.start, mine.stop):
        here = [float(rows.at[i]), float(rows.latitude_deg[i]), float(rows.longitude_deg[i])]
        if _possible(fix, here, rows, i, settings):
            fix, strays, surface = here, 0, bool(rows.surface[i])
            continue
        accepted[i] = False
        strays = strays + 1 if strays and _possible(stray, here, rows, i, settings) else 1
        stray = here
        if strays >= settings.accept_after:
            accepted[i], jumped[i] = True, True
            fix, strays, surface = here, 0, bool(rows.surface[i])
    for name, value in zip(("fix_at", "latitude_deg", "longitude_deg"), fix, strict=True):
        table[name][slot] = value
    table["fix_surface"][slot] = surface
    for name, value in zip(("stray_at", "stray_latitude_deg", "stray_longitude_deg"), stray, strict=True):
        table[name][slot] = value
    table["stray_count"][slot] = strays


def _possible(start: list[float], here: list[float], rows: FixRows, i: int, settings: TrackingSettings) -> bool:
    """Whether `here` can be reached from `start`, by the same arithmetic as for columns."""
    dt = np.array([here[0] - start[0]])
    reach = _reach_nm(dt, rows.groundspeed_kt[i : i + 1], rows.surface[i : i + 1], settings)
    distance = distances_nm(np.array([start[1]]), np.array([start[2]]), np.array([here[1]]), np.array([here[2]]))
    return not bool(distance[0] > reach[0])
