"""Clients of the page, as maps are: each listens to all events, aircraft too, and one asks for all aircraft every 2 s.

Writes to a file, a line of JSON each: {"first_byte_s", "last_byte_s", "bytes", "aircraft", "at"} of a question, and at
the end {"events", "event_bytes", "cut_off"} of what was listened to.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
import time
from pathlib import Path

EVERY_S = 2.0
EVENTS = "/api/v1/events?kind=alert&kind=stop&kind=gap&kind=aircraft"
AIRCRAFT = "/api/v1/aircraft"


class Counts:
    """What all listeners have read."""

    events = 0
    read = 0
    cut_off = 0


async def listen(port: int) -> None:
    """Read until the service hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {EVENTS} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    with contextlib.suppress(ConnectionError):
        while chunk := await reader.read(1 << 20):
            Counts.read += len(chunk)
            Counts.events += chunk.count(b"\nevent: ")
    Counts.cut_off += 1


async def ask(port: int, file: Path) -> None:
    """Ask for all aircraft, again and again."""
    while True:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        began = time.monotonic()
        writer.write(f"GET {AIRCRAFT} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        body = await reader.read(1)
        first_s = time.monotonic() - began
        body += await reader.read()
        told = {
            "first_byte_s": first_s,
            "last_byte_s": time.monotonic() - began,
            "bytes": len(body),
            "aircraft": body.count(b'{"icao24"'),
            "at": time.time(),
        }
        writer.close()
        with file.open("a") as lines:
            lines.write(json.dumps(told) + "\n")
        await asyncio.sleep(EVERY_S)


async def run(file: Path, port: int, n: int) -> None:
    """Until it is asked to stop."""
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    tasks = [asyncio.ensure_future(work) for work in (*(listen(port) for _ in range(n)), ask(port, file))]
    await stopped.wait()
    for task in tasks:
        task.cancel()
    with file.open("a") as lines:
        said = {"events": Counts.events, "event_bytes": Counts.read, "cut_off": Counts.cut_off}
        lines.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
