"""A receiver of webhooks on loopback that answers as it is told, byte for byte."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
import struct
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field

from detector.alerting.outcome import Outcome
from detector.sinks import Sink, open_sink
from detector.sinks.means import Means
from detector.sinks.sample import trial_message
from detector.sinks.settings import EndpointSettings

NOW = 1_730_952_000.0
OK = b"HTTP/1.1 204 No Content\r\n\r\n"
Answer = bytes | Iterator[bytes]


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """`answers`: one for each request, the last one for all others; b"" hangs, None resets the connection."""

    answers: list[Callable[[], Iterator[bytes]] | bytes | None] = field(default_factory=lambda: [OK])
    port: int = 1
    requests: list[Request] = field(default_factory=list)
    sent: int = 0
    """Bytes of the answers that were taken off our hands."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[Receiver]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            self.requests.append(await _read(reader))
            answer = self.answers[min(len(self.requests), len(self.answers)) - 1]
            if answer == b"":
                await reader.read()  # until the other side has had enough
            elif answer is None:
                linger = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            else:
                for chunk in [answer] if isinstance(answer, bytes) else answer():
                    writer.write(chunk)
                    await writer.drain()
                    self.sent += len(chunk)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = head[0].split(" ")
    headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head[1:] if line)}
    return Request(method, path, headers, await reader.readexactly(int(headers.get("content-length", "0"))))


def http(status: int, body: bytes = b"", *headers: str) -> bytes:
    """An answer."""
    lines = [f"HTTP/1.1 {status} Some Reason", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def endless(gigabytes: int) -> Iterator[bytes]:
    """An answer of so much."""
    yield f"HTTP/1.1 500 Oops\r\nContent-Length: {gigabytes * 10**9}\r\n\r\n".encode()
    yield from itertools.repeat(b"x" * 1_000_000, gigabytes * 1000)


def sink_to(receiver: Receiver, means: Means | None = None, **settings: object) -> Sink:
    """A webhook sink that may reach the receiver."""
    wanted = {"name": "hook", "url": receiver.url, "allow": (receiver.place,)} | settings
    return open_sink(EndpointSettings(**wanted), means or Means())  # type: ignore[arg-type]


def sent_once(receiver: Receiver, **settings: object) -> Outcome:
    """What becomes of a test message."""

    async def send() -> Outcome:
        async with receiver.listening():
            return await sink_to(receiver, None, **settings).send(trial_message("hook", NOW), NOW)

    return asyncio.run(send())
