"""Low flight over a field that was no landing: go-arounds and low passes.

Heights come from pressure altitude: at 990 hPa they read 600 ft too high, at 1035 hPa 600 ft too low. Which of the two
kinds it was is therefore told with less certainty than that it was one of them.
"""

from __future__ import annotations

import numpy as np

from detector.domain.movement import Movement, MovementKind
from detector.domain.observation import Observation
from detector.movements import fits
from detector.movements.life import Life, Phase
from detector.movements.settings import MovementSettings
from detector.reference import Airports

APPROACH_S = 600.0
"""An approach and what followed lie within this time before climbing out."""
SAME_PASS_S = 120.0
"""A second low point this soon after belongs to the same pass."""
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
    if life.passed_at is not None and float(at[lowest]) - life.passed_at < SAME_PASS_S:
        return []
    descent = altitude[: lowest + 1].max() - altitude[lowest]
    if descent < CAME_FROM_ABOVE_FT or (since is not None and at[lowest] - since < 120.0):
        return []
    latitude = float(recent.latitude_deg[known][lowest])
    longitude = float(recent.longitude_deg[known][lowest])
    over = fits.contact_fits(latitude, longitude, o.now.category, float(at[lowest]), airports, s.field_radius_nm)
    # The nearest runway; of two fields as near as each other the larger one.
    over.sort(key=lambda fit: (round(2 * fit.distance_nm), -float(airports.longest_runway_ft[fit.field])))
    for fit in over:
        height = float(altitude[lowest]) - float(airports.elevation_ft[fit.field])
        if -s.below_field_ft <= height <= s.go_around_ft:
            kind = MovementKind.LOW_PASS if height <= s.low_pass_ft else MovementKind.GO_AROUND
            reason = (
                f"down to {height:.0f} ft above the field by pressure altitude, "
                f"{fit.distance_nm:.1f} NM from a runway, and up again"
            )
            life.passed_at = float(at[lowest])
            return [Movement(kind, o.icao24, airports.codes[fit.field], float(at[lowest]), o.at, reason)]
    return []
