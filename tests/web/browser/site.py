"""`detector run` as a process, over a crowd in a process of its own, with or without a past."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

import yaml

from tests.faults.dump1090 import free_ports
from tests.web.browser.past import write_spool

ROOT = Path(__file__).parents[3]


class Site:
    """Use as a context manager. `opens_in_s`: with the story as its past, whose second alert opens so long after that
    was written; the service takes a part of it to begin."""

    def __init__(self, folder: Path, *, aircraft: int, opens_in_s: float | None = None) -> None:
        self._folder = folder
        self._aircraft = aircraft
        self._opens_in_s = opens_in_s
        self._beast_port, self._http_port = free_ports(2)
        self.url = f"http://127.0.0.1:{self._http_port}"
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Site:
        spool = self._folder / "spool"
        settings = {
            "feeds": [{"name": "crowd", "kind": "beast", "host": "127.0.0.1", "port": self._beast_port}],
            "endpoints": [],
            "spool": {"folder": str(spool)},
            "service": {"store": "memory", "http_port": self._http_port},
        }
        config = self._folder / "detector.yaml"
        config.write_text(yaml.safe_dump(settings), encoding="utf-8")
        self._start("crowd", "tests.web.browser.crowd", "--port", str(self._beast_port), "--aircraft",
                    str(self._aircraft))  # fmt: skip
        if self._opens_in_s is not None:
            write_spool(spool, time.time(), self._opens_in_s)
        self._start("service", "detector", "run", "--config", str(config))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.wait()

    def until_heard(self, aircraft: int, guard_s: float = 60.0) -> None:
        """Until it tells of so many."""
        end = time.monotonic() + guard_s
        while self._heard() < aircraft:
            said = (self._folder / "service.log").read_text(encoding="utf-8")[-2_000:]
            assert self._processes[-1].poll() is None, said
            assert time.monotonic() < end, f"fewer than {aircraft} aircraft after {guard_s:g} s:\n{said}"
            time.sleep(0.2)

    def json(self, path: str) -> Any:
        """What the API tells at a path."""
        with urllib.request.urlopen(f"{self.url}/api/v1{path}", timeout=30.0) as answer:
            return json.load(answer)

    def _heard(self) -> int:
        try:
            return int(self.json("/aircraft?layout=columns")["total"])
        except (urllib.error.URLError, OSError):
            return 0

    def _start(self, name: str, module: str, *options: str) -> None:
        with (self._folder / f"{name}.log").open("wb") as log:
            command = [sys.executable, "-m", module, *options]
            environment = os.environ | {"DETECTOR_STATE_DIR": str(self._folder / "state")}
            self._processes.append(
                subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, cwd=ROOT)
            )
