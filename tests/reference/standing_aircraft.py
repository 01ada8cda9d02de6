"""The standing-data table of aircraft (CC0): entries of users, the outside authority on addresses and registrations."""

from __future__ import annotations

import csv
import gzip
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parents[2] / "data" / "reference" / "aircraft.csv.gz"


@cache
def aircraft() -> tuple[tuple[int, str], ...]:
    """Address and registration of each."""
    with gzip.open(TABLE, "rt", encoding="utf-8", newline="") as lines:
        return tuple((int(row["ICAO"], 16), row["Registration"]) for row in csv.DictReader(lines))
