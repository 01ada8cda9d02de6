from __future__ import annotations

import json
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.checkpoint import Journal
from detector.domain.frame import FrameBatch, Tick
from detector.pipeline import Changes, Pipeline
from tests.pipeline import story
from tests.pipeline.story import Outcome

FRAMES = story.frames()
WHOLE = story.run([FRAMES])
ROW = st.integers(1, len(FRAMES) - 1)


def windows(places: list[int], width: int) -> list[int]:
    """Every row for `width` rows from each place on: batches of one frame there, large ones elsewhere."""
    return [row for place in places for row in range(place, place + width)]


def resumed(cuts: list[int], batch: int = 4_096) -> Outcome:
    """The story with the path thrown away at each cut and made anew from what the journal wrote."""
    path = story.new_pipeline()
    journal = Journal(path, "story")
    store: dict[str, bytes] = {}
    last: Changes = Changes()
    for piece in story.cut(FRAMES, cuts):
        for part in story.cut(piece, range(0, len(piece), batch)):
            changes = path.step(part)
            journal.note(changes)
        puts, deletes = journal.changes()
        store = {key: value for key, value in (store | puts).items() if key not in deletes}
        path = story.new_pipeline()
        journal = Journal(path, "story")
        stream, last = journal.restore(store)
        assert stream.frames == path.frames
    return Outcome.of([last], path)


def final(outcome: Outcome) -> tuple[object, ...]:
    """What a store keeps of an outcome: of each stop its last revision."""
    stops = {json.loads(line)["id"]: line for line in outcome.stops}
    return sorted(stops.values()), outcome.alerts, outcome.movements, outcome.rejects


def test_the_story_holds_what_a_cut_could_spoil() -> None:
    alerts = [json.loads(line) for line in WHOLE.alerts]
    stops = {json.loads(line)["id"]: json.loads(line) for line in WHOLE.stops}
    assert [(a["event"], a["stop"]["airport"], a["stop"]["level"]) for a in alerts][:2] == [
        ("opened", "ZKPY", 2),
        ("closed", "ZKPY", 3),
    ]
    assert [step["kind"] for step in alerts[-1]["journey"]] == ["leg", "stop", "leg"]
    assert sorted(stop["airport"] for stop in stops.values()) == ["RKPC", "RKSI", "UHWW", "ZKPY"]
    assert {reason for reason, _ in WHOLE.rejects} >= {"late", "time_jump", "crc", "unannounced"}
    kinds = "".join(WHOLE.movements)
    assert all(kind in kinds for kind in ("LANDING", "TAKE_OFF", "TOUCH_AND_GO", "LOW_PASS"))


@pytest.mark.parametrize("size", [64, 997, 4_096])
def test_every_batch_size_gives_the_same_stops_alerts_and_movements(size: int) -> None:
    assert story.run(story.cut(FRAMES, range(0, len(FRAMES), size))) == WHOLE


@pytest.mark.soak
@pytest.mark.parametrize("size", [1, 2, 3, 5, 8])
def test_small_batches_give_the_same(size: int) -> None:
    assert story.run(story.cut(FRAMES, range(0, len(FRAMES), size))) == WHOLE


@settings(max_examples=12)
@given(places=st.lists(ROW, max_size=8), width=st.integers(1, 60))
def test_any_cut_gives_the_same(places: list[int], width: int) -> None:
    assert story.run(story.cut(FRAMES, windows(places, width))) == WHOLE


@pytest.mark.soak
@settings(max_examples=300)
@given(places=st.lists(ROW, max_size=40), width=st.integers(1, 200))
def test_any_cut_gives_the_same_for_long(places: list[int], width: int) -> None:
    assert story.run(story.cut(FRAMES, windows(places, width))) == WHOLE


def test_a_cut_at_every_moment_that_says_something_gives_the_same() -> None:
    path = story.new_pipeline()
    telling = []
    for number, batch in enumerate(story.cut(FRAMES, range(0, len(FRAMES), 16))):
        changes = path.step(batch)
        if changes.stops or changes.alerts or changes.movements:
            telling.append(number * 16)
    assert len(telling) > 10
    assert story.run(story.cut(FRAMES, windows(telling, 17))) == WHOLE


@settings(max_examples=12)
@given(cuts=st.lists(ROW, min_size=1, max_size=6))
def test_a_run_resumed_from_its_state_anywhere_gives_the_same(cuts: list[int]) -> None:
    assert final(resumed(cuts)) == final(WHOLE)


@pytest.mark.soak
@settings(max_examples=200)
@given(cuts=st.lists(ROW, min_size=1, max_size=12), batch=st.integers(50, 4_096))
def test_a_run_resumed_from_its_state_anywhere_gives_the_same_for_long(cuts: list[int], batch: int) -> None:
    assert final(resumed(cuts, batch)) == final(WHOLE)


def test_a_run_resumed_again_and_again_gives_the_same() -> None:
    assert final(resumed(list(range(150, len(FRAMES), 331)))) == final(WHOLE)


def first_alert_row() -> int:
    """The row that carries event time to where the silence near the listed field is news."""
    path = story.new_pipeline()
    row = 0
    for batch in story.cut(FRAMES, range(0, len(FRAMES), 64)):
        if not path.step(batch).alerts:
            row += len(batch)
            continue
        path = story.new_pipeline()
        path.step(FRAMES.take(slice(0, row)))
        while not path.step(FRAMES.take(slice(row, row + 1))).alerts:
            row += 1
        return row
    raise AssertionError("the story has an alert")


@cache
def moments() -> dict[str, list[int]]:
    """Rows around the places where the most is under way."""
    silent = first_alert_row()
    address = np.frombuffer(bytes.fromhex("15522c"), np.uint8)
    mine = np.flatnonzero((FRAMES.payload[:, 0] >> 3 == 17) & (FRAMES.payload[:, 1:4] == address).all(axis=1))
    lost, back = int(mine[mine < silent][-1]), int(mine[mine > silent][0])
    held = [row for row, (a, b) in enumerate(pairwise(FRAMES.heard_at.tolist())) if b > a + 80_000.0][:2]
    return {
        "inside the silence": [lost + 1, (lost + back) // 2, back],
        "just before the silence is news": [silent - 1, silent, silent + 1],
        "with a frame held back": [row + 2 for row in held],
        "in the first minutes after the silence": [back + 1, back + 2, back + 12, back + 40],
        "in a run of ground words": [int(mine[k]) for k in (5, 9, 14)],
    }


@pytest.mark.parametrize("when", sorted(moments()))
def test_a_run_resumed_at_an_awkward_moment_gives_the_same(when: str) -> None:
    for row in moments()[when]:
        assert final(resumed([row])) == final(WHOLE)


def test_the_awkward_moments_are_what_they_say() -> None:
    path = story.new_pipeline()
    first = moments()["with a frame held back"][0]
    path.step(FRAMES.take(slice(0, first)))
    assert sum(map(len, path.clock.held)) == 1
    path = story.new_pipeline()
    silent = moments()["just before the silence is news"][1]
    assert not path.step(FRAMES.take(slice(0, silent))).alerts
    assert [alert.event for alert in path.step(FRAMES.take(slice(silent, silent + 1))).alerts] == ["opened"]
    lost, _, back = moments()["inside the silence"]
    assert FRAMES.heard_at[back] - FRAMES.heard_at[lost] > 1_800.0


def test_heartbeats_bring_silences_sooner_and_change_nothing_else() -> None:
    told = story.heard()[1].frames
    cuts = list(range(0, len(told), 40))
    plain = story.cut(told, cuts)
    ticking: list[FrameBatch | Tick] = []
    for batch in plain:
        ticking += [batch, Tick(float(batch.heard_at[-1]))]
    assert story.run(ticking) == story.run(plain)


def test_a_heartbeat_alone_raises_the_alert_of_a_silence() -> None:
    path = story.new_pipeline()
    told = story.heard()[1].frames
    mine = told.take(np.flatnonzero((told.payload[:, 1:4] == np.frombuffer(bytes.fromhex("15522c"), np.uint8)).all(1)))
    lost = int(np.flatnonzero(np.diff(mine.heard_at) > 1_200.0)[0])
    path.step(mine.take(slice(0, lost + 1)))
    heard_at = float(mine.heard_at[lost])
    assert not path.tick(Tick(heard_at + 599.0)).alerts
    assert [alert.at for alert in path.tick(Tick(heard_at + 605.0)).alerts] == [heard_at + 600.0]
    assert not path.tick(Tick(heard_at + 610.0)).alerts


def test_every_aircraft_that_a_heartbeat_changed_is_written_down() -> None:
    path = story.new_pipeline()
    journal = Journal(path, "story")
    told = story.heard()[1].frames
    mine = told.take(np.flatnonzero((told.payload[:, 1:4] == np.frombuffer(bytes.fromhex("15522c"), np.uint8)).all(1)))
    lost = int(np.flatnonzero(np.diff(mine.heard_at) > 1_200.0)[0])
    journal.note(path.step(mine.take(slice(0, lost + 1))))
    store, _ = journal.changes()
    journal.note(path.tick(Tick(float(mine.heard_at[lost]) + 605.0)))
    puts, _ = journal.changes()
    again = story.new_pipeline()
    Journal(again, "story").restore(store | puts)
    assert lives(again) == lives(path)
    assert lives(again)["15522c"][1] == path.movements.lives["15522c"].stop


def lives(path: Pipeline) -> dict[str, tuple[object, ...]]:
    return {
        icao24: (life.phase, life.stop, life.stop and path.evidence.of(life.stop.id))
        for icao24, life in path.movements.lives.items()
    }
