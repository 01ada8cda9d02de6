"""Aircraft that the tables lack or have wrong, with a source for every entry; they are trusted before all tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from detector.domain.errors import ConfigError
from detector.reference.aircraft_table import AircraftRow, AircraftTable

SOURCE = "corrections of the configuration"
"""Of all of them; each says its own besides."""
Word = Annotated[str, Meta(min_length=1)]
Address = Annotated[str, Meta(pattern="^[0-9a-f]{6}$", description="six of 0-9 and a-f, in small letters, as 15522c")]
TypeCode = Annotated[str, Meta(pattern="^[A-Z0-9]{2,4}$", description="an ICAO type designator, as IL62")]


class AircraftCorrection(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an address was from the first day to the last, UTC; without them, whenever it is asked for.

    source    who says so, and where; `dated`: the day it was said
    """

    address: Address
    source: Annotated[str, Meta(min_length=10)]
    dated: date | None = None
    registration: Word | None = None
    type_code: TypeCode | None = msgspec.field(name="type", default=None)
    operator: Word | None = None
    serial: Word | None = None
    built: Annotated[int, Meta(ge=1903, le=2100)] | None = None
    military: bool | None = None
    valid_from: date | None = msgspec.field(name="from", default=None)
    valid_to: date | None = msgspec.field(name="to", default=None)

    def __post_init__(self) -> None:
        """Refuse days the wrong way round, and an entry that tells nothing."""
        if self.valid_from is not None and self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(f"`to` ({self.valid_to}) is before `from` ({self.valid_from})")
        if not (self.registration or self.type_code or self.operator or self.serial or self.military is not None):
            raise ValueError(f"{self.address}: tells nothing of the aircraft; give registration, type or operator")

    def row(self) -> AircraftRow:
        """The same as a row of a table."""
        return AircraftRow(
            address=int(self.address, 16),
            registration=(self.registration or "").upper(),
            type_code=self.type_code or "",
            operator=self.operator or "",
            serial=self.serial or "",
            built=self.built,
            military=self.military,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            told_by=self.source,
        )


def tables_of(corrections: Iterable[tuple[str, AircraftCorrection]]) -> list[AircraftTable]:
    """A table for each day that was given, most often one. Each correction comes with its place (`file:line`).

    Raises ConfigError where two entries of one source tell of an address and of days that overlap.
    """
    by_day: dict[date | None, list[AircraftRow]] = defaultdict(list)
    told: dict[tuple[int, str], list[AircraftRow]] = defaultdict(list)
    for where, correction in corrections:
        row = correction.row()
        mine = told[row.address, row.told_by]
        if any(_overlap(row, other) for other in mine):
            raise ConfigError(f"{where}: {correction.address} is told of twice for the same days by one source")
        mine.append(row)
        by_day[correction.dated].append(row)
    return [AircraftTable.of(rows, SOURCE, dated) for dated, rows in by_day.items()]


def _overlap(one: AircraftRow, other: AircraftRow) -> bool:
    begin = max(one.valid_from or date.min, other.valid_from or date.min)
    return begin <= min(one.valid_to or date.max, other.valid_to or date.max)
