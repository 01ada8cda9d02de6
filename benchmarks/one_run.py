"""One contestant, once: `python -m benchmarks.one_run NAME FILE START_AT` prints its result as a line of JSON."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from benchmarks.contestants import CONTESTANTS


def main(arguments: list[str]) -> None:
    name, path, start_at = arguments
    run = CONTESTANTS[name](Path(path), float(start_at))
    peak_rss_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"frames": run.frames, "seconds": run.seconds, "peak_rss_mb": peak_rss_mb}))


if __name__ == "__main__":
    main(sys.argv[1:])
