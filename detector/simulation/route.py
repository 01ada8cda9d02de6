"""A flight's way over the ground and the points on it that matter, before speeds and heights are put on it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise

from detector.domain.errors import UsageError
from detector.domain.geo import bearing_deg, destination, distance_nm
from detector.domain.units import FT_PER_NM
from detector.simulation.field import Field, RunwayEnd
from detector.simulation.path import Path, Pose, flown, joined, taxied
from detector.simulation.performance import Performance
from detector.simulation.scenario import Approach, Flight

STAND_OFF_NM = 0.35
"""A stand lies at least this far from the runway's centre line."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One approach: the wheels touch, or the lowest point is reached, `low_nm` along the path."""

    kind: Approach
    field: Field
    runway: RunwayEnd
    low_nm: float


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """A path and the distances along it that matter."""

    path: Path
    origin: Field | None
    runway_out: RunwayEnd | None
    roll_nm: float | None
    """Where the take-off roll begins; None if the flight begins in the air."""
    arrivals: tuple[Arrival, ...]
    vacate_nm: float | None
    """Where the runway is left; None if the flight ends in the air."""
    hold_nm: tuple[float, float] | None
    """Where holding begins and ends."""


@dataclass(slots=True)
class _Way:
    """Poses under construction, and which of them mean something."""

    poses: list[Pose] = field(default_factory=list)
    arrivals: list[tuple[Approach, Field, RunwayEnd, int]] = field(default_factory=list)
    hold: tuple[int, int] | None = None

    def last_point(self) -> tuple[float, float]:
        return self.poses[-1].lat, self.poses[-1].lon


def route_of(flight: Flight, fields: dict[str, Field], performance: Performance) -> Route:
    """The way of one flight. Raises UsageError for unknown fields or runways, or a flight that leads nowhere."""
    origin = _field(flight.origin, fields)
    target = _field(flight.destination, fields)
    if flight.destination is None and len(flight.via) < (1 if origin else 2):
        raise UsageError(f"flight at {flight.off_block}: without `to` it needs points in `via`")
    way = _Way()
    first_goal = flight.via[0] if flight.via and origin else _goal(flight, target)
    runway_out = None
    if origin is not None:
        same_field = target is origin and not flight.via
        course = 0.0 if same_field else bearing_deg(origin.lat, origin.lon, *first_goal)
        runway_out = origin.runway(flight.runway_out, course)
        threshold = Pose(runway_out.lat, runway_out.lon, runway_out.heading_deg, performance.low_turn_nm)
        way.poses += [threshold, threshold.ahead(runway_out.length_ft / FT_PER_NM + performance.straight_out_nm)]
    _add_waypoints(way, flight, target, performance)

    approaches: list[Approach] = list(flight.approaches)
    if flight.turn_back_nm is not None and target is not None:
        short_lat, short_lon = _short_of(way.last_point(), target, flight.turn_back_nm)
        course = bearing_deg(short_lat, short_lon, target.lat, target.lon)
        way.poses.append(Pose(short_lat, short_lon, course, performance.high_turn_nm))
        target, approaches = _field(flight.divert_to, fields) or origin, ["land"]
    if target is not None:
        if flight.hold is not None:
            _add_hold(way, target, flight.hold.nm, flight.hold.turns, performance)
        _add_arrivals(way, target, approaches, flight.runway_in, performance)
        if approaches[-1] != "land":
            alternate = _field(flight.divert_to, fields)
            if alternate is None:
                raise UsageError(f"flight at {flight.off_block}: `approaches` end without landing: say `divert_to`")
            _add_arrivals(way, alternate, ["land"], None, performance)
    begins = flight.stand if flight.destination in (None, flight.origin) else None
    return _assembled(way, origin, runway_out, (begins, flight.stand), performance)


def stand_of(field_: Field) -> tuple[float, float]:
    """Where aircraft park: the reference point, moved away from the nearest runway where it lies on one."""
    lat, lon = field_.lat, field_.lon
    for end in field_.runways:
        away = distance_nm(end.lat, end.lon, lat, lon)
        off_deg = bearing_deg(end.lat, end.lon, lat, lon) - end.heading_deg
        across = away * _sine(off_deg)
        along = away * _sine(off_deg + 90)
        if abs(across) < STAND_OFF_NM and -0.3 < along < end.length_ft / FT_PER_NM + 0.3:
            side = 90 if across >= 0 else -90
            return destination(lat, lon, end.heading_deg + side, STAND_OFF_NM - abs(across) + 0.02)
    return lat, lon


def _sine(angle_deg: float) -> float:
    return math.sin(math.radians(angle_deg))


def _field(code: str | None, fields: dict[str, Field]) -> Field | None:
    if code is None:
        return None
    if code not in fields:
        raise UsageError(f"unknown airfield {code!r}")
    return fields[code]


def _goal(flight: Flight, target: Field | None) -> tuple[float, float]:
    return (target.lat, target.lon) if target is not None else flight.via[-1]


def _short_of(start: tuple[float, float], target: Field, nm: float) -> tuple[float, float]:
    whole = distance_nm(*start, target.lat, target.lon)
    course = bearing_deg(*start, target.lat, target.lon)
    return destination(*start, course, max(0.2 * whole, whole - nm))


def _add_waypoints(way: _Way, flight: Flight, target: Field | None, performance: Performance) -> None:
    """Each is passed in the direction half way between the courses to and from it."""
    points = list(flight.via)
    around = ([way.last_point()] if way.poses else []) + points + ([(target.lat, target.lon)] if target else [])
    courses = [bearing_deg(*a, *b) for a, b in pairwise(around)]
    first = 1 if way.poses else 0
    for k, (lat, lon) in enumerate(points):
        index = k + first
        arriving = courses[index - 1] if index > 0 else courses[index]
        leaving = courses[index] if index < len(courses) else arriving
        heading = arriving + ((leaving - arriving + 180) % 360 - 180) / 2
        way.poses.append(Pose(lat, lon, heading % 360, performance.high_turn_nm))


def _add_hold(way: _Way, target: Field, nm: float, turns: int, performance: Performance) -> None:
    lat, lon = _short_of(way.last_point(), target, nm)
    inbound = Pose(lat, lon, bearing_deg(lat, lon, target.lat, target.lon), performance.low_turn_nm)
    way.poses.append(inbound)
    first, leg = len(way.poses) - 1, 2 * performance.low_turn_nm
    for _ in range(turns):
        abeam_lat, abeam_lon = destination(lat, lon, inbound.heading_deg + 90, 2 * inbound.turn_nm)
        outbound = Pose(abeam_lat, abeam_lon, (inbound.heading_deg + 180) % 360, inbound.turn_nm)
        way.poses += [outbound, outbound.ahead(leg), inbound.ahead(-leg), inbound]
    way.hold = first, len(way.poses) - 1


def _add_arrivals(
    way: _Way, target: Field, approaches: list[Approach], ident: str | None, performance: Performance
) -> None:
    course = bearing_deg(*way.last_point(), target.lat, target.lon) if way.poses else 0.0
    runway = target.runway(ident, course)
    threshold = Pose(runway.lat, runway.lon, runway.heading_deg, performance.low_turn_nm)
    length = runway.length_ft / FT_PER_NM
    for kind in approaches:
        way.poses += [threshold.ahead(-performance.final_nm), threshold]
        way.arrivals.append((kind, target, runway, len(way.poses) - 1))
        if kind == "land":
            way.poses.append(threshold.ahead(_vacate_after_nm(performance, length)))
        else:
            way.poses.append(threshold.ahead(length + performance.straight_out_nm))


def touchdown_nm(performance: Performance, runway_nm: float) -> float:
    """From the threshold to the wheels: 1,000 ft, less for slow aircraft and short runways."""
    return min(0.165 if performance.approach_kt > 90 else 0.06, 0.12 * runway_nm)


def _vacate_after_nm(performance: Performance, runway_nm: float) -> float:
    braking = (performance.touchdown_kt**2 - performance.taxi_kt**2) / (7200 * performance.brake_kt_s)
    return max(0.1, min(touchdown_nm(performance, runway_nm) + braking + 0.05, runway_nm - 0.03))


def _assembled(
    way: _Way,
    origin: Field | None,
    runway_out: RunwayEnd | None,
    stands: tuple[tuple[float, float] | None, tuple[float, float] | None],
    performance: Performance,
) -> Route:
    air = flown(way.poses)
    parts, before = [air], 0.0
    if origin is not None and runway_out is not None:
        out = taxied([stands[0] or stand_of(origin), (runway_out.lat, runway_out.lon)])
        before = float(out.along_nm[-1])
        parts.insert(0, out)
    arrivals = []
    vacate = None
    for kind, target, runway, index in way.arrivals:
        low = before + air.marks[index] + touchdown_nm(performance, runway.length_ft / FT_PER_NM)
        arrivals.append(Arrival(kind, target, runway, low))
    if way.arrivals and way.arrivals[-1][0] == "land":
        vacate = before + float(air.along_nm[-1])
        parts.append(taxied([way.last_point(), stands[1] or stand_of(way.arrivals[-1][1])]))
    hold = None if way.hold is None else (before + air.marks[way.hold[0]], before + air.marks[way.hold[1]])
    return Route(joined(parts), origin, runway_out, before if origin else None, tuple(arrivals), vacate, hold)
