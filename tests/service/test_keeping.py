"""The state in the store, when the store loses it, or does not take it, at the worst moment."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
import numpy as np
import pytest

from detector.checkpoint import StreamState
from detector.domain.errors import StoreError, StoreTakenError, StoreUnavailableError
from detector.domain.frame import FrameBatch
from detector.domain.ports import Guard
from detector.service.keeping import DOCUMENT, ServiceDocument
from detector.simulation.encode.frames import all_call_reply
from detector.stores.keeper import Keeper
from detector.stores.memory import MemoryStore
from tests.service.stage import Receiver, Stage, StageClock

BEGIN = 1_730_937_600.0


class Failing(MemoryStore):
    """Takes nothing while `gone`."""

    gone = False

    def checkpoint(self, puts: Mapping[str, bytes], deletes: Iterable[str] = (), guard: Guard | None = None) -> None:
        if self.gone:
            raise StoreUnavailableError("the store cannot be reached (connection refused)")
        super().checkpoint(puts, deletes, guard)


def hello(second: int) -> FrameBatch:
    """Two aircraft that are new in this second; the last half second is held back."""
    icao24 = np.repeat([0x4840D6 + 2 * second, 0x4840D7 + 2 * second], 2)
    at = BEGIN + second + np.array([0.0, 0.2, 0.1, 0.3])
    return FrameBatch.of(at, all_call_reply(icao24=icao24), np.full(4, 7, np.uint8))


def staged(folder: Path, store: MemoryStore) -> Stage:
    clock = StageClock(BEGIN)
    return Stage(clock, Receiver(clock), store, folder / "spool", [{"name": "desk"}])


def hear(stage: Stage, second: int) -> None:
    stage.clock.at = BEGIN + second + 1.0
    stage.core.take_in(hello(second), stage.clock.at)


def stored(store: MemoryStore) -> tuple[int, int, bool]:
    """(frames, aircraft, whether the place in the spool is told) of the state in the store."""
    state = store.load("")
    stream = msgspec.json.decode(state["stream"], type=StreamState)
    document = msgspec.json.decode(state[DOCUMENT], type=ServiceDocument)
    assert stream.aircraft == sum(key.startswith("aircraft:") for key in state)
    return stream.frames, stream.aircraft, document.position is not None


def test_a_snapshot_of_before_is_not_written_over_all_that_is_newer(tmp_path: Path) -> None:
    async def story() -> None:
        store = MemoryStore()
        stage = staged(tmp_path, store)
        keeping = stage.parts.keeping
        hear(stage, 0)
        await keeping._written(*keeping._snapshot(), keeping._wholes)
        hear(stage, 1)
        older = (*keeping._snapshot(), keeping._wholes)
        hear(stage, 2)
        store.clear()
        await stage.couriers.write(lambda: ({"note": b"1"}, ()))
        assert stored(store) == (12, 4, True)
        await keeping._written(*older)
        assert stored(store) == (12, 4, True)
        hear(stage, 3)
        await keeping._written(*keeping._snapshot(), keeping._wholes)
        assert stored(store) == (16, 6, True)

    asyncio.run(story())


def test_what_waits_is_chosen_when_nobody_else_writes(tmp_path: Path) -> None:
    async def story() -> None:
        store = Failing()
        stage = staged(tmp_path, store)
        keeping = stage.parts.keeping
        hear(stage, 0)
        await keeping._written(*keeping._snapshot(), keeping._wholes)
        store.gone = True
        hear(stage, 1)
        writing = asyncio.ensure_future(keeping._written(*keeping._snapshot(), keeping._wholes))
        while keeping.trouble is None:
            await asyncio.sleep(0)
        hear(stage, 2)
        store.clear()
        store.gone = False
        await stage.couriers.write(lambda: ({"note": b"1"}, ()))
        await writing
        assert stored(store) == (12, 4, True)
        assert keeping.trouble is None

    asyncio.run(story())


def test_a_store_that_is_gone_is_told_once_and_waited_for(tmp_path: Path) -> None:
    async def story() -> None:
        store = Failing()
        stage = staged(tmp_path, store)
        hear(stage, 0)
        store.gone = True
        for _ in range(3):
            with pytest.raises(StoreError):
                await stage.parts.keeping.write({"note": b"1"})
        store.gone = False
        await stage.parts.keeping.write({"note": b"1"})
        said = [event for _, event, _ in stage.log.lines]
        assert said == ["the store does not take the state; listening goes on", "the store takes the state again"]

    asyncio.run(story())


def test_a_state_that_another_instance_has_taken_over_ends_the_service(tmp_path: Path) -> None:
    async def story() -> None:
        store = MemoryStore()
        stage = staged(tmp_path, store)
        hear(stage, 0)
        Keeper(store, "another", lambda: BEGIN + 10.0).claim()
        running = asyncio.ensure_future(stage.parts.keeping.run())
        stage.parts.keeping.checkpoint()
        with pytest.raises(StoreTakenError):
            await asyncio.wait_for(running, 10.0)

    asyncio.run(story())


def test_a_defect_in_what_runs_beside_does_not_go_unnoticed(tmp_path: Path) -> None:
    async def story() -> None:
        stage = staged(tmp_path, MemoryStore())
        stage.parts.keeping.on_wishes = lambda _: 1 / 0  # type: ignore[assignment]
        stage.parts.keeping._keeper._store.checkpoint({"resend:desk:a.1": b"1"})
        with pytest.raises(ZeroDivisionError):
            await asyncio.wait_for(stage.parts.keeping.run(), 10.0)

    asyncio.run(story())
