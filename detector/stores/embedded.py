"""State in a server of our own, started on a private socket over a data directory: durable without any set-up.

docs/decisions/0001-embedded-store.md says why, and what was measured.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from pathlib import Path

import redis

from detector.domain.errors import StoreError
from detector.stores.redis import RedisStore, client_options
from detector.stores.server import Server

HANDOVER_S = 10.0
"""The server of a killed program shuts down by itself and holds the lock until it has; that takes milliseconds."""


class EmbeddedStore(RedisStore):
    """A store and the server behind it, which `close` stops with everything kept."""

    def __init__(self, server: Server, lock: int, *, namespace: str) -> None:
        client = redis.Redis(unix_socket_path=str(server.socket), **client_options())
        super().__init__(client, namespace=namespace, label=f"the embedded store in {server.data_dir}")
        self.server = server
        self._lock = lock

    def close(self) -> None:
        """Stop the server in order, then let others have the data directory. A second call does nothing."""
        super().close()
        self.server.stop()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def open_embedded(spec: str, *, namespace: str, data_dir: Path) -> EmbeddedStore:  # noqa: ARG001  one signature for all
    """Start a server over `data_dir`, made where missing. Raises StoreError: in use, not writable, no server to be had.

    The kernel ends the server with the *thread* that called this: call it from one that lives as long as the store.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = _locked(data_dir)
    except OSError as error:
        raise StoreError(f"the embedded store cannot use {data_dir}: {error.strerror}") from error
    try:
        return EmbeddedStore(Server.start(data_dir.resolve(), inherit=lock), lock, namespace=namespace)
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
