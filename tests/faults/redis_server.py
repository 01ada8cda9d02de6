"""A redis-server that things happen to."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType

import redis

from tests.debian import redis_server_command
from tests.faults.dump1090 import free_ports


class RedisServer:
    """On one port, with its data in `folder`. Use as a context manager."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (self.port,) = free_ports(1)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def __enter__(self) -> RedisServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> None:
        """With what it had, and wait until it answers."""
        self._folder.mkdir(exist_ok=True)
        program, environment = redis_server_command()
        settings = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "dir": str(self._folder),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "logfile": str(self._folder / "server.log"),
            "maxmemory-policy": "noeviction",
        }
        options = [word for name, value in settings.items() for word in (f"--{name}", value)]
        self._process = subprocess.Popen([program, *options], env=environment, stdout=subprocess.DEVNULL)
        with redis.Redis(port=self.port) as client:
            deadline = time.monotonic() + 30.0
            while True:
                try:
                    client.ping()
                except (redis.ConnectionError, redis.BusyLoadingError):
                    assert time.monotonic() < deadline, "redis-server did not start"
                    time.sleep(0.05)
                else:
                    return

    def kill(self) -> None:
        """SIGKILL. What it has acknowledged is in its file."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def empty(self) -> None:
        """Its data is gone; only while it does not run."""
        shutil.rmtree(self._folder)

    def tell(self, *command: str) -> None:
        """One command."""
        with redis.Redis(port=self.port) as client:
            client.execute_command(*command)
