"""Live feeds by kind. A new kind is one file and one line in `FEEDS`."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast

from detector.domain.live import Feed
from detector.feeds.settings import FeedSettings, Kind

FEEDS: dict[Kind, str] = {
    # kind: module:class; imported when asked for, as an HTTP client is of no use to most
    "beast": "detector.feeds.tcp:TcpFeed",
    "avr": "detector.feeds.tcp:TcpFeed",
    "sbs": "detector.feeds.tcp:TcpFeed",
    "beast-listen": "detector.feeds.listener:BeastListener",
    "readsb": "detector.feeds.readsb_http:ReadsbPoller",
    "v2": "detector.feeds.readsb_http:ReadsbPoller",
    "opensky": "detector.feeds.opensky_http:OpenSkyPoller",
}


def live_feed(settings: FeedSettings) -> Feed:
    """The feed that an entry of the settings describes; nothing is opened before it runs."""
    module, _, name = FEEDS[settings.kind].partition(":")
    make = cast(Callable[[FeedSettings], Feed], getattr(import_module(module), name))
    return make(settings)
