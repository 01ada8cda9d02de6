"""A world of invented operators on real fields, flown through: every stop as history would have it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec
import numpy as np

from detector.domain.geo import distance_nm
from detector.domain.visit import Visit
from detector.simulation.traffic.fields import FieldTable
from detector.simulation.traffic.operations import Operation
from detector.simulation.traffic.operators import SMALL_FT, Operator, drawn_operators
from detector.simulation.traffic.reception import Reception

DAY_S, HOUR_S, MINUTE_S = 86_400.0, 3_600.0, 60.0
CIRCUIT_S = 20 * MINUTE_S
"""A flight takes so much longer than its way at cruise."""
DELAYED, DELAY_MIN = 0.1, 25.0
"""So many of the stays are longer than planned, by so much in the mean."""
NIGHT_FROM, NIGHT_TO = 22.0, 5.0
"""Local hours in which aircraft of airlines stay where they are."""
WEEKEND_KINDS = ("business", "government")
WEEKEND_REST = 0.35
"""So many of these that land on a Saturday leave on Monday."""


@dataclass(frozen=True, eq=False)
class World:
    """What was generated: all visits, ordered by landing, and who and what is there."""

    visits: list[Visit]
    operators: tuple[Operator, ...]
    fields: FieldTable
    reception: Reception
    begin: float
    end: float


def made_world(
    rng: np.random.Generator,
    fields: FieldTable,
    begin: float,
    days: int,
    scale: float = 1.0,
    progress: Callable[[float], None] = lambda _share: None,
) -> World:
    """`days` of traffic from `begin` (Unix s UTC, midnight), some 900 stops a day at `scale` 1; `progress` is told the
    share that is done. The same arguments give the same visits."""
    reception = Reception.drawn(rng, fields)
    operators = tuple(drawn_operators(rng, fields, scale))
    visits: list[Visit] = []
    for number, operator in enumerate(operators):
        for address, type_code in operator.aircraft:
            flights = _Flights(rng, operator, fields, reception)
            visits += flights.of(address, type_code, begin, begin + days * DAY_S)
        progress((number + 1) / len(operators))
    visits.sort(key=lambda visit: (visit.landed_at, visit.id))
    return World(visits, operators, fields, reception, begin, begin + days * DAY_S)


@dataclass(frozen=True, slots=True)
class _Flights:
    """The aircraft of one operator under way."""

    rng: np.random.Generator
    operator: Operator
    fields: FieldTable
    reception: Reception

    def of(self, address: int, type_code: str, begin: float, end: float) -> Iterator[Visit]:
        """Stops of one aircraft, from its base on. The last one is left out: where it went is not known."""
        fields, operation = self.fields, self.operator.operation
        here, at = self.operator.base, begin + float(self.rng.uniform(0.0, DAY_S))
        last: Visit | None = None
        number = 0
        while True:
            there = self._next(here)
            away_nm = distance_nm(fields.lat[here], fields.lon[here], fields.lat[there], fields.lon[there])
            landed_at = at + away_nm / operation.cruise_kt * HOUR_S + CIRCUIT_S
            if last is not None:
                yield msgspec.structs.replace(last, destination=fields.codes[there])
            stayed_s = stayed(self.rng, operation, landed_at, float(fields.lon[there]))
            if landed_at + stayed_s >= end:
                return
            known = self.reception.of_stay(self.rng, there, stayed_s)
            last = Visit(
                id=f"made-{address:06x}-{number}",
                icao24=f"{address:06x}",
                airport=fields.codes[there],
                landed_at=landed_at,
                departed_at=landed_at + stayed_s,
                ground_min_s=known.ground_min_s,
                ground_max_s=known.ground_max_s,
                level=known.level,
                type_code=type_code,
                operator=self.operator.name,
                state=self.operator.state,
                military=operation.military,
                origin=fields.codes[here],
                source="generated",
            )
            here, at, number = there, landed_at + stayed_s, number + 1

    def _next(self, here: int) -> int:
        operator, operation = self.operator, self.operator.operation
        if self.rng.random() < operation.elsewhere:
            return self._elsewhere(here)
        if here != operator.base and self.rng.random() < operation.hub_share:
            return operator.base
        while True:
            there = int(operator.fields[1 + int(operator.shares.searchsorted(self.rng.random() * 0.999_999))])
            if there != here:
                return there

    def _elsewhere(self, here: int) -> int:
        """A field in nobody's schedule: a diversion, a charter, a ferry flight, somebody's errand."""
        fields, operation = self.fields, self.operator.operation
        away = fields.distances_nm(here)
        fits = (away > 20.0) & (away <= operation.reach_nm[1]) & (fields.longest_runway_ft >= operation.least_runway_ft)
        if operation.least_runway_ft >= SMALL_FT:
            fits &= fields.served
        reached = np.flatnonzero(fits)
        return int(self.rng.choice(reached)) if len(reached) else self.operator.base


def stayed(rng: np.random.Generator, operation: Operation, landed_at: float, longitude_deg: float) -> float:
    """Seconds on the ground."""
    stay = operation.stay
    if rng.random() < stay.long_share:
        minutes = math.exp(rng.normal(math.log(stay.long_h * 60.0), 0.6))
    else:
        minutes = math.exp(rng.normal(math.log(stay.median_min), stay.spread))
        if rng.random() < DELAYED:
            minutes += rng.exponential(DELAY_MIN)
    seconds = max(minutes, stay.shortest_min) * MINUTE_S
    hour = (landed_at / HOUR_S + longitude_deg / 15.0) % 24.0
    if (hour >= NIGHT_FROM or hour < NIGHT_TO) and rng.random() < operation.night:
        seconds = max(seconds, ((NIGHT_TO + 0.5 + rng.exponential(1.0) - hour) % 24.0) * HOUR_S)
    if operation.name in WEEKEND_KINDS and int(landed_at // DAY_S + 3) % 7 == 5 and rng.random() < WEEKEND_REST:
        seconds += rng.uniform(0.8, 1.6) * DAY_S
    return seconds
