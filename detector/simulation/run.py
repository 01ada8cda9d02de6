"""A scenario played: frames as the receivers heard them, and the truth beside them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from detector.domain.frame import FrameBatch
from detector.domain.geo import bearing_deg, destination
from detector.domain.times import EPOCH
from detector.simulation.emission import Sent, emit
from detector.simulation.field import Field
from detector.simulation.flight import Air, Movement
from detector.simulation.receivers import ReceiverClock, clock_of, heard_by, merged
from detector.simulation.scenario import Aircraft, Background, Flight, Scenario, instant
from detector.simulation.timeline import Timeline, timeline_of

FT_PER_HPA = 27.3
"""Near sea level in the standard atmosphere (ICAO Doc 7488)."""


@dataclass(frozen=True, slots=True)
class TrueMovement:
    """A movement of one aircraft."""

    icao24: str
    callsign: str
    movement: Movement


@dataclass(frozen=True, slots=True)
class TrueStop:
    """A landing, and the take-off that followed it (None: it stayed)."""

    icao24: str
    airport: str
    landed_at: float
    departed_at: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """`frames` in order of reception; `movements` and `stops` in order of time; `sent` is how many frames were sent."""

    frames: FrameBatch
    clocks: tuple[ReceiverClock, ...]
    movements: tuple[TrueMovement, ...]
    stops: tuple[TrueStop, ...]
    timelines: Mapping[str, Timeline]
    sent: int


def simulate(scenario: Scenario, fields: Mapping[str, Field]) -> Simulation:
    """Plays `scenario` with the airfields it names. Same arguments, same frames. Raises UsageError."""
    random = np.random.default_rng(scenario.seed)
    start = instant(scenario.start, "start")
    end = None if scenario.end is None else instant(scenario.end, "end")
    air = Air((1013.25 - scenario.qnh_hpa) * FT_PER_HPA, scenario.wind)
    aircraft = list(scenario.aircraft)
    for crowd in scenario.background:
        aircraft += _crowd(crowd, start, end, random)
    timelines: dict[str, Timeline] = {}
    heard: list[FrameBatch] = []
    movements: list[TrueMovement] = []
    sent_count = 0
    for number, one in enumerate(aircraft):
        timeline = timeline_of(one, dict(fields), air, start=start, end=end)
        # One address may be given twice (two aircraft that claim it): its timelines are kept apart.
        timelines[one.icao24 if one.icao24 not in timelines else f"{one.icao24}/{number}"] = timeline
        sent = _until(emit(one, timeline, scenario, air, random), end)
        sent_count += len(sent.at)
        heard += [heard_by(receiver, k, sent, random) for k, receiver in enumerate(scenario.receivers)]
        movements += [TrueMovement(one.icao24, _callsign_at(one, timeline, m.at), m) for m in timeline.movements]
    movements.sort(key=lambda m: (m.movement.at, m.icao24))
    clocks = tuple(clock_of(receiver, k, start) for k, receiver in enumerate(scenario.receivers))
    return Simulation(merged(heard), clocks, tuple(movements), tuple(_stops(movements)), timelines, sent_count)


def airports_of(scenario: Scenario) -> set[str]:
    """Codes of all airfields that the scenario names."""
    named = [(f.origin, f.destination, f.divert_to) for a in scenario.aircraft for f in a.flights]
    return {code for codes in named for code in codes if code is not None}


def _until(sent: Sent, end: float | None) -> Sent:
    if end is None:
        return sent
    keep = sent.at <= end
    return Sent(sent.at[keep], sent.payload[keep], sent.lat[keep], sent.lon[keep], sent.height_ft[keep])


def _callsign_at(aircraft: Aircraft, timeline: Timeline, at: float) -> str:
    flight = aircraft.flights[int(timeline.flight_at(np.array([at]))[0])]
    return flight.callsign if flight.callsign is not None else aircraft.callsign


def _stops(movements: list[TrueMovement]) -> list[TrueStop]:
    stops: list[TrueStop] = []
    open_at: dict[str, int] = {}
    for one in movements:
        if one.movement.kind == "landing":
            open_at[one.icao24] = len(stops)
            stops.append(TrueStop(one.icao24, one.movement.airport, one.movement.at, None))
        elif one.movement.kind == "take_off" and one.icao24 in open_at:
            index = open_at.pop(one.icao24)
            stop = stops[index]
            stops[index] = TrueStop(stop.icao24, stop.airport, stop.landed_at, one.movement.at)
    return stops


def _crowd(crowd: Background, start: float, end: float | None, random: np.random.Generator) -> list[Aircraft]:
    """Straight crossings of the circle within a third of its radius of the centre."""
    until = start + 3600.0 if end is None else end
    begin_at = start if crowd.start is None else instant(crowd.start, "background.from")
    until = until if crowd.until is None else instant(crowd.until, "background.until")
    aircraft = []
    for k in range(crowd.count):
        track, miss = random.uniform(0, 360), random.uniform(-0.3, 0.3) * crowd.radius_nm
        middle = destination(*crowd.centre, (track + 90) % 360, miss)
        entry = destination(*middle, (track + 180) % 360, crowd.radius_nm)
        leave = destination(*middle, bearing_deg(*entry, *middle), crowd.radius_nm)
        speed = float(random.integers(420, 480))
        crossing = 2 * crowd.radius_nm / speed * 3600
        begin = random.uniform(begin_at, max(begin_at, until - crossing))
        level = float(random.choice(np.arange(29_000, 41_000, 1_000)))
        flight = Flight(off_block=_iso_us(begin), via=[entry, leave], cruise_ft=level, speed_kt=speed)
        aircraft.append(
            Aircraft(
                icao24=f"{int(crowd.first_icao24, 16) + k:06x}",
                callsign=f"BGD{int(random.integers(100, 9999))}",
                category="A3",
                squawk="".join(str(int(d)) for d in random.integers(0, 8, 4)),
                flights=[flight],
            )
        )
    return aircraft


def _iso_us(at: float) -> str:
    return (EPOCH + timedelta(seconds=math.floor(at))).isoformat()
