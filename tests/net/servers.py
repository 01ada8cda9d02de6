"""Servers on loopback for tests: real sockets, one handler for each connection, and what they were asked."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

Handler = Callable[[str, asyncio.StreamWriter], Awaitable[None]]
"""(request with its body, writer): the connection is closed when it returns."""
Said = tuple[str, dict[str, str], bytes]
"""Status, headers, body."""


@dataclass
class Server:
    """`requests`: heads as they came; `names`: what TLS was asked for."""

    port: int = 0
    requests: list[str] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"


@asynccontextmanager
async def serving(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """Serve until the block is left; a request's head and body are read before the handler is called."""
    server = Server()
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = [line for line in head.lower().split("\r\n") if line.startswith("content-length:")]
            body = await reader.readexactly(int(length[0].split(":")[1])) if length else b""
            server.requests.append(head + body.decode("latin-1"))
            await handler(server.requests[-1], writer)
        with suppress(ConnectionError, asyncio.CancelledError):
            writer.close()
            await writer.wait_closed()

    if tls is not None:
        tls.sni_callback = lambda _socket, name, _context: server.names.append(name)
    listening = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def answer(body: bytes = b"", *, status: str = "200 OK", **headers: str) -> Handler:
    """A handler that says one thing; `headers`: `_` for `-`."""
    return answers((status, headers, body))


def answers(*said: Said) -> Handler:
    """A handler that says one thing after the other, the last one for ever."""
    left = list(said)

    async def handle(request: str, writer: asyncio.StreamWriter) -> None:
        status, headers, body = left.pop(0) if len(left) > 1 else left[0]
        lines = {"content-length": str(len(body)), **{name.replace("_", "-"): text for name, text in headers.items()}}
        writer.write(f"HTTP/1.1 {status}\r\n".encode())
        writer.write("".join(f"{name}: {text}\r\n" for name, text in lines.items()).encode() + b"\r\n" + body)
        await writer.drain()

    return handle


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A throw-away authority and a certificate of it for `name`: what the server shows, and who trusts it."""
    authority, key = folder / "ca.pem", folder / "ca.key"
    own, own_key, wish, extra = folder / "own.pem", folder / "own.key", folder / "own.csr", folder / "extra"
    extra.write_text(f"subjectAltName=DNS:{name}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n")
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    _openssl("req", "-x509", *kind, "-keyout", key, "-out", authority, "-subj", "/CN=a throw-away authority")
    _openssl("req", "-new", *kind, "-keyout", own_key, "-out", wish, "-subj", f"/CN={name}")
    signed_by: list[str | Path] = ["-CA", authority, "-CAkey", key, "-CAcreateserial"]
    _openssl("x509", "-req", "-in", wish, *signed_by, "-out", own, "-extfile", extra)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(own, own_key)
    return server, ssl.create_default_context(cafile=str(authority))


def _openssl(*words: str | Path) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)
