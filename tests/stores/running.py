"""A server process for tests that kill it, exchange it, or change it while it runs."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

START_S = 20.0


@dataclass
class RunningServer:
    """One program over one folder, on one socket; started, killed and started again."""

    program: str
    environment: dict[str, str]
    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def socket(self) -> Path:
        return self.folder / "s"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.socket), retry=Retry(NoBackoff(), 0))

    def start(self, *settings: str, data: str = "data", wait: bool = True) -> None:
        """`data`: the folder of what it keeps; another one is another server on the same socket."""
        (self.folder / data).mkdir(exist_ok=True)
        command = [self.program, "--port", "0", "--unixsocket", str(self.socket), "--dir", str(self.folder / data)]
        command += ["--save", "", "--appendonly", "yes", "--appendfsync", "always", *settings]
        with (self.folder / "log").open("ab") as log:
            self.processes.append(subprocess.Popen(command, env=self.environment, stdout=log, stderr=log))
        deadline = time.monotonic() + START_S
        with self.client() as client:
            while wait and time.monotonic() < deadline:
                try:
                    client.ping()
                except redis.ConnectionError:
                    time.sleep(0.01)  # until the server listens
                else:
                    return
        assert not wait, (self.folder / "log").read_text(errors="replace")

    def kill(self) -> None:
        """As with kill -9."""
        self.processes[-1].kill()
        self.processes[-1].wait()

    def set(self, name: str, value: str) -> None:
        with self.client() as client:
            client.config_set(name, value)

    def close(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
