"""Pictures for messages: made from what a running service remembers."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from detector.alerting.entries import DIGEST, Entry, item_of
from detector.app import picturing
from detector.app.picturing import MOST_BYTES, Pictures
from detector.cases import StoredRun, picture_of
from detector.checkpoint import Journal
from detector.domain.alert import Alert
from detector.domain.stop import Stop
from detector.service.core import Core
from detector.web.picture import svg
from tests.pipeline import story
from tests.service.stage import RecordedLog


@pytest.fixture(scope="module")
def core() -> Core:
    """A service that has heard the story."""
    pipeline = story.new_pipeline()
    core = Core(pipeline, Journal(pipeline, "service", keep_s=86_400.0 * 90), None, lambda _: None)
    for piece in story.cut(story.frames(), [20_000, 40_000]):
        core.take_in(piece, 0.0)
    return core


@pytest.fixture(scope="module")
def alerts(core: Core) -> list[Alert]:
    found = core.alerts()
    assert found
    return found


@pytest.fixture
def pictures(core: Core) -> Pictures:
    made = Pictures(story.configuration(), RecordedLog())
    made.core = core
    return made


def entry(*alerts: Alert, event: str | None = None) -> Entry:
    items = tuple(item_of(alert) for alert in alerts)
    return Entry(endpoint="chat", id="m", event=event or items[0].event, items=items, offered_at=0.0, due_at=0.0)


def drawn(pictures: Pictures, message: Entry) -> bytes | None:
    return asyncio.run(pictures.of(message))


def test_a_message_gets_a_picture_of_moderate_size_and_the_same_one_again(
    pictures: Pictures, alerts: list[Alert]
) -> None:
    picture = drawn(pictures, entry(alerts[-1]))
    assert picture is not None
    assert picture.startswith(b"\x89PNG")
    assert 20_000 < len(picture) < MOST_BYTES
    assert drawn(pictures, entry(alerts[-1])) == picture


def test_a_picture_tells_no_more_than_its_message(core: Core, pictures: Pictures, alerts: list[Alert]) -> None:
    first = next(alert for alert in alerts if alert.stop.id == alerts[-1].stop.id)
    track = pictures._case(core, first).track
    assert track is not None
    assert track.at[-1] <= first.at
    assert drawn(pictures, entry(first)) != drawn(pictures, entry(alerts[-1]))


def test_digests_and_messages_before_the_start_have_none(pictures: Pictures, alerts: list[Alert]) -> None:
    assert drawn(pictures, entry(alerts[0], alerts[-1], event=DIGEST)) is None
    assert drawn(Pictures(story.configuration(), RecordedLog()), entry(alerts[-1])) is None


def test_a_picture_that_cannot_be_made_is_told_and_does_without(
    pictures: Pictures, alerts: list[Alert], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr(picturing, "svg", broken)
    assert drawn(pictures, entry(alerts[-1])) is None
    monkeypatch.undo()
    monkeypatch.setattr(picturing, "MOST_BYTES", 1_000)
    assert drawn(pictures, entry(alerts[-1])) is None
    log = pictures._log
    assert isinstance(log, RecordedLog)
    told = [event for _, event, _ in log.lines]
    assert told == [
        "no picture could be made; the message goes without",
        "a picture is too large; the message goes without",
    ]


def test_what_a_service_has_written_down_gives_its_map_as_well(core: Core, alerts: list[Alert]) -> None:
    state = core.journal.snapshot(whole=True).encoded()[0]
    stops = [msgspec.json.decode(value, type=Stop) for key, value in state.items() if key.startswith("stop:")]
    run = StoredRun("service", None, (alerts[-1],), tuple(stops), state)
    case = picture_of(run, alerts[-1], story.configuration())
    assert case.track is not None
    assert len(case.track) > 20
    assert case.hearing
    assert "what the service heard" in svg(case)
