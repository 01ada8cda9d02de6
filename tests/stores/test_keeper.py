"""Whose a store is: what a service notices when its state was lost or taken over, on real servers."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import redis

from detector.domain.errors import StateLostError, StoreError, StoreTakenError, StoreUnavailableError
from detector.stores import OpenStore, open_store
from detector.stores.keeper import OWNER, Keeper, Token
from detector.stores.memory import MemoryStore
from tests.stores.running import RunningServer


def opened(server: RunningServer, namespace: str = "n") -> OpenStore:
    return open_store(server.url, namespace=namespace, data_dir=Path("unused"))


def keeper(store: OpenStore, name: str = "one", at: float = 1000.0) -> Keeper:
    made = Keeper(store, name, lambda: at)
    made.claim()
    return made


def state(store: OpenStore) -> dict[str, bytes]:
    return {key: value for key, value in store.load("").items() if key != OWNER}


def test_a_claim_gives_what_the_instance_before_has_written() -> None:
    store = MemoryStore()
    keeper(store).write({"stream": b"1", "alert:1": b"a"})
    assert Keeper(store, "two", lambda: 2000.0).claim() == {"stream": b"1", "alert:1": b"a"}


def test_an_instance_whose_namespace_was_taken_over_writes_no_more(server: RunningServer) -> None:
    server.start()
    store = opened(server)
    first = keeper(store)
    first.write({"stream": b"first"})
    second = keeper(opened(server), "two", at=999.0)  # its clock is behind
    with pytest.raises(StoreTakenError, match="two"):
        first.write({"stream": b"too late"}, ["stream"])
    with pytest.raises(StoreTakenError):
        first.rewrite({"stream": b"too late"}, ["stream"])
    second.write({"more": b"1"})
    assert state(store) == {"stream": b"first", "more": b"1"}


def test_a_flushed_server_is_noticed_and_everything_is_written_again(server: RunningServer) -> None:
    server.start()
    store = opened(server)
    mine = keeper(store)
    mine.write({"stream": b"1", "aircraft:a": b"1"})
    with server.client() as client:
        client.flushall()
    for _ in range(2):
        with pytest.raises(StateLostError, match="emptied"):
            mine.write({"stream": b"2"})
    assert store.load("") == {}
    mine.rewrite({"stream": b"2", "aircraft:a": b"2"}, ["aircraft:"])
    mine.write({"stream": b"3"})
    assert state(store) == {"stream": b"3", "aircraft:a": b"2"}


def test_an_empty_server_on_the_same_socket_is_noticed(server: RunningServer) -> None:
    server.start()
    store = opened(server)
    mine = keeper(store)
    mine.write({"stream": b"1"})
    server.kill()
    server.start(data="another")
    with pytest.raises(StateLostError):
        mine.write({"stream": b"2"})


def test_a_server_without_persistence_that_was_started_again_is_noticed(server: RunningServer) -> None:
    server.start("--appendonly", "no")
    mine = keeper(opened(server))
    mine.write({"stream": b"1"})
    server.kill()
    server.start("--appendonly", "no")
    with pytest.raises(StateLostError):
        mine.write({"stream": b"2"})


@pytest.mark.parametrize("since_claim", [True, False], ids=["of this instance", "of the one before"])
def test_a_server_put_back_to_an_older_state_is_noticed(server: RunningServer, *, since_claim: bool) -> None:
    server.start()
    store = opened(server)
    mine = keeper(store, "zero", 1.0)
    if since_claim:
        mine = keeper(store)
    mine.write({"stream": b"old", "aircraft:gone": b"1", "alert:1": b"kept", "stop:old": b"1"})
    server.kill()
    shutil.copytree(server.folder / "data", server.folder / "backup")
    server.start()
    if not since_claim:
        mine = keeper(store)
    mine.write({"stream": b"new", "alert:2": b"lost"}, ["aircraft:gone"])
    server.kill()
    server.start(data="backup")
    with pytest.raises(StateLostError, match="older"):
        mine.write({"stream": b"newer"})
    mine.rewrite({"stream": b"newer", "aircraft:a": b"1"}, ["aircraft:"], ["stop:old"])
    assert state(store) == {"stream": b"newer", "aircraft:a": b"1", "alert:1": b"kept"}
    mine.write({"stream": b"newest"})


def test_a_killed_server_that_comes_back_is_taken_for_the_same(server: RunningServer) -> None:
    server.start()
    store = opened(server)
    mine = keeper(store)
    for number in range(5):
        mine.write({"stream": b"%d" % number})
        server.kill()
        with pytest.raises(StoreUnavailableError):
            mine.write({"stream": b"not heard"})
        server.start()
        assert state(store) == {"stream": b"%d" % number}


def test_a_write_whose_answer_was_lost_is_not_taken_for_somebody_elses() -> None:
    store = Unanswering()
    mine = keeper(store)
    store.silent = True
    for value in (b"1", b"2"):
        with pytest.raises(StoreUnavailableError):
            mine.write({"stream": value})
    store.silent = False
    mine.write({"more": b"3"})
    assert state(store) == {"stream": b"2", "more": b"3"}
    store.load_owner_of_write(3)
    with pytest.raises(StateLostError, match="older"):
        mine.write({"stream": b"4"})


class Unanswering(MemoryStore):
    """Writes, and then is gone."""

    silent = False

    def checkpoint(self, *args: object, **more: object) -> None:
        super().checkpoint(*args, **more)  # type: ignore[arg-type]
        if self.silent:
            raise StoreUnavailableError("gone")

    def load_owner_of_write(self, writes: int) -> None:
        super().checkpoint({OWNER: msgspec.json.encode(Token("one", 1000.0, writes))})


def test_of_two_that_write_at_once_only_the_later_one_goes_on(server: RunningServer) -> None:
    """The other takes over between the look at the token and the write."""
    server.start()
    store = opened(server)
    mine = keeper(store)
    judge = mine._is_mine
    looked: list[Keeper] = []

    def meanwhile(found: bytes | None) -> None:
        judge(found)
        if not looked:
            looked.append(keeper(opened(server), "two", 2000.0))

    mine._is_mine = meanwhile  # type: ignore[method-assign]
    with pytest.raises(StoreTakenError):
        mine.write({"stream": b"too late"})
    assert state(store) == {}


def test_a_namespace_with_keys_of_others_is_refused_and_left_alone(server: RunningServer) -> None:
    server.start()
    with server.client() as client:
        client.set("n:session", "of another program")
        client.rpush("other:list", "1")
    with pytest.raises(StoreError, match="did not write") as caught:
        keeper(opened(server))
    assert type(caught.value) is StoreError
    keeper(opened(server, "other")).write({"stream": b"1"})
    with server.client() as client:
        assert sorted(client.keys()) == [b"n:session", b"other:list", b"other:owner", b"other:stream"]


def test_something_else_in_the_place_of_the_token_stops_the_writing(server: RunningServer) -> None:
    server.start()
    mine = keeper(opened(server))
    with server.client() as client:
        client.set("n:owner", "nobody knows")
        with pytest.raises(StoreTakenError):
            mine.write({"stream": b"1"})
        client.delete("n:owner")
        client.rpush("n:owner", "a list")
    with pytest.raises(StoreError, match="WRONGTYPE") as caught:
        mine.write({"stream": b"1"})
    assert type(caught.value) is StoreError


def test_a_server_that_begins_to_evict_is_noticed_by_its_setting(server: RunningServer) -> None:
    server.start()
    mine = keeper(opened(server))
    assert mine.check() == ()
    server.set("maxmemory-policy", "allkeys-lru")
    with pytest.raises(StoreError, match="evicts") as caught:
        mine.check()
    assert type(caught.value) is StoreError
    with pytest.raises(StoreError, match="evicts"):
        keeper(opened_unchecked(server))


def opened_unchecked(server: RunningServer) -> OpenStore:
    from detector.stores.redis import RedisStore

    return RedisStore(redis.Redis.from_url(server.url), namespace="n", label="it")


def test_keys_that_were_evicted_are_noticed_also_after_the_fact(server: RunningServer) -> None:
    server.start()
    mine = keeper(opened(server))
    mine.write({f"aircraft:{k}": bytes(50_000) for k in range(40)})
    server.set("maxmemory-policy", "allkeys-random")
    with server.client() as client:
        server.set("maxmemory", str(client.info("memory")["used_memory"] - 500_000))
        client.set("some", "more")
    server.set("maxmemory-policy", "noeviction")
    server.set("maxmemory", "0")
    with pytest.raises(StateLostError, match="evicted"):
        mine.check()
    assert mine.check() == ()


def test_persistence_that_is_switched_off_is_noted(server: RunningServer) -> None:
    server.start()
    mine = keeper(opened(server))
    server.set("appendonly", "no")
    (note,) = mine.check()
    assert "appendonly no" in note


def test_a_claim_without_an_answer_is_simply_made_again() -> None:
    store = Unanswering()
    mine = Keeper(store, "one", lambda: 1000.0)
    store.silent = True
    with pytest.raises(StoreUnavailableError):
        mine.claim()
    store.silent = False
    assert mine.claim() == {}
    mine.write({"stream": b"1"})


@pytest.mark.parametrize("make", [lambda mine: mine.write({}), lambda mine: mine.rewrite({}, [])])
def test_nothing_is_written_before_a_claim(make: Callable[[Keeper], None]) -> None:
    with pytest.raises(RuntimeError, match="claim"):
        make(Keeper(MemoryStore(), "one"))
