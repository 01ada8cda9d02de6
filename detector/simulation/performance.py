"""How the classes of aircraft fly: rounded figures of common types, good enough for a plausible trace.

Sources of the orders of magnitude: EUROCONTROL Aircraft Performance Database (A320, IL62, AT75, C172, EC35 pages).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

SEA_LEVEL_SOUND_KT = 661.5
"""Speed of sound at sea level in the ICAO standard atmosphere (Doc 7488)."""


@dataclass(frozen=True, slots=True)
class Performance:
    """Speeds in knots (calibrated, true where said), rates in ft/min, accelerations in kt/s, lengths in NM."""

    lift_off_kt: float
    climb_kt: float
    cruise_true_kt: float
    approach_kt: float
    touchdown_kt: float
    climb_fpm: float
    ceiling_ft: float
    """Where the rate of climb has fallen to nothing."""
    descent_ft_per_nm: float
    taxi_kt: float
    roll_kt_s: float
    brake_kt_s: float
    air_kt_s: float
    low_turn_nm: float
    high_turn_nm: float
    straight_out_nm: float
    final_nm: float


PERFORMANCE: dict[str, Performance] = {
    "jet_airliner": Performance(150, 290, 450, 140, 132, 2600, 45_000, 310, 18, 3.6, 3.2, 0.9, 2.0, 9.0, 3.0, 10.0),
    "heavy_old": Performance(165, 300, 460, 152, 142, 1900, 43_000, 300, 16, 2.9, 2.7, 0.8, 2.6, 10.0, 3.5, 12.0),
    "turboprop": Performance(110, 180, 280, 115, 100, 1400, 30_000, 320, 16, 3.2, 3.0, 0.9, 1.3, 4.0, 2.0, 7.0),
    "light": Performance(58, 80, 110, 65, 55, 750, 15_000, 400, 10, 2.2, 2.5, 0.8, 0.4, 0.6, 0.8, 2.0),
    "helicopter": Performance(30, 100, 120, 40, 15, 1000, 15_000, 500, 8, 2.0, 2.0, 0.9, 0.3, 0.5, 0.3, 1.0),
}


def density_ratio(height_ft: float) -> float:
    """Air density relative to sea level in the standard atmosphere, -2,000 to 65,000 ft."""
    if height_ft <= 36_089:
        return float((1 - 6.8756e-6 * height_ft) ** 4.2559)
    return float(0.29707 * math.exp(-4.8063e-5 * (height_ft - 36_089)))


def sound_kt(height_ft: float) -> float:
    """Speed of sound in the standard atmosphere."""
    return SEA_LEVEL_SOUND_KT * math.sqrt(1 - 6.8756e-6 * min(height_ft, 36_089))


def true_from_calibrated(calibrated_kt: float, height_ft: float) -> float:
    """True airspeed, without compressibility (3 % high at 300 kt and 30,000 ft)."""
    return calibrated_kt / math.sqrt(density_ratio(height_ft))


def climb_rate_fpm(performance: Performance, height_ft: float) -> float:
    """Falls linearly to a tenth of its sea-level value at the ceiling."""
    return performance.climb_fpm * max(0.1, 1 - 0.9 * max(height_ft, 0.0) / performance.ceiling_ft)


def climb_speed_true_kt(performance: Performance, height_ft: float, cruise_true_kt: float) -> float:
    """Calibrated climb speed, 250 kt at most below 10,000 ft (ICAO Annex 11, appendix 4), never above cruise speed."""
    limit = 250.0 if height_ft < 9_500 else 250.0 + (height_ft - 9_500) / 1_500 * 50.0
    calibrated = min(performance.climb_kt, limit)
    return min(true_from_calibrated(calibrated, height_ft), cruise_true_kt)
