#!/usr/bin/env python3
"""Build `detector/reference/data/airports.npz` from the tables in `data/reference/`.

    python scripts/build_reference.py [--check]

Fields come from the standing-data table, runways from OurAirports (sources and licences: `data/README.md`).
`--check` writes nothing and fails if the packed table is not what the sources give.
"""

from __future__ import annotations

import argparse
import gzip
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from detector.reference.airport_packing import PackingNotes, pack  # noqa: E402
from detector.reference.airport_rows import read_airports, read_runways  # noqa: E402
from detector.reference.refusals import RefusedRow  # noqa: E402
from detector.reference.table import AirportTable  # noqa: E402

SOURCES = ROOT / "data" / "reference"
TARGET = ROOT / "detector" / "reference" / "data" / "airports.npz"


def build() -> tuple[AirportTable, PackingNotes, list[RefusedRow]]:
    with gzip.open(SOURCES / "airports.csv.gz", "rt", encoding="utf-8-sig", newline="") as file:
        fields = read_airports(file, "airports.csv.gz")
    with gzip.open(SOURCES / "runways.csv.gz", "rt", encoding="utf-8-sig", newline="") as file:
        runways = read_runways(file, "runways.csv.gz")
    table, notes = pack(fields.rows, runways.rows)
    return table, notes, [*fields.refused, *runways.refused]


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the packed airports table.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the packed table is out of date")
    check = parser.parse_args().check
    table, notes, refused = build()
    packed = table.to_bytes()
    for row in refused:
        print(f"  refused line {row.line} {row.code}: {row.text}")
    for moved in notes.moved:
        print(f"  moved {moved.code} {moved.name} by {moved.distance_nm:.0f} NM to {moved.lat:.4f} {moved.lon:.4f}")
    for note, count in sorted(notes.counts.items()):
        print(f"{count:7,}  {note}")
    print(f"{len(table.codes):7,}  fields, {len(table.le_ident):,} runways, {len(packed):,} bytes")
    if not check:
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        TARGET.write_bytes(packed)
        return 0
    # Columns are compared, not bytes: another zlib packs the same columns into other bytes.
    shipped = AirportTable.from_bytes(TARGET.read_bytes())
    stale = [
        name
        for name in AirportTable.__annotations__
        if not np.array_equal(np.asarray(getattr(shipped, name)), np.asarray(getattr(table, name)))
    ]
    if stale:
        print(f"{TARGET.relative_to(ROOT)} is out of date in {', '.join(stale)}: run without --check", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
