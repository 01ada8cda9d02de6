"""Where an aircraft truly is, and how it moves: columns over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """`n` instants, `at` (Unix s) rising strictly. Directions and longitudes are unwrapped, so they interpolate.

    height_ft is above mean sea level; true_airspeed_kt is NaN on the ground; heading differs from track by the wind.
    """

    at: Floats
    lat: Floats
    lon: Floats
    height_ft: Floats
    groundspeed_kt: Floats
    track_deg: Floats
    vertical_rate_fpm: Floats
    true_airspeed_kt: Floats
    heading_deg: Floats
    roll_deg: Floats
    track_rate_deg_s: Floats
    on_ground: npt.NDArray[np.bool_]

    def sample(self, at: Floats) -> Motion:
        """The motion at other instants: linear in between, standing outside; air/ground as at the instant before."""
        before = np.clip(np.searchsorted(self.at, at, side="right") - 1, 0, len(self.at) - 1)

        def column(values: Floats) -> Floats:
            return np.asarray(np.interp(at, self.at, values), np.float64)

        return Motion(
            at,
            column(self.lat),
            column(self.lon),
            column(self.height_ft),
            column(self.groundspeed_kt),
            column(self.track_deg),
            column(self.vertical_rate_fpm),
            column(self.true_airspeed_kt),
            column(self.heading_deg),
            column(self.roll_deg),
            column(self.track_rate_deg_s),
            self.on_ground[before],
        )

    @staticmethod
    def standing(at: Floats, lat: float, lon: float, height_ft: float) -> Motion:
        """Parked at one place."""
        zero = np.zeros(len(at))
        return Motion(at, zero + lat, zero + lon, zero + height_ft, zero, zero, zero, zero, zero, zero, zero, zero == 0)
