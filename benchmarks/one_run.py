"""One contestant, once: `python -m benchmarks.one_run NAME FILE START_AT` prints its result as a line of JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.contestants import CONTESTANTS


def peak_rss_mb() -> float:
    """Linux only. Not by getrusage: what it gives is never less than the parent had when it started this process."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return float("nan")


def main(arguments: list[str]) -> None:
    name, path, start_at = arguments
    run = CONTESTANTS[name](Path(path), float(start_at))
    print(json.dumps({"frames": run.frames, "seconds": run.seconds, "peak_rss_mb": peak_rss_mb()}))


if __name__ == "__main__":
    main(sys.argv[1:])
