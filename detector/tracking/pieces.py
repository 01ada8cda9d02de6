"""Which pieces of a state are to be written down again: those that have changed since the last time, and no others."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class Pieces(Generic[K]):
    """Keys of pieces that have changed, and of those that are gone, in the order in which that came about.

    `written`: what has been written down already.
    """

    def __init__(self, written: Iterable[K] = ()) -> None:
        self._written = set(written)
        self._changed: dict[K, None] = {}
        self._gone: dict[K, None] = {}

    def change(self, key: K) -> None:
        """A piece is new, or another one than it was."""
        self._changed[key] = None
        self._gone.pop(key, None)

    def drop(self, key: K) -> None:
        """A piece is no more."""
        self._changed.pop(key, None)
        if key in self._written:
            self._gone[key] = None

    def take(self, everything: Iterable[K] | None = None) -> tuple[list[K], list[K]]:
        """(changed keys, gone keys) since the last call; with `everything` that there is, all of it is changed."""
        changed = list(self._changed if everything is None else everything)
        gone = list(self._gone)
        self._changed, self._gone = {}, {}
        self._written.difference_update(gone)
        self._written.update(changed)
        return changed, gone
