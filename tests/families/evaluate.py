"""`python -m tests.families.evaluate`: stops found against stops that were, by family, with plots.

--seeds N --families a,b --jobs N --out DIR     the report, into DIR (default build/evaluate)
--family NAME --seed N --show                   one world: truth, stops with their checks, and complaints
"""

from __future__ import annotations

import argparse
import multiprocessing
import signal
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.families import limits
from tests.families.registry import FAMILIES
from tests.families.report import one_line, write_report
from tests.families.show import shown
from tests.families.verdicts import Outcome, outcome_of

Job = tuple[str, int]
LEGEND = """\
One line a family, as each is done. Of the true stops: found at their field; unnamed: told, but without a field;
wrong: told at another field; missed: not told. Then: false, stops told that were none; outside, told with times that
do not hold the true ones. L4:99 is 99 stops of level 4 (those found, and after "false" the false ones).
"""


def outcomes_of(families: list[str], seeds: range, jobs: int) -> dict[str, list[Outcome]]:
    """Every seed of every family, in `jobs` processes; told as they come. Interrupted, those that are done."""
    work: list[Job] = [(family, seed) for family in families for seed in seeds]
    found: dict[str, list[Outcome]] = {family: [] for family in families}
    if jobs == 1:
        try:
            for family, seed in work:
                _collect(found, outcome_of(family, seed), len(seeds))
        except KeyboardInterrupt:
            pass
        return found
    with ProcessPoolExecutor(jobs, initializer=_deaf) as pool:
        try:
            for outcome in pool.map(_outcome, work, chunksize=5):
                _collect(found, outcome, len(seeds))
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.terminate()
    return found


def _deaf() -> None:
    """Ctrl-C reaches every process of the terminal; only the one that writes the report answers it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _outcome(job: Job) -> Outcome:
    return outcome_of(*job)


def _collect(found: dict[str, list[Outcome]], outcome: Outcome, seeds: int) -> None:
    outcomes = found[outcome.family]
    outcomes.append(outcome)
    if len(outcomes) == seeds:
        sys.stderr.write(one_line(outcome.family, outcomes) + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.families.evaluate", description=__doc__)
    parser.add_argument("--seeds", type=int, default=100, help="how many seeds of each family (default 100)")
    parser.add_argument("--first", type=int, default=0, help="the first seed (default 0)")
    parser.add_argument("--families", default=",".join(FAMILIES), help="names, with commas (default all)")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default 2)")
    parser.add_argument("--out", type=Path, default=Path("build/evaluate"), help="directory of the report")
    parser.add_argument("--family", help="one family, with --seed and --show")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", action="store_true", help="print one world in full")
    chosen = parser.parse_args()
    families = [chosen.family] if chosen.family else chosen.families.split(",")
    unknown = [name for name in families if name not in FAMILIES]
    if unknown:
        parser.error(f"no family {', '.join(unknown)}; known: {', '.join(FAMILIES)}")
    if chosen.show:
        sys.stdout.write(shown(families[0], chosen.seed) + "\n")
        return 0
    begin = time.perf_counter()
    sys.stderr.write(LEGEND)
    found = outcomes_of(families, range(chosen.first, chosen.first + chosen.seeds), chosen.jobs)
    done, asked = sum(map(len, found.values())), len(families) * chosen.seeds
    if done < asked:
        found = {family: outcomes for family, outcomes in found.items() if outcomes}
        report = write_report(found, chosen.out, seconds=time.perf_counter() - begin) if found else "no report"
        sys.stderr.write(f"interrupted: {done:,} of {asked:,} worlds done; {report}\n")
        return 130
    path = write_report(found, chosen.out, seconds=time.perf_counter() - begin)
    sys.stdout.write(f"{path}\n")
    missed = [limit for limit in limits.judge(found) if not limit.met]
    for limit in missed:
        sys.stderr.write(f"NOT MET: {limit.text}: {limit.measured}\n")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
