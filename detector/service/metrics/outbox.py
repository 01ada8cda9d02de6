"""Messages to endpoints: what waits and for how long, and what became of each attempt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from prometheus_client.core import Metric

from detector.alerting.outbox import Outbox
from detector.alerting.outcome import OutcomeKind
from detector.service.delivery import Delivery
from detector.service.metrics.families import counter, gauge
from detector.service.service import Parts

NOT_SENT = ("baseline", "dropped_update", "dropped_dead")
"""What `Outbox.counts` may say."""


@dataclass(slots=True)
class DeliveryTally:
    """Attempts by endpoint and what became of them."""

    attempts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def note(self, delivery: Delivery) -> None:
        """Count one attempt."""
        self.attempts[delivery.entry.endpoint, delivery.outcome.kind.value] += 1


def outbox(parts: Parts) -> Iterator[Metric]:
    """By endpoint of the settings."""
    box = parts.couriers.outbox
    now = parts.clock.now()
    yield gauge("outbox_pending", "Messages that wait.", ["endpoint"],
                [((name,), len(box.pending(name))) for name in box.endpoints])  # fmt: skip
    oldest = ((name, min((entry.offered_at for entry in box.pending(name)), default=now)) for name in box.endpoints)
    yield gauge("outbox_oldest_seconds", "Age of the oldest message that waits.", ["endpoint"],
                [((name,), now - since) for name, since in oldest])  # fmt: skip
    yield gauge("outbox_late_seconds", "How long a message should have arrived by now.", ["endpoint"],
                [((name,), late_s(box, name, now)) for name in box.endpoints])  # fmt: skip
    yield gauge("endpoint_up", "0 where an endpoint is disabled.", ["endpoint"],
                [((name,), float(box.disabled(name) is None)) for name in box.endpoints])  # fmt: skip
    dead = Counter(entry.endpoint for entry in box.dead())
    yield gauge("dead_letters", "Messages that could not be delivered.", ["endpoint"],
                [((name,), dead[name]) for name in box.endpoints])  # fmt: skip
    not_sent = {(name, why): 0 for name in box.endpoints for why in NOT_SENT}
    yield counter(
        "outbox_not_sent", "Revisions noted and not sent.", ["endpoint", "why"], (not_sent | box.counts).items()
    )


def late_s(box: Outbox, endpoint: str, now: float) -> float:
    """The age of the oldest message that was tried in vain, or for how long one has been due; 0 where all is well.

    What waits for the end of quiet hours or for its digest is not late.
    """
    since = [entry.offered_at for entry in box.pending(endpoint) if entry.attempts]
    due_at = box.wake_at(endpoint)
    return max(0.0, now - min([*since, now if due_at is None else due_at]))


def attempts(parts: Parts, tally: DeliveryTally) -> Iterator[Metric]:
    """By endpoint and outcome, all told from the start."""
    pairs = {(name, kind.value): 0 for name in parts.couriers.outbox.endpoints for kind in OutcomeKind}
    yield counter("webhook_attempts", "Attempts to deliver.", ["endpoint", "outcome"], (pairs | tally.attempts).items())
