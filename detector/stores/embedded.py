"""State in a server of our own, started on a private socket over a data directory: durable without any set-up.

docs/decisions/0001-embedded-store.md says why, and what was measured.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import redis

from detector.domain.errors import StoreError, StoreUnavailableError
from detector.stores.redis import RedisStore, client_options
from detector.stores.server import Server

HANDOVER_S = 10.0
"""The server of a killed program shuts down by itself and holds the lock until it has; that takes milliseconds."""


class EmbeddedStore(RedisStore):
    """A store and the server behind it, which `close` stops with everything kept.

    A server that has died meanwhile is started again over its data by the next call. Any thread may call: the kernel
    ends the server with the *thread* that started it, so a thread of the store's own does that, and lives as long.
    """

    def __init__(self, data_dir: Path, lock: int, *, namespace: str) -> None:
        self._lock = lock
        self._data_dir = data_dir
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="embedded-store")
        try:
            self.server = self._start()
        except BaseException:
            self._starter.shutdown()
            raise
        client = redis.Redis(unix_socket_path=str(self.server.socket), **client_options())
        super().__init__(client, namespace=namespace, label=f"the embedded store in {data_dir}")
        self.restarts = 0
        """How often the server had died and was started again."""

    def close(self) -> None:
        """Stop the server in order, then let others have the data directory. A second call does nothing."""
        super().close()
        self.server.stop()
        self._starter.shutdown()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _before_call(self) -> None:
        """Start the server again if it has died. Raises StoreUnavailableError where that does not succeed."""
        if self._lock < 0 or self.server.process.poll() is None:
            return
        self.server.stop()
        try:
            self.server = self._start()
        except StoreError as error:
            raise StoreUnavailableError(str(error)) from error
        self._client.connection_pool.disconnect()
        self._client.connection_pool.connection_kwargs["path"] = str(self.server.socket)
        self.restarts += 1

    def _start(self) -> Server:
        return self._starter.submit(Server.start, self._data_dir, inherit=self._lock).result()


def open_embedded(spec: str, *, namespace: str, data_dir: Path) -> EmbeddedStore:  # noqa: ARG001  one signature for all
    """Start a server over `data_dir`, made where missing. Raises StoreError: in use, not writable, no server."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = _locked(data_dir)
    except OSError as error:
        raise StoreError(f"the embedded store cannot use {data_dir}: {error.strerror}") from error
    try:
        return EmbeddedStore(data_dir.resolve(), lock, namespace=namespace)
    except StoreError:
        os.close(lock)
        raise


def _locked(data_dir: Path) -> int:
    """A descriptor that holds the lock of the data directory, and is inherited by the server.

    So the lock is free only when both the program and its server are gone: two servers on one append-only file would
    ruin it. The file holds the program's process id.
    """
    lock = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + HANDOVER_S
        while not _try_lock(lock):
            holder = os.pread(lock, 20, 0).decode("ascii", "replace").strip()
            if _is_alive(holder) or time.monotonic() > deadline:
                raise StoreError(f"the embedded store in {data_dir} is in use by process {holder or 'unknown'}")
            time.sleep(0.02)  # flock has no time limit of its own, and the holder is about to leave
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    except BaseException:
        os.close(lock)
        raise
    return lock


def _try_lock(descriptor: int) -> bool:
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def _is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
