"""Any order of offers, outcomes, waits, crashes and resends: nothing is lost, nothing goes twice but for a crash."""

from __future__ import annotations

from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from detector.alerting.entries import Entry
from detector.alerting.outbox import Outbox
from detector.alerting.outcome import Outcome, OutcomeKind
from detector.alerting.routing import Endpoint
from detector.domain.alert import Alert
from tests.alerting.alerts import NOW, alert

NAMES = ("alert-a", "alert-b", "alert-c")
Told = tuple[str, int]


class Deliveries(RuleBasedStateMachine):
    """The outbox as a service uses it, and the receiver at the other end."""

    digest_s = 0.0

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.stored: dict[str, bytes] = {}
        self.box = self.new_box()
        self.revisions: Counter[str] = Counter()
        self.made: list[Alert] = []
        self.received: Counter[str] = Counter()
        self.told: Counter[Told] = Counter()
        self.order: list[Told] = []
        self.contents: dict[str, tuple[bytes, ...]] = {}
        self.unwritten: set[str] = set()
        """Received, and the store does not know yet."""
        self.unsure: Counter[str] = Counter()
        """How often a crash came between."""
        self.resent = False

    def new_box(self) -> Outbox:
        return Outbox([Endpoint("hook", digest_s=self.digest_s)])

    @initialize()
    def begin(self) -> None:
        self.box.listens_from(0.0)

    @rule(name=st.sampled_from(NAMES))
    def a_revision_is_made(self, name: str) -> None:
        self.revisions[name] += 1
        number = self.revisions[name]
        self.made.append(alert(name, number, "opened" if number == 1 else "updated", at=self.now))
        self.box.offer(self.made[-1:], self.now)

    @rule(seconds=st.sampled_from([1.0, 6.0, 400.0, 30_000.0]))
    def time_goes_by(self, seconds: float) -> None:
        self.now += seconds

    @rule(kind=st.sampled_from(list(OutcomeKind)), crash=st.sampled_from([False, False, False, True]))
    def a_message_is_tried(self, kind: OutcomeKind, crash: bool) -> None:
        self.write()
        entry = self.box.next_due("hook", self.now)
        if entry is None:
            wake_at = self.box.wake_at("hook")
            assert wake_at is None or wake_at > self.now
            return
        self.write()
        if kind is OutcomeKind.DELIVERED:
            self.receive(entry)
        if crash:
            self.restart()
            return
        self.box.settle(entry, Outcome(kind), self.now)

    @rule()
    def a_crash(self) -> None:
        """What was not written is lost, and derived again."""
        self.restart()

    @rule()
    def a_person_sends_dead_letters_again(self) -> None:
        for letter in list(self.box.dead()):
            self.resent = True
            assert self.box.resend("hook", letter.id, self.now)

    @invariant()
    def every_revision_is_in_one_place(self) -> None:
        places = Counter(
            (item.alert, item.revision)
            for entry in (*self.box.pending("hook"), *self.box.dead())
            for item in entry.items
        )
        assert all(count == 1 for count in places.values())
        kept = self.box._queues["hook"]._items
        assert set(places) == {(alert, revision) for alert, items in kept.items() for revision in items}
        for made in self.made:
            assert places[made.id, made.revision] or self.told[made.id, made.revision]

    def teardown(self) -> None:
        """In the end all arrives, once, or twice with the same id and content where a crash left it unsure."""
        self.a_person_sends_dead_letters_again()
        for _ in range(1000):
            self.now = max(self.now, self.box.wake_at("hook") or self.now)
            entry = self.box.next_due("hook", self.now)
            if entry is None:
                break
            self.receive(entry)
            self.box.settle(entry, Outcome(OutcomeKind.DELIVERED), self.now)
        assert set(self.told) == {(made.id, made.revision) for made in self.made}
        for message, count in self.received.items():
            assert count <= 1 + self.unsure[message]
        if not self.resent:
            for name in NAMES:
                mine = list(dict.fromkeys(revision for of, revision in self.order if of == name))
                assert mine == sorted(mine)

    def receive(self, entry: Entry) -> None:
        lines = tuple(bytes(item.line) for item in entry.items)
        assert self.contents.setdefault(entry.id, lines) == lines
        self.received[entry.id] += 1
        self.unwritten.add(entry.id)
        for item in entry.items:
            self.told[item.alert, item.revision] += 1
            self.order.append((item.alert, item.revision))

    def write(self) -> None:
        self.unwritten.clear()
        puts, deletes = self.box.changes()
        self.stored.update(puts)
        for key in deletes:
            self.stored.pop(key, None)

    def restart(self) -> None:
        self.unsure.update(self.unwritten)
        self.unwritten.clear()
        self.box = self.new_box()
        self.box.restore(self.stored)
        self.box.listens_from(0.0)
        self.box.offer(self.made, self.now)


class Digests(Deliveries):
    """The same, several in one message."""

    digest_s = 300.0


TestDeliveries = Deliveries.TestCase
TestDeliveries.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestDigests = Digests.TestCase
TestDigests.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
