"""`detector check-config`: is everything in the settings, lists and rules as it has to be?"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from detector.cli import tables
from detector.domain.alert import TableUsed
from detector.domain.errors import ConfigError, DetectorError
from detector.feeds.live import live_feed
from detector.feeds.settings import FeedSettings
from detector.net.addresses import PRIVATE_NETWORKS
from detector.net.guard import Allowed, complaint
from detector.reference.watch_entry import words
from detector.rules import RULES, RulesFile
from detector.settings import Configuration, load_configuration
from detector.settings.load import OF_CONFIGURATION
from detector.sinks import open_sink
from detector.sinks.means import Means
from detector.sinks.settings import EndpointSettings
from detector.stores import check_spec


def check_config(
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="Settings; default config/detector.yaml.")] = None,
) -> None:
    """Read all settings, lists and corrections, and try secrets, templates and addresses; nothing is connected to."""
    configuration = load_configuration(config)
    settings = configuration.settings
    try:
        check_spec(settings.service.store)
        _check_variables(os.environ.keys(), [settings.service.token_env])
        for feed in settings.feeds:
            _check_feed(feed)
        means = Means(environ=os.environ, folder=configuration.path.parent)
        for endpoint in settings.endpoints:
            _check_endpoint(endpoint, means)
    except DetectorError as error:
        raise ConfigError(f"{configuration.path}: {error}") from error
    feeds = ", ".join(feed.name for feed in settings.feeds) or "none (detector run needs one)"
    endpoints = ", ".join(f"{one.name}{_remark(one)}" for one in settings.endpoints) or "none"
    console = tables.console(stderr=False)
    for line in (
        f"{configuration.path}: in order",
        f"watch lists: {', '.join(configuration.watchlist.lists)}",
        f"listed: {len(configuration.watchlist.indices):,} airports; {_entries(configuration):,} entries on aircraft",
        *(f"table: {_table(table)}" for table in configuration.tables_used if table.source != OF_CONFIGURATION),
        f"rules: {_rules(settings.rules)}",
        f"feeds: {feeds}",
        f"endpoints: {endpoints}",
        *(f"note: {note}" for note in configuration.notes),
    ):
        console.print(line, markup=False, soft_wrap=True)


def _entries(configuration: Configuration) -> int:
    """Entries that name aircraft; one may do so in several ways."""
    listings = (watch.listing for watch in configuration.watchlist.aircraft)
    return len({(listing.list, listing.identifier, listing.valid_from) for listing in listings})


def _table(table: TableUsed) -> str:
    dated = "" if table.dated is None else f", of {table.dated}"
    return f"{table.name}: {table.source}{dated}"


def _rules(rules: RulesFile) -> str:
    names = ", ".join(f"{name}{'' if rules.of(name).enabled else ' (off)'}" for name in RULES)
    told = dict.fromkeys(name for route in rules.routes for name in words(route.to))
    adjusted = f"; adjustments: {len(rules.adjust)}" if rules.adjust else ""
    return names + adjusted + (f"; routes to {', '.join(told)}" if told else "")


def _check_feed(feed: FeedSettings) -> None:
    live_feed(feed)
    _check_variables(os.environ.keys(), [feed.client_secret_env])
    if feed.client_secret_file is not None and not Path(feed.client_secret_file).is_file():
        raise ConfigError(f"feed {feed.name}: there is no file {feed.client_secret_file} with the secret")
    if feed.url:
        found = complaint(feed.url, Allowed.of(PRIVATE_NETWORKS if feed.allow_private else ()))
        if found is not None:
            # By http a feed asks private addresses alone, so the same setting mends both.
            meant = "if it is of your own network" if found.plain else "if that is meant"
            raise ConfigError(f"feed {feed.name}: its url {found.why}; {meant}, set allow_private: true")


def _check_endpoint(endpoint: EndpointSettings, means: Means) -> None:
    open_sink(endpoint, means)
    # What the environment fills in is known only when it is sent.
    if endpoint.url and "${" not in endpoint.url:
        found = complaint(endpoint.url, Allowed.of(endpoint.allow), plain_http=endpoint.allow_http)
        if found is not None:
            mend = "if it is of your own network, name it in `allow`"
            if found.plain:
                mend += "; if anybody on the way may read along, set allow_http: true"
            raise ConfigError(f"endpoint {endpoint.name}: its url {found.why}; {mend}")


def _remark(endpoint: EndpointSettings) -> str:
    words = [] if endpoint.enabled else ["off"]
    if endpoint.kind == "webhook" and not (endpoint.secrets or endpoint.secrets_env or endpoint.secrets_file):
        words.append("not signed")
    return f" ({', '.join(words)})" if words else ""


def _check_variables(there: Iterable[str], names: Iterable[str | None]) -> None:
    for name in names:
        if name is not None and name not in there:
            raise ConfigError(f"the environment variable {name} is not set")
