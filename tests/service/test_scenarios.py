"""The Pyongyang story heard live: which message arrives when, whatever happens to the service and to its receiver."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from detector import app
from detector.domain.alert import Alert
from detector.domain.frame import FrameBatch
from detector.domain.times import parse_iso
from detector.domain.wire import alert_line
from detector.simulation import airports_of, parse_scenario, simulate
from detector.sinks.settings import QuietSettings
from detector.stores.memory import MemoryStore
from tests.movements.worlds import real_field
from tests.service.stage import Receiver, Stage, StageClock

STORY = Path(__file__).parent.parent / "scenarios" / "pyongyang.yaml"
BEGIN = parse_iso("2024-11-07T00:00:00Z")
END = parse_iso("2024-11-07T05:00:00Z")
OPENED_BY = parse_iso("2024-11-07T01:45:00Z")
DESK: Mapping[str, Any] = {"name": "desk"}


@cache
def heard() -> FrameBatch:
    """The first five hours: from Vladivostok to Pyongyang, and out of it again."""
    scenario = parse_scenario(STORY.read_text(encoding="utf-8"), source=STORY.name)
    frames = simulate(scenario, {code: real_field(code) for code in airports_of(scenario)}).frames
    return frames.take((frames.heard_at >= BEGIN) & (frames.heard_at < END))


class Played:
    """One run of the stage: what arrived, and what the service said."""

    def __init__(self, stages: list[Stage], receiver: Receiver) -> None:
        self.stages = stages
        self.receiver = receiver
        self.arrivals = receiver.arrivals

    @property
    def ids(self) -> list[str]:
        return [arrival.id for arrival in self.arrivals]


def played(
    folder: Path,
    *,
    endpoint: Mapping[str, Any] = DESK,
    down: tuple[tuple[float, float], ...] = (),
    deaths: tuple[float, ...] = (),
    until: float = END,
    at_each: Callable[[float], None] = lambda _: None,
) -> Played:
    """Hears the story live. `deaths`: when the service is killed; it is started again at once."""
    clock = StageClock(BEGIN)
    receiver = Receiver(clock, list(down))
    store = MemoryStore()
    stages: list[Stage] = []
    for end in (*deaths, until):
        stages.append(Stage(clock, receiver, store, folder / "spool", [endpoint], checkpoint_s=600.0))
        asyncio.run(stages[-1].play(heard(), end, at_each=at_each))
        stages[-1].die()
    return Played(stages, receiver)


@cache
def undisturbed() -> tuple[str, ...]:
    with TemporaryDirectory() as folder:
        return tuple(played(Path(folder)).ids)


def test_the_arrival_at_a_listed_field_is_told_within_a_turn(tmp_path: Path) -> None:
    story = played(tmp_path)
    first = story.arrivals[0]
    assert (first.kind, first.alert["stop"]["airport"]) == ("detector.alert.opened", "ZKPY")
    assert parse_iso(first.alert["at"]) <= first.at <= min(parse_iso(first.alert["at"]) + 61, OPENED_BY)
    assert [arrival.kind for arrival in story.arrivals][:2] == ["detector.alert.opened", "detector.alert.closed"]


def test_every_revision_arrives_once_and_in_order(tmp_path: Path) -> None:
    ids = played(tmp_path).ids
    assert len(set(ids)) == len(ids) >= 2
    assert ids == sorted(ids, key=lambda one: int(one.rpartition(".")[2]))


def test_a_receiver_that_was_down_gets_everything_later_and_in_order(tmp_path: Path) -> None:
    outage = (OPENED_BY - 3600.0, OPENED_BY + 1200.0)
    story = played(tmp_path, down=(outage,))
    assert story.ids == list(undisturbed())
    assert story.receiver.attempts > len(story.arrivals)
    assert outage[1] <= story.arrivals[0].at <= outage[1] + 2100.0


def test_a_service_killed_at_any_moment_sends_what_it_would_have_sent(tmp_path: Path) -> None:
    deaths = tuple(BEGIN + 3600.0 + 777.0 * i for i in range(8))
    story = played(tmp_path, deaths=deaths)
    assert story.ids == list(undisturbed())


def test_quiet_hours_hold_a_message_until_they_are_over(tmp_path: Path) -> None:
    quiet = {"from": "01:00", "to": "03:30", "timezone": "UTC"}
    story = played(tmp_path, endpoint={"name": "desk", "quiet": msgspec.convert(quiet, QuietSettings)})
    opens = parse_iso("2024-11-07T03:30:00Z")
    assert opens <= story.arrivals[0].at <= opens + 31


def test_a_digest_tells_of_everything_in_one_message(tmp_path: Path) -> None:
    story = played(tmp_path, endpoint={"name": "desk", "digest_s": 7200.0})
    assert {arrival.kind for arrival in story.arrivals} == {"detector.alert.digest"}
    assert all(b.at - a.at >= 7200.0 for a, b in zip(story.arrivals, story.arrivals[1:], strict=False))


def test_no_heartbeat_is_told_while_no_feed_listens(tmp_path: Path) -> None:
    clock = StageClock(BEGIN)
    stage = Stage(clock, Receiver(clock), MemoryStore(), tmp_path / "spool", [DESK])
    for _ in range(5):
        clock.at += 1.0
        stage.service.turn()
    assert stage.core.pipeline.ticks == 0
    assert stage.service.health()["ok"] is False


def test_what_was_heard_live_is_what_a_replay_of_the_spool_finds(tmp_path: Path) -> None:
    clock = StageClock(BEGIN)
    stage = Stage(clock, Receiver(clock), MemoryStore(), tmp_path / "spool", [DESK])
    live: list[Alert] = []
    take = stage.core.alerts

    def noted() -> list[Alert]:
        new = take()
        live.extend(new)
        return new

    stage.core.alerts = noted  # type: ignore[method-assign]
    asyncio.run(stage.play(heard(), END))
    stage.die()
    with app.Replay(app.ReplayOptions((str(tmp_path / "spool"),), store="memory")) as replay:
        again = replay.run().alerts
    assert [alert_line(alert) for alert in live] == [alert_line(alert) for alert in again]
    assert live
