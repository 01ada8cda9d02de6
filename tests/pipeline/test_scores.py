"""Scores along the path: given when a stop is over, again once it is known where the aircraft flew on to, and the same
however the stream is cut or interrupted."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.checkpoint import Journal
from detector.domain.frame import FrameBatch
from detector.domain.stop import Level, Status
from detector.pipeline import Changes, Pipeline
from detector.scoring import Ways
from tests.pipeline import story
from tests.pipeline.story import Outcome
from tests.rules.test_rules import stop
from tests.scoring import worlds

FRAMES = story.frames()
ROW = st.integers(1, len(FRAMES) - 1)


def path() -> Pipeline:
    """The path of the story, with a history (of others) and a model."""
    return story.new_pipeline(usual=worlds.world().usual, scorer=worlds.scorer())


@cache
def whole() -> Outcome:
    return story.run([FRAMES], path())


def scores(outcome: Outcome, airport: str) -> list[tuple[int, str, Any]]:
    stops = [json.loads(line) for line in outcome.stops]
    return [(one["revision"], one["status"], one["score"]) for one in stops if one["airport"] == airport]


def test_a_stop_has_a_score_once_it_is_over_and_another_once_it_has_landed_elsewhere() -> None:
    revisions = scores(whole(), "ZKPY")
    assert [score for _, status, score in revisions if status == "open"] == [None] * (len(revisions) - 2)
    (_, _, first), (_, _, second) = revisions[-2:]
    assert first["model"] == second["model"] == "stop-outlier/1"
    # What is known by then: with the way out it is odder.
    assert second["value"] > first["value"]
    assert [revision for revision, _, _ in revisions] == list(range(1, len(revisions) + 1))


def test_without_history_there_is_no_score() -> None:
    assert all(score is None for _, _, score in scores(story.run([FRAMES]), "ZKPY"))


@settings(max_examples=6)
@given(places=st.lists(ROW, max_size=6))
def test_any_cut_gives_the_same(places: list[int]) -> None:
    assert story.run(story.cut(FRAMES, places), path()) == whole()


@settings(max_examples=4)
@given(places=st.lists(ROW, min_size=1, max_size=3))
def test_any_interruption_gives_the_same(places: list[int]) -> None:
    outcome = resumed(story.cut(FRAMES, places))
    assert (sorted(latest(outcome)), outcome.alerts) == (sorted(latest(whole())), whole().alerts)


def resumed(pieces: list[FrameBatch]) -> Outcome:
    """The path thrown away after each piece, and made anew from what the journal wrote."""
    store: dict[str, bytes] = {}
    now, last = path(), Changes()
    journal = Journal(now, "story")
    for piece in pieces:
        journal.note(now.step(piece))
        puts, deletes = journal.changes()
        store = {key: value for key, value in (store | puts).items() if key not in deletes}
        now = path()
        journal = Journal(now, "story")
        _, last = journal.restore(store)
    return Outcome.of([last], now)


def latest(outcome: Outcome) -> list[bytes]:
    return list({json.loads(line)["id"]: line for line in outcome.stops}.values())


@pytest.mark.parametrize(
    ("status", "level", "scored"),
    [
        (Status.CLOSED, Level.ONE_SIDE, True),
        (Status.CLOSED, Level.DARK, False),
        (Status.CLOSED, Level.REJECTED, False),
        (Status.OPEN, Level.OBSERVED, False),
        (Status.RETRACTED, Level.OBSERVED, False),
    ],
)
def test_only_stops_that_are_over_and_sure_enough_have_one(status: Status, level: Level, scored: bool) -> None:
    one = stop(status=status, level=level)
    assert (worlds.scorer().score(one, Ways()) is not None) == scored


def test_a_stop_without_a_field_or_a_time_has_none() -> None:
    assert worlds.scorer().score(stop(airport=None), Ways()) is None
    assert worlds.scorer().score(stop(ground_time=None), Ways()) is None
