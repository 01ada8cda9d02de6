from __future__ import annotations

import asyncio
import base64
import importlib.util
import json
import sys

import pytest

from detector.alerting.outcome import Outcome
from detector.domain.errors import ConfigError
from detector.sinks import open_sink
from detector.sinks.means import Means
from detector.sinks.notify import NotifySink
from detector.sinks.settings import EndpointSettings
from tests.alerting.alerts import NOW
from tests.sinks.receiver import OK, Receiver, http
from tests.sinks.test_webhook import entry

# Apprise 2.2 imports it where Python still has it.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


def settings(*urls: str, **others: object) -> EndpointSettings:
    return EndpointSettings(name="chat", kind="notify", urls=urls, **others)  # type: ignore[arg-type]


class Service:
    def __init__(self, *answers: str | None) -> None:
        self.answers = list(answers)
        self.told: list[tuple[str, str]] = []
        self.pictures: list[bytes | None] = []

    def send(self, title: str, body: str, picture: bytes | None) -> str | None:
        self.told.append((title, body))
        self.pictures.append(picture)
        return self.answers.pop(0)


def told_by_apprise(*answers: bytes, **others: object) -> tuple[list[Outcome], Receiver]:
    receiver = Receiver(list(answers))
    outcomes = []

    async def send() -> None:
        async with receiver.listening():
            sink = open_sink(settings(f"json://{receiver.place}/hook", **others), Means())
            outcomes.extend([await sink.send(entry(), NOW) for _ in answers])

    asyncio.run(send())
    return outcomes, receiver


def test_a_service_of_apprise_is_told_the_title_and_the_summary() -> None:
    (outcome,), receiver = told_by_apprise(OK)
    assert outcome.kind == "delivered"
    said = json.loads(receiver.requests[0].body)
    assert said["title"] == "High: Ilyushin Il-62 TEST (nobody, TEST1) at Nowhere (ZZZZ, ZZ), opened"
    assert said["message"].endswith("This is a test: the stop never happened.")


def test_templates_say_what_it_is_told() -> None:
    _, receiver = told_by_apprise(OK, title="${stop.airport}", body="level ${stop.level} <b>")
    said = json.loads(receiver.requests[0].body)
    assert (said["title"], said["message"]) == ("ZZZZ", "level 3 <b>")


def test_a_result_that_is_no_success_is_tried_again() -> None:
    (first, second), _ = told_by_apprise(http(500), OK)
    assert (first.kind, second.kind) == ("retry", "delivered")
    assert "did not take it (failure)" in first.reason


def test_a_service_that_has_taken_it_is_not_told_again_when_another_fails() -> None:
    good, bad = Service(None, None), Service("is down", None)
    sink = NotifySink(settings("json://x"), [good, bad])
    outcomes = [asyncio.run(sink.send(entry(), NOW)) for _ in range(2)]
    assert [(outcome.kind, outcome.reason) for outcome in outcomes] == [("retry", "is down"), ("delivered", "")]
    assert (len(good.told), len(bad.told)) == (1, 2)


def test_a_missing_package_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(ConfigError, match=r"endpoint chat: .* install stop-detector\[notify\]"):
        open_sink(settings("json://127.0.0.1"), Means())


def test_a_url_that_apprise_does_not_know_is_not_shown() -> None:
    with pytest.raises(ConfigError, match="number 2") as caught:
        open_sink(settings("json://127.0.0.1", "nonsense://user:s3cret@host"), Means())
    assert "s3cret" not in str(caught.value)


def told_with(picture: bytes | None, *, asked: bool) -> list[bytes | None]:
    async def pictured(_: object) -> bytes | None:
        return picture

    service = Service(None)
    sink = NotifySink(settings("json://127.0.0.1", picture=asked), [service], pictured)
    assert asyncio.run(sink.send(entry(), NOW)).kind == "delivered"
    return service.pictures


def test_a_picture_goes_along_only_where_it_is_asked_for() -> None:
    assert told_with(b"png", asked=True) == [b"png"]
    assert told_with(b"png", asked=False) == [None]
    assert told_with(None, asked=True) == [None]


def test_apprise_attaches_the_picture() -> None:
    async def pictured(_: object) -> bytes | None:
        return b"\x89PNG\r\n\x1a\nand so on"

    receiver = Receiver([OK])

    async def send() -> Outcome:
        async with receiver.listening():
            sink = open_sink(settings(f"json://{receiver.place}/hook", picture=True), Means(picture=pictured))
            return await sink.send(entry(), NOW)

    assert asyncio.run(send()).kind == "delivered"
    (attached,) = json.loads(receiver.requests[0].body)["attachments"]
    assert (attached["filename"], attached["mimetype"]) == ("map.png", "image/png")
    assert base64.b64decode(attached["base64"]) == b"\x89PNG\r\n\x1a\nand so on"


def test_pictures_are_for_chat_and_mail_only_and_need_their_package(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="`picture` means nothing for a webhook"):
        EndpointSettings(name="hook", url="https://example.org", picture=True)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r"endpoint chat: picture: .* install stop-detector\[pictures\]"):
        open_sink(settings("json://127.0.0.1", picture=True), Means())
