"""The API of a real `detector run`: news come within a second, evidence proves itself, nothing is lost by kill -9."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from detector import cases
from detector.domain.times import parse_iso
from tests.faults.rig import Rig

AIRCRAFT = 120
"""A landing every second."""
ENOUGH = 8
ALERTS = "/alerts?limit=5"


@dataclass
class Heard:
    """Events of a stream, with the time (Unix s) at which each was there."""

    kinds: list[str] = field(default_factory=list)
    last_id: str = ""
    opened: list[tuple[float, Any]] = field(default_factory=list)


@contextmanager
def listening(rig: Rig, last_id: str | None = None) -> Iterator[Heard]:
    """Reads events in a thread."""
    heard = Heard()
    connection = http.client.HTTPConnection("127.0.0.1", rig.http_port, timeout=30.0)
    connection.request("GET", "/api/v1/events?kind=alert", headers={"Last-Event-ID": last_id} if last_id else {})
    answer, sock = connection.getresponse(), connection.sock
    assert answer.status == 200
    assert sock is not None

    def read() -> None:
        while line := answer.readline():
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name == "id":
                heard.last_id = value
            elif name == "event":
                heard.kinds.append(value)
            elif name == "data" and heard.kinds[-1] == "alert":
                alert = json.loads(value)
                if alert["event"] == "opened":
                    heard.opened.append((time.time(), alert))

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    try:
        yield heard
    finally:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
        thread.join(10.0)
        connection.close()


def asked(rig: Rig, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", rig.http_port, timeout=30.0)
    connection.request("GET", f"/api/v1{path}")
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert answer.status == 200, body
    return body


def told(rig: Rig, path: str) -> Any:
    return json.loads(asked(rig, path))


@pytest.fixture
def folder() -> Iterator[Path]:
    """With a name so short that the socket of its store can be found beside the store."""
    with tempfile.TemporaryDirectory(prefix="api-") as name:
        yield Path(name)


def test_news_come_within_a_second_and_outlive_a_kill(folder: Path) -> None:
    with Rig(folder, seed=5, aircraft=AIRCRAFT) as rig:
        rig.start_service()
        rig.until(rig.is_well, "listening")
        with listening(rig) as heard:
            rig.until(lambda: len(heard.opened) >= ENOUGH, "alerts by events")
        # The time of an alert is told in whole seconds: half a second too much, on average.
        late_s = sorted(at - parse_iso(alert["at"]) for at, alert in heard.opened)
        assert late_s[len(late_s) // 2] < 1.5, late_s
        assert late_s[-1] < 2.0, late_s
        rig.quiet()
        kept_at = time.time()
        rig.until(partial(_settled, rig, kept_at), "everything is over, and kept")
        before = told(rig, ALERTS)
        whole = told(rig, "/alerts?limit=500")
        assert {alert["id"] for _, alert in heard.opened} <= {alert["id"] for alert in whole["items"]}
        assert len(told(rig, "/aircraft")["items"]) >= AIRCRAFT

        chosen = before["items"][0]
        bundle = asked(rig, f"/alerts/{chosen['id']}/bundle")
        verification = cases.verified(bundle, "bundle.zip")
        assert (verification.alert_id, verification.revision) == (chosen["id"], chosen["revision"])
        assert bundle == _exported(rig, chosen["id"])

        rig.kill("service")
        rig.start_service()
        rig.until(rig.is_well, "listening again")
        assert told(rig, "/alerts?limit=500") == whole
        rest = told(rig, f"/alerts?limit=500&cursor={before['next']}")["items"]
        assert [*before["items"], *rest] == whole["items"]
        with listening(rig, heard.last_id) as again:
            rig.until(lambda: bool(again.kinds), "a first event")
        assert again.kinds[0] == "reset", "numbers of events begin anew"
        status, took_s = rig.stop_service()
        assert (status, took_s < 10.0) == (0, True)


def _settled(rig: Rig, since: float) -> bool:
    """Whether a whole checkpoint was made after event time had passed what was heard."""
    health = rig.health()
    return health is not None and time.time() - since > 6.0 + float(health["checkpoint_age_s"])


def _exported(rig: Rig, alert_id: str) -> bytes:
    """What `detector alerts export --service` makes of it, beside the running service."""
    file = rig.folder / "case.zip"
    command = [sys.executable, "-m", "detector", "alerts", "export", alert_id, "--service"]
    done = subprocess.run(
        [*command, "--config", str(rig.config), "--bundle", str(file)],
        env=rig.environment(), capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return file.read_bytes()
