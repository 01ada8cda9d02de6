"""`python -m benchmarks.live`: a running service at 50,000 frames a second, from the frame to the webhook."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.live import measure, report, traffic


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.live", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="measured time (default 60)")
    parser.add_argument("--aircraft", type=int, default=5_000, help="ten frames a second each (default 5,000)")
    parser.add_argument("--stops", type=int, default=200, help="stops completed in the measured time (default 200)")
    parser.add_argument("--runs", type=int, default=1, help="repeat, to see the noise of the machine")
    parser.add_argument("--clients", type=int, default=0, help="maps that look on, all events each (default 0)")
    parser.add_argument("--keep", type=Path, help="leave the files of the runs in this folder")
    chosen = parser.parse_args()
    plan = traffic.Plan(chosen.seconds, chosen.aircraft, chosen.stops)
    passed = True
    with tempfile.TemporaryDirectory(prefix="detector-live-") as temporary:
        root = chosen.keep or Path(temporary)
        sent = root / "traffic"
        sent.mkdir(parents=True, exist_ok=True)
        traffic.write(plan, sent)
        print(f"Prelude {plan.measured_from_s} s, then {plan.seconds} s at {traffic.rate_of(plan):,}/s", flush=True)
        for number in range(chosen.runs):
            folder = root / f"run-{number + 1}"
            folder.mkdir()
            outcome = measure.run(sent, folder, chosen.clients)
            found = report.figures(sent, outcome)
            print(f"\nRun {number + 1}\n\n{report.table(found, outcome)}", flush=True)
            passed = passed and found.passed
    return 0 if passed else 1


if __name__ == "__main__":
    raise SystemExit(main())
