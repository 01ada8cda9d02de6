"""`detector record`: live feeds to a spool, with their heartbeats, for `detector replay`."""

from __future__ import annotations

import asyncio
import contextlib
import shlex
import signal
import uuid
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
import typer

from detector.cli import outputs
from detector.domain.decoded import Batch
from detector.domain.errors import OutputError, UsageError
from detector.domain.frame import RejectCounts, Tick
from detector.domain.live import Clock, Feed, FeedEvent, FeedStatus
from detector.feeds.live import live_feed
from detector.feeds.settings import FeedSettings
from detector.service.clock import SystemClock
from detector.settings import load_configuration
from detector.sinks.spool import SpoolWriter

SEGMENT_BYTES = 64 << 20
SEGMENT_AGE_S = 3600.0
HEARTBEAT_S = 1.0
HEARTBEAT_LAG_S = 0.25
"""As the service has it: frames may be so long on their way."""
LISTENING = frozenset({FeedStatus.CONNECTED, FeedStatus.HEARD})
SCHEMES = {"beast": "beast", "avr": "avr", "sbs": "sbs", "http": "readsb", "https": "readsb"}
FEED_HELP = "beast://, avr:// or sbs://HOST:PORT, or the http(s) address of an aircraft.json; more than one is allowed."


def record(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FOLDER", help="Spool to write; a later run adds to it.")
    ],
    feed: Annotated[
        list[str] | None, typer.Option(metavar="URL", help=f"{FEED_HELP} Default: the feeds of the settings.")
    ] = None,
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="Settings; default config/detector.yaml.")] = None,
    seconds: Annotated[
        float | None, typer.Option("--for", metavar="SECONDS", min=0.0, help="Stop after this long; default: Ctrl-C.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Neither events nor a summary.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The summary as JSON.")] = False,
) -> None:
    """Write live feeds to a spool, with their heartbeats; `detector replay FOLDER` makes of it what live would have."""
    settings = [feed_settings(url) for url in feed] if feed else list(load_configuration(config).settings.feeds)
    if not settings:
        raise UsageError("no feed: name one with --feed (beast://HOST:PORT), or list feeds in the settings")
    names = Counter(one.name for one in settings)
    if len(names) < len(settings):
        raise UsageError(f"--feed {names.most_common(1)[0][0]}: given twice; name each source once")
    feeds = [live_feed(one) for one in settings]
    clock = SystemClock()
    with SpoolWriter(
        output, spool_id=uuid.uuid4().hex, max_segment_bytes=SEGMENT_BYTES, max_segment_age_s=SEGMENT_AGE_S
    ) as spool:
        recorder = Recorder(spool, clock, _silent if quiet or as_json else _tell)
        asyncio.run(_until_stopped(recorder, feeds, seconds))
    summary = recorder.summary(feeds)
    if as_json:
        outputs.write_lines(outputs.STANDARD_OUTPUT, [msgspec.json.encode(summary)])
    elif not quiet:
        _print(summary, output)


def feed_settings(url: str) -> FeedSettings:
    """The settings of a source that is given as a URL. Raises UsageError."""
    try:
        parts = urlsplit(url)
        kind, host, port = SCHEMES.get(parts.scheme), parts.hostname, parts.port
    except ValueError as error:
        raise UsageError(f"--feed {url}: no URL ({error})") from None
    if kind is None or not host:
        raise UsageError(f"--feed {url}: not understood; write {FEED_HELP}")
    name = "".join(c if c.isascii() and c.isalnum() else "-" for c in url.split("://", 1)[1].rstrip("/"))
    fields: dict[str, object] = {"name": f"{parts.scheme}-{name}"[:64], "kind": kind}
    if kind == "readsb":
        # Whoever types an address of their own network means it.
        fields |= {"url": url, "allow_private": True}
    elif parts.path.strip("/") or parts.query or parts.username:
        raise UsageError(f"--feed {url}: only a host and a port go with {parts.scheme}://")
    else:
        fields |= {"host": host, "port": port}
    try:
        return msgspec.convert(fields, FeedSettings)
    except msgspec.ValidationError as error:
        raise UsageError(f"--feed {url}: {error}") from None


@dataclass(slots=True)
class Recorder:
    """The inlet of a recording: what feeds hear goes to the spool as it comes. `tell_person`: one line of text."""

    spool: SpoolWriter
    clock: Clock
    tell_person: Callable[[str], None]
    rows: Counter[str] = field(default_factory=Counter)
    heartbeats: int = 0
    began_at: float = 0.0
    ended_at: float = 0.0
    _status: dict[str, FeedStatus] = field(default_factory=dict)
    _failed: asyncio.Event = field(default_factory=asyncio.Event)
    _failure: OutputError | None = None

    async def hear(self, feed: str, batch: Batch) -> None:
        """Write a batch down."""
        if len(batch):
            self._append(batch)
            self.rows[feed] += len(batch)

    def tell(self, event: FeedEvent) -> None:
        """Write a change of status down, and say it."""
        self._status[event.feed] = event.status
        self._append(event)
        self.tell_person(f"{event.feed}: {event.status}{': ' if event.reason else ''}{event.reason}")

    async def run(self, feeds: Sequence[Feed], enough: Coroutine[Any, Any, None]) -> None:
        """Listen until `enough` returns. Raises OutputError where the spool cannot be written any more."""
        self.began_at = self.clock.now()
        work = [feed.run(self, self.clock) for feed in feeds] + [self._beat(), self._watch(), enough]
        tasks = [asyncio.ensure_future(one) for one in work]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.ended_at = self.clock.now()
        for task in done:
            task.result()

    def summary(self, feeds: Sequence[Feed]) -> dict[str, object]:
        """What was recorded, as plain values."""
        rejects = RejectCounts()
        for feed in feeds:
            rejects.merge(feed.rejects)
        return {
            "rows": {feed.name: self.rows[feed.name] for feed in feeds},
            "heartbeats": self.heartbeats,
            "seconds": round(self.ended_at - self.began_at, 3),
            "bytes": self.spool.written_bytes,
            "rejects": dict(sorted(rejects.counts.items())),
        }

    def _append(self, item: Batch | Tick | FeedEvent) -> None:
        if self._failure is not None:
            return
        try:
            self.spool.append(item, self.clock.now())
        except OutputError as error:
            # A feed must not see it: for a feed, errors of writing are none of its own.
            self._failure = error
            self._failed.set()

    async def _watch(self) -> None:
        await self._failed.wait()
        assert self._failure is not None
        raise self._failure

    async def _beat(self) -> None:
        while True:
            await self.clock.sleep(HEARTBEAT_S)
            if any(status in LISTENING for status in self._status.values()):
                self._append(Tick(self.clock.now() - HEARTBEAT_LAG_S))
                self.heartbeats += 1


async def _until_stopped(recorder: Recorder, feeds: Sequence[Feed], seconds: float | None) -> None:
    """Until Ctrl-C, SIGTERM, or the time is over."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)

    async def enough() -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), seconds)

    await recorder.run(feeds, enough())


def _silent(_line: str) -> None:
    pass


def _tell(line: str) -> None:
    """A reason may quote what a server sent: nothing of it reaches the terminal as a control sequence."""
    typer.echo("".join(c if c.isprintable() else repr(c)[1:-1] for c in line), err=True)


def _print(summary: dict[str, Any], folder: Path) -> None:
    rows = "; ".join(f"{feed} {n:,}" for feed, n in summary["rows"].items())
    typer.echo(f"{summary['seconds']:.0f} s, {summary['heartbeats']:,} heartbeats, {summary['bytes']:,} bytes; {rows}")
    if summary["rejects"]:
        typer.echo("dropped: " + ", ".join(f"{reason} {n:,}" for reason, n in summary["rejects"].items()))
    typer.echo(f"detector replay {shlex.quote(str(folder))}")
