"""Generated families: stops are found at their field, intervals hold the truth, and nothing is invented."""

from __future__ import annotations

import pytest

from detector.domain.movement import MovementKind
from tests.movements.families import FAMILIES
from tests.movements.verdicts import Tally
from tests.movements.worlds import World, play

SEEDS = range(20)
HEARD_ALL_ALONG = ("observed", "go_around", "low_pass", "touch_and_go", "turn_back", "parked", "silent_at_the_gate")
LOWEST_SHARE = {
    "landing_unseen": 0.95,
    "take_off_unseen": 0.95,
    "both_unseen": 0.9,
    "both_unseen_while_heard_elsewhere": 0.9,
    "holding_then_unseen": 0.8,
    "outage": 0.9,
}
"""Share of the stops found at the right field. Some of the missed ones were never heard before or after, some lie
between two fields of one city."""


def tally(family: str) -> tuple[Tally, list[World]]:
    total, worlds = Tally(), []
    for seed in SEEDS:
        world = play(FAMILIES[family](seed))
        total.add(world, seed)
        worlds.append(world)
    return total, worlds


@pytest.mark.parametrize("family", HEARD_ALL_ALONG)
def test_a_stop_heard_all_along_is_seen_at_level_4_within_seconds(family: str) -> None:
    total, _ = tally(family)
    assert total.found == total.true > 0, total.complaints
    assert (total.false, total.wrong, total.outside) == (0, 0, 0), total.complaints
    assert set(total.levels) <= {3, 4}
    assert total.levels[4] >= 0.95 * total.true


@pytest.mark.parametrize("family", LOWEST_SHARE)
def test_an_unseen_stop_is_found_at_its_field_and_its_interval_holds_the_truth(family: str) -> None:
    total, _ = tally(family)
    assert total.found >= LOWEST_SHARE[family] * total.true, total.complaints
    assert total.false == 0, total.complaints
    assert total.wrong <= 0.05 * total.true, total.complaints
    never_closed = sum("never closed" in complaint for complaint in total.complaints)
    assert total.outside == never_closed, total.complaints
    assert never_closed <= 1


def test_an_overflight_with_a_silence_in_it_is_a_gap_and_no_stop() -> None:
    total, worlds = tally("overflight")
    assert total.false == 0, total.complaints
    gaps = sum(MovementKind.GAP in world.kinds() for world in worlds)
    assert gaps >= 0.6 * len(worlds)
    assert not any(world.alerts for world in worlds)


LOW = (MovementKind.GO_AROUND, MovementKind.LOW_PASS)
"""Told apart by height, and pressure altitude is off by more than lies between them."""


@pytest.mark.parametrize(
    ("family", "kinds", "share"),
    [("go_around", LOW, 0.75), ("low_pass", LOW, 0.75), ("touch_and_go", (MovementKind.TOUCH_AND_GO,), 1.0)],
)
def test_an_approach_without_a_stop_is_a_movement(family: str, kinds: tuple[MovementKind, ...], share: float) -> None:
    told = 0
    for world in (play(FAMILIES[family](seed)) for seed in SEEDS):
        (truth,) = (m.movement for m in world.true_movements() if m.movement.kind == family)
        found = [m for m in world.movements if m.kind in (*LOW, MovementKind.TOUCH_AND_GO)]
        assert {m.airport for m in found} <= {truth.airport}
        assert all(m.kind in kinds and m.earliest - 20 <= truth.at <= m.latest + 20 for m in found)
        assert len(found) <= 1
        told += len(found)
    assert told >= share * len(SEEDS)
