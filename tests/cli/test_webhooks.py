"""`detector webhooks` as a person and as another program use it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from detector.alerting.outbox import Outbox
from detector.alerting.outcome import Outcome, OutcomeKind
from detector.alerting.routing import Endpoint
from detector.app import service_home, state_home
from detector.cli import status_of
from detector.stores import open_store
from tests.alerting.alerts import NOW, alert
from tests.sinks.receiver import OK, Receiver, http
from tests.stores.conftest import durable_redis, short_path, start_redis

__all__ = ["durable_redis", "short_path", "start_redis"]


@pytest.fixture(autouse=True)
def own_state(short_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DETECTOR_STATE_DIR", str(short_path / "state"))


@contextlib.contextmanager
def listening(receiver: Receiver) -> Iterator[Receiver]:
    """The receiver in a thread of its own: the command line has its own loop."""
    loop = asyncio.new_event_loop()
    ready, over = threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with receiver.listening():
            ready.set()
            await over.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    ready.wait(10)
    try:
        yield receiver
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()


def config(folder: Path, text: str) -> str:
    path = folder / "detector.yaml"
    path.write_text(text)
    return str(path)


def endpoints(folder: Path, receiver: Receiver, *more: str) -> str:
    lines = [f"  - {{name: desk, url: '{receiver.url}', allow: ['{receiver.place}']}}", *more]
    return config(folder, "\n".join(["endpoints:", *lines, ""]))


def keep_dead_letters(store: str = "embedded") -> None:
    """What a service leaves that could not deliver two messages."""
    box = Outbox([Endpoint("desk"), Endpoint("chat")])
    box.offer([alert(), alert("alert-b")], NOW)
    for name, outcome in (("desk", Outcome(OutcomeKind.DEAD, 404, "HTTP 404: [no] such")), ("chat", None)):
        while outcome is not None and (entry := box.next_due(name, NOW)) is not None:
            box.settle(entry, outcome, NOW)
    opened = open_store(store, namespace="service", data_dir=service_home("service") / "store")
    opened.checkpoint(*box.changes())
    opened.close()


def fails(capsys: pytest.CaptureFixture[str], status: int, *args: str) -> str:
    """The one line that the command line ends in."""
    assert status_of(["webhooks", *args]) == status
    shown = capsys.readouterr()
    assert shown.err.count("\n") == 1
    assert "Traceback" not in shown.err
    return shown.err


def test_a_test_message_arrives_and_the_answer_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with listening(Receiver([OK])) as receiver:
        file = endpoints(tmp_path, receiver)
        assert status_of(["webhooks", "test", "desk", "--config", file]) == 0
    assert capsys.readouterr().out == "desk: delivered (HTTP 204)\n"
    (request,) = receiver.requests
    assert json.loads(request.body)["type"] == "detector.alert.test"


def test_all_endpoints_that_are_enabled_are_tested(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    off = "  - {name: off, url: 'https://example.com/', enabled: false}"
    with listening(Receiver([http(404, b"[bold]no such topic")])) as receiver:
        file = endpoints(tmp_path, receiver, "  - {name: file, kind: jsonl, path: alerts.jsonl}", off)
        assert fails(capsys, 1, "test", "--all", "--config", file) == "detector: not delivered: desk\n"
        assert status_of(["webhooks", "test", "--all", "--json", "--config", file]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["endpoint"], line["kind"], line["status"]) for line in lines] == [
        ("desk", "dead", 404),
        ("file", "delivered", None),
    ]
    assert lines[0]["reason"] == "HTTP 404: [bold]no such topic"


def test_of_a_file_it_says_that_nothing_was_written_and_of_what_is_off_that_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = config(tmp_path, "endpoints:\n  - {name: file, kind: jsonl, path: alerts.jsonl, enabled: false}\n")
    assert status_of(["webhooks", "test", "file", "--config", file]) == 0
    shown = capsys.readouterr().out
    assert shown == "file is off (enabled: false)\nfile: can be written (a test writes nothing)\n"
    assert (tmp_path / "alerts.jsonl").read_bytes() == b""


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["test"], "name one endpoint, or --all"),
        (["test", "desk", "--all"], "name one endpoint, or --all"),
        (["test", "dask"], "detector.yaml (it has: desk); --config names another file"),
        (["resend"], "name one message"),
        (["resend", "alert-a.1", "--all"], "name one message"),
        (["dead", "--store", "memory"], "nothing of it can be seen from here"),
        (["dead", "--store", "nonsense"], "store 'nonsense' is not known"),
    ],
    ids=str,
)
def test_a_wrong_call_says_what_to_do(
    args: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert words in fails(capsys, 2, *args, "--config", endpoints(tmp_path, Receiver()))


def test_without_a_service_there_is_nothing_to_look_at_and_nothing_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = endpoints(tmp_path, Receiver())
    assert "no service has kept anything" in fails(capsys, 1, "dead", "--config", file)
    assert not state_home().exists()


def test_dead_letters_are_listed_with_the_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep_dead_letters()
    file = endpoints(tmp_path, Receiver())
    assert status_of(["webhooks", "dead", "--config", file]) == 0
    shown = capsys.readouterr().out
    for words in ("alert-a.1", "alert-b.1", "desk", "2024-11-07 04:00", "HTTP 404: [no] such"):
        assert words in shown
    assert status_of(["webhooks", "dead", "--endpoint", "chat", "--config", file]) == 0
    assert capsys.readouterr().out == "No dead letters.\n"
    assert status_of(["webhooks", "dead", "--json", "--config", file]) == 0
    letters = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(letter["id"], letter["status"], letter["attempts"]) for letter in letters] == [
        ("alert-a.1", 404, 1),
        ("alert-b.1", 404, 1),
    ]
    assert letters[0]["items"][0]["line"]["schema"] == "detector.alert/1"


@pytest.mark.parametrize(
    ("args", "sent"), [(["alert-b.1"], ["alert-b.1"]), (["--all"], ["alert-a.1", "alert-b.1"])], ids=str
)
def test_a_resend_is_done_by_the_service_at_its_next_start(
    args: list[str], sent: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_dead_letters()
    assert status_of(["webhooks", "resend", *args, "--config", endpoints(tmp_path, Receiver())]) == 0
    assert capsys.readouterr().out.startswith(f"{len(sent)} message")
    store = open_store("embedded", namespace="service", data_dir=service_home("service") / "store")
    box = Outbox([Endpoint("desk"), Endpoint("chat")])
    box.restore(store.load(""))
    assert box.take_wishes(store.load(""), NOW + 60.0) == len(sent)
    assert [entry.id for entry in box.pending("desk")] == sent
    store.checkpoint(*box.changes())
    assert store.load("resend:") == {}
    store.close()


def test_a_message_that_is_no_dead_letter_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep_dead_letters()
    file = endpoints(tmp_path, Receiver())
    assert "no dead letter alert-x.1" in fails(capsys, 1, "resend", "alert-x.1", "--config", file)


def test_dead_letters_are_to_be_had_while_the_service_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep_dead_letters()
    file = endpoints(tmp_path, Receiver())
    of_service = open_store("embedded", namespace="service", data_dir=service_home("service") / "store")
    try:
        assert status_of(["webhooks", "dead", "--config", file]) == 0
        assert status_of(["webhooks", "resend", "alert-a.1", "--config", file]) == 0
        assert set(of_service.load("resend:")) == {"resend:desk:alert-a.1"}
    finally:
        of_service.close()
    assert "alert-b.1" in capsys.readouterr().out


def test_a_store_of_redis_can_be_looked_at_while_the_service_runs(
    durable_redis: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_dead_letters(durable_redis)
    file = endpoints(tmp_path, Receiver())
    assert status_of(["webhooks", "resend", "--all", "--store", durable_redis, "--config", file]) == 0
    store = open_store(durable_redis, namespace="service", data_dir=tmp_path)
    assert set(store.load("resend:")) == {"resend:desk:alert-a.1", "resend:desk:alert-b.1"}
    store.close()


def test_a_resend_of_all_leaves_out_endpoints_that_the_settings_do_not_have(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_dead_letters()
    file = config(tmp_path, "endpoints:\n  - {name: other, url: 'https://example.org/'}\n")
    assert status_of(["webhooks", "resend", "--all", "--config", file]) == 0
    assert "no such endpoint: desk." in capsys.readouterr().out
    store = open_store("embedded", namespace="service", data_dir=service_home("service") / "store")
    assert store.load("resend:") == {}
    store.close()
