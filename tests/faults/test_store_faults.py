"""What may become of a Redis while the service runs. It goes on, says so, and the same alerts are delivered."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.faults.kills import FIRST_ALERTS, SETTLE_S
from tests.faults.redis_server import RedisServer
from tests.faults.rig import Rig
from tests.faults.verdict import verdict

FAULT_S = 4.0
"""Some alerts come meanwhile: somebody lands every second."""
NOWHERE = ("127.0.0.1", "1")


def _gone(server: RedisServer) -> None:
    server.kill()
    time.sleep(FAULT_S)
    server.start()


def _read_only(server: RedisServer) -> None:
    server.tell("REPLICAOF", *NOWHERE)
    time.sleep(FAULT_S)
    server.tell("REPLICAOF", "NO", "ONE")


def _full(server: RedisServer) -> None:
    server.tell("CONFIG", "SET", "maxmemory", "100kb")
    time.sleep(FAULT_S)
    server.tell("CONFIG", "SET", "maxmemory", "0")


def _flushed(server: RedisServer) -> None:
    server.tell("FLUSHALL")
    time.sleep(FAULT_S)


def _swapped_for_an_empty_one(server: RedisServer) -> None:
    server.kill()
    server.empty()
    server.start()
    time.sleep(FAULT_S)


AWAY = "the store does not take the state; listening goes on"
LOST = "the store has lost the state; all of it is written anew"
FAULTS: tuple[tuple[Callable[[RedisServer], None], str], ...] = (
    (_gone, AWAY),
    (_flushed, LOST),
    (_read_only, AWAY),
    (_swapped_for_an_empty_one, LOST),
    (_full, AWAY),
)


def _said(rig: Rig) -> list[str]:
    """What the service has complained of."""
    lines = [json.loads(line) for line in rig.log.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
    return [line["event"] for line in lines if line["level"] in ("warning", "error")]


def _twice(rig: Rig) -> int:
    taken = rig.taken()
    return len(taken) - len({one.id for one in taken})


def test_the_same_alerts_are_delivered_whatever_becomes_of_the_store(tmp_path: Path) -> None:
    with RedisServer(tmp_path / "redis") as server, Rig(tmp_path, seed=3, store=server.url) as rig:
        rig.start_service()
        rig.until(lambda: len(rig.taken()) >= FIRST_ALERTS, "first alerts")
        for fault, said in FAULTS:
            before, heard = _said(rig), len(rig.taken())
            fault(server)
            rig.until(rig.is_well, f"well again after {fault.__name__}")
            rig.until(partial(_has_taken, rig, heard + FIRST_ALERTS), f"alerts after {fault.__name__}")
            assert said in _said(rig)[len(before) :], fault.__name__
        assert _twice(rig) == 0
        # What the store has now is enough to go on from.
        rig.kill("service")
        rig.start_service()
        rig.until(rig.is_well, "well again after a kill")
        assert _twice(rig) <= 1
        # And if it has nothing, the spool is: what was delivered is delivered again then, under the same ids.
        rig.kill("service")
        server.tell("FLUSHALL")
        rig.start_service()
        rig.until(rig.is_well, "well again with nothing in the store")
        assert "the store is empty; the state is made again from the spool" in _said(rig)
        rig.quiet()
        time.sleep(SETTLE_S)
        rig.until(lambda: (rig.health() or {}).get("undelivered") == 0, "all delivered")
        assert rig.stop_service()[0] == 0
        found = verdict(rig.taken(), rig.replayed())
    assert found.revisions > len(FAULTS) * FIRST_ALERTS
    assert found.clean, found


def _has_taken(rig: Rig, n: int) -> bool:
    return len(rig.taken()) >= n
