"""A real server: Debian's dump1090-mutability on free ports, and a sender that plays a recording into it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from types import TracebackType

import numpy as np

from detector.domain.frame import FrameBatch
from detector.framing import beast
from tests.debian import debian_command
from tests.faults.surroundings import MovedClock

PROGRAM = "dump1090-mutability"
STEP_S = 0.25
"""Of the recording; sent at once."""
LAG_S = 20.0
"""Of the recording; so much may be on its way through the server, which looks at its sockets every 60 ms."""
_POLL_S = 0.002
_INTRODUCTION_S = 0.5
_STARTING_S = 20.0


def free_ports(n: int) -> list[int]:
    """Ports that nothing listens on now."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(n)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]


class Dump1090:
    """The server as an async context manager; `kill` and `start` may follow each other in between."""

    def __init__(self, lat: float = 43.6, lon: float = 1.37) -> None:
        self._place = lat, lon
        self.raw_in, self.avr, self.sbs, self.beast_in, self.beast = free_ports(5)
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Dump1090:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.kill()

    async def start(self) -> None:
        """Start it; returns when it listens. It gives frames on unchanged (`--net-verbatim`), AVR with counters."""
        lat, lon = self._place
        ports = {
            "ri": self.raw_in,
            "ro": self.avr,
            "sbs": self.sbs,
            "bi": self.beast_in,
            "bo": self.beast,
        }
        options = [text for name, port in ports.items() for text in (f"--net-{name}-port", str(port))]
        program, environment = debian_command(PROGRAM)
        self._process = await asyncio.create_subprocess_exec(
            program,
            *("--net-only", "--quiet", "--mlat", "--net-verbatim", "--net-bind-address", "127.0.0.1"),
            *("--net-buffer", "6"),  # 4 MB; without it a client that is not read from for a moment is thrown out
            *("--lat", str(lat), "--lon", str(lon), *options),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env=environment,
        )
        async with asyncio.timeout(_STARTING_S):
            while not await _listens(self.beast_in):
                assert self._process.returncode is None, f"{PROGRAM} ended with {self._process.returncode}"
                await asyncio.sleep(_POLL_S)

    async def kill(self) -> None:
        """End it as a crash would."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def play(self, frames: FrameBatch, clock: MovedClock, received: Callable[[], int], speed: float) -> None:
        """Send frames, and move the clock to their times, at most `speed` times as fast as they were heard.

        `received`: how many have come back. The clock waits for those LAG_S old: however slow the machine is, nothing
        is later than that by the clock.
        """
        reader, writer = await asyncio.open_connection("127.0.0.1", self.beast_in)
        at = frames.heard_at
        try:
            sent = 0
            while sent < len(frames):
                clock.move_to(float(max(clock.now() + STEP_S, at[sent])))
                upto = int(np.searchsorted(at, clock.now(), side="right"))
                writer.write(beast.encode(frames.take(slice(sent, upto))))
                await writer.drain()
                sent = upto
                await asyncio.sleep(STEP_S / speed)
                async with asyncio.timeout(_STARTING_S):
                    while received() < np.searchsorted(at, clock.now() - LAG_S):
                        await asyncio.sleep(_POLL_S)
            assert not reader.at_eof()
            async with asyncio.timeout(_STARTING_S):
                while received() < sent:
                    await asyncio.sleep(_POLL_S)
        finally:
            writer.close()
            await writer.wait_closed()

    async def introduce(self, frames: FrameBatch) -> None:
        """Make the aircraft of these frames known. Until an aircraft has said its address in clear the server keeps
        back replies that carry it in their parity only, so that not all of a recording would come out of it."""
        _, writer = await asyncio.open_connection("127.0.0.1", self.beast_in)
        writer.write(beast.encode(frames))
        await writer.drain()
        await asyncio.sleep(_INTRODUCTION_S)
        writer.close()
        await writer.wait_closed()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True
