"""The service ends within ten seconds of being asked, whatever hangs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.faults.dump1090 import free_ports

MOST_S = 11.0
"""Ten seconds, and one for a busy machine."""


def started(folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    """A service with an embedded store and nothing to hear; its process, and that of its server."""
    feeds = f"feeds: [{{name: none, kind: beast, port: {free_ports(1)[0]}}}]"
    service = "service: {http_port: 0, checkpoint_s: 0.5}"
    (folder / "detector.yaml").write_text(f"{feeds}\n{service}\n", encoding="utf-8")
    environment = {**os.environ, "DETECTOR_STATE_DIR": str(folder / "state")}
    command = [sys.executable, "-m", "detector", "run", "--config", str(folder / "detector.yaml")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stderr=log, env=environment)
    until = time.monotonic() + 60.0
    while b'"listening"' not in (folder / "log").read_bytes():
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.1)
    children = [
        int(child)
        for task in Path(f"/proc/{process.pid}/task").iterdir()
        for child in (task / "children").read_text(encoding="ascii").split()
    ]
    return process, children[0]


@pytest.mark.parametrize("hung", [False, True], ids=["all is well", "its store hangs"])
def test_it_ends_in_time(tmp_path: Path, *, hung: bool) -> None:
    process, server = started(tmp_path)
    try:
        if hung:
            os.kill(server, signal.SIGSTOP)
            time.sleep(1.5)
        asked_at = time.monotonic()
        process.send_signal(signal.SIGTERM)
        status = process.wait(60.0)
        took_s = time.monotonic() - asked_at
        assert took_s < MOST_S
        assert status == (1 if hung else 0), (tmp_path / "log").read_text()
    finally:
        process.kill()
        if hung:
            os.kill(server, signal.SIGKILL)


def test_the_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    process, server = started(tmp_path)
    try:
        os.kill(server, signal.SIGSTOP)
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        assert process.wait(5.0) == 130
    finally:
        process.kill()
        os.kill(server, signal.SIGKILL)
