"""From settings to a path for one stream."""

from __future__ import annotations

from detector.decoding import DECODERS
from detector.domain.errors import UsageError
from detector.movements.surroundings import ReceiverSite
from detector.pipeline import Limits, Pipeline
from detector.settings import Configuration


def build_pipeline(configuration: Configuration, decoder: str = "columnar") -> Pipeline:
    """A fresh path for one stream. Raises UsageError for an unknown decoder."""
    if decoder not in DECODERS:
        raise UsageError(f"--decoder {decoder}: unknown; choose one of {', '.join(DECODERS)}")
    settings = configuration.settings
    receivers = settings.placed_receivers()
    places = {receiver.id: (receiver.lat, receiver.lon) for receiver in receivers}
    limits = Limits(settings.tracking, settings.movements, settings.checks, settings.rules, settings.alerting)
    sites = {r.id: ReceiverSite(r.name, r.lat, r.lon, r.height_ft) for r in receivers}
    return Pipeline(
        DECODERS[decoder](places),
        configuration.airports,
        configuration.watchlist,
        limits,
        sites,
        settings.unconfirming(),
        configuration.identities,
        configuration.tables_used,
        configuration.usual,
        configuration.scorer(),
    )
