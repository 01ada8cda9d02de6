"""`detector check-config`: is everything in the settings, lists and rules as it has to be?"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from detector.cli import tables
from detector.domain.errors import ConfigError
from detector.feeds.live import live_feed
from detector.settings import load_configuration
from detector.sinks import open_sink
from detector.sinks.means import Means


def check_config(
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="Settings; default config/detector.yaml.")] = None,
) -> None:
    """Read all settings, lists and corrections, and try secrets and templates; the first mistake with file and line."""
    configuration = load_configuration(config)
    settings = configuration.settings
    means = Means(environ=os.environ, folder=configuration.path.parent)
    for feed in settings.feeds:
        live_feed(feed)
    for endpoint in settings.endpoints:
        try:
            open_sink(endpoint, means)
        except ConfigError as error:
            raise ConfigError(f"{configuration.path}:1: {error}") from error
    feeds = ", ".join(feed.name for feed in settings.feeds) or "none"
    endpoints = ", ".join(f"{one.name}{'' if one.enabled else ' (off)'}" for one in settings.endpoints) or "none"
    console = tables.console(stderr=False)
    for line in (
        f"{configuration.path}: in order",
        f"watch lists: {len(settings.watchlists)} files, {len(configuration.watchlist.indices):,} airports",
        f"feeds: {feeds}",
        f"endpoints: {endpoints}",
    ):
        console.print(line, markup=False, soft_wrap=True)
