"""The page after the first five hours of the Pyongyang story; and aircraft somewhere."""

from __future__ import annotations

from functools import cache

import numpy as np

from detector.domain.frame import FrameBatch
from detector.domain.times import from_microseconds
from detector.simulation.encode import frames, position, status
from tests.service.test_scenarios import heard
from tests.web.pages import Page

ICAO24 = "15522c"


@cache
def told() -> Page:
    """Shared: not to be changed."""
    page = Page()
    page.hear(heard(), 60.0)
    return page


def fresh() -> Page:
    """One that may be changed."""
    page = Page()
    page.hear(heard(), 60.0)
    return page


def flying(icao24: list[int], at: float, lat: float = 50.0, lon: float = 10.0) -> FrameBatch:
    """Some aircraft at a place, for ten seconds."""
    parts = []
    for k, address in enumerate(icao24):
        times = at + np.arange(0.0, 10.0, 0.5)
        odd = np.arange(len(times)) % 2
        ones = np.ones(len(times))
        me = position.airborne_position(ones * (lat + 0.01 * k), ones * lon, odd, ones * 30_000.0)
        names = np.full(len(times), status.identification(f"FLY{k:03d}", "A3"))
        payload = np.concatenate([frames.extended_squitter(one, icao24=address) for one in (me, names)])
        both = np.rint(np.concatenate([times, times + 0.1]) * 1e6).astype(np.int64)
        parts.append(FrameBatch.of(from_microseconds(both), payload, np.full(len(both), 14, np.uint8)))
    whole = FrameBatch.concat(parts)
    return whole.take(np.argsort(whole.heard_at, kind="stable"))
