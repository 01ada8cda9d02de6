"""What Prometheus is told: bounded labels, and figures that are those of the parts."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
from prometheus_client.parser import text_string_to_metric_families

from detector.domain.frame import FrameBatch
from detector.service.metrics import DeliveryTally, ServiceMetrics
from detector.simulation.encode.frames import all_call_reply, extended_squitter
from detector.stores.memory import MemoryStore
from tests.service.stage import Receiver, Stage, StageClock

BEGIN = 1_730_937_600.0


def told(stage: Stage) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    text = ServiceMetrics(stage.parts, DeliveryTally()).text().decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def invented(n: int) -> FrameBatch:
    """Addresses that announce themselves twice, each with a call sign that nobody should see in a label."""
    icao24 = np.arange(1, n + 1) * 97 % 0xFFFFFF
    hello = all_call_reply(icao24=icao24)
    name = extended_squitter(np.full(n, 0x20_04_10_41_04_10_41, np.int64), icao24=icao24)
    payload = np.concatenate([hello, name])
    at = np.concatenate([BEGIN + np.arange(n) * 1e-3, BEGIN + n * 1e-3 + 1.0 + np.arange(n) * 1e-3])
    return FrameBatch.of(at, payload, np.where(payload[:, 0] >> 7, 14, 7).astype(np.uint8))


def test_series_do_not_grow_with_aircraft(tmp_path: Path) -> None:
    counts = []
    for n in (5, 3000):
        clock = StageClock(BEGIN)
        stage = Stage(clock, Receiver(clock), MemoryStore(), tmp_path / str(n), [{"name": "desk"}])
        asyncio.run(stage.play(invented(n), BEGIN + 60.0))
        stage.die()
        figures = told(stage)
        assert figures["detector_aircraft", ()] == n
        assert figures["detector_frames_total", ()] == 2 * n
        counts.append(len(figures))
    assert counts[0] == counts[1] < 200


def test_names_and_units_are_as_prometheus_wants_them(tmp_path: Path) -> None:
    clock = StageClock(BEGIN)
    stage = Stage(clock, Receiver(clock), MemoryStore(), tmp_path, [{"name": "desk"}])
    names = {name for name, _ in told(stage)}
    stage.die()
    assert all(name.startswith("detector_") for name in names)
    assert {"detector_store_up", "detector_checkpoint_seconds_bucket", "detector_outbox_pending"} <= names
