"""Which of the waiting messages may go: revisions of one alert in order, different alerts past each other."""

from __future__ import annotations

import heapq
from collections.abc import Iterable

from detector.alerting.entries import DIGEST, Entry, digest_id
from detector.domain.alert import AlertEvent

DIGEST_LIMIT = 200
"""Revisions in one digest at most: a receiver has to take its body."""


class Turns:
    """The waiting messages to one endpoint, in the order of their turns.

    A single message waits for the earlier revisions of its alert. A digest waits for nothing: when it was made, nothing
    earlier was left. (Two digests could wait for each other, once a person has sent dead letters again.)
    """

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries: dict[str, Entry] = {}
        self._lines: dict[str, dict[int, Entry]] = {}
        """By alert and revision."""
        self._heap: list[tuple[float, float, str]] = []
        """(due, offered, id): of all that wait for nothing, and of some that do, have changed, or are gone."""
        for entry in entries:
            self.put(entry)

    def put(self, entry: Entry) -> None:
        """Add a message, or change it."""
        self.entries[entry.id] = entry
        for item in entry.items:
            self._lines.setdefault(item.alert, {})[item.revision] = entry
        heapq.heappush(self._heap, _turn(entry))

    def remove(self, entry: Entry) -> None:
        """Take a message away; the next one of its alert takes its place."""
        del self.entries[entry.id]
        for item in entry.items:
            line = self._lines[item.alert]
            del line[item.revision]
            if line:
                heapq.heappush(self._heap, _turn(line[min(line)]))
            else:
                del self._lines[item.alert]

    def of(self, alert: str) -> list[Entry]:
        """The messages about an alert."""
        return list(self._lines.get(alert, {}).values())

    def first(self) -> Entry | None:
        """The message whose turn comes first."""
        while self._heap:
            entry = self.entries.get(self._heap[0][2])
            if entry is not None and _turn(entry) == self._heap[0] and not self._waits(entry):
                return entry
            heapq.heappop(self._heap)
        return None

    def digests(self) -> list[Entry]:
        """Those that are several in one."""
        return [entry for entry in self.entries.values() if entry.event == DIGEST]

    def gathered(self, now: float) -> list[Entry]:
        """The single messages that may go into a digest now, oldest first: of each alert those before the first that is
        not due (a digest that is tried again is not due either, or it would go first)."""
        chosen = []
        for line in self._lines.values():
            for revision in sorted(line):
                entry = line[revision]
                if entry.due_at > now:
                    break
                chosen.append(entry)
        # By what came first, and of one alert by revision: sorting keeps the order of equals.
        return sorted(chosen, key=lambda entry: entry.offered_at)[:DIGEST_LIMIT]

    def needless(self) -> Entry | None:
        """The oldest update of which a newer revision waits, too; None if there is none."""
        return next(
            (
                entry
                for entry in self.entries.values()
                if entry.event == AlertEvent.UPDATED
                and entry.items[0].revision < max(self._lines[entry.items[0].alert])
            ),
            None,
        )

    def _waits(self, entry: Entry) -> bool:
        item = entry.items[0]
        return entry.event != DIGEST and min(self._lines[item.alert]) < item.revision


def digest(entries: list[Entry], now: float) -> Entry:
    """One message of several single ones to the same endpoint."""
    items = tuple(entry.items[0] for entry in entries)
    return Entry(
        endpoint=entries[0].endpoint,
        id=digest_id(items),
        event=DIGEST,
        items=items,
        offered_at=min(entry.offered_at for entry in entries),
        due_at=now,
    )


def _turn(entry: Entry) -> tuple[float, float, str]:
    return entry.due_at, entry.offered_at, entry.id
