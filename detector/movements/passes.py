"""Low flight over a field that was no landing: go-arounds and low passes."""

from __future__ import annotations

import numpy as np

from detector.domain.movement import Movement, MovementKind
from detector.domain.observation import Observation
from detector.movements.life import Life, Phase
from detector.movements.settings import MovementSettings
from detector.reference import Airports

APPROACH_S = 600.0
"""An approach and what followed lie within this time before climbing out."""
CAME_FROM_ABOVE_FT = 500.0
"""The lowest point was reached by a descent of at least this."""


def climbed_out(life: Life, o: Observation, airports: Airports, s: MovementSettings) -> list[Movement]:
    """The aircraft has left the airspace close above a field without ground contact."""
    recent = o.points.since(o.at - APPROACH_S)
    known = ~np.isnan(recent.altitude_ft)
    if life.phase is not Phase.AIR or not known.any():
        return []
    since = life.airborne_since
    altitude, at = recent.altitude_ft[known], recent.at[known]
    lowest = int(np.argmin(altitude))
    descent = altitude[: lowest + 1].max() - altitude[lowest]
    if descent < CAME_FROM_ABOVE_FT or (since is not None and at[lowest] - since < 120.0):
        return []
    latitude = float(recent.latitude_deg[known][lowest])
    longitude = float(recent.longitude_deg[known][lowest])
    for field, _ in airports.within(latitude, longitude, s.field_radius_nm + 2.0):
        height = float(altitude[lowest]) - float(airports.elevation_ft[field])
        distance = airports.distance_to_runways_nm(field, latitude, longitude)
        if distance <= s.field_radius_nm and -s.below_field_ft <= height <= s.go_around_ft:
            kind = MovementKind.LOW_PASS if height <= s.low_pass_ft else MovementKind.GO_AROUND
            reason = f"down to {height:.0f} ft above the field, {distance:.1f} NM from a runway, and up again"
            return [Movement(kind, o.icao24, airports.codes[field], float(at[lowest]), o.at, reason)]
    return []
