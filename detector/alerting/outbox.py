"""Alerts on their way: one message for each endpoint and revision, until it has arrived or cannot arrive.

The outbox decides, and does nothing: it is given the time, and tells what is to be sent and what is to be written down.
Whoever uses it keeps this order, and then a crash at any moment loses nothing and sends no more than one message twice
(under the same id):

    offer -> changes into the store -> next_due -> changes into the store -> send -> settle -> changes into the store
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from detector.alerting.entries import (
    DEAD,
    DELIVERED,
    ENDPOINT,
    OUTBOX,
    RESEND,
    EndpointState,
    Entry,
    Mark,
    item_of,
    sections,
    unpacked,
)
from detector.alerting.outcome import Outcome
from detector.alerting.queue import Dirty, Queue
from detector.alerting.routing import Endpoint
from detector.domain.alert import Alert

REMEMBERED_S = 14 * 86_400.0
"""How long it is known what an endpoint has: a revision is never derived again so much later."""


class Outbox:
    """The messages to all endpoints. Times are Unix s UTC: of alerts event time, `now` that of the service.

    counts      (endpoint, what) -> how many revisions: `baseline` noted and not sent, `dropped_update` and
                `dropped_dead` let go because there were too many
    strangers   messages in the store by endpoints that are not configured (any more); they stay there
    """

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        self._dirty: Dirty = {}
        self.counts: Counter[tuple[str, str]] = Counter()
        self.strangers: dict[str, int] = {}
        self._queues = {endpoint.name: Queue(endpoint, self._dirty, self.counts) for endpoint in endpoints}

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(self._queues)

    def listens_from(self, at: float) -> None:
        """Event time of the first frame: call it before alerts are offered; only the first call counts.

        To an endpoint that is new, stops that were there before are no news: what is said of them in its first
        `baseline_s` is only counted.
        """
        for queue in self._queues.values():
            queue.listens_from(at)

    def offer(self, alerts: Iterable[Alert], now: float) -> None:
        """Take in new revisions. One that is known already is not taken in again, whatever became of it."""
        for alert in alerts:
            item = item_of(alert)
            for queue in self._queues.values():
                queue.offer(alert, item, now)

    def next_due(self, endpoint: str, now: float) -> Entry | None:
        """The message to send now, if any. Write `changes` down before it is sent: it may be a digest just made."""
        return self._queues[endpoint].next_due(now)

    def wake_at(self, endpoint: str) -> float | None:
        """When to ask `next_due` again, unless something is offered meanwhile; None: only then."""
        return self._queues[endpoint].wake_at()

    def settle(self, entry: Entry, outcome: Outcome, now: float) -> None:
        """Note what became of a message that `next_due` gave."""
        self._queues[entry.endpoint].settle(entry, outcome, now)

    def disabled(self, endpoint: str) -> str | None:
        """Why nothing is sent there any more; None if it is."""
        return self._queues[endpoint].state.disabled

    def pending(self, endpoint: str) -> tuple[Entry, ...]:
        """What waits."""
        return tuple(self._queues[endpoint].pending.values())

    def dead(self) -> Iterator[Entry]:
        """What could not be delivered, by endpoint, oldest first."""
        for queue in self._queues.values():
            yield from queue.dead.values()

    def resend(self, endpoint: str, message: str, now: float) -> bool:
        """Try a dead letter anew; False if there is none of that id. An endpoint that was disabled is on again."""
        queue = self._queues.get(endpoint)
        return queue is not None and queue.resend(message, now)

    def take_wishes(self, found: Mapping[str, bytes], now: float) -> int:
        """Do what the `resend:` keys among these ask for; how many messages that were."""
        wishes = [(endpoint, rest) for endpoint, part in sections(found, RESEND).items() for rest in part]
        return sum(self.resend(endpoint, message, now) for endpoint, message in sorted(wishes))

    def forget(self, before: float) -> None:
        """Drop what is known of messages that arrived before (`now - REMEMBERED_S`; cheap where none is)."""
        for queue in self._queues.values():
            queue.forget(before)

    def changes(self) -> tuple[dict[str, bytes], set[str]]:
        """(values by key, keys to delete) since the last call. Whoever cannot write them has to try again."""
        puts = {key: msgspec.json.encode(kept) for key, kept in self._dirty.items() if kept is not None}
        deletes = {key for key, kept in self._dirty.items() if kept is None}
        self._dirty.clear()
        return puts, deletes

    def everything(self) -> dict[str, bytes]:
        """All that is kept, by key: for a store that has lost it. `changes` goes on as if nothing had been asked."""
        kept = {key: value for queue in self._queues.values() for key, value in queue.everything().items()}
        return {key: msgspec.json.encode(value) for key, value in kept.items()}

    @property
    def prefixes(self) -> tuple[str, ...]:
        """How the keys of `everything` begin, but for the state of an endpoint, which is one key."""
        return tuple(f"{kind}{name}:" for kind in (OUTBOX, DEAD, DELIVERED) for name in self._queues)

    def restore(self, found: Mapping[str, bytes]) -> None:
        """Put back what `changes` told; other keys are passed over. Raises StoreError for what cannot be read."""
        pending, dead = sections(found, OUTBOX), sections(found, DEAD)
        marks, states = sections(found, DELIVERED), sections(found, ENDPOINT)
        for name, queue in self._queues.items():
            state = states.get(name, {}).get("")
            queue.restore(
                None if state is None else unpacked(ENDPOINT + name, state, EndpointState),
                _entries(f"{OUTBOX}{name}:", pending.get(name, {})),
                _entries(f"{DEAD}{name}:", dead.get(name, {})),
                {key: unpacked(f"{DELIVERED}{name}:{key}", value, Mark) for key, value in marks.get(name, {}).items()},
            )
        gone = (pending.keys() | dead.keys()) - self._queues.keys()
        self.strangers = {name: len(pending.get(name, {})) + len(dead.get(name, {})) for name in sorted(gone)}


def _entries(prefix: str, values: Mapping[str, bytes]) -> list[Entry]:
    return [unpacked(prefix + key, value, Entry) for key, value in values.items()]
