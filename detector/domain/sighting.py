"""A sighting: an aircraft heard at a place, told rarely enough to be a value, often enough to draw a map from.

What is learned across aircraft (how low an area is heard, where positions are false) rests on these, in the order of
the stream.
"""

from __future__ import annotations

from dataclasses import dataclass

CELL_DEG = 0.5
"""A new cell of this size makes a sighting."""
EVERY_S = 300.0
"""So does this much time in a cell,"""
BAND_FT = 2_000.0
"""and a new band of pressure altitude of this height."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One aircraft at one accepted fix. `at`: time of the fix, `clock`: event time then (Unix s UTC); None = not known.

    `degraded`: the aircraft's positions are in doubt (jumped, frozen, low integrity), or it says that they are poor.
    `jumped`: this fix is where the position has just jumped to. `receiver`: who heard it, 0 = not told. `frames`: how
    many were heard from the address so far, this one among them; 0 = not told.
    """

    at: float
    clock: float
    slot: int
    icao24: str
    latitude_deg: float
    longitude_deg: float
    altitude_baro_ft: float | None
    groundspeed_kt: float | None
    track_deg: float | None
    surface: bool
    degraded: bool
    jumped: bool
    receiver: int
    frames: int = 0
