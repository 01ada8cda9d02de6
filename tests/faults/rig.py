"""A service in a folder of its own, with the processes around it: what it listens to and who takes its messages."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

import yaml

from tests.faults import world
from tests.faults.dump1090 import free_ports
from tests.faults.webhook_receiver import Taken, taken_from

SECRET = "whsec_" + "c3RvcCBkZXRlY3RvciBmYXVsdCB0ZXN0cywgMzIgYnk="
SERVERS = {"valkey-server", "redis-server"}
TERM_S = 10.0
"""A service that is asked to end is gone after this."""


class Rig:
    """Use as a context manager: everything that was started ends with it. `log`: what the service said; `http_port`: of
    its page."""

    def __init__(
        self, folder: Path, *, seed: int, aircraft: int = world.AIRCRAFT, store: str = "embedded", **service: Any
    ) -> None:
        self.folder = folder
        self.config = folder / "detector.yaml"
        self.spool = folder / "spool"
        self.log = folder / "service.log"
        self._seed, self._aircraft = seed, aircraft
        self._beast_port, self._receiver_port, self.http_port = free_ports(3)
        self._taken = folder / "taken.jsonl"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        told = {"store": store, "http_port": self.http_port, "checkpoint_s": 1.0} | service
        self.config.write_text(yaml.safe_dump(world.SETTINGS | self._edges() | {"service": told}), encoding="utf-8")

    def _edges(self) -> dict[str, Any]:
        """What comes in and goes out."""
        target = f"127.0.0.1:{self._receiver_port}"
        return {
            "feeds": [{"name": "world", "kind": "beast", "host": "127.0.0.1", "port": self._beast_port}],
            "endpoints": [
                {
                    "name": "taker",
                    "url": f"http://{target}/alerts",
                    "secrets": [SECRET],
                    "allow": [target],
                    "baseline_s": 0.0,
                }
            ],
            "spool": {"folder": str(self.spool), "segment_mb": 0.5},
        }

    def __enter__(self) -> Rig:
        self._start("beast", "tests.faults.beast_server", *self._world_options())
        self.start_receiver()
        for port in (self._beast_port, self._receiver_port):
            self.until(partial(_answers, port), f"port {port}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes.values():
            process.kill()
        for process in self._processes.values():
            process.wait()

    def _world_options(self) -> tuple[str, ...]:
        return (
            "--port", str(self._beast_port), "--seed", str(self._seed), "--aircraft", str(self._aircraft),
        )  # fmt: skip

    @property
    def page(self) -> str:
        """Where its health and metrics are."""
        return f"127.0.0.1:{self.http_port}"

    def start_receiver(self) -> None:
        options = "--port", str(self._receiver_port), "--secret", SECRET, "--file", str(self._taken)
        self._start("receiver", "tests.faults.webhook_receiver", *options)

    def start_service(self) -> None:
        self._start("service", "tests.faults.quick_retries", "run", "--config", str(self.config))

    def quiet(self) -> None:
        """Nothing happens any more, though something is still heard."""
        self._processes["beast"].send_signal(signal.SIGUSR1)

    def kill(self, name: str) -> None:
        """SIGKILL, and wait until it is gone."""
        self._processes[name].kill()
        self._processes[name].wait()

    def kill_server(self) -> bool:
        """SIGKILL for the service's own server; False where it has none just now."""
        pids = _children(self._processes["service"].pid)
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        return bool(pids)

    def runs(self, name: str) -> bool:
        return name in self._processes and self._processes[name].poll() is None

    def stop_service(self) -> tuple[int, float]:
        """Ask it to end: (its status, how long it took). Fails if it took too long."""
        process = self._processes["service"]
        began = time.monotonic()
        process.terminate()
        status = process.wait(TERM_S)
        return status, time.monotonic() - began

    def health(self) -> dict[str, Any] | None:
        """What the service tells of itself, None where it does not answer."""
        try:
            with urllib.request.urlopen(f"http://{self.page}/health", timeout=2.0) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            with error:
                return dict(json.load(error))
        except (OSError, ValueError):
            return None

    def is_well(self) -> bool:
        """Whether it listens, and its store takes what it writes."""
        told = self.health()
        return told is not None and bool(told["ok"])

    def until(self, reached: Callable[[], bool], what: str, guard_s: float = 90.0) -> float:
        """Returns once `reached()`: how long that took. The guard is against waiting for ever."""
        began = time.monotonic()
        while not reached():
            waited_s = time.monotonic() - began
            assert waited_s < guard_s, f"{what}: not within {guard_s:g} s; the service said last:\n{self.last_words()}"
            assert "service" not in self._processes or self.runs("service"), (
                f"{what}: the service has ended by itself:\n{self.last_words()}"
            )
            time.sleep(0.05)
        return time.monotonic() - began

    def taken(self) -> list[Taken]:
        """What the receiver has taken in, in order."""
        return taken_from(self._taken)

    def replayed(self) -> list[bytes]:
        """The lines of `detector replay --alerts` over the spool."""
        options = "--config", str(self.config), "--format", "spool", "--alerts", "-", "--store", "memory", "--quiet"
        command = [sys.executable, "-m", "detector", "replay", *options, str(self.spool)]
        done = subprocess.run(command, env=self.environment(), capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.splitlines()

    def last_words(self) -> str:
        """The end of what the service has said."""
        if not self.log.exists():
            return "(not started)"
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-30:])

    def _start(self, name: str, module: str, *options: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [sys.executable, "-m", module, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environment(),
                cwd=Path(__file__).parents[2],
            )

    def environment(self) -> dict[str, str]:
        """Of every program that belongs to the service."""
        return os.environ | {"DETECTOR_STATE_DIR": str(self.folder / "state")}


def _answers(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def _children(parent: int) -> list[int]:
    """The processes of a server program whose parent that is (proc(5))."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            name, _, rest = (folder / "stat").read_text(encoding="utf-8").partition("(")[2].rpartition(")")
        except OSError:  # gone meanwhile
            continue
        if name in SERVERS and int(rest.split()[1]) == parent:
            found.append(int(folder.name))
    return found
