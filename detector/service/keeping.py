"""The state in the store: written now and then, waited for while the store is away, written whole where it was lost.

Store calls run in one thread of their own, so that listening goes on whatever the store does.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from detector.alerting.entries import RESEND
from detector.alerting.outbox import REMEMBERED_S, Outbox
from detector.checkpoint import COMPLETE, Pending, Snapshot
from detector.domain.errors import StateLostError, StoreError, StoreTakenError, StoreUnavailableError
from detector.domain.live import Clock
from detector.domain.ports import StoreFigures
from detector.feeds.spool import Position
from detector.service.core import Core
from detector.service.log import Log
from detector.stores.keeper import Keeper

T = TypeVar("T")

AGAIN_S = 1.0
LOOK_S = 5.0
"""How often the store is asked for what others want (`detector webhooks resend`), and for its figures."""
CHECK_S = 60.0
"""How often the server is asked whether it still keeps what it is given."""
DOCUMENT = "service"
OF_THE_STREAM = ("stream", "reception")
"""Keys that belong to one moment, with all of COMPLETE."""
BOUNDS_S = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
State = Callable[[], tuple[Mapping[str, bytes], Iterable[str]]]


class ServiceDocument(msgspec.Struct, frozen=True):
    """Where in the spool the state belongs: all before `sequence` and `offset` is in it; None without a spool."""

    spool_id: str
    sequence: int | None = None
    offset: int | None = None

    @property
    def position(self) -> Position | None:
        """The same as the spool has it."""
        if self.sequence is None or self.offset is None:
            return None
        return Position(self.sequence, self.offset)


@dataclass(slots=True)
class Durations:
    """How long checkpoints took, s: how many up to each bound, how many in all, and their sum."""

    within: Counter[float] = field(default_factory=Counter)
    count: int = 0
    total_s: float = 0.0

    def add(self, seconds: float) -> None:
        """One more."""
        self.within.update(bound for bound in BOUNDS_S if seconds <= bound)
        self.count += 1
        self.total_s += seconds


class Keeping:
    """Keeps the state of one service. `trouble`: what is wrong with the store now; None if nothing is.

    `kept_at`: when the state was written last; `write` is what the courier writes with, and `through` the courier's own
    `write`: a checkpoint goes that way, so that the messages its alerts made are in the same transaction.
    `figures`: what the store told of itself when it was asked last (every LOOK_S), None where it did not.
    """

    def __init__(self, keeper: Keeper, core: Core, outbox: Outbox, spool_id: str, clock: Clock, log: Log) -> None:
        self.trouble: str | None = None
        self.kept_at = clock.now()
        self.took = Durations()
        self.figures: StoreFigures | None = None
        self.through: Callable[[State], Awaitable[None]] = self._alone
        self.on_wishes: Callable[[Mapping[str, bytes]], None] = lambda _: None
        self.on_kept: Callable[[Position], None] = lambda _: None
        self._keeper = keeper
        self._core = core
        self._outbox = outbox
        self._spool_id = spool_id
        self._clock = clock
        self._log = log
        self._thread = ThreadPoolExecutor(1, "store")
        self._encoder = ThreadPoolExecutor(1, "encode")
        self._waiting: tuple[Snapshot, ServiceDocument, int] | None = None
        self._wanted = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._pending = Pending()
        self._lost = ""
        """Why the store lacks something that was written to it."""
        self._wholes = 0
        """How often everything was written ..."""
        self._whole_keys: frozenset[str] = frozenset()
        """... and which keys, last."""

    def checkpoint(self) -> bool:
        """Take a snapshot, to be written by `run`; False while the one before is still being written."""
        if not self._idle.is_set():
            return False
        self._idle.clear()
        self._waiting = (*self._snapshot(), self._wholes)
        self._wanted.set()
        return True

    async def settled(self) -> None:
        """Returns when nothing is being written."""
        await self._idle.wait()

    async def run(self) -> None:
        """Write snapshots until cancelled. Raises StoreTakenError where the state is another's now, and defects."""
        tasks = [asyncio.ensure_future(work()) for work in (self._write_snapshots, self._check, self._look)]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()

    async def write(self, puts: Mapping[str, bytes], deletes: Iterable[str] = ()) -> None:
        """Write, all or nothing. Raises StoreError while the store does not take it, and StoreTakenError for good.

        Where the store has lost the state, all that is in memory is written instead: it is newer than `puts`.
        """
        gone = list(deletes)
        try:
            try:
                if self._lost:
                    raise StateLostError(self._lost)
                await self._in_thread(lambda: self._keeper.write(puts, gone))
            except StateLostError as lost:
                self._lost = str(lost)
                self._log.error("the store has lost the state; all of it is written anew", reason=self._lost)
                await self._write_whole()
                self._lost = ""
        except StoreTakenError:
            raise
        except StoreError as error:
            # What the server itself has said, in parentheses, names the command.
            trouble = str(error).partition(" (")[0]
            if self.trouble != trouble:
                self._log.error("the store does not take the state; listening goes on", reason=str(error))
            self.trouble = trouble
            raise
        if self.trouble is not None:
            self._log.info("the store takes the state again", after=self.trouble)
            self.trouble = None

    async def read(self, prefix: str) -> Mapping[str, bytes]:
        """What the store has under keys that begin so. Raises StoreError."""
        return await self._in_thread(lambda: self._keeper.load(prefix))

    def close(self) -> None:
        """Let the threads go; a call that hangs is not waited for."""
        for pool in (self._thread, self._encoder):
            pool.shutdown(wait=False, cancel_futures=True)

    async def _alone(self, state: State) -> None:
        """In place of the couriers."""
        await self.write(*state())

    async def _write_snapshots(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            if self._waiting is not None:
                waiting, self._waiting = self._waiting, None
                await self._written(*waiting)
            self._idle.set()

    def _snapshot(self, *, whole: bool = False) -> tuple[Snapshot, ServiceDocument]:
        position = self._core.position
        document = ServiceDocument(self._spool_id)
        if position is not None:
            document = ServiceDocument(self._spool_id, position.sequence, position.offset)
        return self._core.journal.snapshot(whole=whole), document

    async def _written(self, snapshot: Snapshot, document: ServiceDocument, wholes: int) -> None:
        began = time.monotonic()
        # Not in the store's thread: messages to endpoints would wait for it.
        puts, deletes = await asyncio.get_running_loop().run_in_executor(self._encoder, snapshot.encoded)
        if wholes == self._wholes:
            self._pending.add(puts, deletes)
            self._pending.add({DOCUMENT: msgspec.json.encode(document)})
        else:
            # All was written meanwhile, and is newer; but of what is over by now this was the only copy.
            old = (*COMPLETE, *OF_THE_STREAM)
            self._pending.add(
                {key: v for key, v in puts.items() if key not in self._whole_keys and not key.startswith(old)}
            )
        while len(self._pending):
            try:
                # What is pending changes where another write finds the state lost, and writes all of it.
                await self.through(lambda: (self._pending.puts, self._pending.deletes))
            except StoreTakenError:
                raise
            except StoreError:
                await self._clock.sleep(AGAIN_S)
            else:
                self._pending.clear()
        self.took.add(time.monotonic() - began)
        self.kept_at = self._clock.now()
        if document.position is not None:
            self.on_kept(document.position)

    async def _write_whole(self) -> None:
        """All that is in memory, the outbox as well, and what the store never had of stops that are over."""
        snapshot, document = self._snapshot(whole=True)
        self._wholes += 1
        encoded = await asyncio.get_running_loop().run_in_executor(self._encoder, snapshot.encoded)
        self._pending.add_whole(*encoded, COMPLETE)
        self._pending.add({DOCUMENT: msgspec.json.encode(document)})
        puts, deletes = self._pending.puts | self._outbox.everything(), self._pending.deletes
        self._whole_keys = frozenset(puts)
        complete = (*COMPLETE, *self._outbox.prefixes)
        await self._in_thread(lambda: self._keeper.rewrite(puts, complete, deletes))
        self._pending.clear()

    async def _look(self) -> None:
        while True:
            self.figures = await self._told_figures()
            await self._clock.sleep(LOOK_S)
            try:
                wishes = await self._in_thread(lambda: self._keeper.load(RESEND))
            except StoreError:
                continue  # said where the state is written
            if wishes:
                self.on_wishes(wishes)

    async def _told_figures(self) -> StoreFigures | None:
        try:
            return await self._in_thread(self._keeper.figures)
        except StoreError:
            return None

    async def _check(self) -> None:
        while True:
            await self._clock.sleep(CHECK_S)
            self._outbox.forget(self._clock.now() - REMEMBERED_S)
            try:
                notes = await self._in_thread(self._keeper.check)
            except StateLostError as lost:
                self._lost = str(lost)
            except StoreUnavailableError as error:
                self._log.warning("the store cannot be asked how it keeps the state", reason=str(error))
            except StoreError as error:
                self._log.error("the store may throw the state away", reason=str(error))
            else:
                for note in notes:
                    self._log.warning("the store", note=note)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
