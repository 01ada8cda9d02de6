from __future__ import annotations

import asyncio
import base64
import json
import time
from pathlib import Path

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from detector.alerting.entries import Entry, item_of
from detector.alerting.outbox import Outbox
from detector.alerting.routing import Endpoint
from detector.domain.errors import ConfigError
from detector.domain.wire import alert_line
from detector.sinks.means import Means
from detector.sinks.sample import trial_message
from detector.sinks.signing import Signer
from tests.alerting.alerts import NOW, alert
from tests.sinks.receiver import OK, Receiver, Request, http, sink_to

OLD = "whsec_" + base64.b64encode(b"o" * 32).decode()
NEW = "whsec_" + base64.b64encode(b"n" * 24).decode()
OTHER = "whsec_" + base64.b64encode(b"x" * 32).decode()


def entry(**endpoint: object) -> Entry:
    box = Outbox([Endpoint("hook", **endpoint)])  # type: ignore[arg-type]
    box.offer([alert(at=NOW), alert("alert-b")] if endpoint else [alert(at=NOW)], NOW)
    found = box.next_due("hook", NOW)
    assert found is not None
    return found


def received(
    message: Entry, *, at: tuple[float, ...] = (NOW,), means: Means | None = None, **settings: object
) -> list[Request]:
    receiver = Receiver([http(500), OK])

    async def send() -> None:
        async with receiver.listening():
            sink = sink_to(receiver, means, **settings)
            for moment in at:
                await sink.send(message, moment)

    asyncio.run(send())
    return receiver.requests


def test_a_revision_is_a_cloud_event_with_the_very_alert_in_it() -> None:
    (request,) = received(entry())
    assert (request.method, request.path) == ("POST", "/hook")
    assert request.headers["content-type"] == "application/cloudevents+json"
    event = json.loads(request.body)
    assert event.pop("data") == json.loads(alert_line(alert()))
    assert event == {
        "specversion": "1.0",
        "id": "alert-a.1",
        "source": "detector",
        "type": "detector.alert.opened",
        "subject": "stop-of-alert-a",
        "time": "2024-11-07T04:00:00Z",
        "datacontenttype": "application/json",
    }
    assert request.body.endswith(b'"data":' + alert_line(alert()) + b"}")


def test_a_digest_is_one_event_with_all_alerts_in_it() -> None:
    (request,) = received(entry(digest_s=60.0))
    event = json.loads(request.body)
    assert event["type"] == "detector.alert.digest"
    assert "subject" not in event
    assert event["data"]["schema"] == "detector.digest/1"
    assert [one["id"] for one in event["data"]["alerts"]] == ["alert-a", "alert-b"]
    assert request.headers["webhook-id"] == event["id"]


def test_a_test_says_that_it_is_one() -> None:
    (request,) = received(trial_message("hook", NOW))
    assert json.loads(request.body)["type"] == "detector.alert.test"


def test_each_attempt_has_the_same_body_and_id_and_a_time_and_signature_of_its_own() -> None:
    first, second = received(entry(), at=(NOW, NOW + 5.5), secrets=(OLD,))
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == "alert-a.1"
    assert (first.headers["webhook-timestamp"], second.headers["webhook-timestamp"]) == ("1730952000", "1730952005")
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Pyongyang"])
def test_the_package_verifies_with_either_secret_in_any_zone(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    now = time.time()  # the package compares with the machine's clock
    (request,) = received(entry(), at=(now,), secrets=(OLD, NEW))
    monkeypatch.undo()
    time.tzset()
    assert request.headers["webhook-signature"].count("v1,") == 2
    for secret in (OLD, NEW):
        assert Webhook(secret).verify(request.body, request.headers)["id"] == "alert-a.1"
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify(request.body, request.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(request.body + b" ", request.headers)


def test_without_a_secret_there_is_no_signature() -> None:
    (request,) = received(entry())
    assert "webhook-signature" not in request.headers
    assert request.headers["webhook-id"] == "alert-a.1"


def test_secrets_come_from_the_environment_and_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text(f"# two\n{OLD}\n\n{OTHER}\n")
    means = Means(environ={"HOOK": NEW}, folder=tmp_path)
    now = time.time()
    (request,) = received(entry(), at=(now,), means=means, secrets_env=("HOOK",), secrets_file="secrets")
    for secret in (OLD, NEW, OTHER):
        Webhook(secret).verify(request.body, request.headers)


@pytest.mark.parametrize(
    "secret", ["whsec_", "whsec_!!!", "whsec_" + "A" * 31, "c2hvcnQ=", "whsec_ä", base64.b64encode(b"x" * 65).decode()]
)
def test_a_secret_that_is_none_is_refused_and_not_shown(secret: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Signer([secret])
    assert "webhook secret 1" in str(caught.value)
    assert secret.removeprefix("whsec_") not in str(caught.value) or secret == "whsec_"


def test_a_secret_that_is_not_there_is_an_error_at_the_start(tmp_path: Path) -> None:
    for settings, words in (({"secrets_env": ("HOOK",)}, "HOOK"), ({"secrets_file": "none"}, "none: No such file")):
        with pytest.raises(ConfigError, match=f"endpoint hook: .*{words}"):
            sink_to(Receiver(port=1), Means(folder=tmp_path), **settings)


def test_an_item_keeps_the_bytes_of_its_line() -> None:
    assert bytes(item_of(alert()).line) == alert_line(alert())
