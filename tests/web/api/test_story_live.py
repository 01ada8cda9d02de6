"""The Pyongyang story in quick motion: heard by the whole service over a socket, told by its API as it happens."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from detector.app.serving import Serving
from detector.domain.frame import FrameBatch
from detector.domain.times import parse_iso
from detector.service.log import json_log
from detector.settings import load_configuration
from tests.faults.beast_server import BeastServer
from tests.faults.dump1090 import free_ports
from tests.faults.surroundings import ScaledClock
from tests.service.test_scenarios import heard
from tests.web.api.test_events import listening
from tests.web.pages import Client

SPEED = 120.0
BEGIN = parse_iso("2024-11-07T01:05:00Z")
"""Twenty-five minutes before it is lost on its way down."""
LATEST_S = 1.0
"""From the frame or heartbeat that made an alert to its event at the client, by the clock of the wall."""


class Story:
    """What is heard from BEGIN on, as `beast_server` asks for it."""

    def __init__(self) -> None:
        self._frames = heard()

    def heard(self, begin_s: float, end_s: float, start_at: float) -> FrameBatch:
        first, last = np.searchsorted(self._frames.heard_at, [BEGIN + begin_s, BEGIN + end_s])
        return self._frames.take(slice(int(first), int(last)))


async def told(folder: Path) -> tuple[Any, float, Any]:
    """(the alert as its event told it, how late that was in s, the aircraft then)."""
    beast_port, page_port = free_ports(2)
    config = folder / "detector.yaml"
    edges = {
        "feeds": [{"name": "story", "kind": "beast", "host": "127.0.0.1", "port": beast_port}],
        "spool": {"folder": str(folder / "spool")},
        "service": {"store": "memory", "http_port": page_port},
    }
    config.write_text(yaml.safe_dump(edges), encoding="utf-8")
    clock = ScaledClock(SPEED, BEGIN)
    serving = Serving(load_configuration(config), clock, json_log(io.StringIO()))
    server = asyncio.ensure_future(BeastServer(Story(), clock).run(beast_port))
    running = asyncio.ensure_future(serving.service.run())
    try:
        async with asyncio.timeout(60.0), listening(page_port, "?kind=alert") as listener:
            while (event := await listener.event()).kind != "alert":
                pass
            late_s = (clock.now() - parse_iso(event.data["at"])) / SPEED
            return event.data, late_s, await Client(page_port).json("/aircraft/15522c")
    finally:
        serving.service.stop()
        await running
        serving.close()
        server.cancel()
        await asyncio.gather(server, return_exceptions=True)
        await asyncio.sleep(0.1)  # transports close in the next turns


def test_the_arrival_at_pyongyang_is_told_as_it_happens(tmp_path: Path) -> None:
    alert, late_s, aircraft = asyncio.run(told(tmp_path))
    assert (alert["event"], alert["stop"]["airport"]) == ("opened", "ZKPY")
    assert alert["identity"]["type_name"] is not None
    assert late_s < LATEST_S
    assert aircraft["alerts"][0]["id"] == alert["id"]
    assert aircraft["state"]["watched"] is True
