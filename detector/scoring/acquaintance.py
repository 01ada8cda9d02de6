"""Who has been where: how often, first and last, for an aircraft, an operator, or the military fleet of a state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Been(NamedTuple):
    """So many visits, the first and the last of which landed then (Unix s UTC)."""

    visits: int
    first_at: float
    last_at: float


@dataclass(frozen=True, eq=False)
class Counted:
    """Visits by key: `key` int64 (g,), ascending; `visits` int64 (g,); `first_at`, `last_at` float64 (g,)."""

    key: Ints
    visits: Ints
    first_at: Floats
    last_at: Floats

    @staticmethod
    def of(keys: Ints, landed_at: Floats) -> Counted:
        """From visits ordered by landing; a key below 0 is nobody's."""
        inside = keys >= 0
        keys, landed_at = keys[inside], landed_at[inside]
        order = np.argsort(keys, kind="stable")
        key, start, visits = np.unique(keys[order], return_index=True, return_counts=True)
        at = landed_at[order]
        return Counted(key, visits, at[start], at[start + visits - 1])

    def visits_of(self, keys: Ints) -> Floats:
        """Visits of each key, 0 for one without, (n,)."""
        if not len(self.key):
            return np.zeros(len(keys))
        row = np.minimum(self.key.searchsorted(keys), len(self.key) - 1)
        return np.where(self.key[row] == keys, self.visits[row], 0).astype(np.float64)

    def of_key(self, key: int) -> Been | None:
        """None for a key without visits."""
        i = int(self.key.searchsorted(key))
        if i == len(self.key) or self.key[i] != key:
            return None
        return Been(int(self.visits[i]), float(self.first_at[i]), float(self.last_at[i]))
