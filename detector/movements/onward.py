"""Lost on its way down to a field and heard next at another one: it may have stopped at the first and flown on."""

from __future__ import annotations

from detector.domain.geo import distance_nm
from detector.domain.stop import Level, Moment, Status, Stop
from detector.movements import intervals, stops
from detector.movements.life import Life
from detector.movements.settings import MovementSettings
from detector.movements.sides import Side
from detector.reference import Airports

SHORTEST_HOP_S = 600.0
"""Take-off, the flight to the nearest other field, and landing."""


def could_have_flown_on(lost: Side, until: float, field: int, airports: Airports, s: MovementSettings) -> bool:
    """Whether a landing at the field, a short stay and a flight to another one fit between the last fix and `until`."""
    distance = airports.distance_to_runways_nm(field, lost.latitude_deg, lost.longitude_deg)
    height = (lost.altitude_ft or 0.0) - float(airports.elevation_ft[field])
    way_in = intervals.fastest_s(lost, distance, height, s.fastest_descent_fpm, s)
    return until - lost.at >= way_in + s.minimum_stay_s + SHORTEST_HOP_S


def flown_on(
    stop: Stop,
    elsewhere: str | None,
    latitude_deg: float,
    longitude_deg: float,
    heard_at: float,
    at: float,
    airports: Airports,
    s: MovementSettings,
) -> Stop | None:
    """The stop that a silence had opened, closed: the next place was reached from there.

    `elsewhere`: the field at that place; `heard_at`: the first word from there. None where there was no time for a
    stay and the flight, or where the way in had fitted the other field too: then it simply went there.
    """
    field = airports.index_of(stop.airport) if stop.airport else None
    if field is None or stop.level is not Level.ONE_SIDE or stop.landed.earliest is None:
        return None
    if elsewhere in {candidate.airport for candidate in stop.candidates}:
        return None
    flight_s = intervals.arrival_leg_s(airports.distance_to_runways_nm(field, latitude_deg, longitude_deg), s)
    earliest, latest = stop.landed.earliest + s.minimum_stay_s, heard_at - flight_s
    if latest < earliest:
        return None
    landed_latest = min(stop.landed.latest, latest - s.minimum_stay_s)
    landed = Moment(stop.landed.earliest, landed_latest, min(stop.landed.estimate, landed_latest), False)
    departed = Moment(earliest, latest, max((earliest + latest) / 2, landed.estimate + s.minimum_stay_s), False)
    return stops.revised(
        stop, at, status=Status.CLOSED, landed=landed, departed=departed,
        ground_time=intervals.ground_time(landed, departed, s.minimum_stay_s),
    )  # fmt: skip


def reached(life: Life, landed: Moment, latitude_deg: float, longitude_deg: float, s: MovementSettings) -> Moment:
    """A landing that nobody heard, no earlier than the flight from the last known place takes."""
    lost = life.lost
    if lost is None or landed.observed:
        return landed
    way = distance_nm(lost.latitude_deg, lost.longitude_deg, latitude_deg, longitude_deg)
    earliest = min(max(landed.earliest or lost.at, lost.at + intervals.arrival_leg_s(way, s)), landed.latest)
    return Moment(earliest, landed.latest, max(landed.estimate, (earliest + landed.latest) / 2), False)
