"""When a message counts as late: what Prometheus raises an alarm for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from detector.alerting.outbox import Outbox
from detector.alerting.outcome import Outcome, OutcomeKind
from detector.alerting.quiet import QuietHours
from detector.alerting.routing import Endpoint
from detector.service.metrics.outbox import late_s
from tests.alerting.alerts import NOW, alert


def one_message(**endpoint: object) -> Outbox:
    box = Outbox([Endpoint("desk", **endpoint)])  # type: ignore[arg-type]
    box.offer([alert()], NOW)
    return box


def test_a_message_is_late_from_when_it_was_due() -> None:
    box = one_message()
    assert late_s(box, "desk", NOW) == 0.0
    assert late_s(box, "desk", NOW + 60.0) == 60.0


def test_a_message_that_was_tried_in_vain_stays_late_until_it_has_arrived() -> None:
    box = one_message()
    entry = box.next_due("desk", NOW)
    assert entry is not None
    box.settle(entry, Outcome(OutcomeKind.RETRY, 503, "HTTP 503"), NOW + 1.0)
    assert late_s(box, "desk", NOW + 3.0) == 3.0
    entry = box.next_due("desk", NOW + 600.0)
    assert entry is not None
    box.settle(entry, Outcome(OutcomeKind.DELIVERED, 200), NOW + 600.0)
    assert late_s(box, "desk", NOW + 601.0) == 0.0


def test_a_message_that_waits_for_the_end_of_quiet_hours_is_not_late() -> None:
    begin = datetime.fromtimestamp(NOW, UTC)
    end = begin + timedelta(hours=2)
    box = one_message(quiet=QuietHours(begin.time(), end.time(), UTC))
    assert late_s(box, "desk", NOW + 7000.0) == 0.0
    assert late_s(box, "desk", NOW + 7260.0) == pytest.approx(60.0)


def test_a_message_that_waits_for_its_digest_is_not_late() -> None:
    box = one_message(digest_s=3600.0)
    entry = box.next_due("desk", NOW)
    assert entry is not None
    box.settle(entry, Outcome(OutcomeKind.DELIVERED, 200), NOW)
    box.offer([alert("alert-b")], NOW + 10.0)
    assert late_s(box, "desk", NOW + 3000.0) == 0.0
    assert late_s(box, "desk", NOW + 3660.0) == pytest.approx(60.0)
