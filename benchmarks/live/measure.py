"""One measurement: sender, service and receiver as processes of their own, and what came of it."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import yaml

from benchmarks.live.processes import Watch
from detector.settings import load_configuration

START_S = 60.0
STOP_S = 20.0
LAST_WORDS_S = 5.0
"""After the last slot, for what is still on its way."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run left behind. `metrics`: at the end, by name with labels; `log`: of the service, a line each."""

    folder: Path
    watch: Watch
    metrics: dict[str, float]
    log: list[str]
    exit_status: int | None


def run(traffic: Path, folder: Path, clients: int = 0) -> Outcome:
    """Play `traffic` to a fresh service whose files lie in `folder`, with so many that look on.

    Raises SystemExit if it does not start or ends.
    """
    sender_port, receiver_port, page_port = _free_ports(3)
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    config = folder / "detector.yaml"
    config.write_text(yaml.safe_dump(_settings(sender_port, receiver_port, page_port, secret)), encoding="utf-8")
    module = [sys.executable, "-m"]
    with contextlib.ExitStack() as stack:
        received = folder / "received.jsonl"
        receiver = [*module, "benchmarks.live.receiver", str(received), str(receiver_port), secret]
        stack.enter_context(_process(receiver))
        sender = stack.enter_context(
            _process([*module, "benchmarks.live.sender", str(traffic), str(sender_port), str(folder)])
        )
        _wait_for_port(receiver_port)
        environment = os.environ | {"DETECTOR_STATE_DIR": str(folder / "state")}
        errors = stack.enter_context((folder / "service.log").open("wb"))
        service = stack.enter_context(
            _process([*module, "detector", "run", "--config", str(config)], env=environment, stderr=errors)
        )
        watch = Watch(service.pid)
        watch.start()
        lookers = None
        if clients:
            _wait_for_port(page_port)
            looking = [*module, "benchmarks.live.clients", str(folder / "clients.jsonl"), str(page_port), str(clients)]
            lookers = stack.enter_context(_process(looking))
        metrics: dict[str, float] = {}
        while not (folder / "sent.npy").exists():
            if service.poll() is not None or sender.poll() is not None:
                what = "service" if service.poll() is not None else "sender"
                raise SystemExit(f"the {what} ended before the traffic did:\n{_tail(folder / 'service.log')}")
            time.sleep(0.5)
        time.sleep(LAST_WORDS_S)
        metrics = _metrics(page_port)
        if lookers is not None:
            lookers.send_signal(signal.SIGTERM)
            lookers.wait(STOP_S)
        service.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            service.wait(STOP_S)
        watch.stop()
        status = service.returncode
    log = (folder / "service.log").read_text(encoding="utf-8", errors="replace").splitlines()
    return Outcome(folder, watch, metrics, log, status)


def _settings(sender_port: int, receiver_port: int, page_port: int, secret: str) -> dict[str, Any]:
    """The shipped settings, with one feed and one endpoint."""
    shipped = load_configuration(None)
    folder = shipped.path.resolve().parent
    settings = msgspec.to_builtins(shipped.settings)
    own = {name: settings[name] for name in ("tracking", "movements", "checks", "alerting")}
    return own | {
        "watchlists": [str(folder / name) for name in shipped.settings.watchlists],
        "airports": None if shipped.settings.airports is None else str(folder / shipped.settings.airports),
        "service": {"store": "embedded", "http_port": page_port},
        "feeds": [{"name": "load", "kind": "beast", "host": "127.0.0.1", "port": sender_port}],
        "endpoints": [
            {
                "name": "receiver",
                "kind": "webhook",
                "url": f"http://127.0.0.1:{receiver_port}/",
                "allow": [f"127.0.0.1:{receiver_port}"],
                "secrets": [secret],
                "baseline_s": 0.0,
            }
        ],
    }


@contextlib.contextmanager
def _process(command: list[str], **how: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Runs until it ends or the block does."""
    with subprocess.Popen(command, **how) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def _free_ports(n: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(n)]
        return [one.getsockname()[1] for one in opened]


def _wait_for_port(port: int) -> None:
    """Until somebody listens there. Raises SystemExit."""
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
            return
        time.sleep(0.1)
    raise SystemExit(f"nothing listens on port {port}")


def _metrics(port: int) -> dict[str, float]:
    """Everything /metrics tells; empty if nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10.0) as answer:
            lines = answer.read().decode().splitlines()
    except (urllib.error.URLError, TimeoutError):
        return {}
    pairs = (line.rpartition(" ") for line in lines if line and not line.startswith("#"))
    return {name: float(value) for name, _, value in pairs}


def _tail(path: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])


def answers(folder: Path) -> list[dict[str, Any]]:
    """What the clients of the page noted, in order; [] where there were none."""
    file = folder / "clients.jsonl"
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []


def deliveries(folder: Path) -> list[dict[str, Any]]:
    """What the receiver noted, in order."""
    return [json.loads(line) for line in (folder / "received.jsonl").read_text(encoding="utf-8").splitlines()]
