#!/usr/bin/env python3
"""Build `ofac_sdn.json` and `aircraft.npz` in `detector/reference/data/` from the tables in `data/reference/`.

    python scripts/build_identity.py [--check]

The listed aircraft are those of OFAC's list of about 2020, as test data of another project has them; the dates are
those that a document was found for. The table of aircraft is that of standing data (sources and licences:
`data/README.md`). `--check` writes nothing and fails if what is packed is not what the sources give.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
from msgspec.structs import replace

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from detector.reference.aircraft_rows import AircraftRows  # noqa: E402
from detector.reference.aircraft_table import AircraftTable  # noqa: E402
from detector.reference.ofac.entries import SdnAircraft, SdnList  # noqa: E402
from detector.reference.ofac.sdn_csv import read_sdn_csv  # noqa: E402

AIRCRAFT = ROOT / "data" / "reference" / "ofac_sdn_aircraft_2020.csv"
DATES = ROOT / "data" / "reference" / "ofac_listing_dates.csv"
STANDING = ROOT / "data" / "reference" / "aircraft.csv.gz"
TARGETS = ROOT / "detector" / "reference" / "data"

PUBLISHED = date(2020, 2, 7)
"""The list itself tells no day. This is the first on which all of its aircraft can have been on it: CONVIASA's, the
newest ones, were put on it then."""
SOURCE = "OFAC SDN list of about 2020 (sample of 277 aircraft, out of date)"
STANDING_SOURCE = "Virtual Radar Server standing data at 1233707"
UNDATED = "on the list of about 2020; the day it was listed is not known here"


def listing_days() -> list[tuple[range, date, str]]:
    """Ranges of entry numbers, the day they were listed, and the document that says so."""
    with DATES.open(encoding="utf-8", newline="") as file:
        return [
            (
                range(int(row["first"]), int(row["last"]) + 1),
                date.fromisoformat(row["listed_from"]),
                f"{row['document']} ({row['link']})",
            )
            for row in csv.DictReader(file)
        ]


def build() -> tuple[SdnList, Counter[str]]:
    with AIRCRAFT.open(encoding="utf-8", newline="") as file:
        sample, refused = read_sdn_csv(file, AIRCRAFT.name, PUBLISHED)
    if refused.rows:
        raise SystemExit("\n".join(refused.rows))
    days = listing_days()
    notes: Counter[str] = Counter()
    entries: list[SdnAircraft] = []
    for entry in sample.entries:
        found = [(day, document) for numbers, day, document in days if int(entry.identifier) in numbers]
        if len(found) > 1:
            raise SystemExit(f"{DATES.name}: entry {entry.identifier} has two dates")
        day, document = found[0] if found else (PUBLISHED, UNDATED)
        notes[f"listed {day}" if found else "listed on a day that is not known here"] += 1
        entries.append(replace(entry, listed_from=day, first_seen=PUBLISHED, dated_by=document))
    return SdnList(dated=PUBLISHED, source=SOURCE, entries=tuple(entries)), notes


def aircraft() -> AircraftTable:
    with gzip.open(STANDING, "rt", encoding="utf-8-sig", newline="") as file:
        rows = AircraftRows(file, STANDING.name)
        table = AircraftTable.of(list(rows), STANDING_SOURCE, None)
    if rows.refused:
        raise SystemExit("\n".join(f"{STANDING.name}:{row.line}: {row.text}" for row in rows.refused))
    return table


def columns(data: bytes) -> dict[str, np.ndarray]:
    with np.load(io.BytesIO(data)) as packed:
        return dict(packed)


def same(name: str, data: bytes) -> bool:
    """Columns are compared, not bytes, where they are compressed: another zlib packs the same into other bytes."""
    shipped = (TARGETS / name).read_bytes() if (TARGETS / name).is_file() else b""
    if not name.endswith(".npz") or not shipped:
        return shipped == data
    ours, theirs = columns(data), columns(shipped)
    return ours.keys() == theirs.keys() and all(np.array_equal(ours[each], theirs[each]) for each in ours)


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the packed tables of aircraft.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if what is packed is out of date")
    check = parser.parse_args().check
    listed, notes = build()
    table = aircraft()
    packed = {"ofac_sdn.json": listed.to_bytes(), "aircraft.npz": table.to_bytes()}
    for note, count in sorted(notes.items()):
        print(f"{count:7,}  {note}")
    print(f"{len(listed.entries):7,}  aircraft on the SDN list, {len(packed['ofac_sdn.json']):,} bytes")
    print(f"{len(table):7,}  aircraft of standing data, {len(packed['aircraft.npz']):,} bytes")
    if not check:
        for name, data in packed.items():
            (TARGETS / name).write_bytes(data)
        return 0
    stale = [name for name, data in packed.items() if not same(name, data)]
    if stale:
        print(f"{', '.join(stale)} out of date: run without --check", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
