"""A real Prometheus over one target, with the rules of config/prometheus, in quick motion: it looks every second."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

import yaml

from tests.debian import debian_command
from tests.faults.dump1090 import free_ports

CONFIG = Path(__file__).parents[2] / "config" / "prometheus"
EVERY_S = 1
START_S = 30.0


class Prometheus:
    """Use as a context manager. `folder`: for its configuration and data; `target`: host:port of the service."""

    def __init__(self, folder: Path, target: str) -> None:
        (self._port,) = free_ports(1)
        self._folder = folder
        config = yaml.safe_load((CONFIG / "prometheus.yml").read_text(encoding="utf-8"))
        config["global"] = {"scrape_interval": f"{EVERY_S}s", "evaluation_interval": f"{EVERY_S}s"}
        config["rule_files"] = [str(CONFIG / name) for name in config["rule_files"]]
        config["scrape_configs"][0]["static_configs"] = [{"targets": [target]}]
        (folder / "prometheus.yml").write_text(yaml.safe_dump(config), encoding="utf-8")

    def __enter__(self) -> Prometheus:
        program, environment = debian_command("prometheus")
        options = [
            f"--config.file={self._folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={self._folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self._port}",
        ]
        with (self._folder / "prometheus.log").open("wb") as log:
            self._process = subprocess.Popen([program, *options], env=environment, stdout=log, stderr=log)
        deadline = time.monotonic() + START_S
        while True:
            try:
                self._get("/-/ready")
            except OSError:
                assert self._process.poll() is None, (self._folder / "prometheus.log").read_text(encoding="utf-8")
                assert time.monotonic() < deadline, "Prometheus did not start"
                time.sleep(0.05)
            else:
                return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()

    def instant(self, expr: str) -> list[dict[str, Any]]:
        """What the expression is now: `metric` and `value` of each series."""
        return self._result("/api/v1/query", query=expr)

    def over_time(self, expr: str, seconds: float) -> list[dict[str, Any]]:
        """What it was for so long until now: `metric` and `values` of each series."""
        now = time.time()
        return self._result("/api/v1/query_range", query=expr, start=str(now - seconds), end=str(now), step="1")

    def label_values(self, label: str, metric: str) -> list[str]:
        """As Grafana asks for the values of a variable."""
        return self._result(f"/api/v1/label/{label}/values", **{"match[]": metric})

    def _result(self, path: str, **options: str) -> list[Any]:
        try:
            told = json.loads(self._get(f"{path}?{urllib.parse.urlencode(options)}"))["data"]
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(f"{options}: {error.read().decode()}") from error
        return list(told if isinstance(told, list) else told["result"])

    def _get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self._port}{path}", timeout=5.0) as answer:
            return str(answer.read().decode())
