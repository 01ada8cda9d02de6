"""Start-up with all tables, and looking up 10,000 addresses, beside a plain dict made of the same CSV.

    python -m benchmarks.reference WHAT FOLDER    (one measurement, in a process of its own)

Two sizes: the tables that came with the program, and these with half a million aircraft loaded beside them, as many as
the community tables have.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.one_run import peak_rss_mb
from detector.reference.directory import Directory
from detector.settings import load_configuration

REPETITIONS = 5
LOOKED_UP = 10_000
LOADED_AIRCRAFT = 500_000
AT = 1_730_943_000.0
SHIPPED = Path(__file__).parent.parent / "data" / "reference" / "aircraft.csv.gz"


def measured() -> str:
    """The table, as Markdown."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _load_half_a_million(folder)
        lines = [
            "| tables | what | median of 5 | least .. most | peak memory |",
            "|---|---|---|---|---|",
        ]
        for home, size in ((folder / "none", "shipped"), (folder / "loaded", "and 500,000 aircraft")):
            for what, words in WHAT.items():
                runs = [_run(what, home) for _ in range(REPETITIONS)]
                seconds = sorted(run["seconds"] for run in runs)
                memory = max(run["peak_rss_mb"] for run in runs)
                lines.append(
                    f"| {size} | {words} | {1000 * statistics.median(seconds):,.0f} ms "
                    f"| {1000 * seconds[0]:,.0f} .. {1000 * seconds[-1]:,.0f} ms | {memory:,.0f} MB |"
                )
    return "\n".join(lines) + "\n"


WHAT = {
    "start": "start-up: imports, all tables, lists, corrections, one look-up of each kind",
    "labels": f"{LOOKED_UP:,} addresses at once, as a page shows them",
    "identity": f"{LOOKED_UP:,} addresses one by one, with all sources and remarks",
    "peer_start": "peer: the same aircraft from CSV into a dict",
    "peer_labels": f"peer: {LOOKED_UP:,} addresses out of that dict",
}


STARTS = ("start", "peer_start")


def _run(what: str, home: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.reference", what, str(home)]
    environment = os.environ | {"DETECTOR_STATE_DIR": str(home)}
    began = time.perf_counter()
    output = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    run: dict[str, float] = json.loads(output)
    # A start counts from the very beginning: the interpreter and its libraries belong to it.
    return run | {"seconds": time.perf_counter() - began} if what in STARTS else run


def _load_half_a_million(folder: Path) -> None:
    """Taken in as a person would, by the command."""
    rng = np.random.default_rng(1)
    path = folder / "loaded" / "aircraft.csv"
    path.parent.mkdir()
    addresses = rng.choice(2**24, LOADED_AIRCRAFT, replace=False)
    with path.open("w", encoding="utf-8") as file:
        for address in np.sort(addresses).tolist():
            letters = "".join(chr(65 + address // 26**k % 26) for k in range(5))
            file.write(
                f"{address:06X};{letters[0]}-{letters[1:]};A3{address % 90 + 10};00;AIRBUS;2010;Air {letters[:3]};\n"
            )
    command = [sys.executable, "-m", "detector", "reference", "update", "--aircraft", str(path), "--yes"]
    environment = os.environ | {"DETECTOR_STATE_DIR": str(folder / "loaded")}
    subprocess.run(command, check=True, capture_output=True, env=environment)


def _one(what: str, home: Path) -> float:
    began = time.perf_counter()
    if what == "start":
        configuration = load_configuration()
        configuration.identities.identity("15522c", AT, ("RFF7092",))
        configuration.airports.within(39.2, 125.7, 100.0)
        configuration.airports.ceiling_ft([39.2], [125.7])
        return time.perf_counter() - began
    if what.startswith("peer"):
        known = _dict_of_rows(home)
        if what == "peer_start":
            return time.perf_counter() - began
        asked = [f"{address:06X}" for address in _chosen([int(address, 16) for address in known])]
        began = time.perf_counter()
        for name in asked:
            known.get(name)
        return time.perf_counter() - began
    directory = load_configuration().identities
    assert isinstance(directory, Directory)
    addresses = _chosen(np.concatenate([table.address for table in directory.tables]).tolist())
    if what == "labels":
        array = np.array(addresses, np.uint32)
        began = time.perf_counter()
        directory.labels(array, AT)
        return time.perf_counter() - began
    began = time.perf_counter()
    for address in addresses:
        directory.identity(f"{address:06x}", AT)
    return time.perf_counter() - began


def _chosen(known: list[int]) -> list[int]:
    """So many of the addresses that the tables know."""
    chosen: list[int] = np.random.default_rng(2).choice(known, LOOKED_UP, replace=False).tolist()
    return chosen


def _dict_of_rows(home: Path) -> dict[str, list[str]]:
    """What a small program does: all rows of the CSV in memory, by address."""
    with gzip.open(SHIPPED, "rt", encoding="utf-8", newline="") as packed:
        rows = csv.reader(packed)
        next(rows)
        known = {row[0]: row for row in rows}
    loaded = home / "aircraft.csv"
    if loaded.exists():
        with loaded.open(encoding="utf-8", newline="") as file:
            known |= {row[0]: row for row in csv.reader(file, delimiter=";")}
    return known


if __name__ == "__main__":
    WHAT_TO_DO, HOME = sys.argv[1:]
    print(json.dumps({"seconds": _one(WHAT_TO_DO, Path(HOME)), "peak_rss_mb": peak_rss_mb()}))
