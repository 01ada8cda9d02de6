"""Sources that do not confirm a stop alone, and tables that come after the frames: on the path as a whole."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pytest

from detector.checkpoint import Journal
from detector.domain.decoded import Batch
from detector.domain.frame import FrameBatch
from detector.pipeline import Changes
from tests.pipeline.story import Outcome
from tests.pipeline.twofold import (
    OTHER,
    OWN,
    TABLE,
    Arriving,
    arriving,
    frames,
    heard_by,
    in_order,
    late,
    new_path,
    run,
    tables,
    together,
)

NAME = "confirmed_source"


def last(outcome: Outcome) -> dict[str, Any]:
    """The only stop in its last revision."""
    stops = [json.loads(line) for line in outcome.stops]
    assert len({stop["id"] for stop in stops}) == 1
    return dict(stops[-1])


def verdict(outcome: Outcome) -> str | None:
    return next((check["verdict"] for check in last(outcome)["checks"] if check["name"] == NAME), None)


def told_in(outcome: Outcome) -> list[tuple[str, str, int]]:
    """What its revisions say."""
    stops = [json.loads(line) for line in outcome.stops]
    return [(stop["status"], stop["airport"], stop["level"]) for stop in stops]


@cache
def alone() -> Outcome:
    return run([frames()], new_path())


def of(*streams: list[Arriving], unconfirming: tuple[int, ...] = ()) -> Outcome:
    return run(in_order(*streams), new_path(*unconfirming))


def test_where_every_source_may_confirm_nothing_is_said_of_it() -> None:
    assert last(alone())["level"] == 4
    assert last(alone())["airport"] == "RKSI"
    assert verdict(alone()) is None


def test_frames_of_strangers_alone_do_not_confirm_a_stop() -> None:
    outcome = run([frames()], new_path(OWN))
    assert (last(outcome)["level"], verdict(outcome)) == (3, "fail")
    assert last(outcome)["kind"] == "inferred"


def test_a_table_alone_does_not_confirm_a_stop() -> None:
    assert last(of(late(0.0)))["level"] == 4
    outcome = of(late(0.0), unconfirming=(TABLE,))
    assert (last(outcome)["level"], verdict(outcome)) == (3, "fail")


def test_a_receiver_of_another_flight_confirms_nothing() -> None:
    passing = heard_by(frames(), OTHER)
    address = np.frombuffer(b"\x78\x0a\x01", np.uint8)
    payload = passing.payload.copy()
    payload[:, 1:4] = address  # the parity of most is broken: nobody is heard, but somebody listens
    other = FrameBatch(passing.heard_at, payload, passing.length, passing.receiver, passing.level, passing.mlat)
    outcome = run(together(frames(), other), new_path(OWN))
    assert verdict(outcome) == "fail"


@pytest.mark.parametrize("by_s", [-0.05, 0.05])
def test_a_stop_is_confirmed_whoever_of_the_two_is_faster(by_s: float) -> None:
    outcome = run(together(frames(), heard_by(frames(), OTHER, by_s)), new_path(OTHER))
    assert (last(outcome)["level"], verdict(outcome)) == (4, "pass")


def test_a_receiver_that_heard_the_approach_confirms_the_landing() -> None:
    landed_at = float(np.median(frames().heard_at[:10])) + 600
    own = frames().take(frames().heard_at < landed_at)
    assert verdict(of(arriving(own), late(0.0), unconfirming=(TABLE,))) == "pass"
    long_before = frames().take(frames().heard_at < landed_at - 480)
    assert verdict(of(arriving(long_before), late(0.0), unconfirming=(TABLE,))) == "fail"


@pytest.mark.parametrize("by_s", [0.0, 1.0, 10.0, 40.0])
def test_tables_behind_the_frames_change_no_stop_and_no_movement(by_s: float) -> None:
    outcome = of(arriving(frames()), late(by_s), unconfirming=(TABLE,))
    assert told_in(outcome) == told_in(alone())
    if by_s:  # else the first word of all may be the table's
        assert last(outcome)["id"] == last(alone())["id"]
    assert len(outcome.movements) == len(alone().movements)
    assert dict(outcome.rejects).get("implied_speed", 0) == 0
    assert verdict(outcome) == "pass"


def test_rows_far_behind_the_frames_are_counted() -> None:
    rejects = dict(of(arriving(frames()), late(10.0)).rejects)
    told = sum(len(rows) for _, rows in tables())
    assert 0.9 * told < rejects["stale"] <= told


@cache
def mixed() -> list[Batch]:
    return in_order(arriving(frames(), 30.0), late(4.0))


@cache
def mixed_whole() -> Outcome:
    return run(mixed(), new_path(TABLE))


def test_any_cut_gives_the_same() -> None:
    pieces: list[Batch] = []
    for batch in mixed():
        half = len(batch) // 3
        pieces += [batch.take(slice(0, half)), batch.take(slice(half, None))] if half else [batch]
    assert run(pieces, new_path(TABLE)) == mixed_whole()


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7])
def test_a_run_resumed_anywhere_gives_the_same(share: float) -> None:
    cut = round(len(mixed()) * share)
    path = new_path(TABLE)
    journal = Journal(path, "sources")
    told: list[Changes] = []
    for batch in mixed()[:cut]:
        told.append(path.step(batch))
        journal.note(told[-1])
    state, _ = journal.changes()
    again = new_path(TABLE)
    Journal(again, "sources").restore(state)
    told += [again.step(batch) for batch in mixed()[cut:]]
    told.append(again.finish())
    assert Outcome.of(told, again) == mixed_whole()
