"""A snapshot is a moment: what the pipeline does afterwards does not reach it, in whatever thread it is encoded."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.checkpoint import COMPLETE, Journal, Pending, Snapshot
from detector.domain.frame import FrameBatch, Tick
from detector.pipeline import Changes
from tests.pipeline import story
from tests.pipeline.story import Outcome

FRAMES = story.frames()
PARTS = list(pairwise(range(0, len(FRAMES) + 1, len(FRAMES) // 12)))


def several_receivers() -> FrameBatch:
    """The story as three receivers tell it, so that their clocks and second copies are part of the state."""
    receiver = np.random.default_rng(7).integers(1, 4, len(FRAMES)).astype(np.uint64)
    return FrameBatch(FRAMES.heard_at, FRAMES.payload, FRAMES.length, receiver, FRAMES.level, FRAMES.mlat)


def told(journal: Journal, frames: FrameBatch) -> Iterator[Changes]:
    for start, end in PARTS:
        changes = journal.pipeline.step(frames.take(slice(start, end)))
        journal.note(changes)
        yield changes


@pytest.mark.parametrize("frames", [FRAMES, several_receivers()], ids=["one receiver", "three receivers"])
@pytest.mark.parametrize("whole", [False, True], ids=["what is new", "whole"])
def test_a_snapshot_encoded_at_the_end_is_as_one_encoded_at_once(frames: FrameBatch, *, whole: bool) -> None:
    early, late = Journal(story.new_pipeline(), "run"), Journal(story.new_pipeline(), "run")
    kept: list[Snapshot] = []
    at_once: list[tuple[dict[str, bytes], list[str]]] = []
    for _ in zip(told(early, frames), told(late, frames), strict=True):
        at_once.append(early.snapshot(whole=whole).encoded())
        kept.append(late.snapshot(whole=whole))
    for snapshot, (puts, deletes) in zip(kept, at_once, strict=True):
        later, gone = snapshot.encoded()
        assert (later, gone) == (puts, deletes)


def test_a_snapshot_may_be_encoded_in_another_thread_while_the_path_goes_on() -> None:
    calm, busy = Journal(story.new_pipeline(), "run"), Journal(story.new_pipeline(), "run")
    expected = [(_, calm.snapshot().encoded())[1] for _ in told(calm, FRAMES)]
    found: list[tuple[dict[str, bytes], list[str]]] = []
    threads: list[threading.Thread] = []
    for _ in told(busy, FRAMES):
        snapshot = busy.snapshot()
        if threads:
            threads[-1].join()  # they are written in order
        threads.append(threading.Thread(target=lambda one=snapshot: found.append(one.encoded())))
        threads[-1].start()
    threads[-1].join()
    assert found == expected


@settings(max_examples=8, deadline=None)
@given(cuts=st.lists(st.integers(0, len(FRAMES)), min_size=1, max_size=6), crash=st.integers(0, 6))
def test_what_is_written_bit_by_bit_is_taken_up_as_if_nothing_had_happened(cuts: list[int], crash: int) -> None:
    """Checkpoints at some places, a crash after one of them; the store holds what all before it have put together."""
    whole = story.run([FRAMES])
    journal = Journal(story.new_pipeline(), "run")
    store: dict[str, bytes] = {}
    first: list[Changes] = []
    batches = story.cut(FRAMES, cuts)
    for batch in batches[: crash + 1]:
        first.append(journal.pipeline.step(batch))
        journal.note(first[-1])
        write(journal.snapshot(), store)
    again = Journal(story.new_pipeline(), "run")
    stream, found = again.restore(store)
    rest = FRAMES.take(slice(stream.frames, None))
    assert Outcome.of([*first, again.pipeline.step(rest)], again.pipeline) == whole
    assert len(found.alerts) == sum(len(changes.alerts) for changes in first)


def test_a_whole_snapshot_alone_is_enough_to_go_on() -> None:
    """The store was emptied: the same comes out of what is in memory, though the store has less of the past."""
    whole = story.run([FRAMES])
    journal = Journal(story.new_pipeline(), "run")
    first = [journal.pipeline.step(FRAMES.take(slice(0, 14_000)))]
    journal.note(first[0])
    journal.snapshot()
    store: dict[str, bytes] = {}
    write(journal.snapshot(whole=True), store)
    again = Journal(story.new_pipeline(), "run")
    _, found = again.restore(store)
    assert Outcome.of([*first, again.pipeline.step(FRAMES.take(slice(14_000, None)))], again.pipeline) == whole
    assert first[0].alerts
    assert {alert.id: alert.revision for alert in found.alerts} == {
        alert.id: alert.revision for alert in first[0].alerts
    }, "the last revision of an alert under watch is there, and no other"


def test_a_whole_snapshot_says_which_keys_of_an_older_store_are_out_of_date() -> None:
    journal = Journal(story.new_pipeline(), "run")
    store: dict[str, bytes] = {}
    for _ in told(journal, FRAMES):
        write(journal.snapshot(), store)
    snapshot = journal.snapshot(whole=True)
    puts, _ = snapshot.encoded()
    assert snapshot.whole
    current = {key for key in store if key.startswith(COMPLETE)}
    assert current == {key for key in puts if key.startswith(COMPLETE)}


def test_the_past_of_an_aircraft_is_written_when_it_has_grown_and_not_before() -> None:
    journal = Journal(story.new_pipeline(), "run")
    journal.note(journal.pipeline.step(FRAMES.take(slice(0, 3_000))))
    assert "past:15522c" in journal.changes()[0]
    counts = []
    for k in range(3_000, 3_200, 10):
        journal.note(journal.pipeline.step(FRAMES.take(slice(k, k + 10))))
        puts, _ = journal.changes()
        counts.append(("aircraft:15522c" in puts, "past:15522c" in puts))
    assert counts.count((True, False)) > 5
    assert counts.count((True, True)) > 0


def test_an_aircraft_that_is_forgotten_is_deleted_and_comes_back_with_its_own_past() -> None:
    journal = Journal(story.new_pipeline(), "run")
    store: dict[str, bytes] = {}
    journal.note(journal.pipeline.step(FRAMES))
    write(journal.snapshot(), store)
    assert "aircraft:71ba01" in store
    at = journal.pipeline.clock.now
    assert at is not None
    for hours in range(1, 24 * 9):
        journal.note(journal.pipeline.tick(Tick(at + 3600.0 * hours)))
    write(journal.snapshot(), store)
    assert not [key for key in store if key.startswith(("aircraft:71ba01", "past:71ba01"))]
    later = FRAMES.take(slice(0, 12_000))
    later = FrameBatch(
        later.heard_at + 86_400.0 * 10, later.payload, later.length, later.receiver, later.level, later.mlat
    )
    journal.note(journal.pipeline.step(later))
    write(journal.snapshot(), store)
    again = Journal(story.new_pipeline(), "run")
    again.restore(store)
    mine, theirs = (one.snapshot(whole=True).encoded()[0] for one in (again, journal))
    assert {key: value for key, value in mine.items() if key.startswith(COMPLETE)} == {
        key: value for key, value in theirs.items() if key.startswith(COMPLETE)
    }
    assert "past:71ba01" in mine


def write(snapshot: Snapshot, store: dict[str, bytes]) -> None:
    puts, deletes = snapshot.encoded()
    store.update(puts)
    for key in deletes:
        store.pop(key, None)


@given(
    st.lists(
        st.tuples(st.dictionaries(st.sampled_from("abcd"), st.binary(max_size=2)), st.lists(st.sampled_from("abcd"))),
        max_size=8,
    ),
    st.integers(0, 8),
)
def test_pending_writes_come_to_the_same_as_one_after_the_other(
    steps: list[tuple[dict[str, bytes], list[str]]], written: int
) -> None:
    store: dict[str, bytes] = {}
    expected: dict[str, bytes] = {}
    pending = Pending()
    for number, (puts, deletes) in enumerate(steps):
        expected = {key: value for key, value in {**expected, **puts}.items() if key not in deletes}
        pending.add(puts, deletes)
        if number == written:
            store = {key: value for key, value in {**store, **pending.puts}.items() if key not in pending.deletes}
            pending.clear()
            assert len(pending) == 0
    store = {key: value for key, value in {**store, **pending.puts}.items() if key not in pending.deletes}
    assert store == expected


def test_a_whole_snapshot_leaves_nothing_of_older_ones_that_it_does_not_have() -> None:
    pending = Pending()
    pending.add({"aircraft:gone": b"1", "aircraft:here": b"1", "stop:over": b"1", "gap:old": b"1"}, ["alert:1"])
    pending.add_whole({"aircraft:here": b"2", "stream": b"2"}, ["gap:old"], COMPLETE)
    assert pending.puts == {"aircraft:here": b"2", "stream": b"2", "stop:over": b"1"}
    assert sorted(pending.deletes) == ["alert:1", "gap:old"]


def test_documents_are_json() -> None:
    journal = Journal(story.new_pipeline(), "run")
    journal.note(journal.pipeline.step(several_receivers()))
    for key, value in journal.changes()[0].items():
        assert msgspec.json.decode(value) is not None, key
