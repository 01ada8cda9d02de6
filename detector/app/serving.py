"""The service put together: settings, stored state and spool to parts that run."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from detector import __version__
from detector.alerting.outbox import Outbox
from detector.app.case_files import CaseFiles, Exporter
from detector.app.case_views import CaseViews
from detector.app.picturing import Pictures
from detector.app.recovery import DAY_S, Recovery
from detector.domain.errors import ConfigError, UsageError
from detector.domain.live import Clock, FeedEvent, FeedStatus
from detector.domain.times import iso
from detector.feeds.live import live_feed
from detector.service.delivery import Couriers, Delivery, Hooks
from detector.service.intake import FeedState, Intake
from detector.service.keeping import Keeping
from detector.service.log import Log
from detector.service.metrics import DeliveryTally, ServiceMetrics
from detector.service.service import Parts, Service
from detector.settings import Configuration
from detector.settings.homes import service_home
from detector.sinks import open_sink
from detector.sinks.means import Means
from detector.stores import open_store
from detector.stores.keeper import Keeper
from detector.web.api.events import Streams
from detector.web.api.served import Served
from detector.web.edge import EdgeServer, bound, edge
from detector.web.live import LiveModel
from detector.web.pages.router import Tiles

SHUT = frozenset({FeedStatus.LOST, FeedStatus.SILENT})


class Serving:
    """A service with everything open: its store, its spool, its page. Run `service`, then `close`.

    `export` makes the bundles of its page, which gives none without it. Raises DetectorError where something is wrong
    that only a person can mend.
    """

    def __init__(
        self,
        configuration: Configuration,
        clock: Clock,
        log: Log,
        *,
        store: str | None = None,
        environ: Mapping[str, str] = os.environ,
        export: Exporter | None = None,
    ) -> None:
        self._settings = configuration.settings
        self._folder = configuration.path.parent
        self._home = service_home(self._settings.service.namespace)
        self._clock = clock
        self._log = log
        self._export = export
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
        pictures = Pictures(configuration, log)
        means = Means(environ=environ, folder=self._folder, picture=pictures.of)
        used = [one for one in settings.endpoints if one.enabled]
        sinks = {one.name: open_sink(one, means) for one in used}
        token = _token(settings.service.token_env, environ)
        # Its address is taken first: a second service is told so before it touches the state.
        page = bound(settings.service.http_host, settings.service.http_port) if settings.service.http_port else None
        if page is not None:
            self._closing.append(page.close)
        opened = open_store(store_spec, namespace=settings.service.namespace, data_dir=self._home / "store")
        self._closing.append(opened.close)
        for note in configuration.notes:
            log.error("the model", note=note)
        if configuration.model is None and not configuration.notes:
            log.info("stops get no score: history holds too little, or nothing was learned from it")
        for note in opened.notes:
            log.warning("the store", note=note)
        keeper = Keeper(opened, secrets.token_hex(8), clock.now)
        state = keeper.claim()
        outbox = Outbox(one.endpoint(settings.rules.routes) for one in used)
        outbox.restore(state)
        outbox.take_wishes(state, clock.now())
        for name, n in outbox.strangers.items():
            log.warning("messages of an endpoint that is not configured stay in the store", endpoint=name, messages=n)
        model = None if page is None else LiveModel(configuration, settings.service.keep_days * DAY_S, clock.now)
        recovery = Recovery(configuration, state, self._spool_folder(), clock, log, model)
        core = pictures.core = recovery.core
        if recovery.writer is not None:
            self._closing.append(recovery.writer.close)
        tally = DeliveryTally()
        intake = Intake(clock.now, self._fed)
        keeping = Keeping(keeper, core, outbox, recovery.spool_id, clock, log)
        hooks = Hooks(delivery=lambda delivery: self._delivered(tally, delivery))
        couriers = Couriers(outbox, sinks, keeping.write, clock, hooks)
        keeping.through = couriers.write
        keeping.on_wishes = lambda wishes: self._wished(couriers.take_wishes(wishes, clock.now()))
        if recovery.writer is not None:
            keeping.on_kept = recovery.writer.keep_from
        parts = Parts(
            core=core,
            intake=intake,
            keeping=keeping,
            couriers=couriers,
            feeds=feeds,
            clock=clock,
            log=log,
            checkpoint_s=settings.service.checkpoint_s,
            clock_ahead_s=getattr(clock, "ahead_s", lambda: 0.0),
        )
        service = Service(parts)
        if page is not None and model is not None:
            streams = Streams(self._served(configuration, model, parts, service))
            named = settings.service
            tiles = Tiles(named.tile_url, named.tile_by)
            app = edge(streams, ServiceMetrics(parts, tally).text, token, named.http_names, tiles)
            parts.others = EdgeServer(app, page, streams.end).run, lambda: model.look_up(clock)
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

    def _served(self, configuration: Configuration, model: LiveModel, parts: Parts, service: Service) -> Served:
        """What the page answers from."""
        bundles = None
        if self._export is not None:
            files = CaseFiles(parts.core, parts.keeping, model, configuration, self._export)
            self._closing.append(files.close)
            bundles = files.bundle
        return Served(
            model,
            configuration.airports,
            configuration.watchlist,
            configuration.identities,
            service.health,
            self._clock.now,
            bundles,
            CaseViews(parts.core, parts.keeping, model, configuration).of,
        )

    def _spool_folder(self) -> Path:
        named = self._settings.spool.folder
        return self._home / "spool" if named is None else self._folder / named

    def _fed(self, event: FeedEvent, state: FeedState) -> None:
        tell = self._log.warning if event.status in SHUT else self._log.info
        tell(f"feed {event.status}", feed=event.feed, reason=event.reason, gaps=state.gaps)

    def _wished(self, messages: int) -> None:
        if messages:
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
