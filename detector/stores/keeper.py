"""A store that knows whose it is: a service notices when its state was lost, or taken over by another instance.

Every write puts a token beside what it writes, in the same transaction, and first looks whether the last one is still
there. The token names the instance, when that took the namespace over, and counts its writes:

    nothing there, or an older one     the server was emptied, exchanged, or put back to an older state: StateLostError
    one of a later instance            somebody else has taken over: StoreTakenError
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping

import msgspec

from detector.domain.errors import StateLostError, StoreError, StoreTakenError, StoreUnavailableError
from detector.domain.ports import Guard, StoreFigures
from detector.stores import OpenStore

OWNER = "owner"
STREAM = "stream"
"""Written by every checkpoint: where neither this nor OWNER is, the keys are not ours."""

TICK_S = 1e-3


class Token(msgspec.Struct, frozen=True):
    """`taken_at`: when the instance took the namespace over, Unix s UTC; `writes`: how often it has tried to write."""

    instance: str
    taken_at: float
    writes: int


class Keeper:
    """One namespace for one instance. `instance` is unique to this start of the program; `now`: wall time, Unix s UTC.

    Not for two threads at a time. What raised StoreUnavailableError may have been written all the same; it is written
    again by the next call if that is given it again, and that is not taken for somebody else's doing.
    """

    def __init__(self, store: OpenStore, instance: str, now: Callable[[], float] = time.time) -> None:
        self._store = store
        self._instance = instance
        self._now = now
        self._taken_at: float | None = None
        self._tried = 0
        self._written = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """What the person ought to know of the store."""
        return self._store.notes

    def claim(self) -> dict[str, bytes]:
        """Take the namespace over, and give all that is in it. An instance that had it before can write no more.

        Raises StoreError where the keys there are not of this program, or the store throws keys away when it is full;
        StoreUnavailableError: try again.
        """
        self._store.check()
        before = self._store.load(OWNER).get(OWNER)
        if before is None and STREAM not in self._store.load(STREAM) and (others := self._store.load("")):
            raise StoreError(
                f"the namespace holds {len(others)} keys that this program did not write (one is {min(others)!r}): "
                "choose another namespace, or delete them"
            )

        token = _token(before)
        # A clock that was put back must not make this instance look like the older one.
        self._taken_at = max(self._now(), token.taken_at + TICK_S if token is not None else 0.0)

        def judge(found: bytes | None) -> None:
            mine = _token(found)
            if found != before and (mine is None or mine.instance != self._instance):
                raise StoreUnavailableError("another instance has taken the namespace over at this moment: try again")

        self._write({}, (), judge)
        return {key: value for key, value in self._store.load("").items() if key != OWNER}

    def write(self, puts: Mapping[str, bytes], deletes: Iterable[str] = ()) -> None:
        """Write and delete in one transaction.

        Raises StoreUnavailableError: wait, and give it again; StateLostError: `rewrite` everything; StoreTakenError,
        StoreError: stop.
        """
        self._write(puts, deletes, self._is_mine)

    def rewrite(self, puts: Mapping[str, bytes], complete: Iterable[str], deletes: Iterable[str] = ()) -> None:
        """Write everything again after StateLostError. `complete`: beginnings of keys of which `puts` has all; others
        that begin so are deleted, and `deletes`. What else is still there stays.

        Raises what `write` raises but StateLostError. What was to be written before it is not to be written after it.
        """
        stale = {key for prefix in complete for key in self._store.load(prefix)} - puts.keys() - {OWNER}
        stale.update(deletes)

        def judge(found: bytes | None) -> None:
            try:
                self._is_mine(found)
            except StateLostError:
                return

        self._write(puts, sorted(stale), judge)

    def load(self, prefix: str) -> Mapping[str, bytes]:
        """What is there, also what others have put there. Raises StoreError."""
        return self._store.load(prefix)

    def check(self) -> tuple[str, ...]:
        """What the store may lose, as it is set up now: to be asked now and then.

        Raises StoreError where it throws keys away when it is full, StateLostError where it has done so.
        """
        return self._store.check()

    def figures(self) -> StoreFigures | None:
        """What the store tells of itself now. Raises StoreError."""
        return self._store.figures()

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def _write(self, puts: Mapping[str, bytes], deletes: Iterable[str], judge: Callable[[bytes | None], None]) -> None:
        if self._taken_at is None:
            raise RuntimeError("claim the namespace first")
        self._tried += 1
        value = msgspec.json.encode(Token(self._instance, self._taken_at, self._tried))
        self._store.checkpoint(puts, deletes, Guard(OWNER, value, judge))
        self._written = self._tried

    def _is_mine(self, found: bytes | None) -> None:
        """Whether this is the token of the last write that succeeded, or of one after it that may have."""
        if found is None:
            raise StateLostError("the store was emptied, or exchanged for an empty one: everything is written again")
        token = _token(found)
        if token is None:
            raise StoreTakenError(f"the key {OWNER!r} of the namespace holds something this program did not write")
        if token.instance == self._instance and self._written <= token.writes <= self._tried:
            return
        older = token.taken_at < (self._taken_at or 0.0)
        if older or (token.instance == self._instance and token.writes < self._written):
            raise StateLostError("the store was put back to an older state: everything is written again")
        raise StoreTakenError(
            f"another instance ({token.instance}) has taken the namespace over: this one writes no more"
        )


def _token(found: bytes | None) -> Token | None:
    """None for anything that is no token."""
    try:
        return None if found is None else msgspec.json.decode(found, type=Token)
    except msgspec.DecodeError:
        return None
