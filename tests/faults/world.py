"""A small world that is full of alerts: aircraft in the circuit of listed fields, each landing every other minute.

Live time is the time of arrival, so a test of the running service cannot wait for flights: here a stop opens, and
another one closes, every second or two. The limits in `SETTINGS` make so short a time on the ground a stop. All that is
heard comes again every `PERIOD_S`, so the world never ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from detector.domain.frame import FrameBatch
from detector.domain.geo import bearing_deg
from detector.domain.times import from_microseconds
from detector.domain.units import M_PER_NM
from detector.reference import Airports
from detector.settings import load_configuration
from detector.simulation.encode import frames, position, status, velocity

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]

PERIOD_S = 120.0
GROUND_S = 36.0
"""On the ground: 15 s of roll-out, a moment of rest, 15 s of take-off run."""
ROLL_S = 15.0
SPEED_MS = 61.7
SPEED_KT = 120.0
RADIUS_M = 500.0
CLIMB_FT_S = 25.0
HEIGHT_FT = 1000.0
ALONE_NM = 6.0
"""No other field is so near to one that is landed at: which one it was is beyond doubt."""
AIRCRAFT = 120
"""One landing a second."""

BEACON, BEACON_S = 0x3C0001, 0.25

SETTINGS = {
    "movements": {"touch_and_go_s": 8.0, "minimum_stay_s": 10.0},
    "alerting": {"journey_hours": 0.05, "journey_update_s": 60.0},
}
"""For the configuration of whatever hears this world. A short journey: a few revisions an alert, and an end of it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A field with the middle and the direction of its runway."""

    code: str
    lat: float
    lon: float
    elevation_ft: float
    heading_deg: float


@cache
def listed_fields() -> tuple[Place, ...]:
    """Listed fields with a runway and no neighbour."""
    configuration = load_configuration()
    airports = configuration.airports
    chosen = (i for i in configuration.watchlist.indices if airports.icao[i] and airports.runways_of(i))
    return tuple(_place(airports, i) for i in chosen if _is_alone(airports, i))


def _is_alone(airports: Airports, i: int) -> bool:
    return len(airports.within(float(airports.lat[i]), float(airports.lon[i]), ALONE_NM)) == 1


def _place(airports: Airports, i: int) -> Place:
    runway = airports.runways_of(i)[0]
    low, high = runway.low, runway.high
    heading = bearing_deg(low.lat, low.lon, high.lat, high.lon)
    middle = (low.lat + high.lat) / 2, (low.lon + high.lon) / 2
    return Place(airports.codes[i], *middle, float(airports.elevation_ft[i]), heading)


class World:
    """What is heard of `aircraft` in the circuit, drawn from a seed. Times are seconds since the world began."""

    def __init__(self, seed: int, aircraft: int = AIRCRAFT) -> None:
        random = np.random.default_rng(seed)
        fields = listed_fields()
        chosen = random.choice(len(fields), aircraft, replace=len(fields) < aircraft)
        addresses = 0x400000 + random.choice(0x80000, aircraft, replace=False)
        parts = []
        for i in range(aircraft):
            # Evenly spread, so that something happens all the time.
            offset_s = PERIOD_S * (i + float(random.random())) / aircraft
            parts.append(_circuit(fields[int(chosen[i])], int(addresses[i]), offset_s, random))
        at = np.concatenate([part[0] for part in parts])
        payload = np.concatenate([part[1] for part in parts])
        order = np.argsort(at, kind="stable")
        self._at, self._payload = at[order], payload[order]

    def heard(self, begin_s: float, end_s: float, start_at: float) -> FrameBatch:
        """The frames of `begin_s <= t < end_s`; their times begin at `start_at` (Unix s)."""
        begin, end = round(begin_s * 1e6), round(end_s * 1e6)
        period = round(PERIOD_S * 1e6)
        ats, payloads = [], []
        for lap in range(begin // period, (end - 1) // period + 1):
            rows = slice(*np.searchsorted(self._at, [begin - lap * period, end - lap * period]).tolist())
            ats.append(self._at[rows] + lap * period)
            payloads.append(self._payload[rows])
        at = np.concatenate(ats) if ats else np.zeros(0, np.int64)
        payload = np.concatenate(payloads) if payloads else np.zeros((0, 14), np.uint8)
        heard_at = from_microseconds(at + round(start_at * 1e6))
        return FrameBatch.of(heard_at, payload, np.full(len(at), 14, np.uint8))


def beacon(begin_s: float, end_s: float, start_at: float) -> FrameBatch:
    """Frames of a transmitter that tells its call sign alone: nothing happens, but something is heard."""
    steps = np.arange(np.ceil(begin_s / BEACON_S), np.ceil(end_s / BEACON_S))
    at = np.rint(steps * BEACON_S * 1e6).astype(np.int64) + round(start_at * 1e6)
    code = np.full(len(at), status.identification("BEACON", "A0"))
    payload = frames.extended_squitter(code, icao24=BEACON)
    return FrameBatch.of(from_microseconds(at), payload, np.full(len(at), 14, np.uint8))


def _circuit(
    place: Place, icao24: int, offset_s: float, random: np.random.Generator
) -> tuple[I64, npt.NDArray[np.uint8]]:
    """One aircraft's frames in one period: times (us), payloads."""
    ats: list[I64] = []
    payloads: list[npt.NDArray[np.uint8]] = []

    def times(every_s: float) -> F64:
        return np.arange(0.0, PERIOD_S, every_s) + float(random.random()) * every_s

    def send(at: F64, me: npt.ArrayLike) -> None:
        ats.append(np.rint(at * 1e6).astype(np.int64))
        payloads.append(frames.extended_squitter(np.broadcast_to(np.asarray(me), at.shape), icao24=icao24))

    at = times(0.5)
    odd = np.arange(len(at)) % 2
    lat, lon, height_ft, speed_kt, track_deg, ground = _flown(place, (at - offset_s) % PERIOD_S)
    airborne = position.airborne_position(lat, lon, odd, height_ft + place.elevation_ft)
    surface = position.surface_position(lat, lon, odd, speed_kt, track_deg)
    send(at, np.where(ground, surface, airborne))

    at = times(1.0)
    _, _, _, speed_kt, track_deg, ground = _flown(place, (at - offset_s) % PERIOD_S)
    send(at[~ground], velocity.ground_velocity(speed_kt[~ground], track_deg[~ground], 0.0, np.nan))

    send(times(5.0), status.identification(f"TST{icao24 % 10000:04d}", "A3"))

    at = times(2.5)
    *_, ground = _flown(place, (at - offset_s) % PERIOD_S)
    told = [status.operational_status(version=2, on_ground=bool(down), nac_p=9, sil=3) for down in ground]
    send(at, told)
    return np.concatenate(ats) % round(PERIOD_S * 1e6), np.concatenate(payloads)


def _flown(place: Place, since_s: F64) -> tuple[F64, F64, F64, F64, F64, npt.NDArray[np.bool_]]:
    """Where it is so long after touching down: lat, lon, height above the field (ft), speed (kt), track, on the ground.

    A racetrack: along the runway (x), twice half round to the left (y).
    """
    roll_m = SPEED_MS * ROLL_S / 2
    ground = since_s < GROUND_S
    braking_s = np.clip(since_s, 0.0, ROLL_S)
    rolling_s = np.clip(since_s - (GROUND_S - ROLL_S), 0.0, ROLL_S)
    x = SPEED_MS * (braking_s - braking_s**2 / 2 / ROLL_S + rolling_s**2 / 2 / ROLL_S)
    speed = np.where(ground, np.maximum(1.0 - braking_s / ROLL_S, rolling_s / ROLL_S), 1.0)

    flown_m = SPEED_MS * (since_s - GROUND_S)
    lap_m = SPEED_MS * (PERIOD_S - GROUND_S) + 2 * roll_m
    straight_m = (lap_m - 2 * np.pi * RADIUS_M) / 2
    out_m = (straight_m - 2 * roll_m) / 3
    turn_m = np.pi * RADIUS_M
    # Along the lap from the end of the first straight on.
    s = flown_m - out_m
    first = np.clip(s, 0.0, turn_m) / RADIUS_M
    back = np.clip(s - turn_m, 0.0, straight_m)
    second = np.clip(s - turn_m - straight_m, 0.0, turn_m) / RADIUS_M
    last = np.maximum(s - 2 * turn_m - straight_m, 0.0)
    x_air = 2 * roll_m + np.minimum(flown_m, out_m) + RADIUS_M * np.sin(first) - back - RADIUS_M * np.sin(second) + last
    y_air = RADIUS_M * (1 - np.cos(first)) - RADIUS_M * (1 - np.cos(second))
    turned = np.degrees(first + second)

    x = np.where(ground, x, x_air) - roll_m
    y = np.where(ground, 0.0, y_air)
    track = (place.heading_deg - np.where(ground, 0.0, turned)) % 360.0
    heading = np.radians(place.heading_deg)
    north = x * np.cos(heading) + y * np.sin(heading)
    east = x * np.sin(heading) - y * np.cos(heading)
    lat = place.lat + north / M_PER_NM / 60.0
    lon = place.lon + east / M_PER_NM / 60.0 / np.cos(np.radians(place.lat))
    climbed = np.minimum(since_s - GROUND_S, PERIOD_S - since_s) * CLIMB_FT_S
    height = np.where(ground, 0.0, np.minimum(climbed, HEIGHT_FT))
    return lat, lon, height, speed * SPEED_KT, track, ground
