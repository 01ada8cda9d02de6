"""State that lives as long as the process: for quick looks, and the yardstick of the contract test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from detector.domain.ports import Guard, StoreFigures


class MemoryStore:
    """A dictionary behind the interface of a store."""

    def __init__(self, notes: tuple[str, ...] = ()) -> None:
        self.notes = notes
        self._values: dict[str, bytes] = {}

    def load(self, prefix: str) -> Mapping[str, bytes]:
        """Every key that begins with `prefix`, with its value."""
        return {key: value for key, value in self._values.items() if key.startswith(prefix)}

    def checkpoint(self, puts: Mapping[str, bytes], deletes: Iterable[str] = (), guard: Guard | None = None) -> None:
        """Write, then delete: a key in both is gone."""
        if guard is not None:
            guard.judge(self._values.get(guard.key))
            self._values[guard.key] = guard.value
        self._values.update(puts)
        for key in deletes:
            self._values.pop(key, None)

    def clear(self) -> None:
        """Delete everything."""
        self._values.clear()

    def check(self) -> tuple[str, ...]:
        """The same as at its opening."""
        return self.notes

    def figures(self) -> StoreFigures:
        """It ends with the program."""
        return StoreFigures(durable=False)

    def close(self) -> None:
        """Nothing is held open."""


def open_memory(spec: str, *, namespace: str, data_dir: Path) -> MemoryStore:  # noqa: ARG001  one signature for all
    """A store that starts empty and leaves nothing behind."""
    return MemoryStore(("state is in memory only: it ends with the program",))
