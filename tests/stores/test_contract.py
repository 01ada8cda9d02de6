"""What every store promises, on every kind of store."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detector.domain.errors import StateLostError
from detector.domain.ports import Guard
from detector.stores import OpenStore, open_store

KINDS = ["memory", "embedded", "debian-redis"]


@pytest.fixture(scope="class", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="class")
def store(kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenStore]:
    spec = request.getfixturevalue("durable_redis") if kind == "debian-redis" else kind
    opened = open_store(spec, namespace="contract", data_dir=tmp_path_factory.mktemp("state"))
    yield opened
    opened.clear()
    opened.close()


@pytest.fixture(autouse=True)
def start_empty(store: OpenStore) -> None:
    store.clear()


class TestEveryStore:
    def test_tells_whether_it_survives_a_kill(self, store: OpenStore, kind: str) -> None:
        told = store.figures()
        assert told is not None
        assert told.durable == (kind != "memory")
        assert not told.evicts
        assert (told.memory_bytes is None) == (kind == "memory")

    def test_gives_back_what_a_checkpoint_wrote(self, store: OpenStore) -> None:
        store.checkpoint({"aircraft:15522c": b"one", "aircraft:3944ef": b"two"})
        assert store.load("aircraft:") == {"aircraft:15522c": b"one", "aircraft:3944ef": b"two"}

    def test_loads_only_the_keys_that_begin_with_the_prefix(self, store: OpenStore) -> None:
        store.checkpoint({"stop:1": b"a", "stop:2": b"b", "stopped": b"c", "a stop:3": b"d"})
        assert set(store.load("stop:")) == {"stop:1", "stop:2"}
        assert set(store.load("")) == {"stop:1", "stop:2", "stopped", "a stop:3"}
        assert store.load("nothing") == {}

    @pytest.mark.parametrize("prefix", ["a*", "a?", "a[bc]", "a\\", "a^"])
    def test_takes_the_signs_of_patterns_in_a_prefix_as_they_are(self, store: OpenStore, prefix: str) -> None:
        store.checkpoint({prefix + "1": b"wanted", "ab1": b"not", "axx1": b"not"})
        assert store.load(prefix) == {prefix + "1": b"wanted"}

    def test_replaces_a_value(self, store: OpenStore) -> None:
        store.checkpoint({"k": b"old"})
        store.checkpoint({"k": b"new"})
        assert store.load("k") == {"k": b"new"}

    def test_deletes_in_the_same_checkpoint_as_it_writes(self, store: OpenStore) -> None:
        store.checkpoint({"open": b"1", "kept": b"2"})
        store.checkpoint({"closed": b"3"}, deletes=["open", "was never there"])
        assert store.load("") == {"closed": b"3", "kept": b"2"}

    def test_a_key_both_written_and_deleted_is_gone(self, store: OpenStore) -> None:
        store.checkpoint({"k": b"1"}, deletes=iter(["k"]))
        assert store.load("") == {}

    def test_an_empty_checkpoint_changes_nothing(self, store: OpenStore) -> None:
        store.checkpoint({"k": b"1"})
        store.checkpoint({})
        assert store.load("") == {"k": b"1"}

    def test_keeps_every_byte_and_the_empty_value(self, store: OpenStore) -> None:
        values = {"all": bytes(range(256)), "lines": b"\r\n$3\r\n*1", "empty": b""}
        store.checkpoint(values)
        assert store.load("") == values

    def test_keeps_unicode_keys(self, store: OpenStore) -> None:
        values = {"аэропорт:Пхеньян": b"1", "airport:平壌": b"2", "tab\tand\nline": b"3", "": b"4"}
        store.checkpoint(values)
        assert store.load("") == values

    def test_keeps_a_large_value(self, store: OpenStore) -> None:
        large = bytes(range(256)) * 40_000
        store.checkpoint({"large": large})
        assert store.load("large") == {"large": large}

    def test_loads_more_keys_than_one_command_takes(self, store: OpenStore) -> None:
        values = {f"aircraft:{address:06x}": b"%d" % address for address in range(5_000)}
        store.checkpoint(values)
        assert store.load("aircraft:") == values

    def test_clear_leaves_nothing(self, store: OpenStore) -> None:
        store.checkpoint({f"k{number}": b"v" for number in range(3_000)})
        store.clear()
        assert store.load("") == {}
        store.clear()

    def test_a_guard_sees_what_stands_there_and_is_written_with_the_rest(self, store: OpenStore) -> None:
        seen: list[bytes | None] = []
        store.checkpoint({"k": b"1"}, guard=Guard("owner", b"first", seen.append))
        store.checkpoint({}, ["k"], guard=Guard("owner", b"second", seen.append))
        assert seen == [None, b"first"]
        assert store.load("") == {"owner": b"second"}

    def test_a_guard_that_objects_leaves_everything_as_it_was(self, store: OpenStore) -> None:
        def object_to(found: bytes | None) -> None:
            raise StateLostError("not this one")

        store.checkpoint({"k": b"1", "old": b"1", "owner": b"me"})
        with pytest.raises(StateLostError):
            store.checkpoint({"k": b"2", "new": b"2"}, ["old"], Guard("owner", b"you", object_to))
        assert store.load("") == {"k": b"1", "old": b"1", "owner": b"me"}
        store.checkpoint({"k": b"3"})
        assert store.load("k") == {"k": b"3"}

    def test_says_again_what_it_may_lose(self, store: OpenStore) -> None:
        assert store.check() == store.notes

    # The store is cleared inside, before each example.
    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        steps=st.lists(
            st.tuples(
                st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=4), st.binary(max_size=8)),
                st.lists(st.sampled_from(["", "a", "b", "0"]), max_size=3),
            ),
            max_size=6,
        )
    )
    def test_holds_what_a_dictionary_would_after_any_checkpoints(
        self, store: OpenStore, steps: list[tuple[dict[str, bytes], list[str]]]
    ) -> None:
        store.clear()
        expected: dict[str, bytes] = {}
        for puts, deletes in steps:
            store.checkpoint(puts, deletes)
            expected = {key: value for key, value in {**expected, **puts}.items() if key not in deletes}
        assert store.load("") == expected
