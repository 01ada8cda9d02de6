"""The onward journey of an aircraft under watch: its legs and stops after the one that raised the alert."""

from __future__ import annotations

from detector.domain.alert import JourneyStep
from detector.domain.geo import bearing_deg
from detector.domain.observation import AircraftState
from detector.domain.stop import Level, Status, Stop
from detector.reference import Airports

WINDS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
LANDMARK_NM = 150.0
LANDMARK_RUNWAY_FT = 6_000.0
"""A field that a reader may know: with an IATA code and a long runway."""


def flown(
    journey: tuple[JourneyStep, ...], state: AircraftState, left_at: float, airports: Airports
) -> tuple[JourneyStep, ...]:
    """The journey with the aircraft in flight at its last fix. `left_at`: when it left the stop of the alert."""
    last = journey[-1] if journey else None
    under_way = last is not None and last.kind == "leg"
    begun_at = left_at if last is None else last.until
    if state.fix_at is None or state.latitude_deg is None or state.longitude_deg is None:
        return journey
    if begun_at is None or state.fix_at < begun_at:
        # Still the fix from before the stop or on it, or a stop that has not ended.
        return journey
    leg = JourneyStep(
        kind="leg",
        at=last.at if last is not None and under_way else state.fix_at,
        until=state.fix_at,
        latitude_deg=state.latitude_deg,
        longitude_deg=state.longitude_deg,
        altitude_ft=state.altitude_baro_ft,
        track_deg=state.track_deg,
        callsign=state.callsign,
        near=near(state.latitude_deg, state.longitude_deg, airports),
    )
    return (*(journey[:-1] if under_way else journey), leg)


def stopped(journey: tuple[JourneyStep, ...], stop: Stop) -> tuple[JourneyStep, ...]:
    """The journey with a stop added or brought up to date; a stop that was taken back goes."""
    others = tuple(step for step in journey if step.stop_id != stop.id)
    if stop.status is Status.RETRACTED or stop.level < Level.ONE_SIDE:
        return others
    step = JourneyStep(
        kind="stop",
        at=stop.landed.estimate,
        until=stop.departed.estimate if stop.departed else None,
        airport=stop.airport,
        callsign=stop.callsign_in,
        stop_id=stop.id,
        level=int(stop.level),
    )
    place = next((i for i, old in enumerate(journey) if old.stop_id == stop.id), len(others))
    return (*others[:place], step, *others[place:])


def near(latitude_deg: float, longitude_deg: float, airports: Airports) -> str | None:
    """A place in words, from the nearest field that a reader may know."""
    for field, distance in airports.within(latitude_deg, longitude_deg, LANDMARK_NM):
        if not airports.iata[field] or float(airports.longest_runway_ft[field]) < LANDMARK_RUNWAY_FT:
            continue
        name = f"{airports.codes[field]} ({airports.places[field] or airports.names[field]})"
        if distance < 3.0:
            return f"at {name}"
        bearing = bearing_deg(float(airports.lat[field]), float(airports.lon[field]), latitude_deg, longitude_deg)
        return f"{distance:.0f} NM {WINDS[round(bearing / 45.0) % 8]} of {name}"
    return None
