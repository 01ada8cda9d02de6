"""What `config/detector.yaml` may hold. Thresholds stand with the code that uses them; here they are put together."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from detector.alerting.settings import AlertSettings
from detector.feeds.settings import FeedSettings
from detector.movements.check_settings import CheckSettings
from detector.movements.settings import MovementSettings
from detector.rules.settings import RulesFile
from detector.service.settings import ServiceSettings
from detector.sinks.settings import EndpointSettings
from detector.sinks.spool_settings import SpoolSettings
from detector.tracking.settings import TrackingSettings

MAX_RECEIVER_ID = 2**64 - 1
RULES_FILE = "rules.yaml"
"""What `rules` names where it is left out."""


class ReceiverSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A receiver whose place is known: it gives surface positions a reference and targets a radio horizon.

    id          number that frames carry (the Beast receiver identity, or the number of the feed); 0x... is allowed
    lat, lon    degrees
    height_ft   antenna above mean sea level
    """

    id: int
    name: Annotated[str, Meta(min_length=1)]
    lat: Annotated[float, Meta(ge=-90.0, le=90.0)]
    lon: Annotated[float, Meta(ge=-180.0, le=180.0)]
    height_ft: Annotated[float, Meta(ge=-1500.0, le=60000.0)]

    def __post_init__(self) -> None:
        """Refuse an identity that no frame can carry."""
        if not 0 <= self.id <= MAX_RECEIVER_ID:
            raise ValueError("id must be a number of 64 bits, not negative")


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of `config/detector.yaml`. File names are relative to the directory of that file.

    There `rules` names a file; here it is what that file says.
    """

    tracking: TrackingSettings = TrackingSettings()
    movements: MovementSettings = MovementSettings()
    checks: CheckSettings = CheckSettings()
    rules: RulesFile = RulesFile()
    alerting: AlertSettings = AlertSettings()
    service: ServiceSettings = ServiceSettings()
    spool: SpoolSettings = SpoolSettings()
    feeds: tuple[FeedSettings, ...] = ()
    endpoints: tuple[EndpointSettings, ...] = ()
    receivers: tuple[ReceiverSettings, ...] = ()
    watchlists: tuple[str, ...] = ("watchlists/listed_airports.yaml", "watchlists/listed_aircraft.yaml")
    airports: str | None = "airports.yaml"
    aircraft: str | None = "aircraft.yaml"
    reference: str | None = None
    history: str | None = None
    model: str | None = None

    def __post_init__(self) -> None:
        """Refuse two of one name or number: nobody could tell them apart."""
        for what, names in (
            ("feeds have the name", [feed.name for feed in self.feeds]),
            ("feeds have the receiver", [feed.number for feed in self.feeds]),
            ("endpoints have the name", [endpoint.name for endpoint in self.endpoints]),
            ("receivers have the id", [receiver.id for receiver in self.placed_receivers()]),
        ):
            seen: set[str | int] = set()
            for name in names:
                if name in seen:
                    raise ValueError(f"two {what} {name}")
                seen.add(name)

    def placed_receivers(self) -> tuple[ReceiverSettings, ...]:
        """Receivers whose place is known, those of feeds among them."""
        feeds = (
            ReceiverSettings(feed.number, feed.name, feed.lat, feed.lon, feed.height_ft)
            for feed in self.feeds
            if feed.lat is not None and feed.lon is not None and feed.height_ft is not None
        )
        return (*self.receivers, *feeds)

    def unconfirming(self) -> frozenset[int]:
        """Receiver numbers of feeds that confirm nothing alone: decoded by others, or open to everybody."""
        return frozenset(feed.number for feed in self.feeds if not feed.raw or feed.trust_class == "public")
