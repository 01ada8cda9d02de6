"""State in any server that speaks the Redis protocol, through redis-py.

One aircraft, stop or alert is one string key, `NAMESPACE:KEY`, that `redis-cli GET` shows. All that changed is written
by one MULTI/EXEC, so a crash on either side leaves all of it or none; and since one process writes a namespace, SCAN
and MGET read it whole.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from detector.domain.errors import StoreError, UsageError

KEYS_PER_COMMAND = 1000
"""Bounds what the server does in one step, and the size of an answer."""

RETRIES = 2
"""Bridge a short fault of the network (a repeated checkpoint writes the same); a server that is gone is told soon."""

TIMEOUT_S = 10.0

SAYINGS: list[tuple[type[redis.RedisError], str]] = [
    # The first that fits. What a person can do about it, where the server's own words do not say.
    (redis.exceptions.AuthenticationError, "refuses the user or password"),
    (redis.exceptions.NoPermissionError, "does not permit this user to do what is needed"),
    (redis.exceptions.OutOfMemoryError, "is full: raise its maxmemory; nothing of this checkpoint was written"),
    (redis.exceptions.ReadOnlyError, "is a read-only replica: name its primary"),
    (redis.exceptions.BusyLoadingError, "is still loading its data: try again later"),
    (redis.exceptions.TimeoutError, f"did not answer within {TIMEOUT_S:.0f} s"),
    (redis.exceptions.ConnectionError, "cannot be reached, or is gone"),
]


class RedisStore:
    """One namespace of a server. `label` names the server in messages, without a password."""

    def __init__(self, client: redis.Redis, *, namespace: str, label: str, notes: tuple[str, ...] = ()) -> None:
        self.notes = notes
        self._client = client
        self._prefix = f"{namespace}:"
        self._label = label

    def load(self, prefix: str) -> Mapping[str, bytes]:
        """Every key that begins with `prefix`, with its value. Raises StoreError."""
        with _store_errors(self._label):
            values: dict[str, bytes] = {}
            names = self._names(prefix)
            while chunk := list(islice(names, KEYS_PER_COMMAND)):
                answers = cast(list[bytes | None], self._client.mget(chunk))
                # None: deleted since, or of another type and so not written by a store.
                values |= {self._key(n): v for n, v in zip(chunk, answers, strict=True) if v is not None}
            return values

    def checkpoint(self, puts: Mapping[str, bytes], deletes: Iterable[str] = ()) -> None:
        """Write, then delete (a key in both is gone), in one transaction.

        Raises StoreError: nothing was written, or (where the server went away before its answer) all of it.
        """
        gone = [self._name(key) for key in deletes]
        if not puts and not gone:
            return
        pipe = self._client.pipeline(transaction=True)
        if puts:
            pipe.mset({self._name(key): value for key, value in puts.items()})
        if gone:
            pipe.delete(*gone)
        with _store_errors(self._label):
            pipe.execute()

    def clear(self) -> None:
        """Delete everything in the namespace, in one transaction. Raises StoreError."""
        with _store_errors(self._label):
            names = list(self._names(""))
            if names:
                pipe = self._client.pipeline(transaction=True)
                pipe.delete(*names)
                pipe.execute()

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def _name(self, key: str) -> bytes:
        return (self._prefix + key).encode()

    def _key(self, name: bytes) -> str:
        return name.decode().removeprefix(self._prefix)

    def _names(self, prefix: str) -> Iterator[bytes]:
        """Names on the server; SCAN may give one twice, never leaves out one that was there all the time."""
        pattern = re.sub(rb"([*?\[\]\\^])", rb"\\\1", self._name(prefix)) + b"*"
        return cast(Iterator[bytes], self._client.scan_iter(match=pattern, count=KEYS_PER_COMMAND))


def open_redis(spec: str, *, namespace: str, data_dir: Path) -> RedisStore:  # noqa: ARG001  one signature for all
    """The server behind a `redis://`, `rediss://` or `unix://` URL; user, password and database as redis-py reads them.

    Raises UsageError for a URL that cannot be, StoreError where the server cannot be reached or would throw state away.
    """
    label = f"the store at {_without_password(spec)}"
    try:
        client = redis.Redis.from_url(spec, **client_options())
    except ValueError as error:
        raise UsageError(f"{label}: {error}") from error
    try:
        with _store_errors(label):
            client.ping()
            notes = durability_notes(client, label)
    except StoreError:
        client.close()
        raise
    return RedisStore(client, namespace=namespace, label=label, notes=notes)


def client_options() -> dict[str, Any]:
    """What every client of this program has in common."""
    return {
        "socket_timeout": TIMEOUT_S,
        "socket_connect_timeout": TIMEOUT_S,
        "retry": Retry(ExponentialBackoff(cap=0.5, base=0.05), RETRIES),
    }


def durability_notes(client: redis.Redis, label: str) -> tuple[str, ...]:
    """What of the state this server may lose. Raises StoreError where it evicts keys: it would do so without a word.

    INFO is asked, not CONFIG: hosted servers forbid the second, few the first.
    """
    try:
        info = client.info("memory", "persistence")
    except redis.ResponseError:
        return (
            f"{label} does not tell how it keeps data: it must have `maxmemory-policy noeviction` and `appendonly yes`",
        )
    policy = info.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        raise StoreError(f"{label} evicts keys when it is full (maxmemory-policy {policy}): set it to noeviction")
    if not info.get("aof_enabled"):
        return (f"{label} has `appendonly no`: its last writes are lost if it is killed",)
    return ()


@contextlib.contextmanager
def _store_errors(label: str) -> Iterator[None]:
    """Turns what redis-py raises into one line of StoreError."""
    try:
        yield
    except redis.RedisError as error:
        saying = next((text for kind, text in SAYINGS if isinstance(error, kind)), "refuses")
        raise StoreError(f"{label} {saying} ({error})") from error


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
