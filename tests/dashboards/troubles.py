"""A service to which things happen: one feed is well, one gives noise, one hangs up, one is not there; one endpoint
takes its messages, one answers 500, one refuses them, one is gone.
"""

from __future__ import annotations

import contextlib
import socketserver
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from detector.settings import BASELINES
from tests.faults.dump1090 import free_ports
from tests.faults.rig import SECRET, Rig
from tests.scoring import worlds

ANSWERS = {"failing": 500, "refusing": 400, "gone": 410}
"""By endpoint, what it answers."""
HANGS_UP_S = 3.0
NOISE = b"*nothing of the kind;\n@0000000000012345;\n*8D4840D6202CC371C32CE0576098;\n"
SBS = "MSG,3,1,1,4CA2D6,1,{date},{time},{date},{time},,5000,,,51.5,-0.5,,,0,0,0,0\r\n"


class Troubled(Rig):
    """A `Rig` with these feeds and endpoints beside its own."""

    def __enter__(self) -> Troubled:
        self._others = contextlib.ExitStack()
        serving = [_Server(("127.0.0.1", port), handler) for port, handler in zip(self._ports, HANDLERS, strict=True)]
        for server in (*serving, ThreadingHTTPServer(("127.0.0.1", self._refuser), Refuser)):
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            self._others.callback(server.server_close)
            self._others.callback(server.shutdown)
        super().__enter__()
        return self

    def __exit__(self, *told: Any) -> None:
        super().__exit__(*told)
        self._others.close()

    def start_service(self) -> None:
        # With a history, for scores.
        history = self.folder / "state" / "history"
        history.mkdir(parents=True)
        (history / BASELINES).write_bytes(worlds.world().usual.to_bytes())
        self._start("service", "tests.dashboards.soon", "run", "--config", str(self.config))

    def _edges(self) -> dict[str, Any]:
        edges = super()._edges()
        *self._ports, self._refuser, nobody = free_ports(len(HANDLERS) + 2)
        for name, kind, port in (
            ("noise", "avr", self._ports[0]),
            ("restless", "sbs", self._ports[1]),
            ("lost", "avr", nobody),
        ):
            edges["feeds"].append({"name": name, "kind": kind, "host": "127.0.0.1", "port": port})
        target = f"127.0.0.1:{self._refuser}"
        edges["endpoints"] += [
            {"name": name, "url": f"http://{target}/{name}", "secrets": [SECRET], "allow": [target], "baseline_s": 0.0}
            for name in ANSWERS
        ]
        return edges


class Refuser(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(ANSWERS[self.path.strip("/")])
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the base class's
        """Nobody reads it."""


class Noise(socketserver.BaseRequestHandler):
    """Much that is no frame, and one that is."""

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self.request.sendall(NOISE)
                time.sleep(0.1)


class Restless(socketserver.BaseRequestHandler):
    """Rows of a decoded track; hangs up after three seconds."""

    def handle(self) -> None:
        until = time.monotonic() + HANGS_UP_S
        with contextlib.suppress(OSError):
            while time.monotonic() < until:
                now = time.gmtime()
                row = SBS.format(date=time.strftime("%Y/%m/%d", now), time=time.strftime("%H:%M:%S.000", now))
                self.request.sendall(row.encode("ascii"))
                time.sleep(0.5)


HANDLERS = (Noise, Restless)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def panels_of(dashboard: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All panels that ask for something."""
    return (panel for panel in dashboard["panels"] if panel["type"] != "row")
