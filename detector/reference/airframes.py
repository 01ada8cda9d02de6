"""Airframes that go by another registration or another address at another time, as the tables tell of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice

from detector.domain.identity import Fact, Remark, RemarkKind
from detector.reference.aircraft_table import AircraftRow, AircraftTable
from detector.reference.oddities import plain

LATELY_DAYS = 365
"""A change in the year before the stop is a finding of its own. Older ones are ordinary: one airframe of thirteen in
the table that comes with the program has had two registrations."""
SHORTEST_SERIAL = 3
"""Shorter serial numbers are those of small makers, and many have used them."""
SHARED = 32
"""A serial number that more rows of one table have tells no airframe from another."""
NO_TYPES = frozenset({"BALL", "GLID", "GYRO", "UHEL", "ULAC", "ZZZZ"})
"""Designators of many types at once, whose makers count from 1."""
MOST = 8
"""More remarks on one airframe tell nobody anything."""
Told = tuple[AircraftTable, AircraftRow]


def in_force(row: AircraftRow, day: int) -> bool:
    """Whether a row holds on a day (proleptic ordinal), as far as its source says."""
    begun = row.valid_from is None or row.valid_from.toordinal() <= day
    return begun and (row.valid_to is None or day <= row.valid_to.toordinal())


def remarks(
    address: int, day: int, rows: Sequence[Told], registration: tuple[Fact, ...], tables: Sequence[AircraftTable]
) -> Iterator[Remark]:
    """Other registrations and addresses of the airframe, and others that had the address, up to MOST of them.

    `rows`: all of the address, of whatever days; `registration`: what it has on the day.
    """
    return islice(_all(address, day, rows, registration, tables), MOST)


def _all(
    address: int, day: int, rows: Sequence[Told], registration: tuple[Fact, ...], tables: Sequence[AircraftTable]
) -> Iterator[Remark]:
    held = [row for _, row in rows if in_force(row, day)]
    known = {plain(fact.value) for fact in registration}
    told: set[tuple[int, str]] = set()
    for table, row in rows:
        if in_force(row, day) or not row.registration or plain(row.registration) in known:
            continue
        told.add((row.address, plain(row.registration)))
        text = f"the address is told of as {row.registration}{_span(row)} ({row.told_by or table.source})"
        yield Remark(RemarkKind.REREGISTERED, text, telling=_lately(row, held, day))
    for table, row in _same_airframe(held, tables):
        this = row.address, plain(row.registration)
        if this in told or (row.address == address and this[1] in {*known, ""}):
            continue
        told.add(this)
        other = row.address != address
        name = row.registration or "no registration"
        text = (
            f"the airframe ({row.type_code}, serial number {row.serial}) is told of as {name} under the address "
            f"{row.address:06x}{_span(row)} ({row.told_by or table.source})"
        )
        kind = RemarkKind.REHEXED if other else RemarkKind.REREGISTERED
        yield Remark(kind, text, telling=_lately(row, held, day))


def _same_airframe(held: Sequence[AircraftRow], tables: Sequence[AircraftTable]) -> Iterator[Told]:
    """Rows with the type and the serial number of one of those that hold."""
    for serial, type_code in dict.fromkeys((row.serial, row.type_code) for row in held):
        if len(serial) < SHORTEST_SERIAL or not type_code or not any(c.isdigit() for c in serial):
            continue
        if type_code in NO_TYPES:
            continue
        for table in tables:
            same = table.serial.rows_with(serial)
            if len(same) > SHARED:
                continue
            for i in same.tolist():
                if table.type_code[i] == type_code:
                    yield table, table.row(i)


def _lately(other: AircraftRow, held: Sequence[AircraftRow], day: int) -> bool:
    """Whether the change from the other to what holds is dated, and lies in the year before the day."""
    changes: list[date] = [at for at in (other.valid_to, *(row.valid_from for row in held)) if at is not None]
    return any(0 <= day - at.toordinal() <= LATELY_DAYS for at in changes)


def _span(row: AircraftRow) -> str:
    since = "" if row.valid_from is None else f" from {row.valid_from.isoformat()}"
    return since + ("" if row.valid_to is None else f" until {row.valid_to.isoformat()}")
