"""A flood of invented addresses against the whole service, with its store and spool: `python -m tests.service.flood N`.

Prints the peak of resident memory of this process and of its server, and what was told of the real aircraft, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.flood import REAL, real_frames, together
from benchmarks.one_run import peak_rss_mb
from detector.domain.frame import FrameBatch
from detector.domain.live import FeedEvent, FeedStatus
from detector.stores.embedded import open_embedded
from tests.service.stage import Receiver, Stage, StageClock


async def heard(stage: Stage, real: FrameBatch, addresses: int, gap: tuple[float, float]) -> float:
    """Plays it; the longest turn in s."""
    longest = 0.0
    keeping = asyncio.ensure_future(stage.parts.keeping.run())
    stage.parts.intake.tell(FeedEvent("roof", FeedStatus.CONNECTED, stage.clock.at))
    for batch in together(real, addresses, *gap):
        stage.clock.at = max(stage.clock.at, float(batch.heard_at[-1]))
        await stage.parts.intake.hear("roof", batch)
        began = time.perf_counter()
        stage.service.turn()
        longest = max(longest, time.perf_counter() - began)
        await asyncio.sleep(0)
        while await stage.couriers.deliver_due():
            pass
    await stage.parts.keeping.settled()
    keeping.cancel()
    return longest


def main(addresses: int) -> None:
    """One run."""
    real, lost, back = real_frames()
    with tempfile.TemporaryDirectory() as folder:
        clock = StageClock(float(real.heard_at[0]))
        receiver = Receiver(clock)
        store = open_embedded("embedded", namespace="service", data_dir=Path(folder) / "store")
        stage = Stage(clock, receiver, store, Path(folder) / "spool", [{"name": "desk"}])
        began = time.perf_counter()
        longest_s = asyncio.run(heard(stage, real, addresses, (lost, back)))
        server = Path(f"/proc/{store.server.process.pid}/status").read_text(encoding="ascii")
        server_kb = next(int(line.split()[1]) for line in server.splitlines() if line.startswith("VmHWM"))
        stage.die()
        store.close()
    mine = [one for one in receiver.arrivals if one.alert["stop"]["icao24"] == f"{REAL:06x}"]
    figures = {
        "addresses": addresses,
        "peak_mb": peak_rss_mb(),
        "server_peak_mb": server_kb / 1024.0,
        "seconds": time.perf_counter() - began,
        "longest_turn_s": longest_s,
        "checkpoints": stage.parts.keeping.took.count,
        "aircraft": len(stage.core.pipeline.decoder.addresses),
        "rejects": stage.core.pipeline.rejects.counts,
        "messages": len(receiver.arrivals),
        "told": [[one.id, one.kind, one.alert["stop"]["airport"], one.alert["stop"]["level"]] for one in mine],
    }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
