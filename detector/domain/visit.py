"""Stops of the past as history keeps them: one record each, and many at once as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

LEAST_LEVEL = 2
"""Of lower stops nobody knows whether, or where, they were made."""


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One closed stop of level 2 or more at a named field.

    id             of the stop; of another source made from it, so that what is read twice is one visit
    icao24         six hexadecimal digits, lower case
    airport        code of the field, as the table of fields has it
    landed_at, departed_at
                   best guesses, Unix s UTC; `departed_at` None where it was not heard leaving
    ground_min_s, ground_max_s
                   bounds of the time on the ground; None where there are none
    level          of the stop; of a list of flights 4: the airline or the network says that it was there
    registration, type_code, operator
                   "" where not known, on the day of the landing
    state          ISO 3166 alpha-2 of the state whose block the address is in, "" = none's
    military       None where nobody says
    callsign_in, callsign_out
                   "" where not heard
    origin, destination
                   fields before and after, "" where not known
    source         where it comes from: `service`, `replay NAME`, `opensky NAME`, `bts NAME`
    """

    id: str
    icao24: str
    airport: str
    landed_at: float
    departed_at: float | None = None
    ground_min_s: float | None = None
    ground_max_s: float | None = None
    level: int
    registration: str = ""
    type_code: str = ""
    operator: str = ""
    state: str = ""
    military: bool | None = None
    callsign_in: str = ""
    callsign_out: str = ""
    origin: str = ""
    destination: str = ""
    source: str


class Coded(NamedTuple):
    """A column of texts: `names[codes[i]]`; "" is among the names where a value is not known. int32 (n,)."""

    codes: npt.NDArray[np.int32]
    names: tuple[str, ...]

    @staticmethod
    def of(texts: npt.ArrayLike) -> Coded:
        """From any texts; names ascending."""
        names, codes = np.unique(np.asarray(texts, dtype=np.str_), return_inverse=True)
        return Coded(codes.reshape(-1).astype(np.int32), tuple(names.tolist()))


@dataclass(frozen=True, eq=False)
class VisitColumns:
    """`n` visits as columns, ordered by landing.

    icao24         uint32 (n,)
    landed_at, departed_at, ground_min_s, ground_max_s
                   float64 (n,); NaN where not known
    level          int8 (n,)
    military       int8 (n,): 1, 0, or -1 where nobody says
    airport, type_code, operator, state, origin, destination
                   texts
    """

    icao24: npt.NDArray[np.uint32]
    landed_at: npt.NDArray[np.float64]
    departed_at: npt.NDArray[np.float64]
    ground_min_s: npt.NDArray[np.float64]
    ground_max_s: npt.NDArray[np.float64]
    level: npt.NDArray[np.int8]
    military: npt.NDArray[np.int8]
    airport: Coded
    type_code: Coded
    operator: Coded
    state: Coded
    origin: Coded
    destination: Coded

    def __len__(self) -> int:
        return len(self.icao24)

    @staticmethod
    def of(visits: list[Visit]) -> VisitColumns:
        """From records, in any order."""
        ordered = sorted(visits, key=lambda visit: (visit.landed_at, visit.id))

        def numbers(name: str) -> npt.NDArray[np.float64]:
            return np.array([np.nan if (v := getattr(one, name)) is None else v for one in ordered], np.float64)

        texts: dict[str, Any] = {
            name: Coded.of([getattr(one, name) for one in ordered])
            for name in ("airport", "type_code", "operator", "state", "origin", "destination")
        }
        return VisitColumns(
            icao24=np.array([int(one.icao24, 16) for one in ordered], np.uint32),
            landed_at=numbers("landed_at"),
            departed_at=numbers("departed_at"),
            ground_min_s=numbers("ground_min_s"),
            ground_max_s=numbers("ground_max_s"),
            level=np.array([one.level for one in ordered], np.int8),
            military=np.array([-1 if one.military is None else one.military for one in ordered], np.int8),
            **texts,
        )
