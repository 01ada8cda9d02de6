"""Points of made-up flights, by formula: a straight way, a circle, a place that stands still."""

from __future__ import annotations

from typing import Any

import numpy as np

from detector.app import build_pipeline
from detector.decoding.comm_b import air_data
from detector.domain.airdata import AirData
from detector.domain.frame import FrameBatch
from detector.domain.geo import destination
from detector.domain.observation import Observation, Points
from tests.movements.worlds import configuration

T0 = 1_700_000_000.0
HOME = (50.0, 8.0)
Seen = tuple[Observation, tuple[AirData, ...]]


def track(at: Any, places: list[tuple[float, float]], **columns: Any) -> Points:
    """Points at `places`; a single value of a column is that of all of them. Airborne unless said."""
    n = len(at)
    lat, lon = (np.array([place[k] for place in places], float) for k in (0, 1))
    usual = {"altitude_ft": 8_000.0, "groundspeed_kt": 250.0, "surface": 0.0, **columns}
    every = {name: np.broadcast_to(np.asarray(value, float), (n,)).copy() for name, value in usual.items()}
    return Points.of(np.asarray(at, float), lat, lon, every.pop("altitude_ft"), every.pop("groundspeed_kt"), **every)


def straight(
    n: int = 21, every_s: float = 30.0, *, moves_kt: float = 250.0, to_deg: float = 90.0, **columns: Any
) -> Points:
    """A straight way that the positions go along at `moves_kt`."""
    at = T0 + np.arange(n) * every_s
    places = [destination(*HOME, to_deg, moves_kt * (t - T0) / 3600.0) for t in at.tolist()]
    return track(at, places, **{"groundspeed_kt": moves_kt, "track_deg": to_deg, **columns})


def circle(n: int = 21, every_s: float = 30.0, *, radius_nm: float = 1.0, kt: float = 160.0, **columns: Any) -> Points:
    """Round and round, clockwise."""
    at = T0 + np.arange(n) * every_s
    turned = np.degrees(kt / 3600.0 / radius_nm * (at - T0))
    places = [destination(*HOME, angle, radius_nm) for angle in turned.tolist()]
    return track(at, places, **{"groundspeed_kt": kt, "track_deg": (turned + 90.0) % 360.0, **columns})


def standing(n: int = 7, every_s: float = 30.0, **columns: Any) -> Points:
    return track(T0 + np.arange(n) * every_s, [HOME] * n, **{"groundspeed_kt": 0.0, **columns})


def moments(frames: FrameBatch, icao24: str) -> list[Seen]:
    """Every moment of an aircraft on the way through the pipeline, with its air data."""
    pipeline = build_pipeline(configuration())
    observe, seen = pipeline.movements.observe, list[Seen]()

    def watched(o: Observation, **values: Any) -> Any:
        if o.icao24 == icao24:
            seen.append((o, air_data(o.comm_b())))
        return observe(o, **values)

    pipeline.movements.observe = watched  # type: ignore[method-assign]
    for begin in range(0, len(frames), 20_000):
        pipeline.step(frames.take(slice(begin, begin + 20_000)))
    pipeline.finish()
    return seen
