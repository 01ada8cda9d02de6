"""Whatever is flown can be flown: random flights of every class have no gap, no jump and no impossible value."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.domain.geo import distances_nm
from detector.simulation.scenario import Flight, Hold, Rates, Wind
from tests.simulation.fields import hop, played

FIELD = st.sampled_from(["AAAA", "BBBB", "CCCC"])
MANOEUVRES = st.lists(st.sampled_from(["go_around", "low_pass", "touch_and_go"]), max_size=2)


@st.composite
def flights(draw: st.DrawFn) -> tuple[Flight, str]:
    origin, destination = draw(FIELD), draw(FIELD)
    performance = draw(st.sampled_from(["jet_airliner", "heavy_old", "turboprop", "light", "helicopter"]))
    away = origin != destination
    flight = hop(
        origin=origin,
        destination=destination,
        cruise_ft=draw(st.sampled_from([5_000, 11_000, 24_000])),
        approaches=[*draw(MANOEUVRES), "land"],
        hold=draw(st.sampled_from([None, Hold(nm=20, turns=2)])) if away else None,
        turn_back_nm=draw(st.sampled_from([None, 30.0])) if away else None,
    )
    return flight, performance


@given(flights(), st.integers(0, 359), st.integers(0, 50))
@settings(max_examples=60)
def test_a_random_flight_is_continuous_and_lands(drawn: tuple[Flight, str], wind_from: int, wind_kt: int) -> None:
    flight, performance = drawn
    wind = Wind(from_deg=wind_from, speed_kt=wind_kt)
    sim = played(flight, performance=performance, wind=wind, rates=Rates(scale=0.2))
    motion = sim.timelines["4840d6"].segments[0]
    for name in motion.__dataclass_fields__:
        assert np.isfinite(getattr(motion, name)).all(), name
    assert (np.diff(motion.at) > 0).all()
    moved = distances_nm(motion.lat[:-1], motion.lon[:-1], motion.lat[1:], motion.lon[1:])
    assert (moved / np.diff(motion.at) * 3600).max() < 700
    assert motion.groundspeed_kt.min() >= 0
    assert np.abs(motion.roll_deg).max() < 45
    assert len(sim.stops) == 1
    assert motion.on_ground[-1]
    assert len(sim.frames) > 100
