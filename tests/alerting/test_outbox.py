from __future__ import annotations

from datetime import UTC, time

import pytest

from detector.alerting import queue
from detector.alerting.entries import Entry, Told
from detector.alerting.outbox import Outbox
from detector.alerting.outcome import Outcome, OutcomeKind
from detector.alerting.quiet import QuietHours
from detector.alerting.retries import SCHEDULE_S
from detector.alerting.routing import Endpoint, Route
from detector.domain.alert import Alert
from detector.domain.errors import StoreError
from detector.domain.stop import Moment, Severity
from detector.domain.wire import alert_line
from tests.alerting.alerts import NOW, alert

DELIVERED = Outcome(OutcomeKind.DELIVERED, 200)
RETRY = Outcome(OutcomeKind.RETRY, 503, "HTTP 503")
DEAD = Outcome(OutcomeKind.DEAD, 400, "HTTP 400")
GONE = Outcome(OutcomeKind.GONE, 410, "HTTP 410")
DAY = 86_400.0


def outbox(*alerts: Alert, now: float = NOW, **endpoint: object) -> Outbox:
    made = Outbox([Endpoint("hook", **endpoint)])  # type: ignore[arg-type]
    made.offer(alerts, now)
    return made


def due(box: Outbox, now: float = NOW) -> Entry:
    entry = box.next_due("hook", now)
    assert entry is not None
    return entry


def sent(box: Outbox, now: float = NOW) -> list[str]:
    """The ids of all that can be delivered now."""
    ids = []
    while (entry := box.next_due("hook", now)) is not None:
        ids.append(entry.id)
        box.settle(entry, DELIVERED, now)
    return ids


def again(box: Outbox, stored: dict[str, bytes], **endpoint: object) -> Outbox:
    """The outbox after a crash, from all that it has ever written."""
    keep(box, stored)
    back = Outbox([Endpoint("hook", **endpoint)])  # type: ignore[arg-type]
    back.restore(stored)
    return back


def keep(box: Outbox, stored: dict[str, bytes]) -> None:
    puts, deletes = box.changes()
    assert not puts.keys() & deletes
    stored.update(puts)
    for key in deletes:
        stored.pop(key, None)


def test_a_revision_goes_once_to_each_endpoint_that_takes_it() -> None:
    box = Outbox([Endpoint("all"), Endpoint("grave", Route(severity=Severity.HIGH))])
    box.offer([alert(severity="low")], NOW)
    entry = box.next_due("all", NOW)
    assert entry is not None
    assert (entry.id, entry.key, entry.event) == ("alert-a.1", "all:alert-a.1", "opened")
    assert bytes(entry.items[0].line) == alert_line(alert(severity="low"))
    assert box.next_due("grave", NOW) is None


@pytest.mark.parametrize("outcome", [None, DELIVERED, DEAD, RETRY])
@pytest.mark.parametrize("crash", [False, True])
def test_a_revision_that_is_derived_again_is_known(outcome: Outcome | None, crash: bool) -> None:
    stored: dict[str, bytes] = {}
    box = outbox(alert())
    if outcome is not None:
        box.settle(due(box), outcome, NOW)
    box = again(box, stored) if crash else box
    before = len(box.pending("hook")), len(list(box.dead()))
    box.offer([alert()], NOW + 1.0)
    assert (len(box.pending("hook")), len(list(box.dead()))) == before


def test_a_crash_between_send_and_settle_sends_the_same_id_and_the_same_alert_again() -> None:
    stored: dict[str, bytes] = {}
    box = outbox(alert())
    keep(box, stored)
    before = due(box)
    after = due(again(box, stored), NOW + 60.0)
    assert (after.id, bytes(after.items[0].line)) == (before.id, bytes(before.items[0].line))


def test_revisions_of_one_alert_go_in_order_and_others_pass_them() -> None:
    box = outbox(alert(), alert(revision=2, event="updated"), alert("alert-b"))
    first = due(box)
    assert first.id == "alert-a.1"
    box.settle(first, RETRY, NOW)
    assert sent(box) == ["alert-b.1"]
    assert sent(box, NOW + 6.0) == ["alert-a.1", "alert-a.2"]


def test_a_later_revision_goes_when_the_earlier_one_is_given_up() -> None:
    box = outbox(alert(), alert(revision=2, event="updated"))
    box.settle(due(box), DEAD, NOW)
    assert sent(box) == ["alert-a.2"]


def test_ten_attempts_are_made_within_76_hours_and_then_it_is_a_dead_letter() -> None:
    box, now, times = outbox(alert()), NOW, []
    while (wake_at := box.wake_at("hook")) is not None:
        now = max(now, wake_at)
        times.append(now)
        box.settle(due(box, now), RETRY, now)
    assert len(times) == 1 + len(SCHEDULE_S)
    assert 68 * 3600 < times[-1] - times[0] < 84 * 3600
    (letter,) = box.dead()
    assert (letter.attempts, letter.status, letter.reason) == (10, 503, "HTTP 503")


def test_nothing_is_due_before_its_time() -> None:
    box = outbox(alert())
    box.settle(due(box), Outcome(OutcomeKind.RETRY, 429, retry_after_s=90.0), NOW)
    assert box.wake_at("hook") == NOW + 90.0
    assert box.next_due("hook", NOW + 89.9) is None
    assert due(box, NOW + 90.0).attempts == 1


def test_an_endpoint_that_is_gone_keeps_all_for_a_resend_which_enables_it_again() -> None:
    stored: dict[str, bytes] = {}
    box = outbox(alert(), alert("alert-b"))
    box.settle(due(box), GONE, NOW)
    box = again(box, stored)
    box.offer([alert("alert-c")], NOW)
    assert box.disabled("hook") == "HTTP 410"
    assert box.pending("hook") == ()
    assert sorted(letter.id for letter in box.dead()) == ["alert-a.1", "alert-b.1", "alert-c.1"]
    assert box.resend("hook", "alert-c.1", NOW)
    assert box.disabled("hook") is None
    assert sent(box) == ["alert-c.1"]
    box.offer([alert("alert-d")], NOW)
    assert sent(box) == ["alert-d.1"]


def test_a_receiver_at_another_address_is_not_disabled() -> None:
    stored: dict[str, bytes] = {}
    box = outbox(alert(), address="old")
    box.settle(due(box), GONE, NOW)
    keep(box, stored)
    assert again(box, stored, address="old").disabled("hook") == "HTTP 410"
    assert again(box, stored, address="new").disabled("hook") is None


def test_wishes_to_resend_are_done_and_taken_away() -> None:
    stored: dict[str, bytes] = {}
    box = outbox(alert())
    box.settle(due(box), DEAD, NOW)
    keep(box, stored)
    stored |= {"resend:hook:alert-a.1": b"1", "resend:hook:alert-x.1": b"1"}
    assert box.take_wishes(stored, NOW) == 1
    assert sent(box) == ["alert-a.1"]
    keep(box, stored)
    assert set(stored) == {"delivered:hook:alert-a"}


def test_a_retraction_goes_where_an_earlier_revision_went_whatever_the_filter_says() -> None:
    route = Route(severity=Severity.HIGH)
    stored: dict[str, bytes] = {}
    box = again(outbox(alert(severity="high"), route=route), stored, route=route)
    assert sent(box) == ["alert-a.1"]
    box = again(box, stored, route=route)
    box.offer([alert(revision=2, event="updated", severity="low")], NOW)
    box.offer([alert(revision=3, event="retracted", severity="low")], NOW)
    box.offer([alert("alert-b", revision=2, event="retracted", severity="low")], NOW)
    entry = due(box)
    assert entry.items[0].before == Told(Severity.HIGH, "ZZZZ", "test")
    assert sent(box) == ["alert-a.3"]


def test_stops_that_were_there_before_are_no_news_in_the_first_minutes() -> None:
    unknown = Moment(None, NOW + 9.0, NOW, observed=False)
    before = Moment(NOW - 60.0, NOW + 9.0, NOW, observed=False)
    after = Moment(NOW + 1.0, NOW + 9.0, NOW + 5.0, observed=False)
    stored: dict[str, bytes] = {}
    box = outbox(baseline_s=600.0)
    box.listens_from(NOW)
    box.listens_from(NOW + 500.0)
    box = again(box, stored, baseline_s=600.0)
    box.listens_from(NOW + 300.0)
    box.offer([alert("alert-a", at=NOW + 600.0, landed=unknown), alert("alert-b", at=NOW, landed=before)], NOW)
    assert sent(box) == []
    assert box.counts["hook", "baseline"] == 2
    box.offer([alert("alert-c", at=NOW + 9.0, landed=after)], NOW)
    box.offer([alert("alert-a", 2, "updated", at=NOW + 601.0, landed=unknown)], NOW)
    assert sent(box) == ["alert-a.2", "alert-c.1"]


def test_quiet_hours_hold_back_all_but_the_grave_which_takes_its_past_along() -> None:
    quiet = QuietHours(time(3), time(5), UTC, unless=Severity.HIGH)  # NOW is 4:00
    box = outbox(alert(severity="low"), alert("alert-b", severity="low"), quiet=quiet)
    assert box.wake_at("hook") == NOW + 3600.0
    assert sent(box) == []
    box.offer([alert("alert-b", 2, "updated", severity="high")], NOW + 60.0)
    first = due(box, NOW + 60.0)
    assert first.id == "alert-b.1"
    box.settle(first, RETRY, NOW + 60.0)
    assert sent(box, NOW + 70.0) == ["alert-b.1", "alert-b.2"]
    assert sent(box, NOW + 3600.0) == ["alert-a.1"]


def test_a_digest_takes_all_that_is_due_and_the_next_waits_its_time() -> None:
    stored: dict[str, bytes] = {}
    box = outbox(alert(), alert("alert-b"), alert(revision=2, event="updated"), digest_s=600.0)
    first = due(box)
    assert first.event == "digest"
    assert [(item.alert, item.revision) for item in first.items] == [("alert-a", 1), ("alert-a", 2), ("alert-b", 1)]
    # Written down before it is sent, so that it is the same one after a crash, whatever has come meanwhile.
    box = again(box, stored, digest_s=600.0)
    box.offer([alert("alert-c"), alert()], NOW + 1.0)
    assert due(box, NOW + 2.0).id == first.id
    box.settle(first, DELIVERED, NOW + 2.0)
    assert box.wake_at("hook") == NOW + 600.0
    assert box.next_due("hook", NOW + 599.0) is None
    second = due(box, NOW + 600.0)
    assert [item.alert for item in second.items] == ["alert-c"]
    assert second.id != first.id
    box.settle(second, DELIVERED, NOW + 600.0)
    box.offer([alert(), alert("alert-b"), alert("alert-c")], NOW + 601.0)
    assert box.pending("hook") == ()


def test_a_digest_that_failed_has_its_own_time_and_does_not_hold_up_the_next() -> None:
    box = outbox(alert(), digest_s=600.0)
    first = due(box)
    box.settle(first, RETRY, NOW)
    wake_at = box.wake_at("hook")
    assert wake_at is not None
    assert wake_at < NOW + 6.0
    box.settle(due(box, wake_at), RETRY, wake_at)
    box.settle(due(box, wake_at + 400.0), RETRY, wake_at + 400.0)
    box.offer([alert("alert-b"), alert(revision=2, event="updated")], wake_at + 500.0)
    second = due(box, wake_at + 600.0)
    assert [item.alert for item in second.items] == ["alert-b"]


def test_two_digests_never_wait_for_each_other() -> None:
    box = outbox(alert("alert-a", 1), alert("alert-b", 2, "updated"), digest_s=1.0)
    first = due(box)
    box.settle(first, RETRY, NOW)
    box.offer([alert("alert-a", 2, "updated"), alert("alert-b", 1)], NOW + 2.0)
    second = due(box, NOW + 2.0)
    assert [item.alert for item in second.items] == ["alert-b"]
    box.settle(second, RETRY, NOW + 2.0)
    assert sent(box, NOW + 60.0)[:2] == [first.id, second.id]
    assert sent(box, NOW + 120.0) == []


def test_too_many_that_wait_lose_only_updates_that_newer_ones_make_needless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "PENDING_LIMIT", 5)
    box = outbox(alert(), *(alert(revision=i, event="updated") for i in range(2, 10)))
    box.offer([alert(revision=10, event="closed"), alert("alert-b"), alert("alert-c")], NOW)
    assert box.counts["hook", "dropped_update"] == 7
    assert sent(box) == ["alert-a.1", "alert-a.9", "alert-a.10", "alert-b.1", "alert-c.1"]
    box.offer([alert(revision=2, event="updated")], NOW)
    assert box.pending("hook") == ()


def test_dead_letters_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "DEAD_LIMIT", 2)
    stored: dict[str, bytes] = {}
    box = outbox(*(alert(f"alert-{name}") for name in "abc"))
    while (entry := box.next_due("hook", NOW)) is not None:
        box.settle(entry, DEAD, NOW)
    assert [letter.id for letter in box.dead()] == ["alert-b.1", "alert-c.1"]
    keep(box, stored)
    assert set(stored) == {"dead:hook:alert-b.1", "dead:hook:alert-c.1", "delivered:hook:alert-a"}


def test_what_was_delivered_long_ago_is_forgotten_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    stored: dict[str, bytes] = {}
    box = outbox(alert())
    sent(box)
    box.offer([alert("alert-b")], NOW + DAY)
    sent(box, NOW + DAY)
    box.offer([alert("alert-c")], NOW)
    keep(box, stored)
    box.forget(NOW + DAY)
    keep(box, stored)
    assert set(stored) == {"delivered:hook:alert-b", "outbox:hook:alert-c.1"}
    monkeypatch.setattr(queue, "MARKS_LIMIT", 1)
    box.offer([alert("alert-d")], NOW + 2 * DAY)
    sent(box, NOW + 2 * DAY)
    box.forget(0.0)
    keep(box, stored)
    assert set(stored) == {"delivered:hook:alert-d"}


def test_an_empty_store_can_be_told_everything_once_more() -> None:
    stored: dict[str, bytes] = {}
    box = outbox(alert(), alert("alert-b"), alert("alert-c"))
    box.listens_from(NOW)
    box.settle(due(box), DELIVERED, NOW)
    box.settle(due(box), DEAD, NOW)
    keep(box, stored)
    assert box.everything() == stored
    assert box.changes() == ({}, set())


def test_messages_of_an_endpoint_that_is_no_more_stay_in_the_store_and_are_told() -> None:
    stored: dict[str, bytes] = {}
    keep(outbox(alert()), stored)
    other = Outbox([Endpoint("other")])
    other.restore(stored)
    assert other.strangers == {"hook": 1}
    keep(other, stored)
    assert set(stored) == {"outbox:hook:alert-a.1"}


def test_what_cannot_be_read_is_named() -> None:
    with pytest.raises(StoreError, match="outbox:hook:alert-a"):
        Outbox([Endpoint("hook")]).restore({"outbox:hook:alert-a.1": b"{}"})
