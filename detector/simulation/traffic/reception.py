"""How well stops are heard at the fields of a generated world: what of a stay is known afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from detector.simulation.traffic.fields import FieldTable

MINUTE_S = 60.0
WELL, PARTLY, HARDLY = 0, 1, 2
SHARES_OF_COUNTRIES = (0.6, 0.25, 0.15)
"""Of the countries so many are heard well, partly, hardly at all."""
SHARES = {WELL: (0.97, 0.025, 0.005), PARTLY: (0.35, 0.55, 0.10), HARDLY: (0.05, 0.70, 0.25)}
"""Levels 4, 3 and 2 of the stops there."""


class Known(NamedTuple):
    """What is known of a stay: the level, and bounds of the time on the ground that contain it, in seconds."""

    level: int
    ground_min_s: float
    ground_max_s: float


@dataclass(frozen=True, eq=False)
class Reception:
    """`quality` of each field, int (n,): the same all over a country."""

    quality: npt.NDArray[np.int64]

    @staticmethod
    def drawn(rng: np.random.Generator, fields: FieldTable) -> Reception:
        """Invented, country by country."""
        names = sorted(set(fields.countries))
        of = dict(zip(names, rng.choice(3, len(names), p=SHARES_OF_COUNTRIES).tolist(), strict=True))
        return Reception(np.array([of[country] for country in fields.countries], np.int64))

    def of_stay(self, rng: np.random.Generator, field: int, stayed_s: float) -> Known:
        """What is known of a stay at a field."""
        level = 4 - int(rng.choice(3, p=SHARES[int(self.quality[field])]))
        return known(rng, level, stayed_s)


def known(rng: np.random.Generator, level: int, stayed_s: float) -> Known:
    """Bounds as wide as they are at such a level."""
    if level == 4:
        early, late = rng.uniform(1.0, 40.0, 2)
        return Known(4, max(stayed_s - early, 1.0), stayed_s + late)
    unheard = rng.uniform(3.0, 14.0) * MINUTE_S
    if level == 3:
        return Known(3, max(stayed_s * rng.uniform(0.2, 0.85), 1.0), stayed_s + unheard)
    return Known(2, max(stayed_s * rng.uniform(0.02, 0.5), 1.0), stayed_s + unheard + rng.exponential(150.0) * MINUTE_S)
