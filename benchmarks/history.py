"""`python -m benchmarks.history` adds a million visits to an archive, reads them as columns, asks a query, and learns.

Each step is a process of its own, so that its peak of memory is its own.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.one_run import peak_rss_mb
from detector.app.history_import import AT_ONCE
from detector.domain.visit import Visit
from detector.history.archive import Added, Archive
from detector.scoring import Baselines, Places
from detector.settings import load_configuration
from detector.settings.model import places_of

BEGIN = 1_672_531_200  # 2023-01-01
SPAN_S = 365 * 86_400
AIRCRAFT, FIELDS = 20_000, 3_000
STEPS = ("add", "add again", "add one", "columns", "query", "learn")
SQL = "SELECT airport, count(*) AS n, median(ground_min_s) AS m FROM visits GROUP BY airport ORDER BY n DESC LIMIT 5"


def made(count: int, seed: int) -> list[Visit]:
    """A year of visits, some fields and aircraft far more often than others."""
    random = np.random.default_rng(seed)
    aircraft = (random.power(3, count) * AIRCRAFT).astype(int).tolist()
    fields = (random.power(4, (count, 3)) * FIELDS).astype(int).tolist()
    landed = (BEGIN + random.integers(0, SPAN_S, count)).tolist()
    ground = random.lognormal(8.5, 1.0, count).round().tolist()
    return [
        Visit(
            id=f"opensky:{0x400000 + who:06x}:F{at:03}:{when}:{seed}-{n}",
            icao24=f"{0x400000 + who:06x}",
            airport=f"F{at:03}",
            landed_at=float(when),
            departed_at=when + stay,
            ground_min_s=max(0.0, stay - 1200.0),
            ground_max_s=stay,
            level=4,
            registration=f"N{who}",
            type_code=f"T{who % 150}",
            operator=f"Airline {who % 400}",
            state="US",
            callsign_in=f"AAA{n % 9000}",
            callsign_out=f"AAA{n % 8999}",
            origin=f"F{before:03}",
            destination=f"F{after:03}",
            source="opensky list",
        )
        for n, (who, (at, before, after), when, stay) in enumerate(zip(aircraft, fields, landed, ground, strict=True))
    ]


def fields() -> Places:
    return places_of(load_configuration(Path("config/detector.yaml")).airports)


def step(what: str, folder: Path, count: int) -> None:
    """One step, its figures on standard output."""
    archive = Archive(folder)
    before = peak_rss_mb()
    if what.startswith("add"):
        # As `detector history import` does it; what it takes to make the records is not counted.
        seconds, added = 0.0, Added()
        for begin in [0] if what == "add one" else range(0, count, AT_ONCE):
            visits = made(1, count) if what == "add one" else made(min(AT_ONCE, count - begin), begin)
            began = time.perf_counter()
            added = added.and_(archive.add(visits))
            seconds += time.perf_counter() - began
        told = str(added)
    else:
        began = time.perf_counter()
        if what == "columns":
            told = f"{len(archive.columns()):,} visits"
        elif what == "query":
            told = str(next(archive.query(SQL).rows()))
        else:
            learned = Baselines.of(archive.columns(), lambda code: "heavy" if code < "T3" else "jet", fields())
            told = f"{len(learned.to_bytes()) / 1e6:.0f} MB, {learned.head.timed:,} with a time on the ground"
        seconds = time.perf_counter() - began
    print(f"{what:10} {seconds:7.2f} s  resident {before:6.0f} MB before, at most {peak_rss_mb():6.0f} MB  {told}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.history", description=__doc__)
    parser.add_argument("--visits", type=int, default=1_000_000)
    parser.add_argument("--one", nargs=2, metavar=("STEP", "FOLDER"), help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.one:
        step(chosen.one[0], Path(chosen.one[1]), chosen.visits)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        for what in STEPS:
            command = [
                sys.executable,
                "-m",
                "benchmarks.history",
                "--one",
                what,
                folder,
                "--visits",
                str(chosen.visits),
            ]
            subprocess.run(command, check=True)
        size = sum(path.stat().st_size for path in Path(folder).glob("*.parquet"))
        print(f"on the disk {size / 1e6:.0f} MB, {size / chosen.visits:.0f} bytes a visit")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
