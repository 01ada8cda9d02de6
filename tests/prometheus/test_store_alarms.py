"""From a real Redis through a real service to a real Prometheus: that state may be lost, or is not taken, is seen."""

from __future__ import annotations

from pathlib import Path

import redis

from tests.faults.redis_server import RedisServer
from tests.faults.rig import Rig
from tests.prometheus.server import Prometheus


def waiting(prometheus: Prometheus) -> set[str]:
    """Alarms that have begun to wait for their time."""
    return {one["metric"]["alertname"] for one in prometheus.instant('ALERTS{alertname=~"DetectorStore.+"}')}


def test_a_store_that_forgets_evicts_or_is_gone_raises_its_alarm(tmp_path: Path) -> None:
    with RedisServer(tmp_path / "redis") as server, Rig(tmp_path, seed=3, store=server.url) as rig:
        rig.start_service()
        rig.until(rig.is_well, "the start")
        with Prometheus(tmp_path, rig.page) as prometheus, redis.Redis(port=server.port) as person:
            rig.until(lambda: bool(prometheus.instant("detector_store_durable == 1")), "a store that is durable")
            assert prometheus.instant("detector_store_memory_bytes > 0")
            assert waiting(prometheus) == set()
            person.config_set("appendonly", "no")
            person.config_set("maxmemory-policy", "allkeys-lru")
            rig.until(
                lambda: waiting(prometheus) == {"DetectorStoreNotDurable", "DetectorStoreEvicts"}, "what may be lost"
            )
            server.kill()
            # What the server said before it was gone is not said any more.
            rig.until(lambda: waiting(prometheus) == {"DetectorStoreDown"}, "that it is gone")
