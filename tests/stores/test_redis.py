from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import redis

from detector.domain.errors import DetectorError, StoreError, UsageError
from detector.stores import OpenStore, open_store


def opened(spec: str, namespace: str = "n") -> OpenStore:
    return open_store(spec, namespace=namespace, data_dir=Path("not used"))


def test_namespaces_are_apart_on_one_server(durable_redis: str) -> None:
    one, other = opened(durable_redis, "one"), opened(durable_redis, "one.more")
    one.checkpoint({"k": b"1"})
    other.checkpoint({"k": b"2"})
    assert one.load("") == {"k": b"1"}
    one.clear()
    assert one.load("") == {}
    assert other.load("") == {"k": b"2"}
    other.clear()
    one.close()
    other.close()


def test_a_key_of_another_kind_in_the_namespace_is_not_loaded(durable_redis: str) -> None:
    store = opened(durable_redis, "kinds")
    with redis.Redis.from_url(durable_redis) as client:
        client.rpush("kinds:list", "by hand")
    store.checkpoint({"k": b"1"})
    assert store.load("") == {"k": b"1"}
    store.clear()
    store.close()


def test_a_reader_never_sees_half_a_checkpoint(durable_redis: str) -> None:
    """One writer, one reader that takes both keys in one command: they are always of the same checkpoint."""
    store = opened(durable_redis, "halves")
    store.checkpoint({"first": b"0", "last": b"0", "extra": b"0"})
    done = threading.Event()
    seen: list[tuple[bytes | None, ...]] = []

    def read() -> None:
        with redis.Redis.from_url(durable_redis) as client:
            while not done.is_set():
                seen.append(tuple(client.mget("halves:first", "halves:last", "halves:extra")))

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1, 301):
        even = number % 2 == 0
        store.checkpoint({"first": b"%d" % number, "last": b"%d" % number}, deletes=[] if even else ["extra"])
        if even:
            store.checkpoint({"extra": b"%d" % number})
    done.set()
    reader.join()
    assert len({row[0] for row in seen}) > 1
    assert [row for row in seen if row[0] != row[1]] == []
    # An odd checkpoint deletes what an even one has added.
    assert [row for row in seen if int(row[0] or 0) % 2 == 1 and row[2] is not None] == []
    store.clear()
    store.close()


def test_a_full_server_refuses_the_whole_checkpoint(start_redis: Callable[..., str]) -> None:
    store = opened(start_redis("--appendonly", "yes", "--maxmemory", "4mb"))
    store.checkpoint({"old": b"1"})
    written = ["old"]
    with pytest.raises(StoreError, match="is full"):  # noqa: PT012  which round it is depends on the server's overhead
        for number in range(100):
            store.checkpoint({f"k{number}": bytes(200_000)})
            written.append(f"k{number}")
    with pytest.raises(StoreError, match="is full"):
        store.checkpoint({"new": bytes(200_000)}, deletes=["old"])
    assert set(store.load("")) == set(written), "a refused checkpoint deletes nothing and evicts nothing"
    store.close()


def test_a_server_that_evicts_is_refused(start_redis: Callable[..., str]) -> None:
    with pytest.raises(StoreError, match="set it to noeviction"):
        opened(start_redis("--maxmemory-policy", "allkeys-lru"))


def test_a_server_without_persistence_is_noted(start_redis: Callable[..., str], durable_redis: str) -> None:
    forgetful, durable = opened(start_redis("--appendonly", "no")), opened(durable_redis)
    assert len(forgetful.notes) == 1
    assert "appendonly no" in forgetful.notes[0]
    assert durable.notes == ()
    forgetful.close()
    durable.close()


def test_a_server_tells_how_it_keeps_its_data_as_it_is_now(start_redis: Callable[..., str]) -> None:
    url = start_redis("--appendonly", "yes", "--maxmemory", "64mb")
    store = opened(url)
    store.checkpoint({"k": b"1" * 100_000})
    told = store.figures()
    assert told is not None
    assert (told.durable, told.evicts, told.memory_limit_bytes) == (True, False, 64 << 20)
    assert told.memory_bytes is not None
    assert told.memory_bytes > 100_000 < told.log_bytes
    with redis.Redis(unix_socket_path=url.removeprefix("unix://")) as person:
        person.config_set("appendonly", "no")
        person.config_set("maxmemory-policy", "allkeys-lru")
    told = store.figures()
    assert told is not None
    assert (told.durable, told.evicts) == (False, True)
    store.close()


def test_a_server_that_does_not_tell_its_settings_is_used_with_a_note(start_redis: Callable[..., str]) -> None:
    store = opened(start_redis("--rename-command", "INFO", "", "--rename-command", "CONFIG", ""))
    assert len(store.notes) == 1
    assert "does not tell" in store.notes[0]
    assert store.figures() is None
    store.checkpoint({"k": b"1"})
    assert store.load("") == {"k": b"1"}
    store.close()


def test_a_read_only_replica_is_refused_at_the_first_checkpoint(start_redis: Callable[..., str]) -> None:
    store = opened(start_redis("--replicaof", "127.0.0.1 1"))
    with pytest.raises(StoreError, match="read-only replica"):
        store.checkpoint({"k": b"1"})
    store.close()


def test_a_wrong_password_is_told_and_never_shown(start_redis: Callable[..., str]) -> None:
    url = start_redis("--requirepass", "right", "--appendonly", "yes")
    with pytest.raises(StoreError, match="password"):
        opened(url)
    with pytest.raises(StoreError, match="password") as caught:
        opened(url.replace("unix://", "unix://:wr0ng@"))
    assert "wr0ng" not in str(caught.value)
    opened(url.replace("unix://", "unix://:right@")).close()


def test_a_server_that_goes_away_is_told(start_redis: Callable[..., str]) -> None:
    url = start_redis("--appendonly", "yes")
    store = opened(url)
    with redis.Redis.from_url(url) as client:
        client.shutdown(nosave=True)
    with pytest.raises(StoreError, match="is gone"):
        store.checkpoint({"k": b"1"})
    with pytest.raises(StoreError, match="is gone"):
        store.load("")
    store.close()


@pytest.mark.parametrize(
    ("spec", "kind", "part"),
    [
        ("redis://127.0.0.1:1/0", StoreError, "cannot be reached"),
        ("redis://user:s3cret@127.0.0.1:1/0", StoreError, "cannot be reached"),
        ("unix:///not/there", StoreError, "cannot be reached"),
        ("redis://:s3cret@127.0.0.1:port/0", UsageError, "ort"),
        ("redis://127.0.0.1/0?db=x", UsageError, "db"),
        ("redis", UsageError, "not known"),
        ("http://127.0.0.1", UsageError, "not known"),
        ("memory://", UsageError, "not known"),
        ("", UsageError, "not known"),
    ],
)
def test_a_store_that_cannot_be_is_one_line_without_the_password(
    spec: str, kind: type[DetectorError], part: str
) -> None:
    with pytest.raises(kind, match=part) as caught:
        opened(spec)
    assert "\n" not in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("namespace", ["", "a:b", "a b", "a*", "ü"])
def test_a_namespace_that_could_meet_another_is_refused(namespace: str) -> None:
    with pytest.raises(UsageError, match="namespace"):
        opened("memory", namespace)
