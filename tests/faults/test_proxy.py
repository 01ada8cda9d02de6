"""The fault proxy does what it says: otherwise what is tested through it shows nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.faults.proxy import CHUNK_BYTES, Fault, FaultProxy, Plan, drawn

SENT = bytes(range(256)) * 100
AFTER = 9_000


@asynccontextmanager
async def server(data: bytes) -> AsyncIterator[int]:
    """A server that sends `data` to everybody and hangs up; its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        try:
            await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield int(listening.sockets[0].getsockname()[1])
    finally:
        listening.close()


async def through(plan: Plan, silence_s: float = 0.2) -> tuple[bytes, str, bytes]:
    """What a client receives, how it ends (eof, reset, silence), and what the proxy says it has passed on."""
    received, end = b"", "eof"
    async with server(SENT) as port, FaultProxy(port, [plan]) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        try:
            while data := await asyncio.wait_for(reader.read(CHUNK_BYTES), silence_s):
                received += data
        except TimeoutError:
            end = "silence"
        except ConnectionResetError:
            end = "reset"
        writer.close()
        return received, end, bytes(proxy.passed[0])


@pytest.mark.parametrize("fault", [Fault.NONE, Fault.LATENCY, Fault.SLICING])
def test_delay_and_slicing_change_no_byte(fault: Fault) -> None:
    received, end, passed = asyncio.run(through(Plan(fault, AFTER, 1), silence_s=30.0))
    assert (received, end) == (SENT, "eof")
    assert passed == SENT


def test_truncation_ends_in_the_middle() -> None:
    assert asyncio.run(through(Plan(Fault.TRUNCATION, AFTER), silence_s=30.0)) == (SENT[:AFTER], "eof", SENT[:AFTER])


def test_a_reset_is_one() -> None:
    received, end, passed = asyncio.run(through(Plan(Fault.RESET, AFTER), silence_s=30.0))
    assert end == "reset"
    assert SENT[:AFTER].startswith(received)
    assert passed == SENT[:AFTER]


@pytest.mark.parametrize(("fault", "passes"), [(Fault.BLACKHOLE, 0), (Fault.HALF_OPEN, AFTER)])
def test_a_dead_connection_stays_open_and_says_nothing(fault: Fault, passes: int) -> None:
    assert asyncio.run(through(Plan(fault, AFTER))) == (SENT[:passes], "silence", SENT[:passes])


def test_one_byte_is_corrupt() -> None:
    received, end, _ = asyncio.run(through(Plan(Fault.CORRUPT, AFTER, 5), silence_s=30.0))
    assert end == "eof"
    assert [at for at, (ours, theirs) in enumerate(zip(received, SENT, strict=True)) if ours != theirs] == [AFTER]


def test_one_chunk_comes_twice() -> None:
    received, _, passed = asyncio.run(through(Plan(Fault.DUPLICATE, AFTER), silence_s=30.0))
    assert received == passed
    more = len(received) - len(SENT)
    assert more > 0
    assert any(received == SENT[: at + more] + SENT[at:] for at in range(max(0, AFTER - more), AFTER + 1))


def test_plans_are_the_same_for_the_same_seed_and_hold_every_fault() -> None:
    assert drawn(3, 200, 1000) == drawn(3, 200, 1000) != drawn(4, 200, 1000)
    assert {plan.fault for plan in drawn(3, 200, 1000)} == set(Fault)


def test_connections_after_the_last_plan_are_clean() -> None:
    async def twice() -> list[bytes]:
        async with server(SENT) as port, FaultProxy(port, [Plan(Fault.TRUNCATION, 10)]) as proxy:
            got = []
            for _ in range(2):
                reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
                got.append(await reader.read())
                writer.close()
            return got

    assert asyncio.run(twice()) == [SENT[:10], SENT]
