"""Reporting Carrier On-Time Performance of the US Bureau of Transportation Statistics (TranStats), as CSV.

Two forms are read: the prezipped file of a month (`FlightDate`, `Tail_Number`, ...; unzip it), and the one made of
chosen columns (`FL_DATE`, `TAIL_NUM`, ...). A line is a scheduled domestic flight of one of the larger airlines; what
an aircraft flew for others, or abroad, is not in it.

Times are by the clock of the field and carry no day: it is the one that brings them nearest to the schedule, and for
the arrival to what the flight takes. The time on the ground between two flights comes from the clock of one field, so
it needs no time zone; over a change of summer time it is an hour off. The moments in UTC are estimated from the
longitude, 15 degrees an hour, and are up to two hours off.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from detector.domain.errors import InputError
from detector.domain.geo import distance_nm
from detector.domain.times import EARLIEST, LATEST
from detector.history import hhmm
from detector.history.fields import FieldCodes
from detector.history.flights import Flight
from detector.history.unused import Unused
from detector.reference import registrations
from detector.reference.airports import Airports
from detector.reference.csv_records import header_of, records
from detector.reference.row_values import text_of

COLUMNS: dict[str, tuple[str, ...]] = {
    # what it is: what it is called, in either case
    "day": ("flightdate", "fl_date"),
    "tail": ("tail_number", "tail_num"),
    "carrier": ("reporting_airline", "op_unique_carrier", "op_carrier", "unique_carrier", "uniquecarrier"),
    "origin": ("origin",),
    "destination": ("dest",),
    "planned": ("crsdeptime", "crs_dep_time"),
    "delay": ("depdelay", "dep_delay"),
    "left": ("deptime", "dep_time"),
    "came": ("arrtime", "arr_time"),
    "off": ("wheelsoff", "wheels_off"),
    "on": ("wheelson", "wheels_on"),
    "taxi_in": ("taxiin", "taxi_in"),
    "taxi_out": ("taxiout", "taxi_out"),
    "elapsed": ("actualelapsedtime", "actual_elapsed_time"),
    "cancelled": ("cancelled",),
    "diverted": ("diverted",),
}
NEEDED = ("day", "tail", "origin", "destination", "left", "came")
MOST_TAXI_S = 1200.0
"""Of a flight of which only the times at the gate are told: so much later may it have taken off, or have landed so much
earlier."""
CRUISE_KT = 420.0
GATE_TO_GATE_MIN = 35
"""What a flight takes beside the way at that speed."""


class _Row(NamedTuple):
    """The values of a line, "" where there is no such column."""

    day: str
    tail: str
    carrier: str
    origin: str
    destination: str
    planned: str
    delay: str
    left: str
    came: str
    off: str
    on: str
    taxi_in: str
    taxi_out: str
    elapsed: str
    cancelled: str
    diverted: str


class _Unusable(Exception):  # noqa: N818  a reason, not an error of the program
    def __init__(self, reason: Unused) -> None:
        super().__init__(reason)
        self.reason = reason


def flights(lines: Iterable[str], name: str, airports: Airports, unused: Counter[str]) -> Iterator[Flight]:
    """The flights of a list, in its order; lines that cannot be used are counted in `unused`.

    A diverted flight ends at a field that is not known. Raises InputError where a column is missing or the last line
    breaks off.
    """
    numbered = iter(enumerate(lines, 1))
    header = header_of(numbered, name)
    places = _places(header, name)
    fields = FieldCodes(airports, unused)
    for _, values in records(numbered, len(header), name):
        if values is None:
            unused[Unused.COLUMNS] += 1
            continue
        row = _Row(*("" if place is None else values[place].strip() for place in places))
        try:
            yield _flight(row, fields, airports)
        except _Unusable as why:
            unused[why.reason] += 1
        except ValueError:
            unused[Unused.TIME] += 1


def _places(header: Sequence[str], name: str) -> list[int | None]:
    folded = [column.casefold() for column in header]
    places = [next((folded.index(one) for one in names if one in folded), None) for names in COLUMNS.values()]
    missing = [COLUMNS[what] for what, place in zip(COLUMNS, places, strict=True) if what in NEEDED and place is None]
    if missing:
        told = ", ".join(" or ".join(f"`{one.upper()}`" for one in names) for names in missing)
        raise InputError(f"{name}: read as the on-time list of the BTS, it lacks the column {told}")
    return places


def _flight(row: _Row, fields: FieldCodes, airports: Airports) -> Flight:
    if _yes(row.cancelled):
        raise _Unusable(Unused.CANCELLED)
    assigned = registrations.address_of(row.tail)
    if assigned is None:
        raise _Unusable(Unused.REGISTRATION)
    left = hhmm.clock_min(row.left)
    planned_min = hhmm.day_min(row.day) + (hhmm.clock_min(row.planned) if row.planned else left)
    left_min = hhmm.nearest_min(left, planned_min + (hhmm.minutes(row.delay) or 0))
    off_min = hhmm.takeoff_min(row.off, row.taxi_out, left_min)
    origin = fields.index(row.origin)
    if origin is None:
        # Its place tells the hour in UTC, by which flights are put in order.
        raise _Unusable(Unused.UNKNOWN_FIELD)
    destination = fields.end(row.destination)
    shift_min = _shift_min(airports, origin)
    began_local_s = (left_min if off_min is None else off_min) * 60.0
    began_at = began_local_s - shift_min * 60.0
    ended_local_s, ended_at, to, early_s = began_local_s, began_at, "", 0.0
    if destination is not None and not _yes(row.diverted):
        there_min = _shift_min(airports, destination)
        way_min = hhmm.minutes(row.elapsed) or _usual_min(airports, origin, destination)
        came_min = hhmm.nearest_min(hhmm.clock_min(row.came), left_min - shift_min + there_min + way_min)
        on_min = hhmm.landing_min(row.on, row.taxi_in, came_min)
        ended_local_s = (came_min if on_min is None else on_min) * 60.0
        ended_at = ended_local_s - there_min * 60.0
        early_s = MOST_TAXI_S if on_min is None else 0.0
        to = fields.code(destination)
    if not EARLIEST <= began_at < LATEST:
        raise _Unusable(Unused.TIME)
    return Flight(
        icao24=f"{assigned.address:06x}",
        began_at=began_at,
        ended_at=ended_at,
        origin=fields.code(origin),
        destination=to,
        began_local_s=began_local_s,
        ended_local_s=ended_local_s,
        unheard_s=0.0,
        late_s=MOST_TAXI_S if off_min is None else 0.0,
        early_s=early_s,
        callsign="",
        registration=assigned.registration,
        type_code="",
        operator=text_of(row.carrier),
    )


def _yes(text: str) -> bool:
    return text not in ("", "0", "0.0", "0.00")


def _shift_min(airports: Airports, field: int) -> int:
    """How far the clock of a field is before UTC, by its longitude."""
    return math.floor(float(airports.lon[field]) * 4.0 + 0.5)


def _usual_min(airports: Airports, origin: int, destination: int) -> int:
    lat, lon = airports.lat, airports.lon
    way_nm = distance_nm(float(lat[origin]), float(lon[origin]), float(lat[destination]), float(lon[destination]))
    return GATE_TO_GATE_MIN + round(way_nm / CRUISE_KT * 60.0)
