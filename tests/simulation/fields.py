"""Two small airfields for tests, 120 NM apart, and scenarios on them."""

from __future__ import annotations

from typing import Any

from detector.domain.geo import destination
from detector.domain.units import FT_PER_NM
from detector.simulation import Field, RunwayEnd, Scenario, Simulation, simulate
from detector.simulation.scenario import Aircraft, Flight, Receiver


def field(code: str, lat: float, lon: float, elevation_ft: float, heading_deg: float = 60.0) -> Field:
    """One runway of 10,000 ft through the reference point."""
    low = destination(lat, lon, heading_deg + 180, 5_000 / FT_PER_NM)
    high = destination(lat, lon, heading_deg, 5_000 / FT_PER_NM)
    ends = RunwayEnd("06", *low, heading_deg, 10_000), RunwayEnd("24", *high, heading_deg + 180, 10_000)
    return Field(code, lat, lon, elevation_ft, ends)


FIELDS = {
    "AAAA": field("AAAA", 43.4, 132.1, 46.0),
    "BBBB": field("BBBB", 42.2, 134.2, 2_000.0, 20.0),
    "CCCC": field("CCCC", 43.0, 133.0, 500.0, 110.0),
    "DATE": field("DATE", 10.0, 179.9, 10.0, 90.0),
    "LINE": field("LINE", 11.0, -178.9, 10.0, 90.0),
}
EVERYWHERE = (
    Receiver(name="near A", at=(43.35, 132.0), antenna_ft=4_000, loss=0.0, loss_far=0.0),
    Receiver(name="near B", at=(42.25, 134.3), antenna_ft=4_000, loss=0.0, loss_far=0.0),
)


def scenario(*flights: Flight, **values: Any) -> Scenario:
    """One aircraft with `flights`; keywords of Aircraft and of Scenario are told apart by name."""
    own = {key: values.pop(key) for key in list(values) if key in Aircraft.__struct_fields__}
    aircraft = Aircraft(icao24="4840d6", flights=list(flights), **{"callsign": "TEST1", **own})
    defaults: dict[str, Any] = {"name": "test", "start": "2024-01-01T00:00:00Z", "receivers": list(EVERYWHERE)}
    return Scenario(**{**defaults, "aircraft": [aircraft], **values})


def played(*flights: Flight, **values: Any) -> Simulation:
    return simulate(scenario(*flights, **values), FIELDS)


def hop(**values: Any) -> Flight:
    """AAAA to BBBB."""
    usual = {"off_block": "2024-01-01T00:20:00Z", "origin": "AAAA", "destination": "BBBB", "cruise_ft": 21_000}
    return Flight(**{**usual, **values})
