"""The page that a service listens on: health for everybody, the rest for who has the token. Loopback by default."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from detector.domain.errors import UsageError

OPEN_PATHS = frozenset({"/health"})
"""What needs no token: it tells nothing of any aircraft."""
SECURITY_HEADERS = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
PAGES = "detector\n\n/health   whether it listens and keeps its state, as JSON\n/metrics  for Prometheus\n"
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Health = Callable[[], Mapping[str, Any]]
"""What /health tells; `ok` of it False makes it status 503."""


def edge(health: Health, metrics: Callable[[], bytes], token: str | None) -> FastAPI:
    """The application. `token`: what a bearer has to show for all but health; None where only loopback can ask."""
    app = FastAPI(title="detector", docs_url=None, redoc_url=None, openapi_url=None)

    @app.middleware("http")
    async def guard(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        # Not request.url, which some versions put together from the Host header: whoever asks would choose the path.
        if token is not None and request.scope["path"] not in OPEN_PATHS and not _bears(request, token):
            response: Response = JSONResponse({"error": "a bearer token is needed"}, 401)
            response.headers["www-authenticate"] = "Bearer"
        else:
            response = await go_on(request)
        response.headers.update(SECURITY_HEADERS)
        return response

    @app.get("/")
    async def tell_pages() -> Response:
        return Response(PAGES, media_type="text/plain; charset=utf-8")

    @app.get("/health")
    async def tell_health() -> Response:
        told = dict(health())
        return JSONResponse(told, 200 if told.get("ok") else 503)

    @app.get("/metrics")
    async def tell_metrics() -> Response:
        return Response(metrics(), media_type=METRICS_TYPE)

    return app


def _bears(request: Request, token: str) -> bool:
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    # Compared in constant time: how long a refusal takes must not tell how much of it was right.
    return scheme.lower() == "bearer" and hmac.compare_digest(shown.strip().encode(), token.encode())


def bound(host: str, port: int) -> socket.socket:
    """The address of the page, taken: who asks before the page is served waits. Raises UsageError."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        taken = socket.socket(family, kind, protocol)
        try:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(address)
            taken.listen()
        except OSError:
            taken.close()
            raise
    except OSError as error:
        if isinstance(error, socket.gaierror):
            raise UsageError(f"http_host {host}: {error.strerror}; give an address of this machine") from error
        said = f"http_port {port}: {error.strerror or error}"
        raise UsageError(f"{said}; set service.http_port to another, or to 0 for no page") from error
    return taken


class EdgeServer:
    """An application on a socket that is `bound`, in the running event loop."""

    def __init__(self, app: FastAPI, taken: socket.socket) -> None:
        self._socket = taken
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=2,
            limit_concurrency=64,
            h11_max_incomplete_event_size=16_384,
            server_header=False,
        )
        self._server = _Server(config)

    async def run(self) -> None:
        """Serve until cancelled."""
        serving = asyncio.ensure_future(self._server.serve([self._socket]))
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            self._server.should_exit = True
            await serving
            raise
        finally:
            self._socket.close()


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the service's, not the page's."""
        yield
