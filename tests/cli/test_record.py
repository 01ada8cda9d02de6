"""`detector record`: what feeds hear, with heartbeats while anybody listens, in a spool that replays."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from detector.cli import status_of
from detector.cli.record import Recorder, feed_settings
from detector.domain.errors import Reject, UsageError
from detector.domain.frame import FrameBatch, RejectCounts, Tick
from detector.domain.live import Clock, FeedEvent, FeedStatus, Inlet
from detector.feeds.files import open_recordings
from detector.feeds.spool import read_from
from detector.framing import beast
from detector.framing.spool import Item, Position
from detector.sinks.spool import SpoolError, SpoolWriter
from tests.framing.spool_items import bits, frames
from tests.framing.streams import START_AT
from tests.pipeline import story


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DETECTOR_STATE_DIR", str(tmp_path / "state"))


class StepClock:
    """A clock that jumps to the end of the shortest sleep."""

    def __init__(self) -> None:
        self._now = START_AT

    def now(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        until = self._now + seconds
        while self._now < until:
            await asyncio.sleep(0)
            self._now = min(until, round((self._now + 0.125) * 1e6) / 1e6)


@dataclass
class ToldFeed:
    """A feed that follows a script."""

    name: str
    script: Callable[[Inlet, Clock], Awaitable[None]]
    kind: str = "beast"
    receiver: int = 1
    raw: bool = True
    rejects: RejectCounts = field(default_factory=RejectCounts)

    async def run(self, inlet: Inlet, clock: Clock) -> None:
        await self.script(inlet, clock)
        await asyncio.Event().wait()


def recorded(folder: Path, seconds: float, *feeds: ToldFeed) -> tuple[list[Item], dict[str, object], list[str]]:
    """What is in the spool, the summary, and what a person was told."""
    clock = StepClock()
    said: list[str] = []
    with SpoolWriter(folder, spool_id="a" * 32, max_segment_bytes=1 << 20, max_segment_age_s=1e9) as spool:
        recorder = Recorder(spool, clock, said.append)
        asyncio.run(recorder.run(feeds, clock.sleep(seconds)))
    return [item for item, _ in read_from(folder, Position(0, 0))], recorder.summary(feeds), said


def event(status: FeedStatus, at: float, reason: str = "") -> FeedEvent:
    return FeedEvent("roof", status, at, reason)


def test_batches_and_events_are_written_as_they_come_with_heartbeats_while_anybody_listens(tmp_path: Path) -> None:
    first, second = frames(1, 40), frames(2, 3)

    async def script(inlet: Inlet, clock: Clock) -> None:
        await clock.sleep(2.0)
        inlet.tell(event(FeedStatus.CONNECTED, clock.now()))
        await inlet.hear("roof", first)
        await inlet.hear("roof", FrameBatch.empty())
        await clock.sleep(3.0)
        inlet.tell(event(FeedStatus.SILENT, clock.now(), "nothing for 60 s"))
        await clock.sleep(3.0)
        inlet.tell(event(FeedStatus.HEARD, clock.now()))
        await inlet.hear("roof", second)

    feed = ToldFeed("roof", script)
    feed.rejects.add(Reject.GARBAGE, 3)
    items, summary, said = recorded(tmp_path, 12.0, feed)
    batches = [item for item in items if isinstance(item, FrameBatch)]
    assert [bits(batch) for batch in batches] == [bits(first), bits(second)]
    marks = [item.status for item in items if isinstance(item, FeedEvent)]
    assert marks == [FeedStatus.CONNECTED, FeedStatus.SILENT, FeedStatus.HEARD]
    beats = [item.at for item in items if isinstance(item, Tick)]
    assert summary["heartbeats"] == len(beats)
    silent, heard = (item.at for item in items if isinstance(item, FeedEvent) and item.status != FeedStatus.CONNECTED)
    assert any(at > START_AT + 2.0 for at in beats if at < silent)
    assert any(at >= heard for at in beats)
    assert not [at for at in beats if silent < at + 0.25 < heard or at + 0.25 < START_AT + 2.0]
    assert summary["rows"] == {"roof": 43}
    assert summary["rejects"] == {"garbage": 3}
    assert summary["bytes"] == sum(path.stat().st_size for path in tmp_path.glob("*.spool"))
    assert said == ["roof: connected", "roof: silent: nothing for 60 s", "roof: heard"]


def test_without_a_feed_that_listens_there_is_no_heartbeat(tmp_path: Path) -> None:
    async def script(inlet: Inlet, clock: Clock) -> None:
        inlet.tell(event(FeedStatus.LOST, clock.now(), "refused"))

    items, summary, _ = recorded(tmp_path, 10.0, ToldFeed("roof", script))
    assert [type(item) for item in items] == [FeedEvent]
    assert summary["heartbeats"] == 0


def test_a_spool_that_cannot_be_written_ends_the_recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def script(inlet: Inlet, clock: Clock) -> None:
        await inlet.hear("roof", frames(1, 40))
        monkeypatch.setattr(os, "write", full)
        await inlet.hear("roof", frames(2, 40))
        await inlet.hear("roof", frames(3, 40))

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with pytest.raises(SpoolError, match="No space left"):
        recorded(tmp_path, 1e6, ToldFeed("roof", script))
    monkeypatch.undo()
    assert [bits(item) for item, _ in read_from(tmp_path, Position(0, 0))] == [bits(frames(1, 40))]


def test_a_feed_that_cannot_go_on_ends_the_recording_with_its_error(tmp_path: Path) -> None:
    async def script(inlet: Inlet, clock: Clock) -> None:
        raise UsageError("no secret")

    with pytest.raises(UsageError, match="no secret"):
        recorded(tmp_path, 1e6, ToldFeed("roof", script))


@pytest.mark.parametrize(
    ("url", "kind", "address"),
    [
        ("beast://radio.example:30105", "beast", ("radio.example", 30105)),
        ("avr://192.0.2.7", "avr", ("192.0.2.7", 30002)),
        ("sbs://[2001:db8::1]:30003/", "sbs", ("2001:db8::1", 30003)),
    ],
)
def test_a_url_names_a_source(url: str, kind: str, address: tuple[str, int]) -> None:
    told = feed_settings(url)
    assert (told.kind, told.tcp_address) == (kind, address)


def test_an_http_address_is_a_document_of_readsb() -> None:
    told = feed_settings("http://192.0.2.7/tar1090/data/aircraft.json")
    assert (told.kind, told.url) == ("readsb", "http://192.0.2.7/tar1090/data/aircraft.json")
    assert told.name == "http-192-0-2-7-tar1090-data-aircraft-json"


@pytest.mark.parametrize(
    "url",
    ["radio:30005", "ftp://radio", "beast://", "beast://radio:99999", "beast://radio/path", "avr://[::1", "sbs://a b"],
)
def test_what_is_no_source_is_an_error_in_one_line(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status_of(["record", "-o", str(tmp_path / "spool"), "--feed", url]) == 2
    told = capsys.readouterr().err
    assert told.startswith("detector: --feed ")
    assert told.count("\n") == 1
    assert not (tmp_path / "spool").exists()


def test_without_any_feed_and_with_one_given_twice_there_is_an_error_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "detector.yaml"
    config.write_text("{}\n")
    assert status_of(["record", "-o", str(tmp_path / "spool"), "--config", str(config)]) == 2
    assert "no feed" in capsys.readouterr().err
    assert status_of(["record", "-o", str(tmp_path / "spool"), *["--feed", "beast://radio"] * 2]) == 2
    assert "given twice" in capsys.readouterr().err


@pytest.fixture
def server() -> Iterator[int]:
    """The port of a Beast server that sends the same to whoever connects, and then says nothing."""
    listener = socket.create_server(("127.0.0.1", 0))
    accepted: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            accepted.append(connection)
            connection.sendall(beast.encode(sent()))

    thread = threading.Thread(target=serve)
    thread.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()
    for connection in accepted:
        connection.close()


def sent() -> FrameBatch:
    return story.heard()[1].frames.take(slice(0, 3_000))


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_server_is_recorded_until_told_to_stop_and_the_folder_replays(
    stop: signal.Signals, server: int, tmp_path: Path
) -> None:
    folder = tmp_path / "night"
    command = [sys.executable, "-m", "detector", "record", "-o", str(folder), "--json"]
    command += ["--feed", f"beast://127.0.0.1:{server}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        patience = time.monotonic() + 120.0
        while process.poll() is None and rows(folder) < len(sent()) and time.monotonic() < patience:
            time.sleep(0.05)  # another process writes the files; nobody tells when
        process.send_signal(stop)
        out, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    summary = json.loads(out)
    assert summary["rows"] == {f"beast-127-0-0-1-{server}": len(sent())}
    told = [call for call in open_recordings([str(folder)]) if isinstance(call, FrameBatch)]
    np.testing.assert_array_equal(FrameBatch.concat(told).payload, sent().payload)
    assert status_of(["replay", str(folder), "--store", "memory", "--quiet"]) == 0


def rows(folder: Path) -> int:
    return sum(len(item) for item, _ in read_from(folder, Position(0, 0)) if isinstance(item, FrameBatch))


def test_a_recording_ends_by_itself_after_the_time_given(
    server: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "a night"
    command = ["record", "-o", str(folder), "--feed", f"beast://127.0.0.1:{server}", "--for", "0.5"]
    assert status_of(command) == 0
    shown = capsys.readouterr()
    assert f"detector replay '{folder}'" in shown.out
    assert "connected" in shown.err
