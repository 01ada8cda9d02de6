"""A proxy between a server and a client that does to their connection what networks do."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from types import TracebackType

CHUNK_BYTES = 4096
MOST_SLICE_BYTES = 40


class Fault(StrEnum):
    """What happens to what the server sends."""

    NONE = "none"
    LATENCY = "latency"
    """Every chunk waits for a while."""
    SLICING = "slicing"
    """It comes in pieces of a few bytes."""
    TRUNCATION = "truncation"
    """The connection is closed in the middle."""
    RESET = "reset"
    """The connection is reset (RST) in the middle; what the client had not read yet may be lost."""
    BLACKHOLE = "blackhole"
    """The connection is accepted, and nothing ever comes."""
    HALF_OPEN = "half-open"
    """From some moment on nothing comes any more, and nobody says so."""
    CORRUPT = "corrupt"
    """One byte is another one."""
    DUPLICATE = "duplicate"
    """One chunk comes twice."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens to one connection. `after`: bytes that pass unharmed; `seed`: for all that is left to chance."""

    fault: Fault = Fault.NONE
    after: int = 0
    seed: int = 0
    latency_s: float = 0.005


CLEAN = Plan()


def drawn(seed: int, n: int, most_after: int, faults: Sequence[Fault] = tuple(Fault)) -> list[Plan]:
    """`n` plans, the same for the same seed."""
    random = Random(seed)
    return [Plan(random.choice(faults), random.randrange(most_after), random.randrange(1 << 30)) for _ in range(n)]


class FaultProxy:
    """Listens on a free port of the loopback; the n-th connection has the n-th plan, those after the last are clean.

        async with FaultProxy(server_port, drawn(7, 20, 10_000)) as proxy:
            ...connect to proxy.port...

    `passed` has, for each connection, what was sent on to the client; `finished`, which of them are over; `dead`, which
    of the others will bring nothing any more.
    """

    def __init__(self, server_port: int, plans: Sequence[Plan] = ()) -> None:
        self.port = 0
        self.passed: list[bytearray] = []
        self.finished: set[int] = set()
        self.dead: set[int] = set()
        self._server_port = server_port
        self._plans = plans
        self._server: asyncio.Server | None = None
        self._running: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> FaultProxy:
        self._server = await asyncio.start_server(self._welcome, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in tuple(self._running):
            task.cancel()
        for result in await asyncio.gather(*self._running, return_exceptions=True):
            assert result is None or isinstance(result, asyncio.CancelledError), result

    def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = len(self.passed)
        self.passed.append(bytearray())
        plan = self._plans[number] if number < len(self._plans) else CLEAN
        task = asyncio.ensure_future(self._carry(number, plan, reader, writer))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _carry(self, number: int, plan: Plan, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream: asyncio.StreamWriter | None = None
        upwards: asyncio.Task[None] | None = None
        try:
            server, upstream = await asyncio.open_connection("127.0.0.1", self._server_port)
            upwards = asyncio.ensure_future(_copied(reader, upstream))
            await self._downwards(plan, server, writer, self.passed[number])
            if plan.fault is Fault.RESET:
                _reset(writer)
            elif plan.fault in (Fault.BLACKHOLE, Fault.HALF_OPEN):
                self.dead.add(number)
                await upwards  # until the client has had enough
        except OSError:
            pass  # either side has gone: so does the other
        finally:
            if upwards is not None:
                upwards.cancel()
            for one in (writer, upstream):
                if one is not None:
                    one.close()
            self.dead.discard(number)
            self.finished.add(number)

    async def _downwards(
        self, plan: Plan, server: asyncio.StreamReader, writer: asyncio.StreamWriter, passed: bytearray
    ) -> None:
        """Send on what the server sends, until the plan or the server ends it."""
        random = Random(plan.seed)
        seen = 0
        while data := await server.read(CHUNK_BYTES):
            pieces, over = _harmed(plan, data, seen, random)
            seen += len(data)
            for piece in pieces:
                if plan.fault is Fault.LATENCY:
                    await asyncio.sleep(random.uniform(0.0, plan.latency_s))
                writer.write(piece)
                passed += piece
                await writer.drain()
                if plan.fault is Fault.SLICING:
                    await asyncio.sleep(0)
            if over:
                return


def _harmed(plan: Plan, data: bytes, seen: int, random: Random) -> tuple[Iterator[bytes] | list[bytes], bool]:
    """The pieces to send on, and whether nothing comes after them. `seen`: bytes before these."""
    here = plan.after - seen
    if plan.fault is Fault.BLACKHOLE:
        return [], True
    if plan.fault is Fault.SLICING:
        return _sliced(data, random), False
    if not 0 <= here < len(data):
        return [data], False
    if plan.fault in (Fault.TRUNCATION, Fault.RESET, Fault.HALF_OPEN):
        return [data[:here]] if here else [], True
    if plan.fault is Fault.CORRUPT:
        return [data[:here] + bytes((data[here] ^ random.randrange(1, 256),)) + data[here + 1 :]], False
    if plan.fault is Fault.DUPLICATE:
        return [data, data], False
    return [data], False


def _sliced(data: bytes, random: Random) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        n = random.randint(1, MOST_SLICE_BYTES)
        yield data[at : at + n]
        at += n


async def _copied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK_BYTES):
            writer.write(data)
            await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST: with no time to linger the system throws away what is not sent yet."""
    opened = writer.get_extra_info("socket")
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
