"""What the service tells Prometheus, read from its parts when it is asked.

Labels are names from the configuration and values of enums: never an address, a call sign or any text from the radio.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector, CollectorRegistry

from detector.alerting.outcome import OutcomeKind
from detector.service.delivery import Delivery
from detector.service.keeping import BOUNDS_S
from detector.service.service import Parts

Samples = Iterable[tuple[tuple[str, ...], float]]


@dataclass(slots=True)
class DeliveryTally:
    """Attempts by endpoint and what became of them."""

    attempts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def note(self, delivery: Delivery) -> None:
        """Count one attempt."""
        self.attempts[delivery.entry.endpoint, delivery.outcome.kind.value] += 1


class ServiceMetrics(Collector):
    """All metrics of one service."""

    def __init__(self, parts: Parts, deliveries: DeliveryTally) -> None:
        self._parts = parts
        self._deliveries = deliveries
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)

    def text(self) -> bytes:
        """In Prometheus' text format."""
        return generate_latest(self._registry)

    def describe(self) -> Iterable[Metric]:
        """Names are not asked for beforehand."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Everything as it is now."""
        yield from self._feeds()
        yield from self._path()
        yield from self._state()
        yield from self._outbox()
        yield from self._model()

    def _feeds(self) -> Iterator[Metric]:
        feeds = [(feed.name, self._parts.intake.feeds.get(feed.name), feed) for feed in self._parts.feeds]
        told = [(name, state) for name, state, _ in feeds if state is not None]
        now = self._parts.clock.now()
        yield _counter("feed_rows", "Frames, or rows of decoded tracks, that a feed has given.", ["feed"],
                       [((name,), state.rows) for name, state in told])  # fmt: skip
        yield _gauge("feed_up", "1 while a feed is listening.", ["feed"],
                     [((name,), float(state is not None and state.listening)) for name, state, _ in feeds])  # fmt: skip
        yield _gauge("feed_age_seconds", "Time since a feed gave anything.", ["feed"],
                     [((n,), now - s.heard_at) for n, s in told if s.heard_at is not None])  # fmt: skip
        yield _counter("feed_connections", "Connections made.", ["feed"],
                       [((name,), state.connections) for name, state in told])  # fmt: skip
        yield _counter("feed_gaps", "Times that a feed was lost after it had been heard.", ["feed"],
                       [((name,), state.gaps) for name, state in told])  # fmt: skip
        yield _counter("feed_gap_seconds", "Time in such gaps; of one that goes on only after its end.", ["feed"],
                       [((name,), state.gap_s) for name, state in told])  # fmt: skip
        yield _counter("feed_rejects", "Pieces of input dropped before they were frames or rows.", ["feed", "reason"],
                       [((feed.name, str(reason)), n) for *_, feed in feeds
                        for reason, n in feed.rejects.counts.items()])  # fmt: skip

    def _path(self) -> Iterator[Metric]:
        core = self._parts.core
        pipeline, tally = core.pipeline, core.tally
        yield _counter("frames", "Frames and rows taken in since the state began.", [], [((), pipeline.frames)])
        yield _counter("rejects", "Frames and rows dropped on the path, by reason.", ["reason"],
                       [((str(reason),), n) for reason, n in pipeline.rejects.counts.items()])  # fmt: skip
        yield _gauge("aircraft", "Aircraft in memory.", [], [((), len(pipeline.decoder.addresses))])
        lag_s = core.lag_s(self._parts.clock.now())
        yield _gauge("event_time_lag_seconds", "How far event time is behind the clock.", [],
                     [] if lag_s is None else [((), lag_s)])  # fmt: skip
        yield _gauge("clock_ahead_seconds", "By how much the machine's time was set back since the start.", [],
                     [((), self._parts.clock_ahead_s())])  # fmt: skip
        yield _gauge("intake_rows", "Waiting to be taken in.", [], [((), self._parts.intake.rows)])
        yield _counter("stops", "Stops opened, by the level and kind they opened with.", ["level", "kind"],
                       [((str(level), kind), n) for (level, kind), n in tally.stops.items()])  # fmt: skip
        yield _counter("alerts", "Revisions of alerts.", ["event", "severity", "rule"], tally.alerts.items())
        yield _counter("movements", "Landings and take-offs.", ["kind"],
                       [((kind,), n) for kind, n in tally.movements.items()])  # fmt: skip
        yield _counter("gaps", "Silences in flight.", ["class"], [((kind,), n) for kind, n in tally.gaps.items()])

    def _state(self) -> Iterator[Metric]:
        keeping = self._parts.keeping
        yield _gauge("store_up", "1 while the store takes what is written.", [],
                     [((), float(keeping.trouble is None))])  # fmt: skip
        yield _gauge("recording_up", "1 while the spool is written.", [],
                     [((), float(self._parts.core.spool is not None))])  # fmt: skip
        yield _gauge("checkpoint_age_seconds", "Time since the state was written.", [],
                     [((), self._parts.clock.now() - keeping.kept_at)])  # fmt: skip
        took = HistogramMetricFamily("detector_checkpoint_seconds", "How long it took to write the state.")
        below = [(str(bound), float(keeping.took.within[bound])) for bound in BOUNDS_S]
        took.add_metric([], [*below, ("+Inf", float(keeping.took.count))], keeping.took.total_s)
        yield took

    def _model(self) -> Iterator[Metric]:
        scorer = self._parts.core.pipeline.scorer
        yield _gauge("model_up", "1 while stops get a score.", [], [((), float(scorer is not None))])
        yield _counter("model_scored", "Scores given since the start.", [],
                       [] if scorer is None else [((), scorer.drift.stops)])  # fmt: skip
        drift = {} if scorer is None else scorer.drift.psi()
        yield _gauge("model_drift_psi", "How far scored stops are from the training, by feature.", ["feature"],
                     [((name,), psi) for name, psi in drift.items()])  # fmt: skip

    def _outbox(self) -> Iterator[Metric]:
        outbox = self._parts.couriers.outbox
        yield _gauge("outbox_pending", "Messages that wait.", ["endpoint"],
                     [((name,), len(outbox.pending(name))) for name in outbox.endpoints])  # fmt: skip
        now = self._parts.clock.now()
        oldest = ((name, min((e.offered_at for e in outbox.pending(name)), default=now)) for name in outbox.endpoints)
        yield _gauge("outbox_oldest_seconds", "Age of the oldest message that waits.", ["endpoint"],
                     [((name,), now - since) for name, since in oldest])  # fmt: skip
        yield _gauge("endpoint_up", "0 where an endpoint is disabled.", ["endpoint"],
                     [((name,), float(outbox.disabled(name) is None)) for name in outbox.endpoints])  # fmt: skip
        dead = Counter(entry.endpoint for entry in outbox.dead())
        yield _gauge("dead_letters", "Messages that could not be delivered.", ["endpoint"],
                     [((name,), dead[name]) for name in outbox.endpoints])  # fmt: skip
        attempts = {(name, kind.value): 0 for name in outbox.endpoints for kind in OutcomeKind}
        attempts |= self._deliveries.attempts
        yield _counter("webhook_attempts", "Attempts to deliver.", ["endpoint", "outcome"], attempts.items())
        yield _counter("outbox_not_sent", "Revisions noted and not sent.", ["endpoint", "why"], outbox.counts.items())


def _counter(name: str, text: str, labels: list[str], samples: Samples) -> Metric:
    family = CounterMetricFamily(f"detector_{name}", text, labels=labels)
    for values, n in samples:
        family.add_metric(values, n)
    return family


def _gauge(name: str, text: str, labels: list[str], samples: Samples) -> Metric:
    family = GaugeMetricFamily(f"detector_{name}", text, labels=labels)
    for values, n in samples:
        family.add_metric(values, n)
    return family
