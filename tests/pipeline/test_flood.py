"""More addresses than there is room for. The limits are lowered, so that some thousands of addresses are a flood."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import flood
from benchmarks.flood import invented, told
from detector.checkpoint import Journal
from detector.decoding import ColumnarDecoder
from detector.domain.decoded import EMPTY, DecodedBatch
from detector.domain.errors import Reject
from detector.domain.frame import FrameBatch, Tick
from detector.domain.stop import Status
from detector.pipeline import Changes, Limits, Pipeline
from detector.tracking import TrackingSettings, forgetting
from tests.decoding.frames import all_call, squitter, stream
from tests.pipeline import story

KEPT, LIMIT = 120, 160
T0 = 1_700_000_000.0
HOUR = 3600.0


@pytest.fixture(autouse=True, scope="module")
def fewer() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forgetting, "SLIGHT_KEPT", 60)
        patch.setattr(forgetting, "ON_SUSPICION", 20)
        yield


def small_pipeline(kept: int = KEPT, limit: int = LIMIT, **tracked: float) -> Pipeline:
    usual = story.configuration().settings
    tracking = msgspec.structs.replace(usual.tracking, aircraft_kept=kept, aircraft_limit=limit, **tracked)
    return story.new_pipeline(Limits(tracking, usual.movements, usual.checks, usual.rules, usual.alerting))


@cache
def flooded() -> FrameBatch:
    """The story with a flood in it, most of it while the Il-62M is lost on its way down, and when it comes back."""
    frames = story.frames()
    order = story.heard()[1].frames.heard_at
    day = float(np.floor(order[0] / 86_400.0)) * 86_400.0
    random = np.random.default_rng(11)
    spells = ((0.1, 8.3, 700), (1.20, 1.25, 1_000), (1.9, 1.95, 1_000), (2.2, 2.25, 500), (2.3, 2.3006, 400))
    floods = [invented(random, n, day + HOUR * begin, day + HOUR * end) for begin, end, n in spells]
    both = FrameBatch.concat([frames, *floods])
    at = np.concatenate([order, *(part.heard_at for part in floods)])
    return both.take(np.argsort(at, kind="stable"))


def play(pipeline: Pipeline, batches: list[FrameBatch]) -> list[Changes]:
    changes = []
    for batch in batches:
        changes.append(pipeline.step(batch))
        assert len(pipeline.decoder.addresses) <= LIMIT
    return changes


@cache
def at_once() -> tuple[story.Outcome, tuple[int, ...], int]:
    pipeline = small_pipeline()
    changes = play(pipeline, story.cut(flooded(), range(0, len(flooded()), 2_000)))
    return story.Outcome.of(changes, pipeline), tuple(pipeline.decoder.addresses.keys), pipeline.forgotten


def test_the_stop_is_alerted_in_a_flood_as_without_one() -> None:
    without = [alert for c in play(story.new_pipeline(), [story.frames()]) for alert in c.alerts]
    pipeline = small_pipeline()
    alerts = [alert for c in play(pipeline, [flooded()]) for alert in c.alerts if alert.stop.icao24 == "15522c"]
    assert len(without) >= 3
    assert told(alerts) == told(without)
    assert pipeline.forgotten > 2_000
    assert pipeline.decoder.addresses.slot_of(0x15522C) >= 0


def test_the_tables_are_no_longer_than_the_limit() -> None:
    pipeline = small_pipeline()
    play(pipeline, [flooded()])
    assert pipeline.decoder.addresses.size <= LIMIT
    assert len(pipeline.movements.lives) <= len(pipeline.decoder.addresses)
    assert max(group.used for group in pipeline.tracker.table.groups) <= LIMIT
    assert pipeline.rejects.counts[Reject.TABLE_FULL] > 0


@settings(max_examples=3, deadline=None)
@given(st.lists(st.integers(1, 40_000), min_size=1, max_size=12), st.integers(300, 20_000))
def test_a_flood_is_forgotten_in_the_same_way_wherever_the_stream_is_cut(places: list[int], width: int) -> None:
    whole, keys, forgotten = at_once()
    pipeline = small_pipeline()
    cuts = [*places, *range(0, len(flooded()), width), *range(places[0], places[0] + 40)]
    outcome = story.Outcome.of(play(pipeline, story.cut(flooded(), cuts)), pipeline)
    assert (outcome, tuple(pipeline.decoder.addresses.keys), pipeline.forgotten) == (whole, keys, forgotten)


@settings(max_examples=3, deadline=None)
@given(st.lists(st.integers(1, 40_000), min_size=1, max_size=3, unique=True))
def test_a_run_taken_up_again_amid_a_flood_goes_on_to_the_same_state(places: list[int]) -> None:
    whole, keys, _ = at_once()
    store: dict[str, bytes] = {}
    pipeline = small_pipeline()
    journal = Journal(pipeline, "flood")
    for piece in story.cut(flooded(), places):
        for batch in story.cut(piece, range(0, len(piece), 5_000)):
            journal.note(pipeline.step(batch))
            puts, deletes = journal.changes()
            store = {key: value for key, value in store.items() if key not in deletes} | puts
        pipeline = small_pipeline()
        journal = Journal(pipeline, "flood")
        _, last = journal.restore(store)
    assert tuple(key for key in pipeline.decoder.addresses.keys if key >= 0) == tuple(key for key in keys if key >= 0)
    assert tuple(sorted(pipeline.rejects.counts.items())) == whole.rejects
    outcome = story.Outcome.of([last], pipeline)
    assert outcome.alerts == whole.alerts
    assert sum(key.startswith("aircraft:") for key in store) == len(pipeline.decoder.addresses)


def two_frames(key: int, at: float) -> list[tuple[float, bytes]]:
    return [(at, all_call(key)), (at + 0.7, all_call(key))]


def test_an_address_is_refused_while_the_table_is_full_and_taken_in_after_the_next_mark() -> None:
    pipeline = small_pipeline(kept=3, limit=5)
    heard = [frame for k in range(6) for frame in two_frames(0x400000 + k, T0 + 0.01 * k)]
    pipeline.step(stream(*sorted(heard)))
    pipeline.tick(Tick(T0 + 1.3))
    assert len(pipeline.decoder.addresses) == 5
    assert pipeline.rejects.counts[Reject.TABLE_FULL] == 1
    again = [(T0 + 1.6, all_call(0x400005)), (T0 + 2.1, all_call(0x400005))]
    pipeline.step(stream(*again))
    pipeline.tick(Tick(T0 + 4.0))
    assert pipeline.decoder.addresses.slot_of(0x400005) >= 0
    assert pipeline.forgotten >= 3
    assert pipeline.rejects.counts[Reject.TABLE_FULL] == 1


def tracked(rows: list[tuple[float, int]]) -> DecodedBatch:
    return DecodedBatch.of([list((EMPTY | {"heard_at": at, "address": key}).values()) for at, key in rows])


def test_tracks_that_others_decoded_are_refused_as_frames_are() -> None:
    pipeline = small_pipeline(kept=3, limit=5)
    pipeline.step(tracked([(T0 + 0.01 * k, 0x400000 + k) for k in range(8)]))
    assert len(pipeline.decoder.addresses) == 5
    assert pipeline.rejects.counts[Reject.TABLE_FULL] == 3
    pipeline.step(tracked([(T0 + 2.0, 0x400007)]))
    assert pipeline.decoder.addresses.slot_of(0x400007) >= 0


def after_the_story(**tracked: float) -> tuple[Pipeline, float]:
    pipeline = small_pipeline(**tracked)  # type: ignore[arg-type]
    pipeline.step(story.frames())
    assert pipeline.clock.now is not None
    return pipeline, pipeline.clock.now


def pass_hours(pipeline: Pipeline, since: float, hours: int) -> None:
    for hour in range(hours):
        pipeline.tick(Tick(since + HOUR * (hour + 1)))


def open_stops(pipeline: Pipeline) -> set[str]:
    return {
        icao24
        for icao24, life in pipeline.movements.lives.items()
        if life.stop is not None and life.stop.status is Status.OPEN
    }


def test_who_was_not_heard_for_a_week_is_forgotten_unless_it_is_in_an_open_stop() -> None:
    pipeline, now = after_the_story()
    stays = open_stops(pipeline)
    known = set(pipeline.movements.lives)
    assert stays
    assert known - stays
    pass_hours(pipeline, now, 164)
    assert set(pipeline.movements.lives) == known
    pass_hours(pipeline, now + 164 * HOUR, 14)
    stays |= open_stops(pipeline)
    assert set(pipeline.movements.lives) == stays
    assert len(pipeline.decoder.addresses) == len(stays)


def test_an_open_stop_that_raised_no_alert_is_let_go_of_in_the_end() -> None:
    pipeline, now = after_the_story(forget_after_h=24.0, forget_open_after_h=48.0)
    pass_hours(pipeline, now, 36)
    stays = open_stops(pipeline)
    assert stays - pipeline.alerts.watches.keys()
    assert set(pipeline.movements.lives) == stays | pipeline.alerts.watches.keys()
    pass_hours(pipeline, now + 36 * HOUR, 16)
    assert set(pipeline.movements.lives) == pipeline.alerts.watches.keys()
    pipeline.evidence.changes()
    assert pipeline.evidence.frames.keys() <= {stop_id for mine in pipeline.alerts.watches.values() for stop_id in mine}


def test_what_was_written_of_the_forgotten_is_told_once() -> None:
    pipeline = small_pipeline(kept=1, limit=2)
    pipeline.step(stream(*two_frames(0x400001, T0)))
    pipeline.tick(Tick(T0 + 1.3))
    assert pipeline.touched_slots().tolist() == [0]
    pipeline.step(stream(*two_frames(0x400002, T0 + 2.0)))
    pipeline.tick(Tick(T0 + 5.0))
    assert pipeline.forgotten_keys() == [0x400001]
    assert pipeline.forgotten_keys() == []


def test_whoever_gets_the_slot_of_another_begins_anew() -> None:
    first, now = after_the_story(forget_after_h=24.0, forget_open_after_h=24.0)
    others = stream(*((now + 100.0 * HOUR + k, squitter(0x400009)) for k in range(3)))
    pass_hours(first, now, 100)
    freed = [slot for slot, key in enumerate(first.decoder.addresses.keys) if key < 0]
    fresh = Pipeline(ColumnarDecoder(), first.airports, story.configuration().watchlist, Limits())
    for pipeline in (first, fresh):
        pipeline.step(others)
        pipeline.finish()
    slot = first.decoder.addresses.slot_of(0x400009)
    assert slot == freed[0]
    for mine, new in ((first.tracker.table, fresh.tracker.table), (first.decoder.table, fresh.decoder.table)):
        assert repr(mine.dump([slot])) == repr(new.dump([0]))
    assert first.tracker.doubts.current.get(slot) is None


def test_the_limits_must_fit_each_other() -> None:
    with pytest.raises(ValueError, match="greater than"):
        TrackingSettings(aircraft_kept=100, aircraft_limit=100)


@pytest.mark.soak
def test_a_million_invented_addresses_take_no_more_than_512_mb_and_change_no_alert() -> None:
    assert flood.main([]) == 0
