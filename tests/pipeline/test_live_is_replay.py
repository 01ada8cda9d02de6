"""What was recorded live, replayed: the same stops, alerts and gaps, byte for byte.

Live is a sequence of calls: frames and tracks as they came in, cut anywhere, and heartbeats between them. The spool
keeps the calls; a replay reads them in other chunks, or is interrupted and goes on.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from detector import app
from detector.app import replaying
from detector.domain.decoded import COLUMNS, Batch, DecodedBatch
from detector.domain.frame import FrameBatch, Tick
from detector.domain.live import FeedEvent, FeedStatus
from detector.domain.wire import alert_line, gap_line, stop_line
from detector.feeds.files import open_recordings
from detector.framing.spool import Item
from detector.sinks.spool import SpoolWriter
from tests.pipeline import story
from tests.pipeline.test_tracks import hour

LAG_S = 0.25
Lines = tuple[list[bytes], list[bytes], list[bytes]]


class CrashError(Exception):
    """The program ends here."""


def tracks_from(at: float) -> DecodedBatch:
    """Some of an hour of a busy field, as if it were now."""
    shift = round(at - float(hour().heard_at[0]))
    columns = {name: getattr(hour(), name)[:600] for name in COLUMNS}
    for name in ("heard_at", "position_at"):
        columns[name] = np.round((columns[name] + shift) * 1e6) / 1e6
    return DecodedBatch(**columns)


@cache
def live(seed: int) -> list[Item]:
    """A day as a service takes it in: by time of arrival, each source in pieces, with heartbeats and events."""
    random = np.random.default_rng(seed)
    frames = story.frames()
    tracks = tracks_from(float(frames.heard_at[0]) + float(random.uniform(0.0, 20_000.0)))
    # The stamps of some frames are wrong; they came when the others did.
    arrivals = [np.maximum.accumulate(at) for at in (story.heard()[1].frames.heard_at, tracks.heard_at)]
    begin, end = min(at[0] for at in arrivals), max(at[-1] for at in arrivals)
    beats = np.round(random.uniform(begin, end, 120) * 1e6) / 1e6
    # Nothing waits for long while there is something else to take in: it would be late.
    turns = np.arange(arrivals[1][0], arrivals[1][-1], 20.0)
    items: list[tuple[float, int, Item]] = []
    for number, came_at in enumerate(arrivals):
        batch: Batch = tracks if number else frames
        places = np.searchsorted(came_at, np.concatenate([beats, turns])).tolist()
        places += random.choice(len(batch), 30, replace=False).tolist()
        bounds = [0, *sorted({*places, len(batch)} - {0})]
        items += [(float(came_at[b - 1]), number, batch.take(slice(a, b))) for a, b in pairwise(bounds)]
    items += [(at, 2, Tick(at - LAG_S)) for at in beats.tolist()]
    broken = random.uniform(begin, end, 10).tolist()
    items += [(at, 3, FeedEvent("roof", FeedStatus.LOST, at, "connection reset")) for at in broken]
    return [item for _, _, item in sorted(items, key=lambda one: one[:2])]


@cache
def heard_live(seed: int) -> Lines:
    """What the calls themselves give."""
    pipeline = app.build_pipeline(story.configuration())
    result = app.ReplayResult()
    stops: dict[str, bytes] = {}
    for item in live(seed):
        if isinstance(item, FeedEvent):
            continue
        changes = pipeline.tick(item) if isinstance(item, Tick) else pipeline.step(item)
        stops |= {stop.id: stop_line(stop) for stop in changes.stops}
        result.alerts += changes.alerts
        result.gaps += changes.gaps
    changes = pipeline.finish()
    stops |= {stop.id: stop_line(stop) for stop in changes.stops}
    gaps = {gap.id: gap_line(gap) for gap in [*result.gaps, *changes.gaps]}
    alerts = [alert_line(alert) for alert in [*result.alerts, *changes.alerts]]
    return sorted(stops.values()), alerts, sorted(gaps.values())


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DETECTOR_STATE_DIR", str(tmp_path / "state"))


def spooled(folder: Path, seed: int) -> str:
    with SpoolWriter(folder, spool_id=f"{seed:032x}", max_segment_bytes=60_000, max_segment_age_s=40_000.0) as spool:
        for item in live(seed):
            now = item.at if isinstance(item, Tick | FeedEvent) else float(item.heard_at[-1])
            spool.append(item, now)
    return str(folder)


def options(path: str, *, store: str = "memory", batch_bytes: int = 1 << 20) -> app.ReplayOptions:
    return app.ReplayOptions((path,), store=store, batch_bytes=batch_bytes)


def lines(result: app.ReplayResult) -> Lines:
    return (
        sorted(stop_line(stop) for stop in result.stops),
        [alert_line(alert) for alert in result.alerts],
        sorted(gap_line(gap) for gap in result.gaps),
    )


@pytest.mark.parametrize("seed", range(3))
def test_a_spool_replayed_gives_what_was_found_live(seed: int, tmp_path: Path) -> None:
    path = spooled(tmp_path / "spool", seed)
    assert len(list((tmp_path / "spool").glob("*.spool"))) > 2
    with app.Replay(options(path, batch_bytes=[1 << 20, 20_011, 1_009][seed])) as replay:
        result = replay.run()
    assert len(heard_live(seed)[0]) > 4
    assert len(heard_live(seed)[1]) >= 5
    assert lines(result) == heard_live(seed)
    assert replay.pipeline.ticks == sum(isinstance(item, Tick) for item in live(seed))
    assert result.rejects.counts == replay.pipeline.rejects.counts


@pytest.mark.parametrize("batches", [[90], [30, 60, 3]])
def test_a_replay_of_a_spool_goes_on_where_it_was_interrupted(
    batches: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "CHECKPOINT_EVERY_S", 0.0)
    path = spooled(tmp_path / "spool", 0)
    for count in batches:
        left = [count]

        def progress(*_: object, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise CrashError

        with pytest.raises(CrashError), app.Replay(options(path, store="embedded", batch_bytes=4_001)) as replay:
            replay.run(progress)
    with app.Replay(options(path, store="embedded", batch_bytes=70_001)) as replay:
        result = replay.run()
    assert any("resumed" in note for note in result.notes)
    assert lines(result) == heard_live(0)
    assert replay.pipeline.ticks == sum(isinstance(item, Tick) for item in live(0))


def test_receivers_are_those_that_were_recorded(tmp_path: Path) -> None:
    path = spooled(tmp_path / "spool", 1)
    told = [call.receiver for call in open_recordings([path]) if isinstance(call, FrameBatch)]
    np.testing.assert_array_equal(np.concatenate(told), story.frames().receiver)
