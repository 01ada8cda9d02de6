"""A receiver as a process of its own: it tells the world of `world.py` in Beast, as it happens, to whoever connects.

Who comes (again) hears what is heard from now on, and never what was heard before: as a real receiver. After SIGUSR1
only a beacon is heard, of which nothing can be told.

    python -m tests.faults.beast_server --port 30005 --seed 1 --aircraft 120
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
from typing import Protocol

from detector.domain.frame import FrameBatch
from detector.domain.live import Clock
from detector.framing import beast
from detector.service.clock import SystemClock
from tests.faults.world import AIRCRAFT, World, beacon

STEP_S = 0.05
MOST_WAITING = 4 << 20
"""Who does not read for so many bytes is sent away."""


class Told(Protocol):
    """What is heard, as `World` tells it."""

    def heard(self, begin_s: float, end_s: float, start_at: float) -> FrameBatch: ...


class BeastServer:
    """Serves one world, as fast as the clock goes. `quiet`: once set, only the beacon is heard."""

    def __init__(self, world: Told, clock: Clock) -> None:
        self.quiet = asyncio.Event()
        self._world = world
        self._clock = clock
        self._listeners: set[asyncio.StreamWriter] = set()

    async def run(self, port: int) -> None:
        """Until cancelled."""
        server = await asyncio.start_server(self._listen, "127.0.0.1", port)
        start_at = self._clock.now()
        told_s = 0.0
        try:
            while True:
                await asyncio.sleep(STEP_S)
                now_s = self._clock.now() - start_at
                heard = beacon if self.quiet.is_set() else self._world.heard
                self._tell(beast.encode(heard(told_s, now_s, start_at)))
                told_s = now_s
        finally:
            server.close()
            for writer in self._listeners:
                writer.transport.abort()

    def hang_up(self) -> None:
        """As a server that is started anew: all have to come again."""
        for writer in self._listeners:
            writer.close()

    def _tell(self, data: bytes) -> None:
        for writer in self._listeners:
            if writer.transport.get_write_buffer_size() > MOST_WAITING:
                writer.transport.abort()
            else:
                writer.write(data)

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._listeners.add(writer)
        with contextlib.suppress(OSError):
            while await reader.read(4096):
                pass
        self._listeners.discard(writer)
        writer.close()


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--port", type=int, required=True)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--aircraft", type=int, default=AIRCRAFT)
    chosen = arguments.parse_args()
    asyncio.run(_serve(World(chosen.seed, chosen.aircraft), chosen.port))


async def _serve(world: World, port: int) -> None:
    server = BeastServer(world, SystemClock())
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, server.quiet.set)
    await server.run(port)


if __name__ == "__main__":
    main()
