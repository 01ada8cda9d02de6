"""Kills processes of a running service at random moments, and counts what became of its alerts.

    python -m tests.faults.kills --kills 100

Every aircraft of the world (`world.py`) lands every other minute at a field on a list. SIGKILL goes, by a seeded draw,
to the service, to its embedded server or to the receiver of its webhooks. At the end the service is asked to stop, its
spool is replayed offline, and what was delivered is compared with what the replay says (`verdict.py`).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.faults.rig import Rig
from tests.faults.verdict import Verdict, verdict
from tests.faults.world import AIRCRAFT

SERVICE, SERVER, RECEIVER = "service", "embedded server", "webhook receiver"
SHARES = {SERVICE: 0.45, SERVER: 0.25, RECEIVER: 0.3}
FIRST_ALERTS = 3
"""Nothing is killed before so much is going on."""
SETTLE_S = 3.0
"""Heartbeats go on so long after the last frame: nothing is held back any more then."""


@dataclass(slots=True)
class Account:
    """What was done and what was seen. `resumed_s`: from a kill of the service or its server until all was well."""

    kills: Counter[str] = field(default_factory=Counter)
    during_start: int = 0
    """Of the kills of the service: before it was well again after the one before."""
    resumed_s: list[float] = field(default_factory=list)
    took_s: float = 0.0
    stop_status: int = -1
    stop_s: float = 0.0
    verdict: Verdict | None = None

    def lines(self) -> list[str]:
        """For a person."""
        assert self.verdict is not None
        kinds = ", ".join(f"{name} {self.kills[name]}" for name in SHARES)
        slowest = max(self.resumed_s, default=0.0)
        return [
            f"kills {self.kills.total()} ({kinds}; {self.during_start} while starting) in {self.took_s:.0f} s",
            *self.verdict.lines(),
            f"well again after at most {slowest:.1f} s",
            f"stopped by SIGTERM in {self.stop_s:.1f} s, status {self.stop_status}",
        ]


def run(folder: Path, kills: int, seed: int, *, pace_s: float = 3.0, aircraft: int = AIRCRAFT) -> Account:
    """Kill so often, at random moments `pace_s` apart on average. `folder`: empty; keeps everything."""
    random = Random(seed)
    account = Account()
    began = time.monotonic()
    with Rig(folder, seed=seed, aircraft=aircraft) as rig:
        rig.start_service()
        rig.until(lambda: len(rig.taken()) >= FIRST_ALERTS, "first alerts")
        killed_at: float | None = None
        while account.kills.total() < kills:
            killed_at = _wait(rig, account, killed_at, random.expovariate(1.0 / pace_s))
            (victim,) = random.choices(list(SHARES), list(SHARES.values()))
            if victim == RECEIVER:
                rig.kill("receiver")
                time.sleep(random.uniform(0.0, 0.5))  # down for a while: messages meet a closed port
                rig.start_receiver()
            elif victim == SERVER:
                if not rig.kill_server():
                    continue  # it is being started just now
                killed_at = killed_at or time.monotonic()
            else:
                account.during_start += killed_at is not None
                rig.kill("service")
                killed_at = killed_at or time.monotonic()
                rig.start_service()
            account.kills[victim] += 1
        rig.until(rig.is_well, "well again at the end")
        if killed_at is not None:
            account.resumed_s.append(time.monotonic() - killed_at)
        rig.quiet()
        time.sleep(SETTLE_S)
        rig.until(lambda: (rig.health() or {}).get("undelivered") == 0, "all delivered")
        account.stop_status, account.stop_s = rig.stop_service()
        account.verdict = verdict(rig.taken(), rig.replayed())
    account.took_s = time.monotonic() - began
    return account


def _wait(rig: Rig, account: Account, killed_at: float | None, seconds: float) -> float | None:
    """Wait so long; notes when all is well again after a kill. When something was killed that is not well again yet."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if killed_at is not None and rig.is_well():
            account.resumed_s.append(time.monotonic() - killed_at)
            killed_at = None
        assert rig.runs("service"), f"the service has ended by itself:\n{rig.last_words()}"
        time.sleep(min(0.05, max(0.0, until - time.monotonic())))
    return killed_at


def main() -> int:
    """0 where nothing was lost, invented or told twice too often."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--kills", type=int, default=100)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--aircraft", type=int, default=AIRCRAFT)
    arguments.add_argument("--pace", type=float, default=3.0, metavar="S", help="mean time between two kills")
    arguments.add_argument("--folder", type=Path, help="keep everything there; must be empty")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as spare:
        folder = chosen.folder or Path(spare)
        account = run(folder, chosen.kills, chosen.seed, pace_s=chosen.pace, aircraft=chosen.aircraft)
    sys.stdout.write("\n".join(account.lines()) + "\n")
    found = account.verdict
    assert found is not None
    return 0 if found.clean and found.twice <= account.kills.total() and account.stop_status == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
