"""What may be deleted some day: stops, alerts, movements and gaps, by the event time of their last change."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from heapq import nlargest

from detector.checkpoint.documents import numbered
from detector.domain.alert import Alert
from detector.domain.gap import Gap
from detector.domain.movement import Movement
from detector.domain.stop import Stop

SWEEP_S = 600.0
"""What has become too old is looked for this often."""
MOST_COMMON = 20_000
"""Past so many movements or such gaps the oldest go, too: in a flood of invented addresses each makes one."""
COMMON_S = 7 * 86_400.0
"""Movements, and gaps of which no stop was told, are kept no longer: every aircraft that leaves the range makes a gap,
thousands a day at a good place."""


@dataclass(slots=True)
class _Stop:
    """A stop and its alert. `at`: of the last revision of either; `alerts`: numbers of the alert's revisions."""

    at: float = float("-inf")
    alerts: list[int] = field(default_factory=list)


class Finished:
    """An index over the keys that grow in number as time goes by. Deletes nothing where `keep_s` is None."""

    def __init__(self, keep_s: float | None) -> None:
        self._keep_s = keep_s
        self._stops: dict[str, _Stop] = {}
        self._movements: dict[int, float] = {}
        self._gaps: dict[str, tuple[float, str | None]] = {}
        self._swept_at = float("-inf")

    def stop(self, stop: Stop) -> None:
        """A stop in a new revision."""
        one = self._stops.setdefault(stop.id, _Stop())
        one.at = max(one.at, stop.revised_at)

    def alert(self, number: int, alert: Alert) -> None:
        """The `number`-th revision of all alerts."""
        one = self._stops.setdefault(alert.stop.id, _Stop())
        one.at = max(one.at, alert.at)
        one.alerts.append(number)

    def movement(self, number: int, movement: Movement) -> None:
        if self._keep_s is not None:
            self._movements[number] = movement.latest

    def gap(self, gap: Gap) -> None:
        """A gap in a new revision; one that lasts counts from its begin."""
        if self._keep_s is not None:
            self._gaps[gap.id] = (gap.begin if gap.end is None else gap.end, gap.stop_id)

    def last_revision(self, stop_id: str) -> int | None:
        """The number of the last revision of the alert on a stop."""
        one = self._stops.get(stop_id)
        return one.alerts[-1] if one is not None and one.alerts else None

    def too_old(self, now: float | None, in_use: Callable[[], Container[str]]) -> list[str]:
        """Keys to delete at event time `now`. `in_use` tells the ids of stops and gaps that the path still holds."""
        if self._keep_s is None or now is None:
            return []
        crowded = max(len(self._gaps), len(self._movements)) > 2 * MOST_COMMON
        if now < self._swept_at + SWEEP_S and not crowded:
            return []
        needed = in_use()
        self._swept_at = now
        oldest = now - self._keep_s
        keys: list[str] = []
        for stop_id, one in list(self._stops.items()):
            if one.at < oldest and stop_id not in needed:
                keys += [f"stop:{stop_id}", f"evidence:{stop_id}", f"track:{stop_id}"]
                keys += [numbered("alert", number) for number in one.alerts]
                del self._stops[stop_id]
        oldest_common = now - min(self._keep_s, COMMON_S)
        oldest_gap = max(oldest_common, _of_newest(at for at, told_by in self._gaps.values() if told_by is None))
        oldest_common = max(oldest_common, _of_newest(self._movements.values()))
        for gap_id, (at, told_by) in list(self._gaps.items()):
            if at < (oldest if told_by in self._stops else oldest_gap) and gap_id not in needed:
                keys.append(f"gap:{gap_id}")
                del self._gaps[gap_id]
        for number in [number for number, at in self._movements.items() if at < oldest_common]:
            keys.append(numbered("movement", number))
            del self._movements[number]
        return keys


def _of_newest(times: Iterable[float]) -> float:
    """The time of the oldest of the MOST_COMMON newest; -inf where there are no more than that."""
    newest = nlargest(MOST_COMMON + 1, times)
    return newest[-2] if len(newest) > MOST_COMMON else float("-inf")
