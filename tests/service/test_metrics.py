"""What Prometheus is told: bounded labels, and figures that are those of the parts."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from prometheus_client.parser import text_string_to_metric_families

from detector.domain.alert import AlertEvent
from detector.domain.decoded import COLUMNS, EMPTY, DecodedBatch
from detector.domain.errors import OutputError, Reject
from detector.domain.frame import FrameBatch, RejectCounts, Tick
from detector.domain.live import Clock, FeedEvent, FeedStatus, Inlet
from detector.domain.ports import StoreFigures
from detector.domain.stop import Severity
from detector.feeds.spool import Position
from detector.rules import RULES
from detector.scoring import Scorer
from detector.scoring.features import NAMES
from detector.service.core import Core
from detector.service.intake import OTHER_FORMAT, TRACK, USED_FORMATS
from detector.service.metrics import DeliveryTally, ServiceMetrics
from detector.simulation.encode.frames import all_call_reply, extended_squitter, length_of
from detector.stores.memory import MemoryStore
from tests.service.stage import Receiver, Stage, StageClock

BEGIN = 1_730_937_600.0
MOST_SERIES = 2_000
INVENTED = 100_000
AT_ONCE = 5_000
HOSTILE = (
    b'"} 1\nx{',
    b"<script",
    b"\\n\\\\",
    b"{a='b'}",
    b"=cmd|'/c",
    b"\x00\x01\x7f;",
    b"%s%n%d",
    b"../../..",
)
"""Eight bytes each: what a decoded source may put into a call sign."""

Figures = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@dataclass
class QuietFeed:
    """Stands in the settings; a test speaks for it."""

    name: str
    kind: str = "beast"
    receiver: int = 1
    raw: bool = True
    rejects: RejectCounts = field(default_factory=RejectCounts)

    async def run(self, inlet: Inlet, clock: Clock) -> None:
        await asyncio.Event().wait()


def told(stage: Stage, tally: DeliveryTally | None = None) -> Figures:
    text = ServiceMetrics(stage.parts, tally or DeliveryTally()).text().decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def staged(folder: Path, feeds: Sequence[str] = ("roof",), endpoints: Sequence[str] = ("desk",)) -> Stage:
    clock = StageClock(BEGIN)
    stage = Stage(clock, Receiver(clock), MemoryStore(), folder, [{"name": name} for name in endpoints])
    stage.parts.feeds = tuple(QuietFeed(name) for name in feeds)
    return stage


def invented(first: int, n: int, begin: float) -> list[FrameBatch | DecodedBatch]:
    """Addresses that announce themselves twice, with a call sign drawn from all 6-bit codes; then decoded rows of
    the same number of others, with call signs of any bytes."""
    icao24 = (np.arange(first, first + n) * 97 + 1) % 0xFFFFFF
    signs = np.random.default_rng(first).integers(0, 1 << 48, n)
    hello = all_call_reply(icao24=icao24)
    name = extended_squitter(0x20 << 48 | signs, icao24=icao24)
    payload = np.concatenate([hello, name])
    heard_at = np.linspace(begin, begin + 1.0, 2 * n, dtype=np.float64)
    frames = FrameBatch.of(heard_at, payload, length_of(payload))
    of = tuple(COLUMNS)
    blank = [EMPTY[name] for name in of]
    rows = []
    for i in range(n):
        row = list(blank)
        row[of.index("heard_at")] = begin + 2.0 + i * 1e-4
        row[of.index("address")] = int((first + i) * 89 + 7) % 0xFFFFFF
        row[of.index("callsign")] = HOSTILE[i % len(HOSTILE)]
        rows.append(row)
    return [frames, DecodedBatch.of(rows)]


def test_series_do_not_grow_with_a_hundred_thousand_invented_aircraft(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stage = staged(tmp_path)
    counts: dict[int, int] = {}
    texts = []

    async def play() -> None:
        stage.parts.intake.tell(FeedEvent("roof", FeedStatus.CONNECTED, BEGIN))
        for first in range(0, INVENTED // 2, AT_ONCE):
            for batch in invented(first, AT_ONCE, stage.clock.at):
                stage.clock.at = float(batch.heard_at[-1]) + 1.0
                await stage.parts.intake.hear("roof", batch)
                stage.service.turn()
            counts[2 * (first + AT_ONCE)] = len(told(stage))
            texts.append(ServiceMetrics(stage.parts, DeliveryTally()).text().decode())

    asyncio.run(play())
    stage.die()
    figures = told(stage)
    with capsys.disabled():
        print(f"\nseries after so many invented addresses: {counts}")  # noqa: T201  to be read
    # They all were aircraft: it is not that nobody took them in.
    assert stage.core.pipeline.forgotten + figures["detector_aircraft", ()] > 0.9 * INVENTED
    assert figures["detector_aircraft", ()] <= 12_288
    assert figures["detector_feed_rows_total", (("feed", "roof"), ("format", TRACK), ("kind", "beast"))] == INVENTED / 2
    assert (
        figures["detector_feed_rows_total", (("feed", "roof"), ("format", "DF17"), ("kind", "beast"))] == INVENTED / 2
    )
    assert set(list(counts.values())[1:]) == {counts[INVENTED]}
    assert counts[INVENTED] <= MOST_SERIES
    labels = {value for _, pairs in figures for _, value in pairs}
    assert not {sign.decode("latin-1") for sign in HOSTILE} & labels
    assert all(label.replace(".", "").replace("_", "").replace("+", "").isalnum() for label in labels), labels
    assert "<script" not in "".join(texts)


def test_there_are_no_more_series_than_the_words_allow(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Feeds and endpoints to which everything happens that has a word. docs/operations.md says how many that makes."""
    counts = {n: len(with_every_word(tmp_path / str(n), n)) for n in (0, 1, 20)}
    with capsys.disabled():
        print(f"\nseries with so many feeds and endpoints, and every word: {counts}")  # noqa: T201  to be read
    assert counts[0] <= 220
    assert counts[1] - counts[0] <= 35 + 12
    assert counts[20] - counts[0] == 20 * (counts[1] - counts[0])
    assert counts[20] <= MOST_SERIES


def with_every_word(folder: Path, n: int) -> Figures:
    names = [f"one{i}" for i in range(n)]
    stage = staged(folder, names, names)
    tally, intake, core = DeliveryTally(), stage.parts.intake, stage.core
    for feed in stage.parts.feeds:
        for reason in Reject:
            feed.rejects.add(reason)
        intake.tell(FeedEvent(feed.name, FeedStatus.CONNECTED, BEGIN))
        intake.feeds[feed.name].heard_at = BEGIN
        intake.feeds[feed.name].formats.update([*USED_FORMATS.values(), OTHER_FORMAT, TRACK])
    for reason in Reject:
        core.pipeline.decoder.rejects.add(reason)
    stage.parts.keeping.figures = StoreFigures(durable=True, memory_bytes=1)
    core.take_in(Tick(BEGIN), BEGIN)
    drift = SimpleNamespace(stops=200, psi=lambda: dict.fromkeys(NAMES, 0.1))
    core.pipeline.scorer = cast(Scorer, SimpleNamespace(drift=drift))
    figures = told(stage, tally)
    stage.die()
    return figures


def test_every_metric_stands_in_the_guide(tmp_path: Path) -> None:
    stage = staged(tmp_path)
    metrics = ServiceMetrics(stage.parts, DeliveryTally())
    families = [family for family in metrics.collect() if family.name != "detector_build"]
    stage.die()
    guide = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    named = {family.name + ("_total" if family.type == "counter" else "") for family in families}
    assert {name for name in named if f"`{name}`" not in guide} == set()
    assert all(name.startswith("detector_") for name in named)
    assert all(family.documentation for family in families)


def test_what_can_be_awaited_is_told_from_the_start(tmp_path: Path) -> None:
    """A counter that appears at 1 hides that from `increase`."""
    stage = staged(tmp_path)
    figures = told(stage)
    stage.die()
    names = Counter(name for name, _ in figures)
    assert names["detector_alerts_total"] == len(AlertEvent) * len(Severity)
    assert names["detector_alert_findings_total"] == len(AlertEvent) * len(RULES) * len(Severity)
    assert figures["detector_stops_total", (("kind", "observed"), ("level", "4"))] == 0.0
    assert figures["detector_webhook_attempts_total", (("endpoint", "desk"), ("outcome", "dead"))] == 0.0
    assert figures["detector_stops_held", (("what", "alert"),)] == 0.0
    assert figures["detector_feed_up", (("feed", "roof"),)] == 0.0
    assert ("detector_feed_age_seconds", (("feed", "roof"),)) not in figures


def test_a_store_tells_of_itself_only_while_it_is_there(tmp_path: Path) -> None:
    stage = staged(tmp_path)
    asyncio.run(stage.play(FrameBatch.empty(), BEGIN + 60.0))
    assert told(stage)["detector_store_durable", ()] == 0.0
    stage.parts.keeping.trouble = "it is gone"
    figures = told(stage)
    stage.die()
    assert figures["detector_store_up", ()] == 0.0
    assert ("detector_store_durable", ()) not in figures


def test_recording_is_told_only_where_there_is_a_spool(tmp_path: Path) -> None:
    stage = staged(tmp_path)
    assert told(stage)["detector_recording_up", ()] == 1.0
    stage.core.spool = None
    assert ("detector_recording_up", ()) not in told(stage)
    stage.die()


def test_a_spool_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    stage = staged(tmp_path)
    stage.die()

    class Full:
        def append(self, item: object, now: float) -> Position:
            raise OutputError("the disk is full")

    core = Core(stage.core.pipeline, stage.core.journal, Full(), lambda _: None)
    stage.parts.core = core
    assert told(stage)["detector_recording_up", ()] == 1.0
    core.take_in(Tick(BEGIN), BEGIN)
    assert told(stage)["detector_recording_up", ()] == 0.0


def test_frames_are_counted_by_what_their_first_bits_say(tmp_path: Path) -> None:
    stage = staged(tmp_path)
    payload = np.zeros((33, 14), np.uint8)
    payload[:32, 0] = np.arange(32) << 3
    payload[32, 0] = 17 << 3 | 7
    frames = FrameBatch.of(np.full(33, BEGIN), payload, length_of(payload))
    asyncio.run(stage.parts.intake.hear("roof", frames))
    rows = {
        dict(labels)["format"]: n for (name, labels), n in told(stage).items() if name == "detector_feed_rows_total"
    }
    stage.die()
    assert rows == dict.fromkeys(USED_FORMATS.values(), 1.0) | {"DF17": 2.0, OTHER_FORMAT: 23.0}
