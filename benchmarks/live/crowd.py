"""Airliners at cruise, each flying straight, ten frames a second each: the load.

A second of one aircraft, by tenths; each aircraft has its own place within the tenth:

    0, 5   airborne position, even and odd       4   DF11
    2, 7   velocity                              6   DF5
    1, 8   DF4                                   3   DF20 with BDS 4,0, 5,0 and 6,0 by turns
    9      by turns of five seconds: call sign, operational status and target state (two each)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.domain.frame import FrameBatch
from detector.domain.times import from_microseconds
from detector.simulation.encode import comm_b, frames, position, status, velocity
from detector.simulation.encode.altitude import altitude_code, identity_code

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Payload = npt.NDArray[np.uint8]

FRAMES_PER_S = 10
CENTRE = (33.0, 53.0)
RADIUS_NM = 200.0
FIRST_ICAO24 = 0x780000
GEOM_MINUS_BARO_FT = 300.0


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """Aircraft, one row each. `lat`, `lon` in degrees at `start` (Unix s, whole); `phase_us` within a tenth of a s."""

    start: int
    icao24: Ints
    lat: Floats
    lon: Floats
    groundspeed_kt: Floats
    track_deg: Floats
    altitude_ft: Floats
    phase_us: Ints

    @staticmethod
    def of(n: int, start: int, seed: int) -> Crowd:
        """`n` aircraft spread evenly over a circle of 200 NM around CENTRE, at the levels of their directions."""
        random = np.random.default_rng(seed)
        away_nm, bearing = RADIUS_NM * np.sqrt(random.random(n)), random.uniform(0.0, 2 * np.pi, n)
        lat = CENTRE[0] + away_nm * np.cos(bearing) / 60.0
        lon = CENTRE[1] + away_nm * np.sin(bearing) / 60.0 / np.cos(np.radians(lat))
        track = random.uniform(0.0, 360.0, n)
        level = 28_000.0 + 2_000.0 * random.integers(0, 6, n) + 1_000.0 * (track < 180.0)
        speed = random.integers(420, 490, n).astype(np.float64)
        return Crowd(start, FIRST_ICAO24 + np.arange(n), lat, lon, speed, track, level, random.integers(0, 100_000, n))

    def frames(self, rows: Ints, begin: int, seconds: int) -> FrameBatch:
        """All that the aircraft `rows` send in `seconds` from `begin` (Unix s, whole) on, in no order."""
        flown = _Flown(self, np.tile(rows, seconds), np.repeat(np.arange(begin, begin + seconds), len(rows)))
        at, payload = zip(*(flown.tenth(k) for k in range(FRAMES_PER_S)), strict=True)
        sent = np.concatenate(payload)
        return FrameBatch.of(from_microseconds(np.concatenate(at)), sent, frames.length_of(sent))


class _Flown:
    """Columns of one row for each aircraft and second."""

    def __init__(self, crowd: Crowd, rows: Ints, second: Ints) -> None:
        self.crowd, self.rows, self.second = crowd, rows, second
        self.icao24 = crowd.icao24[rows]
        self.speed, self.track = crowd.groundspeed_kt[rows], crowd.track_deg[rows]
        self.altitude = crowd.altitude_ft[rows]
        self.code = altitude_code(self.altitude)

    def tenth(self, k: int) -> tuple[Ints, Payload]:
        """Times (us) and frames of tenth `k` of each second."""
        at = self.second * 1_000_000 + k * 100_000 + self.crowd.phase_us[self.rows]
        return at, self._payload(k, at)

    def _payload(self, k: int, at: Ints) -> Payload:
        if k in (0, 5):
            place = self._place(at)
            return frames.extended_squitter(
                position.airborne_position(*place, int(k == 5), self.altitude), icao24=self.icao24
            )
        if k in (2, 7):
            me = velocity.ground_velocity(self.speed, self.track, 0.0, GEOM_MINUS_BARO_FT)
            return frames.extended_squitter(me, icao24=self.icao24)
        if k in (1, 8):
            return frames.surveillance_altitude(icao24=self.icao24, flight_status=0, altitude_code=self.code)
        if k == 3:
            return frames.comm_b_altitude(
                self._registers(), icao24=self.icao24, flight_status=0, altitude_code=self.code
            )
        if k == 4:
            return frames.all_call_reply(icao24=self.icao24)
        if k == 6:
            squawk = np.array([identity_code(f"{n % 4096:04o}") for n in self.crowd.icao24.tolist()], np.int64)
            return frames.surveillance_identity(icao24=self.icao24, flight_status=0, identity_code=squawk[self.rows])
        return frames.extended_squitter(self._words(), icao24=self.icao24)

    def _place(self, at: Ints) -> tuple[Floats, Floats]:
        """Along a rhumb line: over some minutes that is straight."""
        way_deg = self.speed * (at / 1e6 - self.crowd.start) / 3600.0 / 60.0
        lat = self.crowd.lat[self.rows] + way_deg * np.cos(np.radians(self.track))
        lon = self.crowd.lon[self.rows] + way_deg * np.sin(np.radians(self.track)) / np.cos(np.radians(lat))
        return lat, lon

    def _registers(self) -> Ints:
        indicated = self.speed * 0.58
        return np.choose(
            self.second % 3,
            [
                comm_b.selected_vertical_intention(self.altitude, np.full(len(self.rows), 1013.2)),
                comm_b.track_and_turn(0.0, self.track, self.speed, 0.0, self.speed),
                comm_b.heading_and_speed(self.track, indicated, self.speed / 580.0, 0.0, 0.0),
            ],
        )

    def _words(self) -> Ints:
        names = [status.identification(f"LOAD{n:04d}", "A3") for n in range(len(self.crowd.icao24))]
        targets = [
            status.target_state(selected_altitude_ft=ft, qnh_hpa=1013.2, selected_heading_deg=None, nac_p=9, sil=3)
            for ft in self.crowd.altitude_ft.tolist()
        ]
        operational = status.operational_status(version=2, on_ground=False, nac_p=9, sil=3)
        turn = (self.second + self.rows) % 5
        call_sign, target = np.array(names, np.int64)[self.rows], np.array(targets, np.int64)[self.rows]
        return np.where(turn == 0, call_sign, np.where(turn % 2 == 1, np.int64(operational), target))
