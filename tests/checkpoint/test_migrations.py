"""States that earlier versions of the program have written. `state_1.json.gz` is one of detector.state/1: the first
15,000 frames of a story of its time, and three further ones that event time holds back."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from detector.checkpoint import COMPLETE, SCHEMA, Journal
from detector.domain.errors import StoreError
from detector.domain.frame import Tick
from tests.pipeline import story

OLD: dict[str, Any] = msgspec.json.decode(gzip.decompress(Path(__file__).with_name("state_1.json.gz").read_bytes()))


def old_state() -> dict[str, bytes]:
    return {key: msgspec.json.encode(document) for key, document in OLD.items()}


def taken_up() -> Journal:
    journal = Journal(story.new_pipeline(), "a run of the version before")
    journal.restore(old_state())
    return journal


def test_a_state_of_the_schema_before_is_taken_up() -> None:
    journal = Journal(story.new_pipeline(), "a run of the version before")
    stream, found = journal.restore(old_state())
    path = journal.pipeline
    assert (stream.schema, stream.frames, stream.ticks) == (SCHEMA, OLD["stream"]["frames"], 0)
    assert path.clock.now == OLD["stream"]["now"]
    held = [at for batch in path.clock.held for at in batch.heard_at.tolist()]
    assert held == [one["at"] for one in OLD["stream"]["held"]]
    assert len(found.alerts) == sum(key.startswith("alert:") for key in OLD) > 0
    assert len(found.movements) == sum(key.startswith("movement:") for key in OLD) > 0
    waiting = path.reception.order.held
    assert [
        (at, payload[:length].tobytes().hex())
        for at, payload, length in zip(waiting.heard_at.tolist(), waiting.payload, waiting.length, strict=True)
    ] == [(one["at"], one["frame"]) for one in OLD["reception"]["held"]]


def test_every_column_of_an_aircraft_is_what_it_was() -> None:
    path = taken_up().pipeline
    documents = [document for key, document in OLD.items() if key.startswith("aircraft:")]
    assert len(documents) == len(path.decoder.addresses)
    for document in documents:
        slot = document["slot"]
        assert path.decoder.addresses.keys[slot] == document["key"]
        track = document["track"]
        assert path.tracker.table["callsign"][slot].decode() == track["callsign"]
        at = np.array([np.nan if one is None else one for one in track["ring_at"]])
        np.testing.assert_array_equal(path.tracker.table["ring_at"][slot], at)
        latitude = np.array([np.nan if one is None else one for one in track["ring_latitude_deg"]], np.float32)
        np.testing.assert_array_equal(path.tracker.table["ring_latitude_deg"][slot], latitude)


def test_what_is_known_of_interference_is_kept() -> None:
    areas = taken_up().pipeline.sky.areas
    documents, _ = areas.changed(whole=True)
    old = OLD["interference"]
    assert {key.removeprefix("known:") for key in documents if key.startswith("known:")} == {
        icao24 for icao24, _ in old["known"]
    }
    assert sum(key.startswith("cell:") for key in documents) == len(old["cells"]) > 0
    assert sum(key.startswith("point:") for key in documents) == len(old["standing"])
    marks = [msgspec.to_builtins(state) for key, state in documents.items() if key.startswith("marks:")]
    assert sum(len(state["marks"]) for state in marks) == len(old["marks"])


def test_the_next_checkpoint_writes_all_of_it_anew_and_deletes_what_has_no_place_any_more() -> None:
    journal = taken_up()
    store = old_state()
    puts, deletes = journal.changes()
    store.update(puts)
    for key in deletes:
        store.pop(key, None)
    assert "interference" not in store
    for key, value in store.items():
        document = msgspec.json.decode(value)
        assert not isinstance(document, dict) or document.get("schema", SCHEMA) != "detector.state/1", key
    again = Journal(story.new_pipeline(), "a run of the version before")
    again.restore(store)
    mine, theirs = (one.snapshot(whole=True).encoded()[0] for one in (again, journal))
    assert {key: value for key, value in mine.items() if key.startswith(COMPLETE)} == {
        key: value for key, value in theirs.items() if key.startswith(COMPLETE)
    }
    assert set(journal.changes()[0]) == {"stream"}


def test_a_run_that_was_taken_up_goes_on() -> None:
    journal = taken_up()
    now = OLD["stream"]["now"]
    rest = story.frames()
    rest = rest.take(rest.heard_at > now)
    changes = journal.pipeline.step(rest)
    journal.note(changes)
    assert journal.pipeline.clock.now is not None
    assert journal.pipeline.clock.now > now
    journal.note(journal.pipeline.tick(Tick(journal.pipeline.clock.now + 60.0)))
    assert journal.pipeline.ticks == 1
    numbers = [key for key in journal.changes()[0] if key.startswith("movement:")]
    old_numbers = [key for key in OLD if key.startswith("movement:")]
    assert changes.movements
    assert min(numbers) > max(old_numbers)


@pytest.mark.parametrize("schema", ["detector.state/3", "detector.state/0", "another"])
def test_an_unknown_schema_is_refused_in_one_line(schema: str) -> None:
    state = old_state() | {"stream": msgspec.json.encode({"schema": schema, "of": "another shape"})}
    with pytest.raises(StoreError, match=f"of schema {schema}") as caught:
        Journal(story.new_pipeline(), "run").restore(state)
    assert "\n" not in str(caught.value)
    assert SCHEMA in str(caught.value)
