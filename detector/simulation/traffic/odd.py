"""Odd stops after published cases, set into a generated world: what a model of the ordinary should rank first.

Families, not files: who, where, when and how long is drawn anew for each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from detector.domain.geo import distance_nm
from detector.domain.visit import Visit
from detector.simulation.traffic.operators import Operator
from detector.simulation.traffic.reception import known
from detector.simulation.traffic.world import CIRCUIT_S, DAY_S, HOUR_S, MINUTE_S, World

STATE_KINDS = ("government", "air force")
FAR_NM = (300.0, 3_500.0)
SHARES = (0.5, 0.3, 0.2)
"""Of the stops so many are made at listed fields, at others with airline traffic, and anywhere with an IATA code."""
UNSEEN_LEVELS = (3, 3, 2)
"""Where such stops are made nobody hears well."""


class Family(NamedTuple):
    """A published case as a family. `kinds` of operations fly it; `stay_s` draws how long it stays; `back`: the share
    that returns to where it came from; `levels` of which one is drawn."""

    name: str
    after: str
    kinds: tuple[str, ...]
    stay_s: Callable[[np.random.Generator], float]
    back: float
    levels: tuple[int, ...]


FAMILIES = (
    Family("short turnaround", "an Il-62M at Pyongyang for less than an hour, November 2024 (casebook 1)", STATE_KINDS,
           lambda rng: rng.uniform(20.0, 58.0) * MINUTE_S, 0.9, UNSEEN_LEVELS),
    Family("visit of days", "an Il-62M at Pyongyang for two days, September 2023 (casebook 2)", STATE_KINDS,
           lambda rng: rng.uniform(1.4, 3.5) * DAY_S, 0.9, UNSEEN_LEVELS),
    Family("landing unseen", "a 747 freighter at Damascus, its landing not recorded, April 2020 (casebook 3)",
           ("freight", "state airline"), lambda rng: rng.uniform(1.5, 6.0) * HOUR_S, 0.8, (2, 2, 3)),
    Family("quick errand", "a business jet at a field new to it, off again at once; after the same pattern",
           ("business",), lambda rng: rng.uniform(8.0, 14.0) * MINUTE_S, 0.9, UNSEEN_LEVELS),
)  # fmt: skip


class Odd(NamedTuple):
    """One odd stop, and the family that it is of."""

    family: str
    visit: Visit


def odd_stops(
    rng: np.random.Generator, world: World, begin: float, end: float, each: int, listed: npt.NDArray[np.bool_]
) -> list[Odd]:
    """`each` stops of every family, landing between `begin` and `end` (Unix s UTC), by landing. `listed`: fields of the
    world that are under sanctions, as in the cases; half of the stops are made there."""
    made = [
        Odd(family.name, _made(rng, family, world, listed, float(rng.uniform(begin, end)), f"odd-{number}-{i}"))
        for number, family in enumerate(FAMILIES)
        for i in range(each)
    ]
    return sorted(made, key=lambda odd: (odd.visit.landed_at, odd.visit.id))


def _made(
    rng: np.random.Generator, family: Family, world: World, listed: npt.NDArray[np.bool_], at: float, name: str
) -> Visit:
    fields = world.fields
    flying = [one for one in world.operators if one.operation.name in family.kinds]
    operator = flying[int(rng.integers(len(flying)))]
    address, type_code = operator.aircraft[int(rng.integers(len(operator.aircraft)))]
    origin = int(rng.choice(operator.fields[:4]))
    there = _unvisited(rng, operator, origin, world, listed)
    onward = origin if rng.random() < family.back else int(rng.choice(operator.fields))
    away_nm = distance_nm(fields.lat[origin], fields.lon[origin], fields.lat[there], fields.lon[there])
    landed_at = at + away_nm / operator.operation.cruise_kt * HOUR_S + CIRCUIT_S
    stayed_s = family.stay_s(rng)
    told = known(rng, int(rng.choice(family.levels)), stayed_s)
    return Visit(
        id=name,
        icao24=f"{address:06x}",
        airport=fields.codes[there],
        landed_at=landed_at,
        departed_at=landed_at + stayed_s,
        ground_min_s=told.ground_min_s,
        ground_max_s=told.ground_max_s,
        level=told.level,
        type_code=type_code,
        operator=operator.name,
        state=operator.state,
        military=operator.operation.military,
        origin=fields.codes[origin],
        destination=fields.codes[onward],
        source="generated",
    )


def _unvisited(
    rng: np.random.Generator, operator: Operator, origin: int, world: World, listed: npt.NDArray[np.bool_]
) -> int:
    """A field that is not in the operator's schedule: listed, or with traffic of others, or with none at all."""
    fields = world.fields
    away = fields.distances_nm(origin)
    fits = (away >= FAR_NM[0]) & (away <= FAR_NM[1]) & (fields.longest_runway_ft >= operator.operation.least_runway_ft)
    fits[operator.fields] = False
    quiet, under_sanctions = (np.flatnonzero(fits & fields.served & among) for among in (~listed, listed))
    busy = fields.active[fits[fields.active]]
    kinds = (under_sanctions, busy, quiet)
    wanted = int(rng.choice(3, p=SHARES))
    chosen = kinds[wanted] if len(kinds[wanted]) else quiet
    if not len(chosen):
        raise ValueError(f"no field for an odd stop of {operator.name}: the table of fields is too small")
    return int(rng.choice(chosen))
