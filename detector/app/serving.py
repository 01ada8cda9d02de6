"""The service put together: settings, stored state and spool to parts that run."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from detector import __version__
from detector.alerting.outbox import Outbox
from detector.app.homes import service_home
from detector.app.path import build_pipeline
from detector.checkpoint import Journal
from detector.domain.errors import ConfigError, OutputError, UsageError
from detector.domain.frame import FrameBatch, Tick
from detector.domain.live import Clock, FeedEvent, FeedStatus
from detector.domain.times import iso
from detector.feeds.live import live_feed
from detector.feeds.spool import Position, newest_stream, read_from
from detector.service.core import Core
from detector.service.delivery import Couriers, Delivery, Hooks
from detector.service.intake import FeedState, Intake
from detector.service.keeping import DOCUMENT, Keeping, ServiceDocument
from detector.service.log import Log
from detector.service.metrics import DeliveryTally, ServiceMetrics
from detector.service.service import Parts, Service
from detector.settings import Configuration
from detector.sinks import open_sink
from detector.sinks.means import Means
from detector.sinks.spool import SpoolWriter
from detector.stores import open_store
from detector.stores.keeper import Keeper
from detector.web.edge import EdgeServer, bound, edge

DAY_S = 86_400.0
MEGABYTE = 1_000_000
SPOOL_ID_BYTES = 16
SHUT = frozenset({FeedStatus.LOST, FeedStatus.SILENT})


class Serving:
    """A service with everything open: its store, its spool, its page. Run `service`, then `close`.

    Raises DetectorError where something is wrong that only a person can mend.
    """

    def __init__(
        self,
        configuration: Configuration,
        clock: Clock,
        log: Log,
        *,
        store: str | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._settings = configuration.settings
        self._folder = configuration.path.parent
        self._home = service_home(self._settings.service.namespace)
        self._clock = clock
        self._log = log
        self._closing: list[Callable[[], None]] = []
        try:
            self.service = self._assembled(configuration, store or self._settings.service.store, environ)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of everything, the last opened first."""
        while self._closing:
            self._closing.pop()()

    def _assembled(self, configuration: Configuration, store_spec: str, environ: Mapping[str, str]) -> Service:
        settings, log, clock = self._settings, self._log, self._clock
        if not settings.feeds:
            raise ConfigError(f"{configuration.path}:1: `feeds` is empty: there is nothing to listen to")
        feeds = tuple(live_feed(one) for one in settings.feeds)
        means = Means(environ=environ, folder=self._folder)
        used = [one for one in settings.endpoints if one.enabled]
        sinks = {one.name: open_sink(one, means) for one in used}
        token = _token(settings.service.token_env, environ)
        # Its address is taken first: a second service is told so before it touches the state.
        page = bound(settings.service.http_host, settings.service.http_port) if settings.service.http_port else None
        if page is not None:
            self._closing.append(page.close)
        opened = open_store(store_spec, namespace=settings.service.namespace, data_dir=self._home / "store")
        self._closing.append(opened.close)
        for note in opened.notes:
            log.warning("the store", note=note)
        keeper = Keeper(opened, secrets.token_hex(8), clock.now)
        state = keeper.claim()
        outbox = Outbox(one.endpoint() for one in used)
        outbox.restore(state)
        outbox.take_wishes(state, clock.now())
        for name, n in outbox.strangers.items():
            log.warning("messages of an endpoint that is not configured stay in the store", endpoint=name, messages=n)
        core, spool_id = self._core(configuration, state)
        tally = DeliveryTally()
        intake = Intake(clock.now, self._fed)
        keeping = Keeping(keeper, core, outbox, spool_id, clock, log)
        hooks = Hooks(delivery=lambda delivery: self._delivered(tally, delivery))
        couriers = Couriers(outbox, sinks, keeping.write, clock, hooks)
        keeping.through = couriers.write
        keeping.on_wishes = lambda wishes: self._wished(couriers.take_wishes(wishes, clock.now()))
        if isinstance(core.spool, SpoolWriter):
            keeping.on_kept = core.spool.keep_from
        parts = Parts(
            core=core,
            intake=intake,
            keeping=keeping,
            couriers=couriers,
            feeds=feeds,
            clock=clock,
            log=log,
            checkpoint_s=settings.service.checkpoint_s,
        )
        service = Service(parts)
        if page is not None:
            parts.others = (EdgeServer(edge(service.health, ServiceMetrics(parts, tally).text, token), page).run,)
        log.info(
            "listening",
            version=__version__,
            settings=configuration.hash[:12],
            feeds=[feed.name for feed in feeds],
            endpoints=list(sinks),
            page=None if page is None else "http://{}:{}".format(*page.getsockname()[:2]),
            spool=None if core.spool is None else str(self._spool_folder()),
        )
        return service

    def _core(self, configuration: Configuration, state: Mapping[str, bytes]) -> tuple[Core, str]:
        """The path, as it was when the state was written, and then as the spool goes on from there."""
        pipeline = build_pipeline(configuration)
        journal = Journal(pipeline, "service", keep_s=self._settings.service.keep_days * DAY_S)
        if "stream" in state:
            journal.restore(state)
        core = Core(pipeline, journal, None, self._spool_lost)
        document = msgspec.json.decode(state[DOCUMENT], type=ServiceDocument) if DOCUMENT in state else None
        folder = self._spool_folder()
        if document is None and self._settings.spool.enabled and (found := newest_stream(folder)) is not None:
            self._log.warning("the store is empty; the state is made again from the spool", spool=str(folder))
            document = ServiceDocument(found, 0, 0)
        spool_id = secrets.token_hex(SPOOL_ID_BYTES) if document is None else document.spool_id
        joined_on = True
        if document is not None and document.position is not None:
            joined_on = self._take_up(core, folder, document.position, spool_id)
        if self._settings.spool.enabled:
            writer = core.spool = self._spool(spool_id, core.position)
            if document is not None and (document.position is None or not joined_on):
                # The state is of a time when nothing was recorded: the new segments do not join on to the old ones.
                writer.lost()
        return core, spool_id

    def _take_up(self, core: Core, folder: Path, position: Position, spool_id: str) -> bool:
        """What was heard after the state was written; False if the spool does not join on to that."""
        core.position = position
        tail = read_from(folder, position, spool_id)
        items = 0
        for item, end in tail:
            core.take_up(item, end)
            items += isinstance(item, FrameBatch | Tick)
        if not tail.whole:
            self._log.error("the spool does not join on to the state: what was heard in between is lost")
        for note in tail.notes:
            self._log.warning("the spool", note=note)
        if items:
            self._log.info(
                "taken up again from the spool", items=items, frames=core.pipeline.frames, alerts=core.found()
            )
        return tail.whole

    def _spool(self, spool_id: str, after: Position | None) -> SpoolWriter:
        settings = self._settings.spool
        writer = SpoolWriter(
            self._spool_folder(),
            spool_id=spool_id,
            max_segment_bytes=int(settings.segment_mb * MEGABYTE),
            max_segment_age_s=settings.segment_age_s,
            keep_bytes=int(settings.keep_gb * 1000 * MEGABYTE),
            keep_s=settings.keep_hours * 3600.0,
            after=after,
        )
        self._closing.append(writer.close)
        return writer

    def _spool_folder(self) -> Path:
        named = self._settings.spool.folder
        return self._home / "spool" if named is None else self._folder / named

    def _spool_lost(self, error: OutputError) -> None:
        self._log.error("nothing is recorded any more; listening goes on", reason=str(error))

    def _fed(self, event: FeedEvent, state: FeedState) -> None:
        tell = self._log.warning if event.status in SHUT else self._log.info
        tell(f"feed {event.status}", feed=event.feed, reason=event.reason, gaps=state.gaps)

    def _wished(self, messages: int) -> None:
        self._log.info("dead letters are sent again, as asked for", messages=messages)

    def _delivered(self, tally: DeliveryTally, delivery: Delivery) -> None:
        tally.note(delivery)
        entry, outcome = delivery.entry, delivery.outcome
        tell = self._log.info if outcome.kind == "delivered" else self._log.warning
        tell(
            f"message {outcome.kind}",
            endpoint=entry.endpoint,
            id=entry.id,
            attempt=entry.attempts + 1,
            status=outcome.status,
            reason=outcome.reason,
            took_s=round(delivery.took_s, 3),
            next_at=None if delivery.next_at is None else iso(delivery.next_at),
        )
        if delivery.disabled:
            self._log.error("the endpoint wants nothing any more and is disabled", endpoint=entry.endpoint)


def _token(name: str | None, environ: Mapping[str, str]) -> str | None:
    if name is None:
        return None
    token = environ.get(name, "").strip()
    if not token:
        raise UsageError(f"service.token_env: the environment variable {name} is empty; set it to the token")
    return token
