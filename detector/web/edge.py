"""The page that a service listens on: health for everybody, the rest for who has the token. Loopback by default."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import uvicorn
from fastapi import APIRouter, Depends, FastAPI, Response
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from detector.domain.errors import UsageError
from detector.web import problems
from detector.web.api import aircraft, alerts, description, documents, events, login, places, positions, stops
from detector.web.api.events import ABORT, Streams
from detector.web.api.parameters import known_only
from detector.web.api.served import Health
from detector.web.guard import Guard
from detector.web.pages import assets
from detector.web.pages import router as pages
from detector.web.pages.router import Tiles
from detector.web.sessions import Sessions

OPEN_PATHS = frozenset({"/health", "/log-in", "/login", "/logout"})
"""What needs no token, besides what pages load: it tells nothing of any aircraft."""
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
API = "/api/v1"


def edge(
    streams: Streams,
    metrics: Callable[[], bytes],
    token: str | None,
    names: Iterable[str] = (),
    tiles: Tiles | None = None,
) -> Guard:
    """The application: the map at /, cases, API and metrics.

    `token`: what a bearer has to show for all but health; None where only loopback can ask, by address, as `localhost`
    or by one of `names`.
    """
    app = FastAPI(title="detector", docs_url=None, redoc_url=None, openapi_url=None)
    app.openapi = lambda: description.described(app)  # type: ignore[method-assign]
    problems.install(app)
    served = streams.served
    sessions = Sessions(token, served.now)
    app.include_router(login.router(sessions))
    api = APIRouter(prefix=API, dependencies=[Depends(known_only)])
    for part in (alerts, documents, stops, aircraft, positions, places):
        api.include_router(part.router(served))
    api.include_router(events.router(streams))
    api.include_router(_health(served.health))
    app.include_router(api)

    found = assets.assets()
    app.include_router(assets.router(found))
    app.include_router(pages.router(served, found, tiles or Tiles()))

    @app.get("/metrics", include_in_schema=False)
    async def tell_metrics() -> Response:
        return Response(metrics(), media_type=METRICS_TYPE)

    @app.get("/openapi.json", include_in_schema=False)
    async def tell_description() -> Response:
        return JSONResponse(app.openapi())

    app.include_router(_health(served.health), include_in_schema=False)
    return Guard(app, token=token, sessions=sessions, names=names, open_paths=OPEN_PATHS | found.paths)


def _health(health: Health) -> APIRouter:
    router = APIRouter(tags=["health"])

    @router.get("/health", **description.health_of("Health"))
    async def tell_health() -> Response:
        """Whether it listens and keeps its state; status 503 where it does not."""
        told = dict(health())
        return JSONResponse(told, 200 if told.get("ok") else 503)

    return router


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
    """An application on a socket that is `bound`, in the running event loop. `on_end`: ends answers without an end."""

    def __init__(self, app: ASGIApp, taken: socket.socket, on_end: Callable[[], None] = lambda: None) -> None:
        self._socket = taken
        self._on_end = on_end
        config = uvicorn.Config(
            app,
            http=_Protocol,
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
            self._on_end()
            await serving
            raise
        finally:
            self._socket.close()


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the service's, not the page's."""
        yield


class _Protocol(H11Protocol):
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let the application close the connection of a client that reads nothing: otherwise it stays for ever."""
        super().connection_made(transport)
        app: Any = self.app

        async def with_abort(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, ABORT: transport.abort}, receive, send)

        self.app = with_abort
