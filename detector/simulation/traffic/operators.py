"""Invented operators: a base among the busy fields, a schedule of fields around it, and aircraft."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.simulation.traffic.fields import FieldTable
from detector.simulation.traffic.operations import OPERATIONS, Operation

F64 = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]

FIRST_ADDRESS = 0x500000
"""Of invented aircraft, upwards."""
SMALL_FT = 4_000.0
"""Operations that need less runway have their base, and fly, anywhere."""
LEAST_FIELDS = 8
TRIES = 50


@dataclass(frozen=True, slots=True)
class Operator:
    """An invented operator. `fields` are those of its schedule, the base first; `shares`: of its flights from the base,
    those to the others, cumulated; `aircraft`: address and type of each."""

    name: str
    operation: Operation
    state: str
    fields: Index
    shares: F64
    aircraft: tuple[tuple[int, str], ...]

    @property
    def base(self) -> int:
        return int(self.fields[0])


def drawn_operators(rng: np.random.Generator, fields: FieldTable, scale: float) -> Iterator[Operator]:
    """All of a world. Raises ValueError where the table has no place for one."""
    address = FIRST_ADDRESS
    for operation in OPERATIONS:
        for number in range(max(1, round(operation.operators * scale))):
            base, network = _network(rng, operation, fields)
            types = rng.permutation(operation.types)[: min(3, operation.aircraft)]
            aircraft = tuple((address + i, str(rng.choice(types))) for i in range(operation.aircraft))
            address += operation.aircraft
            weights = rng.permutation(1.0 / np.arange(1, len(network) + 1) ** (1.5 * (1.0 - operation.evenness)))
            yield Operator(
                f"{operation.name} {number + 1}" if operation.named else "",
                operation,
                fields.countries[base],
                np.concatenate([[base], network]).astype(np.intp),
                np.cumsum(weights / weights.sum()),
                aircraft,
            )


def _network(rng: np.random.Generator, operation: Operation, fields: FieldTable) -> tuple[int, Index]:
    """A base, and the fields that are flown to from there."""
    small = operation.least_runway_ft < SMALL_FT
    nearest, farthest = operation.reach_nm
    long_enough = fields.longest_runway_ft >= operation.least_runway_ft
    popularity = np.zeros(len(fields.codes))
    popularity[fields.active] = 1.0 / np.arange(1, len(fields.active) + 1) ** 0.8
    if small:
        popularity[:] = 1.0
    bases = fields.active if small else fields.active[: fields.hubs]
    for _ in range(TRIES):
        base = int(rng.choice(bases))
        away = fields.distances_nm(base)
        reached = np.flatnonzero((away >= nearest) & (away <= farthest) & long_enough & (popularity > 0.0))
        if len(reached) >= LEAST_FIELDS and long_enough[base]:
            weights = popularity[reached] / popularity[reached].sum()
            return base, rng.choice(reached, min(operation.fields, len(reached)), replace=False, p=weights)
    raise ValueError(f"no base for {operation.name}: too few fields with {operation.least_runway_ft:.0f} ft of runway")
