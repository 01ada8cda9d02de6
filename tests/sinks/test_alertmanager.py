"""Against a receiver that checks what API v2 of Alertmanager 0.25 checks (api/v2/openapi.yaml, Alert.Validate)."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from detector.alerting.entries import Entry
from detector.alerting.outbox import Outbox
from detector.alerting.outcome import Outcome, OutcomeKind
from detector.alerting.routing import Endpoint
from detector.domain.alert import Alert
from detector.domain.errors import ConfigError
from detector.domain.stop import Moment
from detector.sinks import open_sink
from detector.sinks.means import Means
from detector.sinks.sample import trial_message
from detector.sinks.settings import EndpointSettings
from tests.alerting.alerts import NOW, alert
from tests.sinks.receiver import OK, Receiver, http

LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
FIELDS = {"labels", "annotations", "startsAt", "endsAt", "generatorURL"}


def checked(body: bytes) -> list[dict[str, Any]]:
    """The alerts as Alertmanager would take them; fails where it would not."""
    alerts: list[dict[str, Any]] = json.loads(body)
    for one in alerts:
        assert one.keys() <= FIELDS
        assert one["labels"]
        for name, value in (*one["labels"].items(), *one.get("annotations", {}).items()):
            assert LABEL.fullmatch(name)
            assert isinstance(value, str)
        assert all(one["labels"].values())
        starts, ends = (datetime.fromisoformat(one[name]) for name in ("startsAt", "endsAt"))
        assert starts <= ends
        if "generatorURL" in one:
            assert urlsplit(one["generatorURL"]).scheme
    return alerts


class Firing:
    """The alerts in force, by labels, as Alertmanager keeps them."""

    def __init__(self) -> None:
        self.ends: dict[frozenset[tuple[str, str]], datetime] = {}

    def take(self, body: bytes) -> None:
        for one in checked(body):
            self.ends[frozenset(one["labels"].items())] = datetime.fromisoformat(one["endsAt"])

    def at(self, moment: str) -> list[dict[str, str]]:
        now = datetime.fromisoformat(moment)
        return [dict(labels) for labels, end in self.ends.items() if end > now]


def told(*alerts: Alert, **settings: Any) -> list[bytes]:
    """The bodies that are posted, one for each revision."""
    receiver = Receiver([OK])
    box = Outbox([Endpoint("am")])

    async def send() -> None:
        async with receiver.listening():
            wanted = EndpointSettings(
                name="am", kind="alertmanager", url=f"http://{receiver.place}", allow=(receiver.place,), **settings
            )
            sink = open_sink(wanted, Means(source="desk"))
            for one in alerts:
                box.offer([one], NOW)
                entry = box.next_due("am", NOW)
                assert entry is not None
                box.settle(entry, await sink.send(entry, NOW), NOW)

    asyncio.run(send())
    assert {request.path for request in receiver.requests} == {"/api/v2/alerts"}
    assert {request.headers["content-type"] for request in receiver.requests} == {"application/json"}
    return [request.body for request in receiver.requests]


def test_an_alert_goes_on_until_it_is_closed() -> None:
    firing = Firing()
    opened, closed = told(alert(), alert(revision=2, event="closed", at=NOW + 600.0), link="https://desk/#${id}")
    firing.take(opened)
    assert firing.at("2024-11-20T00:00:00Z") == [
        {
            "alertname": "UnusualStop",
            "source": "desk",
            "alert": "alert-a",
            "icao24": "000000",
            "severity": "high",
            "airport": "ZZZZ",
            "rule": "test",
        }
    ]
    assert checked(opened)[0]["generatorURL"] == "https://desk/#alert-a"
    firing.take(closed)
    assert firing.at("2024-11-07T04:10:00Z") == []


def test_the_alert_under_older_labels_ends_when_a_revision_changes_them() -> None:
    firing = Firing()
    for body in told(alert(severity="low", airport=None), alert(revision=2, event="updated")):
        firing.take(body)
    assert [one["severity"] for one in firing.at("2024-11-20T00:00:00Z")] == ["high"]


def test_a_retraction_ends_it_whatever_it_says_now() -> None:
    firing = Firing()
    for body in told(alert(), alert(revision=2, event="retracted", severity="low", findings=())):
        firing.take(body)
    assert firing.at("2024-11-07T04:00:00Z") == []


def test_a_landing_that_is_guessed_later_than_the_revision_still_begins_before_its_end() -> None:
    late = Moment(NOW, NOW + 7200.0, NOW + 3600.0, observed=False)
    (body,) = told(alert(event="closed", landed=late))
    assert checked(body)[0]["startsAt"] == "2024-11-07T04:00:00Z"


def sent(entry: Entry, answer: bytes) -> tuple[Outcome, bytes]:
    receiver = Receiver([answer])

    async def send() -> Outcome:
        async with receiver.listening():
            wanted = EndpointSettings("am", "alertmanager", url=f"http://{receiver.place}/", allow=(receiver.place,))
            return await open_sink(wanted, Means()).send(entry, NOW)

    return asyncio.run(send()), receiver.requests[0].body


def test_a_test_ends_by_itself() -> None:
    outcome, body = sent(trial_message("am", NOW), OK)
    assert outcome.kind is OutcomeKind.DELIVERED
    assert checked(body)[0]["endsAt"] == "2024-11-07T04:05:00Z"


@pytest.mark.parametrize(("status", "kind"), [(200, "delivered"), (400, "dead"), (500, "retry")])
def test_what_it_answers_counts(status: int, kind: str) -> None:
    assert sent(trial_message("am", NOW), http(status))[0].kind == kind


def test_a_link_that_cannot_be_filled_is_an_error_at_the_start() -> None:
    with pytest.raises(ConfigError, match="endpoint am: link: no alert has"):
        open_sink(EndpointSettings("am", "alertmanager", url="https://am/", link="https://desk/${ident}"), Means())
