"""A server in trouble: which of its answers mean to wait, and that all goes on once the trouble is over."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import redis

from detector.domain.errors import DetectorError, StoreError, StoreUnavailableError, UsageError
from detector.stores import OpenStore, open_store
from detector.stores.keeper import Keeper
from detector.stores.sayings import store_errors
from tests.stores.running import RunningServer


def opened(server: RunningServer, options: str = "") -> OpenStore:
    return open_store(server.url + options, namespace="n", data_dir=Path("unused"))


def keeper(store: OpenStore) -> Keeper:
    made = Keeper(store, "one", lambda: 1000.0)
    made.claim()
    return made


def shut_down(server: RunningServer) -> Callable[[], None]:
    with server.client() as client:
        client.shutdown(nosave=True)
    server.processes[-1].wait()
    return server.start


def killed(server: RunningServer) -> Callable[[], None]:
    server.kill()
    return server.start


def made_a_replica(server: RunningServer) -> Callable[[], None]:
    def undone() -> None:
        with server.client() as client:
            client.execute_command("REPLICAOF", "NO", "ONE")

    with server.client() as client:
        client.execute_command("REPLICAOF", "127.0.0.1", "1")
    return undone


def full(server: RunningServer) -> Callable[[], None]:
    server.set("maxmemory", "500kb")
    return lambda: server.set("maxmemory", "0")


def paused(server: RunningServer) -> Callable[[], None]:
    with server.client() as client:
        client.execute_command("CLIENT", "PAUSE", "60000", "WRITE")

    def undone() -> None:
        with server.client() as client:
            client.execute_command("CLIENT", "UNPAUSE")

    return undone


def without_disk(server: RunningServer) -> Callable[[], None]:
    """Its snapshot cannot be written: the name belongs to a folder."""
    (server.folder / "data" / "taken").mkdir()
    server.set("save", "3600 1000000")
    with server.client() as client:
        client.bgsave()
        while client.info("persistence")["rdb_last_bgsave_status"] == "ok":
            time.sleep(0.01)  # until the server has tried
    return lambda: server.set("save", "")


TROUBLES = [
    pytest.param(shut_down, "gone", id="SHUTDOWN"),
    pytest.param(killed, "gone", id="kill -9"),
    pytest.param(made_a_replica, "read-only replica", id="REPLICAOF"),
    pytest.param(full, "full", id="maxmemory"),
    pytest.param(paused, "gone", id="CLIENT PAUSE"),
    pytest.param(without_disk, "disk", id="MISCONF"),
]


@pytest.mark.parametrize(("trouble", "says"), TROUBLES)
def test_trouble_that_passes_is_waited_for_and_nothing_is_lost(
    server: RunningServer, trouble: Callable[[RunningServer], Callable[[], None]], says: str
) -> None:
    server.start("--dbfilename", "taken")
    store = opened(server, "?socket_timeout=0.3")
    mine = keeper(store)
    mine.write({"stream": b"before", "old": b"1"})
    undo = trouble(server)
    for value in (b"first try", b"second try"):
        with pytest.raises(StoreUnavailableError, match=says) as caught:
            mine.write({"stream": value}, ["old"])
        assert "\n" not in str(caught.value)
    undo()
    mine.write({"stream": b"after"}, ["old"])
    assert {key: value for key, value in store.load("").items() if key != "owner"} == {"stream": b"after"}
    store.close()


def test_a_password_that_is_asked_for_of_a_sudden_is_no_trouble_that_passes(server: RunningServer) -> None:
    server.start()
    mine = keeper(opened(server))
    with server.client() as client:
        client.config_set("requirepass", "s3cret")
        client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    with pytest.raises(StoreError, match="password") as caught:
        mine.write({"stream": b"1"})
    assert type(caught.value) is StoreError


@pytest.mark.parametrize(
    ("error", "kind", "says"),
    [
        (redis.exceptions.BusyLoadingError("Redis is loading the dataset in memory"), StoreUnavailableError, "loading"),
        (redis.exceptions.MasterDownError("Link with MASTER is down"), StoreUnavailableError, "primary"),
        (redis.ResponseError("NOREPLICAS Not enough good replicas to write."), StoreUnavailableError, "replicas"),
        (redis.exceptions.NoPermissionError("User has no permissions"), StoreError, "permit"),
        (redis.ResponseError("WRONGTYPE Operation against a key"), StoreError, "refuses"),
        (redis.ResponseError("unknown command 'MSET'"), StoreError, "refuses"),
    ],
)
def test_an_answer_says_whether_to_wait(error: redis.RedisError, kind: type[StoreError], says: str) -> None:
    with pytest.raises(StoreError, match=says) as caught, store_errors("the store"):
        raise error
    assert type(caught.value) is kind


def test_a_reader_beside_the_writer_sees_whole_documents_only(server: RunningServer) -> None:
    server.start()
    mine, reader = keeper(opened(server)), opened(server)
    done = threading.Event()
    seen: list[tuple[int, set[bytes]]] = []

    def read() -> None:
        while not done.is_set():
            state = reader.load("alert:")
            seen.append((len(state), {value[:1] for value in state.values() if len(value) != 1000}))

    thread = threading.Thread(target=read)
    thread.start()
    for number in range(60):
        old = [f"alert:{number - 20:09d}"] if number >= 20 else []
        mine.write({f"alert:{number:09d}": b"%d" % (number % 10) * 1000}, old)
    done.set()
    thread.join()
    assert max(count for count, _ in seen) > 1
    assert all(odd == set() and count <= 21 for count, odd in seen)


def test_a_connection_is_looked_after_as_the_url_asks(server: RunningServer) -> None:
    server.start()
    store = opened(server, "?health_check_interval=7")
    assert store._client.connection_pool.connection_kwargs["health_check_interval"] == 7  # type: ignore[attr-defined]
    keeper(store).write({"stream": b"1"})
    assert opened(server).load("stream") == {"stream": b"1"}


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("redis://user:pa/ss@127.0.0.1:1/0", UsageError),
        ("redis://user:pa#ss@127.0.0.1:1/0", UsageError),
        ("redis://user:pa?ss@127.0.0.1:1/0", UsageError),
        ("redis://user:12/pass@127.0.0.1:1/0", StoreError),
        ("rediss://user:pass@127.0.0.1:1/0?password=pass@word", StoreError),
        ("redis://127.0.0.1:1/0?username=us&password=pass", StoreError),
        ("unix://us:pass@/not/there?password=pass", StoreError),
        ("unix://us:pass@/not/there?db=pass", UsageError),
        ("redis://[us:pass@127.0.0.1:1/0", UsageError),
    ],
)
def test_no_part_of_a_user_or_password_is_ever_shown(url: str, kind: type[DetectorError]) -> None:
    with pytest.raises(kind) as caught:
        open_store(url, namespace="n", data_dir=Path("unused"))
    assert "\n" not in str(caught.value)
    for secret in ("pa/ss", "pass", "pa#", "ss@", "word", "us:", "'pa'", "'12"):
        assert secret not in str(caught.value).replace("a password as", "")
