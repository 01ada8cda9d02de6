"""The reference tables in use: those that came with the program, or newer ones that a person has loaded."""

from __future__ import annotations

import hashlib
import importlib.resources
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from detector.domain.alert import TableUsed
from detector.editions import AIRCRAFT, AIRPORTS, OFAC, Library, TableEntry, Version
from detector.reference import sdn_watch
from detector.reference.aircraft_table import AircraftTable
from detector.reference.airlines import Airlines
from detector.reference.blocks import AddressBlocks
from detector.reference.directory import Directory
from detector.reference.ofac import SdnList
from detector.reference.prefixes import Prefixes
from detector.reference.type_table import TypeTable

OTHERS = BLOCKS, PREFIXES, TYPES, AIRLINES = (
    "icao24_blocks.csv.gz",
    "registration_prefixes.csv.gz",
    "model_types.csv.gz",
    "airlines.csv.gz",
)
SHIPPED_OTHERS = "standing data at 1233707: blocks, prefixes, types, airlines"
SHIPPED_AIRPORTS = "standing data at 1233707, runways of OurAirports at 1fb3eea"


@dataclass(frozen=True, eq=False)
class Tables:
    """What is known before listening. `version`: the one that was loaded, None where only shipped tables are in use.

    airports   the packed table
    aircraft   the most trusted first: what was loaded last, ..., the shipped one
    used       each with its source, day and hash
    """

    airports: bytes
    aircraft: tuple[AircraftTable, ...]
    sdn: SdnList
    used: tuple[TableUsed, ...]
    version: Version | None

    def directory(self, corrections: list[AircraftTable]) -> Directory:
        """Who is who; `corrections` are trusted before all tables."""
        return Directory(
            AddressBlocks.from_bytes(_shipped(BLOCKS)),
            Prefixes.from_bytes(_shipped(PREFIXES)),
            TypeTable.from_bytes(_shipped(TYPES)),
            Airlines.from_bytes(_shipped(AIRLINES)),
            [*corrections, sdn_watch.aircraft(self.sdn), *self.aircraft],
        )

    @cached_property
    def hashes(self) -> tuple[str, ...]:
        """What the result of a run depends on."""
        return tuple(table.sha256 for table in self.used)


def load_tables(folder: Path) -> Tables:
    """The tables of the version in use in that folder, where it has one, beside the shipped ones.

    Raises InputError or UsageError, in one line, where a table that was loaded is damaged or gone.
    """
    library = Library(folder)
    version = library.current()
    used: list[TableUsed] = []
    airports = _one(library, version, AIRPORTS, "airports.npz", SHIPPED_AIRPORTS, used)
    loaded = [
        AircraftTable.from_bytes(_taken(library, entry, used), f"{folder}: {entry.name}")
        for entry in (version.of_kind(AIRCRAFT) if version else ())
    ]
    data = _shipped("aircraft.npz")
    shipped = AircraftTable.from_bytes(data)
    used.append(TableUsed("aircraft", shipped.source, shipped.dated, _sha256(data)))
    used.append(TableUsed("addresses and types", SHIPPED_OTHERS, None, _sha256(b"".join(map(_shipped, OTHERS)))))
    sdn = SdnList.from_bytes(_one(library, version, OFAC, "ofac_sdn.json", "", used), "the SDN list")
    if not used[-1].source:
        used[-1] = TableUsed("ofac", sdn.source, sdn.dated, used[-1].sha256)
    return Tables(airports, (*loaded, shipped), sdn, tuple(used), version)


def _one(
    library: Library, version: Version | None, kind: str, shipped: str, source: str, used: list[TableUsed]
) -> bytes:
    """The one table of a kind: the loaded one, else the shipped one."""
    for entry in version.of_kind(kind) if version else ():
        return _taken(library, entry, used)
    data = _shipped(shipped)
    used.append(TableUsed(kind, source, None, _sha256(data)))
    return data


def _taken(library: Library, entry: TableEntry, used: list[TableUsed]) -> bytes:
    name = entry.name if entry.kind == entry.name else f"{entry.kind}: {entry.name}"
    used.append(TableUsed(name, entry.source, entry.dated, entry.sha256))
    return library.read(entry)


def _shipped(name: str) -> bytes:
    return (importlib.resources.files("detector.reference") / "data" / name).read_bytes()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
