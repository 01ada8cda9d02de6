"""What is still to be written: several snapshots added up, as long as the store cannot take them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class Pending:
    """Puts and deletes in the order in which they came: a later put undoes an earlier delete, and the other way round.

    `store.checkpoint(pending.puts, pending.deletes)`, and `clear` once that has succeeded.
    """

    def __init__(self) -> None:
        self._last: dict[str, bytes | None] = {}

    def add(self, puts: Mapping[str, bytes], deletes: Iterable[str] = ()) -> None:
        """A further snapshot; as for a store, a key in both is gone."""
        self._last.update(puts)
        self._last.update(dict.fromkeys(deletes))

    def add_whole(self, puts: Mapping[str, bytes], deletes: Iterable[str], complete: tuple[str, ...]) -> None:
        """A whole snapshot, taken after all that was added before. `complete`: beginnings of keys of which it has all.

        What was waiting under such a key is out of date, also where the snapshot has nothing there.
        """
        self._last = {key: value for key, value in self._last.items() if not key.startswith(complete)}
        self.add(puts, deletes)

    def clear(self) -> None:
        """All of it is written, or is of no use any more."""
        self._last.clear()

    def __len__(self) -> int:
        """How many keys are to be written or deleted."""
        return len(self._last)

    @property
    def puts(self) -> dict[str, bytes]:
        return {key: value for key, value in self._last.items() if value is not None}

    @property
    def deletes(self) -> list[str]:
        return [key for key, value in self._last.items() if value is None]
