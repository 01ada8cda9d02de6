"""What each feed gives, whether it is there, and what of it could not be read."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import Metric

from detector.service.metrics.families import counter, gauge
from detector.service.service import Parts


def feeds(parts: Parts) -> Iterator[Metric]:
    """By feed of the settings."""
    states = [(feed, parts.intake.feeds.get(feed.name)) for feed in parts.feeds]
    told = [(feed, state) for feed, state in states if state is not None]
    heard = [(feed.name, state.heard_at) for feed, state in told if state.heard_at is not None]
    now = parts.clock.now()
    yield counter(
        "feed_rows", "Frames by downlink format, or rows of decoded tracks, that a feed has given.",
        ["feed", "kind", "format"],
        [((feed.name, feed.kind, name), n) for feed, state in told for name, n in state.formats.items()],
    )  # fmt: skip
    yield gauge("feed_up", "1 while a feed is listening.", ["feed"],
                [((feed.name,), float(state is not None and state.listening)) for feed, state in states])  # fmt: skip
    yield gauge("feed_age_seconds", "Time since a feed gave anything.", ["feed"],
                [((name,), now - at) for name, at in heard])  # fmt: skip
    yield counter("feed_connections", "Connections made.", ["feed"],
                  [((feed.name,), state.connections) for feed, state in told])  # fmt: skip
    yield counter("feed_gaps", "Times that a feed was lost after it had been heard.", ["feed"],
                  [((feed.name,), state.gaps) for feed, state in told])  # fmt: skip
    yield counter("feed_gap_seconds", "Time in such gaps; of one that goes on only after its end.", ["feed"],
                  [((feed.name,), state.gap_s) for feed, state in told])  # fmt: skip
    yield counter("feed_rejects", "Pieces of input dropped before they were frames or rows.", ["feed", "reason"],
                  [((feed.name, str(reason)), n) for feed in parts.feeds
                   for reason, n in feed.rejects.counts.items()])  # fmt: skip
