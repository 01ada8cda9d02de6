"""The latest news in numbered order, a bounded part of each kind: who was away for a moment misses nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass

KEPT = {"alert": 500, "stop": 1_000, "gap": 2_000}
"""So many of each: hours of an ordinary day, and no kind crowds out another. Alerts are some 8 kB each."""


@dataclass(frozen=True, slots=True)
class News:
    """One revision, the `number`-th since the start; `line` as the contract has it."""

    number: int
    kind: str
    line: bytes


class NewsRing:
    """`on_news` are called after each, and have to be quick."""

    def __init__(self) -> None:
        self.number = 0
        """Of the latest."""
        self.on_news: set[Callable[[], None]] = set()
        self._kept: dict[str, deque[News]] = {kind: deque(maxlen=most) for kind, most in KEPT.items()}
        self._lost = dict.fromkeys(KEPT, 0)
        """By kind the number of the latest that is kept no more."""

    def add(self, kind: str, line: bytes) -> None:
        """One more."""
        kept = self._kept[kind]
        if len(kept) == kept.maxlen:
            self._lost[kind] = kept[0].number
        self.number += 1
        kept.append(News(self.number, kind, line))
        for tell in self.on_news:
            tell()

    def after(self, number: int, kinds: Collection[str]) -> list[News] | None:
        """Those of the kinds behind `number`, in order; None if some of them are lost, or there was no such number."""
        if number > self.number or any(self._lost[kind] > number for kind in kinds):
            return None
        found: list[News] = []
        for kind in kinds:
            for one in reversed(self._kept[kind]):
                if one.number <= number:
                    break
                found.append(one)
        return sorted(found, key=lambda one: one.number)
