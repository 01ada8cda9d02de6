"""What the tables say of a name that a person gives: a field, an address, or a registration; as a record."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import msgspec

from detector.domain.alert import TableUsed
from detector.domain.errors import UsageError
from detector.domain.identity import Fact, Identity
from detector.domain.listing import Listing
from detector.domain.times import day_of
from detector.domain.wire import identity_record, listing_record
from detector.reference import Airports
from detector.reference.airports import Runway, RunwayEnd
from detector.reference.directory import Directory
from detector.reference.table import Military
from detector.settings import OF_CONFIGURATION, Configuration

Record = dict[str, Any]
MILITARY = {Military.NOT_KNOWN: None, Military.BY_NAME: "by its name", Military.STATED: "its source says so"}


def looked_up(name: str, configuration: Configuration, at: float) -> Record:
    """All that goes by the name, as of Unix time `at`. Raises UsageError where nothing does."""
    directory = configuration.identities
    assert isinstance(directory, Directory)
    airports = configuration.airports
    i = airports.index_of(name)
    addresses = [name.strip().lower()] if re.fullmatch(r"[0-9A-Fa-f]{6}", name.strip()) else []
    addresses += [f"{address:06x}" for address in directory.addresses_of(name)]
    aircraft = [_aircraft(one, configuration, directory, at) for one in dict.fromkeys(addresses)]
    if not aircraft and i is None:
        aircraft = _listed_only(name, configuration, at)
    if not aircraft and i is None:
        raise UsageError(
            f"{name}: no airport code, no address of six hexadecimal digits, and no registration that is known here"
        )
    return {
        "name": name,
        "on": day_of(at).isoformat(),
        "airport": None if i is None else _field(i, configuration, at),
        "aircraft": aircraft,
    }


def _aircraft(icao24: str, configuration: Configuration, directory: Directory, at: float) -> Record:
    block = directory.blocks.block_of(int(icao24, 16))
    rows = [
        {"source": row.told_by or table.source, "dated": None if table.dated is None else table.dated.isoformat()}
        | _told(row)
        for table, row in directory.rows_of(icao24)
    ]
    identity = directory.identity(icao24, at)
    told = identity_record(identity)
    told["block"] = None if block is None else f"{block.first:06x}-{block.last:06x}"
    told["rows"] = rows
    told["listings"] = _of(configuration.watchlist.of_aircraft(identity, (), None), at)
    told["tables"] = _tables(configuration, without={"airports", configuration.settings.airports})
    return told


def _listed_only(registration: str, configuration: Configuration, at: float) -> list[Record]:
    """A registration without an address, which a list may name all the same."""
    fact = Fact(value=registration.strip().upper(), source="as asked for")
    identity = Identity(icao24="", registration=(fact,))
    listings = configuration.watchlist.of_aircraft(identity, (), None)
    if not listings:
        return []
    return [identity_record(identity) | {"block": None, "rows": [], "listings": _of(listings, at), "tables": []}]


def _told(row: msgspec.Struct) -> Record:
    record: Record = msgspec.to_builtins(row)
    record["from"], record["to"] = record.pop("valid_from"), record.pop("valid_to")
    del record["address"], record["told_by"]
    return {name: value for name, value in record.items() if value not in ("", None)}


def _field(i: int, configuration: Configuration, at: float) -> Record:
    airports = configuration.airports
    closed_from = airports.closed_from.get(i)
    return {
        "code": airports.codes[i],
        "name": airports.names[i],
        "icao": airports.icao[i] or None,
        "iata": airports.iata[i] or None,
        "place": airports.places[i] or None,
        "country": airports.countries[i] or None,
        "latitude_deg": round(float(airports.lat[i]), 6),
        "longitude_deg": round(float(airports.lon[i]), 6),
        "elevation_ft": round(float(airports.elevation_ft[i])),
        "kind": str(airports.kinds[i]),
        "closed": airports.closed_at(i, at),
        "closed_from": None if closed_from is None else closed_from.isoformat(),
        "military": MILITARY[Military(int(airports.military[i]))],
        "runways": [_runway(runway) for runway in airports.runways_of(i)],
        "closed_runways": _closed_runways(airports, i),
        "outline": [list(point) for point in airports.outlines.get(i, ())],
        "corrected_by": airports.corrected_by.get(i),
        "listings": _of(configuration.watchlist.all_of(i), at),
        "tables": [
            *_tables(configuration, only={"airports"}),
            *_tables(configuration, of=OF_CONFIGURATION, without={configuration.settings.aircraft}),
        ],
    }


def _closed_runways(airports: Airports, i: int) -> int:
    return int(airports.table.closed_runways[i])


def _runway(runway: Runway) -> Record:
    return {
        "ends": [_end(end) for end in runway.ends],
        "length_ft": runway.length_ft,
        "surface": str(runway.surface),
        "estimated": runway.estimated,
    }


def _end(end: RunwayEnd) -> Record:
    return {
        "ident": end.ident,
        "latitude_deg": round(end.lat, 6),
        "longitude_deg": round(end.lon, 6),
        "elevation_ft": round(end.elevation_ft),
        "heading_deg": round(end.heading_deg, 1),
    }


def _of(listings: tuple[Listing, ...], at: float) -> list[Record]:
    return [listing_record(listing) | {"in_force": listing.in_force(at)} for listing in listings]


def _tables(
    configuration: Configuration,
    *,
    only: Collection[str] | None = None,
    of: str | None = None,
    without: Collection[str | None] = (),
) -> list[Record]:
    """Tables, lists and corrections in use: those of these names, of this source, or not of these names."""
    used: list[TableUsed] = [
        table
        for table in configuration.tables_used
        if (only is None or table.name in only) and (of is None or table.source == of) and table.name not in without
    ]
    records: list[Record] = msgspec.to_builtins(used)
    return records
