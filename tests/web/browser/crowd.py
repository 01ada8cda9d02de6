"""Aircraft in level flight all over the northern hemisphere, as one receiver with very long ears tells them in Beast.

A process of its own, so that what it costs is not the service's:

    python -m tests.web.browser.crowd --port 30005 --aircraft 1000
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from detector.domain.frame import FrameBatch
from detector.domain.geo import EARTH_RADIUS_NM
from detector.domain.times import from_microseconds
from detector.service.clock import SystemClock
from detector.simulation.encode import frames, position, status, velocity
from tests.faults.beast_server import BeastServer

F64 = npt.NDArray[np.float64]

FIRST_ICAO24 = 0x3C4000
EVERY_S = 1.0
"""A position of each, even and odd in turn."""


class Crowd:
    """`aircraft` of them, each on its own straight way; `World` in what it offers."""

    def __init__(self, aircraft: int, seed: int = 1) -> None:
        random = np.random.default_rng(seed)
        self._n = aircraft
        self.icao24 = FIRST_ICAO24 + np.arange(aircraft)
        # Thickest over western Europe, as the map of a real network is.
        near = random.random(aircraft) < 0.6
        self._lat = np.where(near, random.normal(49.0, 5.0, aircraft), random.uniform(20.0, 64.0, aircraft))
        self._lon = np.where(near, random.normal(8.0, 9.0, aircraft), random.uniform(-120.0, 145.0, aircraft))
        self._track_deg = random.uniform(0.0, 360.0, aircraft)
        self._speed_kt = random.uniform(380.0, 490.0, aircraft)
        self._height_ft = 1000.0 * random.integers(24, 40, aircraft)
        self._phase = random.random(aircraft) * EVERY_S
        self._names = np.array([status.identification(f"CRW{i:04d}", "A3") for i in range(aircraft)])

    def heard(self, begin_s: float, end_s: float, start_at: float) -> FrameBatch:
        """The frames of `begin_s <= t < end_s`; their times begin at `start_at` (Unix s)."""
        turn = np.ceil((begin_s - self._phase) / EVERY_S)
        at = turn * EVERY_S + self._phase
        mine = np.flatnonzero(at < end_s)
        at, turn, icao24 = at[mine], turn[mine].astype(np.int64), self.icao24[mine]
        lat, lon = self._places(mine, at)
        me = position.airborne_position(lat, lon, turn % 2, self._height_ft[mine])
        moving = velocity.ground_velocity(self._speed_kt[mine], self._track_deg[mine], 0.0, np.nan)
        named = turn % 5 == 0
        payload = np.concatenate([
            frames.extended_squitter(me, icao24=icao24),
            frames.extended_squitter(moving, icao24=icao24),
            frames.extended_squitter(self._names[mine][named], icao24=icao24[named]),
        ])  # fmt: skip
        times = np.concatenate([at, at + 0.0005, at[named] + 0.001])
        order = np.argsort(times, kind="stable")
        told_at = from_microseconds(np.rint((times[order] + start_at) * 1e6).astype(np.int64))
        return FrameBatch.of(told_at, payload[order], np.full(len(order), 14, np.uint8))

    def _places(self, mine: npt.NDArray[np.intp], at: F64) -> tuple[F64, F64]:
        gone_deg = np.degrees(self._speed_kt[mine] / 3600.0 * at / EARTH_RADIUS_NM)
        heading = np.radians(self._track_deg[mine])
        lat = np.clip(self._lat[mine] + gone_deg * np.cos(heading), -80.0, 80.0)
        lon = self._lon[mine] + gone_deg * np.sin(heading) / np.cos(np.radians(lat))
        return lat, (lon + 180.0) % 360.0 - 180.0


def main(words: Sequence[str] | None = None) -> None:
    """Serve until ended."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--port", type=int, required=True)
    arguments.add_argument("--aircraft", type=int, default=1000)
    chosen = arguments.parse_args(words)
    asyncio.run(BeastServer(Crowd(chosen.aircraft), SystemClock()).run(chosen.port))


if __name__ == "__main__":
    main()
