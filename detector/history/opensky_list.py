"""The flight list of the OpenSky Network, as CSV: "Crowdsourced air traffic data from the OpenSky Network".

Strohmeier, Olive, Lübbe, Schäfer, Lenders: Crowdsourced air traffic data from the OpenSky Network 2019-2020, Earth
System Science Data 13, 2021; the files are on Zenodo.
One file a month; a line is a flight, with the fields that its first and last positions lay near.

`firstseen` and `lastseen` are when the flight was first and last heard, not take-off and landing: the time between two
flights is the longest the aircraft can have been on the ground, and it may have been less.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from detector.domain.times import EARLIEST, LATEST, parse_iso
from detector.history.fields import FieldCodes
from detector.history.flights import Flight
from detector.history.unused import Unused
from detector.reference.airports import Airports
from detector.reference.csv_records import Columns, header_of, records
from detector.reference.row_values import text_of

WHAT = "the OpenSky flight list"
COLUMNS = (
    "callsign",
    "icao24",
    "registration",
    "typecode",
    "origin",
    "destination",
    "firstseen",
    "lastseen",
)
ADDRESS = re.compile(r"[0-9a-f]{6}")
UNHEARD_S = 600.0
"""Of each flight: a low aircraft is lost so long before it lands, or heard so long after take-off, at the most."""


def flights(lines: Iterable[str], name: str, airports: Airports, unused: Counter[str]) -> Iterator[Flight]:
    """The flights of a list, in its order; lines that cannot be used are counted in `unused`.

    Raises InputError where a column is missing or the last line breaks off.
    """
    numbered = iter(enumerate(lines, 1))
    header = header_of(numbered, name)
    columns = Columns(header, COLUMNS, name, WHAT)
    fields = FieldCodes(airports, unused)
    for _, values in records(numbered, len(header), name):
        if values is None:
            unused[Unused.COLUMNS] += 1
            continue
        callsign, icao24, registration, type_code, origin, destination, first, last = columns.of(values)
        icao24 = icao24.strip().lower()
        if not ADDRESS.fullmatch(icao24):
            unused[Unused.ADDRESS] += 1
            continue
        began_at, ended_at = _moment(first), _moment(last)
        if began_at is None or ended_at is None or ended_at < began_at:
            unused[Unused.TIME] += 1
            continue
        yield Flight(
            icao24=icao24,
            began_at=began_at,
            ended_at=ended_at,
            origin=fields.code(fields.end(origin)),
            destination=fields.code(fields.end(destination)),
            began_local_s=began_at,
            ended_local_s=ended_at,
            unheard_s=UNHEARD_S,
            late_s=0.0,
            early_s=0.0,
            callsign=text_of(callsign),
            registration=text_of(registration),
            type_code=text_of(type_code).upper(),
            operator="",
        )


def _moment(text: str) -> float | None:
    try:
        at = parse_iso(text.strip())
    except ValueError:
        return None
    return at if EARLIEST <= at < LATEST else None
