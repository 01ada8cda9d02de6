"""State in any server that speaks the Redis protocol, through redis-py.

One aircraft, stop or alert is one string key, `NAMESPACE:KEY`, that `redis-cli GET` shows. All that changed is written
by one MULTI/EXEC, so a crash on either side leaves all of it or none; and since one process writes a namespace, SCAN
and MGET read it whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from detector.domain.errors import StateLostError, StoreError, UsageError
from detector.domain.ports import Guard, StoreFigures
from detector.stores.sayings import TIMEOUT_S, is_changed, store_errors

KEYS_PER_COMMAND = 1000
"""Bounds what the server does in one step, and the size of an answer."""

RETRIES = 2
"""Bridge a short fault of the network (a repeated checkpoint writes the same); a server that is gone is told soon."""

ATTEMPTS = 3
"""A guard whose key is changed while it is looked at is asked so often."""


class RedisStore:
    """One namespace of a server. `label` names the server in messages, without a password."""

    def __init__(self, client: redis.Redis, *, namespace: str, label: str, notes: tuple[str, ...] = ()) -> None:
        self.notes = notes
        self._client = client
        self._prefix = f"{namespace}:"
        self._label = label
        self._evicted: int | None = None

    def load(self, prefix: str) -> Mapping[str, bytes]:
        """Every key that begins with `prefix`, with its value. Raises StoreError."""
        with store_errors(self._label):
            self._before_call()
            values: dict[str, bytes] = {}
            names = self._names(prefix)
            while chunk := list(islice(names, KEYS_PER_COMMAND)):
                answers = cast(list[bytes | None], self._client.mget(chunk))
                # None: deleted since, or of another type and so not written by a store.
                values |= {self._key(n): v for n, v in zip(chunk, answers, strict=True) if v is not None}
            return values

    def checkpoint(self, puts: Mapping[str, bytes], deletes: Iterable[str] = (), guard: Guard | None = None) -> None:
        """Write, then delete (a key in both is gone), in one transaction.

        Raises StoreError: nothing was written, or (where the server went away before its answer) all of it.
        """
        named = {self._name(key): value for key, value in puts.items()}
        gone = [self._name(key) for key in deletes]
        if guard is not None:
            named[self._name(guard.key)] = guard.value
        if not named and not gone:
            return
        with store_errors(self._label):
            self._before_call()
            for attempt in range(ATTEMPTS):
                # The pipeline gives its connection back also where it did not come to its end.
                with self._client.pipeline(transaction=True) as pipe:
                    if guard is not None:
                        pipe.watch(self._name(guard.key))  # type: ignore[no-untyped-call]
                        guard.judge(cast("bytes | None", pipe.get(self._name(guard.key))))
                        pipe.multi()
                    if named:
                        pipe.mset(named)
                    if gone:
                        pipe.delete(*gone)
                    try:
                        pipe.execute()
                    except redis.WatchError as error:
                        if not is_changed(error) or attempt == ATTEMPTS - 1:
                            raise
                    else:
                        return

    def clear(self) -> None:
        """Delete everything in the namespace, in one transaction. Raises StoreError."""
        with store_errors(self._label):
            self._before_call()
            names = list(self._names(""))
            if names:
                pipe = self._client.pipeline(transaction=True)
                pipe.delete(*names)
                pipe.execute()

    def check(self) -> tuple[str, ...]:
        """As in the protocol; whether it throws keys away is judged by its settings and by how many it has so far."""
        with store_errors(self._label):
            self._before_call()
            evicted = evicted_keys(self._client)
            before, self._evicted = self._evicted, evicted
            if before is not None and evicted is not None and evicted > before:
                raise StateLostError(f"{self._label} has evicted {evicted - before} keys: it is shared, and was full")
            return durability_notes(self._client, self._label)

    def figures(self) -> StoreFigures | None:
        """What INFO says; None where the server forbids asking."""
        with store_errors(self._label):
            self._before_call()
            return figures_of(self._client)

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def _before_call(self) -> None:
        """For what has to be done before the server is asked for anything."""

    def _name(self, key: str) -> bytes:
        return (self._prefix + key).encode()

    def _key(self, name: bytes) -> str:
        return name.decode().removeprefix(self._prefix)

    def _names(self, prefix: str) -> Iterator[bytes]:
        """Names on the server; SCAN may give one twice, never leaves out one that was there all the time."""
        pattern = re.sub(rb"([*?\[\]\\^])", rb"\\\1", self._name(prefix)) + b"*"
        return cast(Iterator[bytes], self._client.scan_iter(match=pattern, count=KEYS_PER_COMMAND))


def client_of(spec: str) -> redis.Redis:
    """The client for a URL, not connected yet. Raises UsageError for one that cannot be."""
    label = f"the store at {server_of(spec)}"
    try:
        client: redis.Redis = redis.Redis.from_url(spec, **client_options())
    except ValueError as error:
        said = str(error)
        if spec.count("@") > 0:
            # What is said of a port or database may be a piece of the password.
            said = "host, port or options are not as they must be; write / ? # @ % in a password as %2F %3F %23 %40 %25"
        raise UsageError(f"{label}: {said}") from error
    return client


def open_redis(spec: str, *, namespace: str, data_dir: Path) -> RedisStore:  # noqa: ARG001  one signature for all
    """The server behind a `redis://`, `rediss://` or `unix://` URL; user, password and database as redis-py reads them.

    Raises UsageError for a URL that cannot be, StoreError where the server cannot be reached or would throw state away.
    """
    label = f"the store at {server_of(spec)}"
    client = client_of(spec)
    try:
        with store_errors(label):
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


def figures_of(client: redis.Redis) -> StoreFigures | None:
    """Memory and persistence as INFO has them; None where it may not be asked."""
    try:
        info = client.info("memory", "persistence")
    except redis.ResponseError:
        return None
    return StoreFigures(
        durable=bool(info.get("aof_enabled")) and info.get("aof_last_write_status") == "ok",
        evicts=info.get("maxmemory_policy", "noeviction") != "noeviction",
        memory_bytes=int(info.get("used_memory", 0)),
        memory_limit_bytes=int(info.get("maxmemory", 0)),
        log_bytes=int(info.get("aof_current_size", 0)),
    )


def evicted_keys(client: redis.Redis) -> int | None:
    """How many keys the server has thrown away since it was started; None where it does not tell."""
    try:
        return int(client.info("stats").get("evicted_keys", 0))
    except redis.ResponseError:
        return None


def server_of(url: str) -> str:
    """Scheme, host, port and database (or path of the socket) of a URL, and nothing else: it may hold a password."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return f"{url.partition('://')[0]}://..."
    if "@" in f"{parts.path}{parts.query}{parts.fragment}":
        # A sign like / or # in a password cuts the URL in the wrong place.
        return f"{parts.scheme}://..."
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
