"""The service is as it was: from the state and the spool, whatever is missing of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from detector.app.recovery import Recovery
from detector.domain.frame import FrameBatch
from detector.pipeline import Pipeline
from detector.service.core import Core
from detector.service.keeping import DOCUMENT, ServiceDocument
from detector.settings import Configuration, load_configuration
from detector.simulation.encode.frames import all_call_reply
from tests.service.stage import RecordedLog, StageClock

BEGIN = 1_730_937_600.0


@pytest.fixture(scope="module")
def configuration() -> Configuration:
    return load_configuration(None)


def hello(second: int) -> FrameBatch:
    at = BEGIN + second + np.array([0.0, 0.2])
    return FrameBatch.of(at, all_call_reply(icao24=np.full(2, 0x4840D6 + second)), np.full(2, 7, np.uint8))


def hear(core: Core, *seconds: int) -> None:
    for second in seconds:
        core.take_in(hello(second), BEGIN + second + 1.0)


class Started:
    """One start of the service over a folder; `store` is what its checkpoints have left."""

    def __init__(self, configuration: Configuration, folder: Path, store: dict[str, bytes], now: float = BEGIN) -> None:
        self.log = RecordedLog()
        self._store = store
        self.recovery = Recovery(configuration, dict(store), folder, StageClock(now), self.log)
        self.core = self.recovery.core

    def checkpoint(self) -> None:
        puts, deletes = self.core.journal.changes()
        self._store.update(puts)
        for key in deletes:
            self._store.pop(key, None)
        place = self.core.position
        assert place is not None
        document = ServiceDocument(self.recovery.spool_id, place.sequence, place.offset)
        self._store[DOCUMENT] = msgspec.json.encode(document)

    def die(self) -> None:
        assert self.recovery.writer is not None
        self.recovery.writer.close()

    @property
    def said(self) -> list[str]:
        return [event for _, event, _ in self.log.lines]


def test_what_came_after_the_checkpoint_is_taken_from_the_spool(configuration: Configuration, tmp_path: Path) -> None:
    store: dict[str, bytes] = {}
    first = Started(configuration, tmp_path, store)
    hear(first.core, 0, 1)
    first.checkpoint()
    hear(first.core, 2, 3)
    first.die()
    again = Started(configuration, tmp_path, store)
    assert again.core.pipeline.frames == 8
    assert again.said == ["taken up again from the spool"]
    again.die()


def test_a_checkpoint_of_before_the_first_frame_loses_none(configuration: Configuration, tmp_path: Path) -> None:
    store: dict[str, bytes] = {}
    first = Started(configuration, tmp_path, store)
    first.checkpoint()
    hear(first.core, 0, 1)
    first.die()
    again = Started(configuration, tmp_path, store)
    assert again.core.pipeline.frames == 4
    again.die()


def test_an_empty_store_is_filled_again_from_the_spool(configuration: Configuration, tmp_path: Path) -> None:
    first = Started(configuration, tmp_path, {})
    hear(first.core, 0, 1, 2)
    first.die()
    again = Started(configuration, tmp_path, {})
    assert again.core.pipeline.frames == 6
    assert again.recovery.spool_id == first.recovery.spool_id
    assert again.said[0] == "the store is empty; the state is made again from the spool"
    again.die()


def test_an_item_that_breaks_the_path_is_left_out_and_told(
    configuration: Configuration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store: dict[str, bytes] = {}
    first = Started(configuration, tmp_path, store)
    first.checkpoint()
    hear(first.core, 0, 1, 2)
    first.die()
    sound = Pipeline.step

    def broken(self: Pipeline, batch: FrameBatch) -> Any:
        if batch.heard_at[0] == hello(1).heard_at[0]:
            raise ZeroDivisionError
        return sound(self, batch)

    monkeypatch.setattr(Pipeline, "step", broken)
    again = Started(configuration, tmp_path, store)
    assert again.core.pipeline.frames == 4
    assert again.said == [
        "defect: an item of the spool breaks the path; it is left out",
        "taken up again from the spool",
    ]
    again.die()


def test_a_second_crash_still_finds_what_the_first_one_needed(configuration: Configuration, tmp_path: Path) -> None:
    spool = msgspec.structs.replace(configuration.settings.spool, segment_mb=0.1, keep_gb=1e-6)
    tight = msgspec.structs.replace(configuration.settings, spool=spool)
    small = Configuration(configuration.path, tight, configuration.airports, configuration.watchlist, "hash")
    store: dict[str, bytes] = {}
    first = Started(small, tmp_path, store)
    hear(first.core, 0)
    first.checkpoint()
    # Each start begins a segment of its own, and may delete older ones.
    for second in range(1, 5):
        first.die()
        first = Started(small, tmp_path, store)
        hear(first.core, second)
    first.die()
    assert Started(small, tmp_path, store).core.pipeline.frames == 10


def test_a_state_from_the_future_is_told_at_once(configuration: Configuration, tmp_path: Path) -> None:
    store: dict[str, bytes] = {}
    first = Started(configuration, tmp_path, store)
    hear(first.core, *range(4))
    first.checkpoint()
    first.die()
    again = Started(configuration, tmp_path, store, now=BEGIN - 3600.0)
    assert any(event.startswith("the state is ahead of the clock") for event in again.said)
    again.die()
