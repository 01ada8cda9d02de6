"""One flight from block to block: speeds and heights put on its route, and the time that follows.

Everything is a function of the distance along the path. Speed is the lower of what is wanted and what acceleration
allows (v^2 changes by 2 a s), height the lowest of all limits: climb out, cruise level, each descent. Time is the
integral of distance over speed, exact where the acceleration is constant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.domain.units import FT_PER_NM
from detector.simulation.field import Field
from detector.simulation.motion import Motion
from detector.simulation.performance import (
    Performance,
    climb_rate_fpm,
    climb_speed_true_kt,
)
from detector.simulation.route import Arrival, Route
from detector.simulation.scenario import Wind

Floats = npt.NDArray[np.float64]

LINE_UP_S = 45.0
TAXI_KT_S = 1.2
GO_AROUND_FT = 250.0
LOW_PASS_FT = 120.0
CIRCUIT_FT = 2_500.0
HOLD_FT = 7_000.0
HOLD_KT = 210.0
TOUCH_AND_GO_NM = 0.3
_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Movement:
    """What truly happened. `kind`: take_off, landing, touch_and_go, go_around, low_pass, off_block, on_block."""

    kind: str
    at: float
    airport: str
    runway: str


@dataclass(frozen=True, slots=True, eq=False)
class Flown:
    """A flight as it truly was."""

    motion: Motion
    movements: tuple[Movement, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Air:
    """What the aircraft flies in. `pressure_shift_ft` is pressure altitude minus height above sea level."""

    pressure_shift_ft: float
    wind: Wind


@dataclass(frozen=True, slots=True, eq=False)
class _Climb:
    """Distance from the lift-off (n,) against height (n,)."""

    distance_nm: Floats
    height_ft: Floats

    def after(self, start_ft: float, distance_nm: Floats) -> Floats:
        begin = float(np.interp(start_ft, self.height_ft, self.distance_nm))
        result: Floats = np.interp(begin + distance_nm, self.distance_nm, self.height_ft)
        return result


def fly(
    route: Route, performance: Performance, *, off_block: float, cruise_ft: float, speed_kt: float, air: Air
) -> Flown:
    """The motion along `route` from `off_block` (Unix s); `cruise_ft` is pressure altitude, `speed_kt` true."""
    along = _grid(route)
    climb = _climb_table(performance, speed_kt)
    lift_off = None
    if route.roll_nm is not None:
        lift_off = route.roll_nm + performance.lift_off_kt**2 / (2 * _SECONDS * performance.roll_kt_s)
        along = np.union1d(along, lift_off)
    height = _heights(route, along, climb, performance, lift_off, cruise_ft - air.pressure_shift_ft)
    on_ground = _on_ground(route, along, lift_off)
    speed = _speeds(route, along, height, on_ground, performance, lift_off, speed_kt)
    course = route.path.course_deg(along)
    groundspeed, heading = _in_wind(speed, course, height - _lowest(route), on_ground, air.wind)
    steps_s = 2 * _SECONDS * np.diff(along) / (groundspeed[1:] + groundspeed[:-1])
    at = off_block + np.concatenate([[0.0], np.cumsum(steps_s)])
    if route.roll_nm is not None:
        at[along > route.roll_nm] += LINE_UP_S
    lat, lon = route.path.at(along)
    rate = np.where(on_ground, 0.0, np.gradient(height, at) * 60)
    turn = np.where(on_ground, 0.0, np.gradient(course, at))
    roll = np.degrees(np.arctan(np.radians(turn) * speed * 0.514444 / 9.80665))
    motion = Motion(
        at, lat, lon, height, groundspeed, course, rate, np.where(on_ground, 0.0, speed), heading, roll, turn, on_ground
    )
    return Flown(motion, tuple(_movements(route, motion, along, lift_off)))


def _grid(route: Route) -> Floats:
    """Fine near the ends and the low points, coarse in between; the marked points are on it."""
    whole = float(route.path.along_nm[-1])
    fine = [np.linspace(max(0, a.low_nm - 15), min(whole, a.low_nm + 15), 1500) for a in route.arrivals]
    if route.roll_nm is not None:
        fine.append(np.linspace(0, min(whole, route.roll_nm + 15), 1000))
    marks = [0.0, whole, route.roll_nm, route.vacate_nm, *(route.hold_nm or ()), *(a.low_nm for a in route.arrivals)]
    steps = np.linspace(0, whole, max(2, int(whole / 0.2)))
    grid = np.union1d(np.concatenate([steps, *fine]), np.array([m for m in marks if m is not None]))
    keep = np.concatenate([[True], np.diff(grid) > 1e-6])
    result: Floats = grid[keep]
    return result


def _climb_table(performance: Performance, cruise_true_kt: float) -> _Climb:
    heights = np.arange(-2_000.0, 60_000.0, 250.0)
    rates = np.array([climb_rate_fpm(performance, float(h)) for h in heights])
    speeds = np.array([climb_speed_true_kt(performance, float(h), cruise_true_kt) for h in heights])
    steps = speeds[:-1] / 60 * 250.0 / rates[:-1]
    return _Climb(np.concatenate([[0.0], np.cumsum(steps)]), heights)


def _lowest(route: Route) -> float:
    elevations = [a.field.elevation_ft for a in route.arrivals] + ([route.origin.elevation_ft] if route.origin else [])
    return min(elevations, default=0.0)


def _heights(
    route: Route, along: Floats, climb: _Climb, performance: Performance, lift_off: float | None, cruise_ft: float
) -> Floats:
    height = np.full(len(along), cruise_ft)
    if route.origin is not None and lift_off is not None:
        elevation = route.origin.elevation_ft
        limit = np.where(along < lift_off, elevation, climb.after(elevation, np.maximum(along - lift_off, 0)))
        height = np.minimum(height, limit)
    if route.hold_nm is not None and route.arrivals:
        # Down to the level of the hold before it begins, and there until it is left.
        before = np.maximum(route.hold_nm[0] - along, 0) * performance.descent_ft_per_nm
        level = route.arrivals[0].field.elevation_ft + HOLD_FT
        height = np.where(along <= route.hold_nm[1], np.minimum(height, level + before), np.minimum(height, level))
    for k, arrival in enumerate(route.arrivals):
        elevation, low = arrival.field.elevation_ft, _low_ft(arrival)
        before = low + (arrival.low_nm - along) * performance.descent_ft_per_nm
        after = np.full(len(along), low)
        if arrival.kind != "land":
            level = arrival.low_nm + _level_nm(arrival)
            after = np.where(along > level, climb.after(low, np.maximum(along - level, 0)), low)
        height = np.minimum(height, np.where(along < arrival.low_nm, before, after))
        following = route.arrivals[k + 1 : k + 2]
        if following and following[0].field is arrival.field:
            circuit = (along > arrival.low_nm) & (along < following[0].low_nm)
            height = np.where(circuit, np.minimum(height, elevation + CIRCUIT_FT), height)
    return height


def _low_ft(arrival: Arrival) -> float:
    return arrival.field.elevation_ft + {"go_around": GO_AROUND_FT, "low_pass": LOW_PASS_FT}.get(arrival.kind, 0.0)


def _level_nm(arrival: Arrival) -> float:
    """How long it stays at the lowest height before it climbs."""
    runway = arrival.runway.length_ft / FT_PER_NM
    return {"low_pass": 0.7 * runway, "touch_and_go": min(TOUCH_AND_GO_NM, 0.3 * runway)}.get(arrival.kind, 0.02)


def _on_ground(route: Route, along: Floats, lift_off: float | None) -> npt.NDArray[np.bool_]:
    ground = np.zeros(len(along), np.bool_)
    if lift_off is not None:
        ground |= along < lift_off
    for arrival in route.arrivals:
        if arrival.kind == "land":
            ground |= along >= arrival.low_nm
        elif arrival.kind == "touch_and_go":
            ground |= (along >= arrival.low_nm) & (along < arrival.low_nm + _level_nm(arrival))
    return ground


def _speeds(
    route: Route,
    along: Floats,
    height: Floats,
    on_ground: npt.NDArray[np.bool_],
    performance: Performance,
    lift_off: float | None,
    cruise_kt: float,
) -> Floats:
    levels = np.arange(-2_000.0, 60_000.0, 250.0)
    by_height = np.array([climb_speed_true_kt(performance, float(h), cruise_kt) for h in levels])
    limit = np.interp(height, levels, by_height)
    pull = np.full(len(along), performance.air_kt_s)
    if route.roll_nm is not None and lift_off is not None:
        taxi = along < route.roll_nm
        limit = np.where(taxi, performance.taxi_kt, limit)
        pull = np.where(taxi, TAXI_KT_S, np.where(along < lift_off, performance.roll_kt_s, pull))
        limit[0] = limit[np.searchsorted(along, route.roll_nm)] = 0.0
    if route.hold_nm is not None:
        limit = np.where(along >= route.hold_nm[0], np.minimum(limit, HOLD_KT), limit)
    for arrival in route.arrivals:
        final = (along > arrival.low_nm - performance.final_nm) & (along <= arrival.low_nm)
        limit = np.where(final, np.minimum(limit, 1.3 * performance.approach_kt), limit)
        short = (along > arrival.low_nm - 0.35 * performance.final_nm) & (along <= arrival.low_nm)
        limit = np.where(short, np.minimum(limit, performance.approach_kt), limit)
        if arrival.kind in ("land", "touch_and_go"):
            limit[np.searchsorted(along, arrival.low_nm)] = performance.touchdown_kt
        if arrival.kind == "touch_and_go":
            pull = np.where((along >= arrival.low_nm) & on_ground, performance.roll_kt_s, pull)
    if route.vacate_nm is not None:
        rolling_out = (along > route.arrivals[-1].low_nm) & (along <= route.vacate_nm)
        room = route.vacate_nm - route.arrivals[-1].low_nm
        needed = (performance.touchdown_kt**2 - performance.taxi_kt**2) / (2 * _SECONDS * max(room, 0.01))
        pull = np.where(rolling_out, max(performance.brake_kt_s, needed), pull)
        taxi = along >= route.vacate_nm
        limit = np.where(taxi, performance.taxi_kt, limit)
        limit = np.where(rolling_out, np.minimum(limit, performance.touchdown_kt), limit)
        pull = np.where(taxi, TAXI_KT_S, pull)
        limit[-1] = 0.0
    gained = np.concatenate([[0.0], np.cumsum(2 * _SECONDS * pull[:-1] * np.diff(along))])
    squared = np.minimum.accumulate(limit**2 - gained) + gained
    squared = (np.minimum.accumulate((squared + gained)[::-1]))[::-1] - gained
    result: Floats = np.sqrt(np.maximum(squared, 0.0))
    return result


def _in_wind(
    speed: Floats, course: Floats, above_ft: Floats, on_ground: npt.NDArray[np.bool_], wind: Wind
) -> tuple[Floats, Floats]:
    """Ground speeds and headings; the wind grows from nothing at the ground to its full strength 3,000 ft above."""
    strength = np.where(on_ground, 0.0, wind.speed_kt * np.clip(above_ft / 3_000, 0, 1))
    angle = np.radians(wind.from_deg + 180 - course)
    cross, tail = strength * np.sin(angle), strength * np.cos(angle)
    drift = np.arcsin(np.clip(cross / np.maximum(speed, 1.0), -0.9, 0.9))
    return speed * np.cos(drift) + tail, course - np.degrees(drift)


def _movements(route: Route, motion: Motion, along: Floats, lift_off: float | None) -> list[Movement]:
    def when(mark: float) -> float:
        return round(float(motion.at[np.searchsorted(along, mark - 1e-7)]), 6)

    found: list[Movement] = []
    if route.origin is not None and route.runway_out is not None and lift_off is not None:
        out: Field = route.origin
        found.append(Movement("off_block", round(float(motion.at[0]), 6), out.code, ""))
        found.append(Movement("take_off", when(lift_off), out.code, route.runway_out.ident))
    for arrival in route.arrivals:
        kind = "landing" if arrival.kind == "land" else arrival.kind
        found.append(Movement(kind, when(arrival.low_nm), arrival.field.code, arrival.runway.ident))
    if route.vacate_nm is not None:
        found.append(Movement("on_block", round(float(motion.at[-1]), 6), route.arrivals[-1].field.code, ""))
    return found
