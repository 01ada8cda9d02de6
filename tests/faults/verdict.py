"""What was delivered beside what should have been.

What should have been is what a replay of the spool says, from an empty state, in one go: all that the service had heard
is in there, and nothing else. What was on its way to a service that was down, no receiver can hear again.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import msgspec

from detector.domain.times import parse_iso
from tests.faults.webhook_receiver import Taken
from tests.faults.world import PERIOD_S


class Landed(msgspec.Struct, frozen=True):
    estimate: str


class ToldStop(msgspec.Struct, frozen=True):
    id: str
    icao24: str
    landed: Landed


class Told(msgspec.Struct, frozen=True):
    """Of an alert's line what counts here."""

    id: str
    revision: int
    stop: ToldStop


@dataclass(frozen=True, slots=True)
class Verdict:
    """Ids of messages (`<alert>.<revision>`), but where another thing is said.

    lost        the replay has them, the receiver has not
    invented    the receiver has them, the replay has not
    changed     the receiver has them with other content than the replay
    twice       delivered again under the same id: how often, all together
    second      pairs of alert ids for one landing of one aircraft
    backward    alerts of which a revision was first delivered after a newer one
    unsigned    messages whose signature did not hold
    """

    alerts: int
    revisions: int
    lost: tuple[str, ...]
    invented: tuple[str, ...]
    changed: tuple[str, ...]
    twice: int
    second: tuple[tuple[str, str], ...]
    backward: tuple[str, ...]
    unsigned: int

    @property
    def clean(self) -> bool:
        """Whether all arrived, as it was, and nothing else."""
        wrong = (self.lost, self.invented, self.changed, self.second, self.backward)
        return not any(wrong) and self.unsigned == 0

    def lines(self) -> list[str]:
        """For a person."""
        return [
            f"alerts {self.alerts}, revisions {self.revisions}",
            f"lost {len(self.lost)}, with a second id {len(self.second)}, again under the same id {self.twice}",
            f"not in the replay {len(self.invented)}, other content {len(self.changed)}",
            f"out of order {len(self.backward)}, signature wrong {self.unsigned}",
        ]


def verdict(taken: Sequence[Taken], replayed: Iterable[bytes]) -> Verdict:
    """`replayed`: the lines of `detector replay --alerts`."""
    expected = {}
    for line in replayed:
        told = msgspec.json.decode(line, type=Told)
        expected[f"{told.id}.{told.revision}"] = hashlib.sha256(line).hexdigest()
    delivered = {one.id: one.sha256 for one in taken}
    times = Counter(one.id for one in taken)
    told_alerts = [msgspec.json.decode(one.alert, type=Told) for one in taken]
    return Verdict(
        alerts=len({told.id for told in told_alerts}),
        revisions=len(delivered),
        lost=tuple(sorted(expected.keys() - delivered.keys())),
        invented=tuple(sorted(delivered.keys() - expected.keys())),
        changed=tuple(sorted(one.id for one in taken if expected.get(one.id, one.sha256) != one.sha256)),
        twice=sum(times.values()) - len(times),
        second=tuple(_second_ids(told_alerts)),
        backward=tuple(_backward(told_alerts)),
        unsigned=sum(not one.signed for one in taken),
    )


def _second_ids(told: Sequence[Told]) -> list[tuple[str, str]]:
    """Alerts on one aircraft that landed at about the same time: in this world it lands once a period."""
    last = {one.id: one.stop for one in sorted(told, key=lambda one: one.revision)}
    by_aircraft: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for alert, stop in last.items():
        by_aircraft[stop.icao24].append((parse_iso(stop.landed.estimate), alert))
    return [
        (one, other)
        for landings in by_aircraft.values()
        for (at, one), (then, other) in pairwise(sorted(landings))
        if then - at < PERIOD_S / 2
    ]


def _backward(told: Sequence[Told]) -> list[str]:
    """In the order of delivery; what was delivered before may come again."""
    newest: dict[str, int] = {}
    known: set[tuple[str, int]] = set()
    wrong = []
    for one in told:
        if (one.id, one.revision) not in known and one.revision < newest.get(one.id, 0):
            wrong.append(one.id)
        known.add((one.id, one.revision))
        newest[one.id] = max(newest.get(one.id, 0), one.revision)
    return wrong
