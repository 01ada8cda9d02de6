"""The shipped tables, and a directory over tables of aircraft that a test makes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import detector.reference
from detector.reference.aircraft_table import AircraftTable
from detector.reference.airlines import Airlines
from detector.reference.blocks import AddressBlocks
from detector.reference.directory import Directory
from detector.reference.prefixes import Prefixes
from detector.reference.type_table import TypeTable

DATA = Path(detector.reference.__file__).parent / "data"


@cache
def shared() -> tuple[AddressBlocks, Prefixes, TypeTable, Airlines]:
    return (
        AddressBlocks.from_bytes((DATA / "icao24_blocks.csv.gz").read_bytes()),
        Prefixes.from_bytes((DATA / "registration_prefixes.csv.gz").read_bytes()),
        TypeTable.from_bytes((DATA / "model_types.csv.gz").read_bytes()),
        Airlines.from_bytes((DATA / "airlines.csv.gz").read_bytes()),
    )


@cache
def shipped_aircraft() -> AircraftTable:
    return AircraftTable.from_bytes((DATA / "aircraft.npz").read_bytes())


def directory(*tables: AircraftTable) -> Directory:
    return Directory(*shared(), tables)
