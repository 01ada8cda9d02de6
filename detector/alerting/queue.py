"""The messages to one endpoint: those that wait, those that could not be delivered, and marks of those that arrived."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec.structs import replace

from detector.alerting.entries import (
    DEAD,
    DELIVERED,
    ENDPOINT,
    OUTBOX,
    RESEND,
    EndpointState,
    Entry,
    Item,
    Mark,
    message_id,
)
from detector.alerting.outcome import Outcome, OutcomeKind
from detector.alerting.retries import delay_s
from detector.alerting.routing import Endpoint, had_begun
from detector.alerting.turns import Turns, digest
from detector.domain.alert import Alert, AlertEvent
from detector.domain.stop import SEVERITY_ORDER, Severity

PENDING_LIMIT = 10_000
"""Beyond this, an update that a newer revision makes needless goes."""
DEAD_LIMIT = 10_000
MARKS_LIMIT = 100_000
"""Beyond these, the oldest goes."""

Dirty = dict[str, Entry | Mark | EndpointState | None]
"""What is to be written, by key; None is to be deleted."""


class Queue:
    """See `Outbox`, which has one for each endpoint. `dirty` and `counts` belong to the outbox."""

    def __init__(self, endpoint: Endpoint, dirty: Dirty, counts: Counter[tuple[str, str]]) -> None:
        self.endpoint = endpoint
        self.state = EndpointState(address=endpoint.address)
        self._turns = Turns()
        self.dead: dict[str, Entry] = {}
        self.marks: dict[str, Mark] = {}
        self._items: dict[str, dict[int, Item]] = {}
        """Of all that waits or is dead, by alert and revision. What leaves gets a mark."""
        self._dirty = dirty
        self._counts = counts

    @property
    def pending(self) -> dict[str, Entry]:
        """What waits, by id."""
        return self._turns.entries

    def listens_from(self, at: float) -> None:
        """Event time of the first frame; only the first call counts."""
        if self.state.heard_from is None:
            self._keep_state(replace(self.state, heard_from=at))

    def offer(self, alert: Alert, item: Item, now: float) -> None:
        """Take in a revision if it is for this endpoint, and new to it."""
        if self._knows(item):
            return
        before = self._before(item)
        if not (self.endpoint.takes(alert) or (before is not None and alert.event is AlertEvent.RETRACTED)):
            return
        if self._was_there_before(alert):
            self._count("baseline")
            return
        entry = Entry(
            endpoint=self.endpoint.name,
            id=message_id(alert.id, alert.revision),
            event=alert.event,
            items=(replace(item, before=None if before is None else before.told),),
            offered_at=now,
            due_at=self._wake_at(now, item.severity),
        )
        if self.state.disabled is not None:
            self._bury(replace(entry, reason=f"not sent: {self.state.disabled}"))
            return
        self._keep(entry)
        if entry.due_at == now and self.endpoint.quiet is not None:
            self._hurry(alert.id, now)
        if len(self.pending) > PENDING_LIMIT and (spare := self._turns.needless()):
            self._unkeep(spare)
            self._mark(spare, spare.offered_at)
            self._count("dropped_update")

    def next_due(self, now: float) -> Entry | None:
        """The message to send now. Several may become one digest here: write that down before it is sent."""
        first = self._turns.first()
        if first is None or first.due_at > now or self.endpoint.digest_s <= 0.0:
            return first if first is not None and first.due_at <= now else None
        made = [entry for entry in self._turns.digests() if entry.due_at <= now]
        if made:
            return min(made, key=lambda entry: (entry.due_at, entry.id))
        return self._gather(now) if now >= self._digest_from() else None

    def everything(self) -> Dirty:
        """All that is kept, by key."""
        kept: Dirty = {OUTBOX + entry.key: entry for entry in self.pending.values()}
        kept |= {DEAD + entry.key: entry for entry in self.dead.values()}
        kept |= {f"{DELIVERED}{self.endpoint.name}:{alert}": mark for alert, mark in self.marks.items()}
        return kept | {ENDPOINT + self.endpoint.name: self.state}

    def wake_at(self) -> float | None:
        """When `next_due` has something, as far as is known now."""
        first = self._turns.first()
        if first is None:
            return None
        # A single message may be due, and its digest not; a digest that was made earlier has its own time.
        made = [entry.due_at for entry in self._turns.digests()]
        return min([*made, max(first.due_at, self._digest_from())])

    def settle(self, entry: Entry, outcome: Outcome, now: float) -> None:
        """Note what became of a message that `next_due` gave."""
        if entry.id not in self.pending:
            # Dropped, or settled already: only that it has arrived is still news.
            if outcome.kind is OutcomeKind.DELIVERED:
                self._mark(entry, now)
            return
        if outcome.kind is OutcomeKind.DELIVERED:
            self._unkeep(entry)
            self._mark(entry, now)
            return
        failures = entry.attempts + 1
        entry = replace(entry, attempts=failures, tried_at=now, status=outcome.status, reason=outcome.reason)
        delay = delay_s(entry.id, failures, outcome.retry_after_s)
        if outcome.kind is OutcomeKind.RETRY and delay is not None:
            self._keep(replace(entry, due_at=self._wake_at(now + delay, self._urgency(entry))))
            return
        self._unkeep(entry)
        self._bury(entry)
        if outcome.kind is OutcomeKind.GONE:
            self.disable(outcome.reason)

    def disable(self, reason: str) -> None:
        """Send nothing any more. What waits becomes dead letters, for `resend`."""
        self._keep_state(replace(self.state, disabled=reason))
        for entry in list(self.pending.values()):
            self._unkeep(entry)
            self._bury(replace(entry, reason=entry.reason or f"not sent: {reason}"))

    def resend(self, message: str, now: float) -> bool:
        """Try a dead letter anew, as often as the first time; False if there is none. The endpoint is on again."""
        self._dirty[f"{RESEND}{self.endpoint.name}:{message}"] = None
        entry = self.dead.pop(message, None)
        if entry is None:
            return False
        self._dirty[DEAD + entry.key] = None
        if self.state.disabled is not None:
            self._keep_state(replace(self.state, disabled=None))
        self._keep(replace(entry, attempts=0, due_at=now, tried_at=None, status=None, reason=""))
        return True

    def forget(self, before: float) -> None:
        """Drop the marks of alerts of which nothing has been sent since."""
        while self.marks:
            # The first is the one that was made, or added to, the longest time ago.
            alert = next(iter(self.marks))
            if self.marks[alert].at >= before and len(self.marks) <= MARKS_LIMIT:
                return
            del self.marks[alert]
            self._dirty[f"{DELIVERED}{self.endpoint.name}:{alert}"] = None

    def restore(
        self,
        state: EndpointState | None,
        pending: Iterable[Entry],
        dead: Iterable[Entry],
        marks: dict[str, Mark],
    ) -> None:
        """Put back what was written down. A receiver at another address than before is not disabled."""
        self._turns = Turns(sorted(pending, key=_by_age))
        self.dead = {entry.id: entry for entry in sorted(dead, key=_by_age)}
        self.marks = dict(sorted(marks.items(), key=lambda pair: pair[1].at))
        self._items = {}
        for entry in (*self.pending.values(), *self.dead.values()):
            self._list(entry)
        self.state = EndpointState(address=self.endpoint.address) if state is None else state
        if self.state.address != self.endpoint.address:
            self._keep_state(replace(self.state, address=self.endpoint.address, disabled=None))

    def _was_there_before(self, alert: Alert) -> bool:
        heard_from = self.state.heard_from
        if heard_from is None:
            return False
        return alert.at <= heard_from + self.endpoint.baseline_s and had_begun(alert, heard_from)

    def _knows(self, item: Item) -> bool:
        mark = self.marks.get(item.alert)
        return (mark is not None and item.revision in mark.revisions) or (
            item.revision in self._items.get(item.alert, {})
        )

    def _before(self, item: Item) -> Item | Mark | None:
        """What the endpoint was or will be told of the alert before."""
        mark = self.marks.get(item.alert)
        earlier = [revision for revision in self._items.get(item.alert, {}) if revision < item.revision]
        if not earlier or (mark is not None and mark.revisions[-1] > max(earlier)):
            return mark
        return self._items[item.alert][max(earlier)]

    def _wake_at(self, at: float, severity: Severity) -> float:
        return at if self.endpoint.quiet is None else self.endpoint.quiet.wake_at(at, severity)

    def _urgency(self, entry: Entry) -> Severity:
        """Of the message and those that wait for it."""
        mine = {item.alert for item in entry.items}
        items = [item for alert in mine for item in self._items.get(alert, {}).values()]
        return max((item.severity for item in items), key=lambda severity: SEVERITY_ORDER[severity])

    def _hurry(self, alert: str, now: float) -> None:
        """What is told even in quiet hours takes along what it would have to wait for."""
        for entry in self._turns.of(alert):
            if entry.due_at > now and self._wake_at(now, entry.severity) > now:
                self._keep(replace(entry, due_at=now))

    def _digest_from(self) -> float:
        """From when the next digest may be made."""
        if self.endpoint.digest_s <= 0.0 or self.state.digest_at is None:
            return float("-inf")
        return self.state.digest_at + self.endpoint.digest_s

    def _gather(self, now: float) -> Entry:
        chosen = self._turns.gathered(now)
        for entry in chosen:
            self._unkeep(entry)
        made = digest(chosen, now)
        self._keep(made)
        self._keep_state(replace(self.state, digest_at=now))
        return made

    def _mark(self, entry: Entry, now: float) -> None:
        """Note what has left for good, and forget what it said."""
        for item in entry.items:
            old = self.marks.pop(item.alert, None)
            revisions = tuple(sorted({*(old.revisions if old else ()), item.revision}))
            told = item.told if old is None or item.revision == revisions[-1] else old.told
            mark = Mark(revisions, now, told)
            self.marks[item.alert] = mark
            self._dirty[f"{DELIVERED}{self.endpoint.name}:{item.alert}"] = mark
            self._items.get(item.alert, {}).pop(item.revision, None)
            if not self._items.get(item.alert):
                self._items.pop(item.alert, None)

    def _bury(self, entry: Entry) -> None:
        self.dead[entry.id] = entry
        self._dirty[DEAD + entry.key] = entry
        self._list(entry)
        if len(self.dead) > DEAD_LIMIT:
            oldest = self.dead.pop(next(iter(self.dead)))
            self._dirty[DEAD + oldest.key] = None
            self._mark(oldest, oldest.offered_at)
            self._count("dropped_dead")

    def _keep(self, entry: Entry) -> None:
        self._turns.put(entry)
        self._dirty[OUTBOX + entry.key] = entry
        self._list(entry)

    def _unkeep(self, entry: Entry) -> None:
        self._turns.remove(entry)
        self._dirty[OUTBOX + entry.key] = None

    def _list(self, entry: Entry) -> None:
        for item in entry.items:
            self._items.setdefault(item.alert, {})[item.revision] = item

    def _keep_state(self, state: EndpointState) -> None:
        self.state = state
        self._dirty[ENDPOINT + self.endpoint.name] = state

    def _count(self, what: str) -> None:
        self._counts[self.endpoint.name, what] += 1


def _by_age(entry: Entry) -> float:
    return entry.offered_at
