"""Who an address is on a day: what the tables, the blocks and the registers' rules say, each with its source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from detector.domain.identity import Fact, Identity, TypeClass, first_value
from detector.domain.times import day_of
from detector.reference import airframes, oddities, registrations
from detector.reference.aircraft_table import MILITARY_UNKNOWN, MILITARY_YES, AircraftRow, AircraftTable
from detector.reference.airframes import Told
from detector.reference.airlines import Airlines
from detector.reference.blocks import AddressBlocks
from detector.reference.prefixes import Prefixes
from detector.reference.type_table import TypeTable

KEPT = 4096
"""So many identities are remembered: a stop is judged again at each of its revisions."""


PUBLISHED_RULES = frozenset({"US"})
"""Registers that publish the address of every number, so that their rule has no exception. All other rules were found
by looking at some aircraft: what they give is weak."""


@dataclass(frozen=True, slots=True)
class Labels:
    """What is shown beside many aircraft at once, in the order asked for; "" where nobody knows."""

    registration: list[str]
    type_code: list[str]
    operator: list[str]
    country: list[str]
    military: npt.NDArray[np.bool_]


class Directory:
    """All tables together. `tables`: of aircraft, the most trusted first. Nothing changes after construction."""

    def __init__(
        self,
        blocks: AddressBlocks,
        prefixes: Prefixes,
        types: TypeTable,
        airlines: Airlines,
        tables: Sequence[AircraftTable],
    ) -> None:
        self.blocks = blocks
        self.prefixes = prefixes
        self.types = types
        self.tables = tuple(tables)
        self._airlines = airlines
        self._remembered = lru_cache(KEPT)(self._identity)

    def identity(self, icao24: str, at: float, callsigns: Iterable[str] = ()) -> Identity:
        """What is known of an address (six hexadecimal digits; one with ~ is nobody's) at Unix time `at`.

        `callsigns` that it used tell an operator too, though weakly.
        """
        if icao24.startswith("~"):
            return Identity(icao24=icao24)
        return self._remembered(icao24.lower(), day_of(at).toordinal(), tuple(dict.fromkeys(callsigns)))

    def labels(self, addresses: npt.NDArray[np.uint32], at: float) -> Labels:
        """The first words on each of many addresses: as `identity`, without call signs and without sources."""
        day = day_of(at).toordinal()
        n = len(addresses)
        told = {name: [""] * n for name in ("registration", "type_code", "operator")}
        military = self.blocks.military(addresses)
        told_of = np.zeros(n, np.bool_)
        for table in self.tables:
            asked, rows = _in_force(table, addresses, day)
            for i, said in zip(asked.tolist(), table.military[rows].tolist(), strict=True):
                if said != MILITARY_UNKNOWN and not told_of[i]:
                    told_of[i], military[i] = True, said == MILITARY_YES
            for name, column in told.items():
                texts = getattr(table, name)
                for i, row in zip(asked.tolist(), rows.tolist(), strict=True):
                    if not column[i]:
                        column[i] = texts[row]
        registration = told["registration"]
        for i in (i for i, text in enumerate(registration) if not text):
            computed = self._computed(int(addresses[i]))
            registration[i] = "" if computed is None else computed.registration
        country = [code or "" for code in self.blocks.countries(addresses)]
        return Labels(registration, told["type_code"], told["operator"], country, military)

    def addresses_of(self, registration: str) -> tuple[int, ...]:
        """Every address that a table or a register's rule gives the registration, ascending."""
        found = {int(table.address[i]) for table in self.tables for i in table.registration.rows_with(registration)}
        computed = registrations.address_of(registration)
        return tuple(sorted(found if computed is None else found | {computed.address}))

    def rows_of(self, icao24: str) -> list[tuple[AircraftTable, AircraftRow]]:
        """All that the tables say of an address, of whatever days."""
        address = int(icao24, 16)
        return [(table, table.row(i)) for table in self.tables for i in table.rows_of(address)]

    def type_class(self, type_code: str | None) -> TypeClass | None:
        """What a type is used like."""
        return None if type_code is None else self.types.class_of(type_code)

    def _computed(self, address: int) -> registrations.Assigned | None:
        """What the register's rule gives. Of military addresses, some of which lie among those it counts, it knows
        nothing."""
        block = self.blocks.block_of(address)
        return None if block is not None and block.military else registrations.registration_of(address)

    def _identity(self, icao24: str, day: int, callsigns: tuple[str, ...]) -> Identity:
        address = int(icao24, 16)
        rows = self.rows_of(icao24)
        held = [(table, row) for table, row in reversed_within(rows) if airframes.in_force(row, day)]
        block = self.blocks.block_of(address)
        country = None if block is None else block.country
        registration = _facts(held, "registration")
        computed = self._computed(address)
        if computed is not None and not _tells_one_of(registration, (computed.registration, *computed.also)):
            sure = computed.country in PUBLISHED_RULES
            registration = (
                *registration,
                Fact(value=computed.registration, source=computed.source, weak=not sure),
            )
        operator = _facts(held, "operator")
        for callsign in callsigns:
            name = self._airlines.operator_of(callsign)
            if name is not None:
                operator = _with(operator, Fact(value=name, source=f"call sign {callsign}", weak=True))
        military, told_by = None, None
        if block is not None and block.military:
            military, told_by = True, f"block {block.first:06x}-{block.last:06x}"
        for table, row in held:
            if row.military is not None:
                military, told_by = row.military, row.told_by or table.source
                break
        type_code = _facts(held, "type_code")
        remarks = [
            *oddities.of_address(address, self.blocks),
            *oddities.of_registrations(address, registration, computed, country, self.prefixes),
            *airframes.remarks(address, day, rows, registration, self.tables),
        ]
        known_type = first_value(type_code)
        return Identity(
            icao24=icao24,
            country=country,
            military=military,
            military_source=told_by,
            registration=registration,
            type_code=type_code,
            operator=operator,
            serial=_facts(held, "serial"),
            type_name=None if known_type is None else self.types.name_of(known_type),
            type_class=self.type_class(known_type),
            remarks=tuple(remarks),
        )


def reversed_within(rows: Sequence[Told]) -> list[Told]:
    """The rows with those of each table the other way round: what began last is what counts, where a table of the past
    does not say when the one before ended."""
    tables = dict.fromkeys(id(table) for table, _ in rows)
    return [told for table in tables for told in reversed([one for one in rows if id(one[0]) == table])]


def _tells_one_of(facts: tuple[Fact, ...], values: Iterable[str]) -> bool:
    told = {oddities.plain(fact.value) for fact in facts}
    return any(oddities.plain(value) in told for value in values)


def _facts(held: Sequence[tuple[AircraftTable, AircraftRow]], name: str) -> tuple[Fact, ...]:
    """What the rows say under one name, each value once, with the first source that says it."""
    facts: tuple[Fact, ...] = ()
    for table, row in held:
        value = getattr(row, name)
        if value:
            fact = Fact(
                value=value,
                source=row.told_by or table.source,
                dated=table.dated,
                valid_from=row.valid_from,
                valid_to=row.valid_to,
            )
            facts = _with(facts, fact)
    return facts


def _with(facts: tuple[Fact, ...], fact: Fact) -> tuple[Fact, ...]:
    return facts if _tells_one_of(facts, (fact.value,)) else (*facts, fact)


def _in_force(
    table: AircraftTable, addresses: npt.NDArray[np.uint32], day: int
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Positions among the addresses, and rows of the table in force for them; of each, what began last comes first."""
    begin, end = (np.searchsorted(table.address, addresses, side) for side in ("left", "right"))
    asked = np.repeat(np.arange(len(addresses)), end - begin)
    starts = np.repeat(begin - np.concatenate([[0], np.cumsum(end - begin)[:-1]]), end - begin)
    rows = np.arange(len(asked)) + starts
    held = (table.from_day[rows] <= day) & (day <= table.to_day[rows])
    return asked[held][::-1], rows[held][::-1]
