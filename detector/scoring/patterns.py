"""Who flies where, and when: counts of visits by type and field, by route, and by hour and weekday at a field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

HOURS, WEEKDAYS = 24, 7
HOUR_S, DAY_S = 3_600.0, 86_400.0
THURSDAY = 3
"""The weekday of 1 January 1970, counted from Monday."""


@dataclass(frozen=True, eq=False)
class Tally:
    """Visits by key: `key` int64 (g,), ascending; `visits` int64 (g,)."""

    key: Ints
    visits: Ints

    @staticmethod
    def of(keys: Ints) -> Tally:
        """A key below 0 counts for nobody."""
        return Tally(*np.unique(keys[keys >= 0], return_counts=True))

    def of_key(self, key: int) -> int:
        """Visits of one key."""
        i = int(self.key.searchsorted(key))
        return int(self.visits[i]) if i < len(self.key) and self.key[i] == key else 0

    def at(self, keys: Ints) -> F64:
        """Visits of each key, 0 for one that is not there, (n,)."""
        if not len(self.key):
            return np.zeros(len(keys))
        i = np.minimum(self.key.searchsorted(keys), len(self.key) - 1)
        found: F64 = np.where(self.key[i] == keys, self.visits[i], 0).astype(np.float64)
        return found


@dataclass(frozen=True, eq=False)
class Patterns:
    """`by_type`: visits by type and field; `routes`: by field before and field; `hours` int64 (fields, 24) and
    `weekdays` int64 (fields, 7): landings by local solar hour and weekday."""

    by_type: Tally
    routes: Tally
    hours: Ints
    weekdays: Ints

    @staticmethod
    def of(kind: Ints, field: Ints, origin: Ints, hour: Ints, weekday: Ints, fields: int) -> Patterns:
        """From numbers of types, fields (`origin` -1 where not known), hours and weekdays, each (n,)."""
        return Patterns(
            Tally.of(kind * fields + field),
            Tally.of(np.where(origin < 0, -1, origin * fields + field)),
            np.bincount(field * HOURS + hour, minlength=fields * HOURS).reshape(fields, HOURS).astype(np.int64),
            np.bincount(field * WEEKDAYS + weekday, minlength=fields * WEEKDAYS).reshape(fields, WEEKDAYS),
        )

    @cached_property
    def landings(self) -> Ints:
        """At each field, (fields,)."""
        landings: Ints = self.hours.sum(axis=1)
        return landings

    @cached_property
    def at_hours(self) -> Ints:
        """Landings everywhere by hour, (24,)."""
        landings: Ints = self.hours.sum(axis=0)
        return landings

    @cached_property
    def on_weekdays(self) -> Ints:
        """Landings everywhere by weekday, (7,)."""
        landings: Ints = self.weekdays.sum(axis=0)
        return landings

    @cached_property
    def of_types(self) -> Ints:
        """Visits of each type, up to the last that has any, (types,)."""
        kinds = self.by_type.key // max(len(self.hours), 1)
        return np.bincount(kinds, self.by_type.visits).astype(np.int64)

    def columns(self) -> dict[str, Any]:
        """As they are written."""
        tallies = {"by_type": self.by_type, "routes": self.routes}
        columns = {
            f"{name}_{part}": getattr(tally, part) for name, tally in tallies.items() for part in ("key", "visits")
        }
        return columns | {"hours": self.hours, "weekdays": self.weekdays}

    @staticmethod
    def from_columns(columns: Mapping[str, Any]) -> Patterns:
        """Raises KeyError for one that lacks."""
        by_type, routes = (Tally(columns[f"{name}_key"], columns[f"{name}_visits"]) for name in ("by_type", "routes"))
        return Patterns(by_type, routes, columns["hours"], columns["weekdays"])


def local_times(landed_at: F64, longitude_deg: F64) -> tuple[Ints, Ints]:
    """Hour (0 to 23) and weekday (Monday is 0) by the sun, (n,) each; of an unknown longitude as at 0 degrees."""
    at = landed_at + np.nan_to_num(longitude_deg) / 15.0 * HOUR_S
    hour = (at // HOUR_S).astype(np.int64) % HOURS
    weekday = ((at // DAY_S).astype(np.int64) + THURSDAY) % WEEKDAYS
    return hour, weekday
