"""Generated families: stops are found at their field, intervals hold the truth, and nothing is invented."""

from __future__ import annotations

from functools import cache

import pytest

from tests.families.registry import FAMILIES, Group, names_in
from tests.families.verdicts import Judged, Outcome, outcome_of

SEEDS = range(8)
LOWEST_SHARE = {
    "landing_unseen": 1.0,
    "take_off_unseen": 1.0,
    "both_unseen": 0.85,
    "both_unseen_while_heard_elsewhere": 0.85,
    "holding_then_unseen": 0.75,
    "one_of_two_fields": 0.7,
    "outage_at_the_landing": 0.75,
}
"""Share of the stops found at the right field. Some of the missed ones were never heard before or after, some lie
between two fields of one city."""


@cache
def outcomes(family: str) -> tuple[Outcome, ...]:
    return tuple(outcome_of(family, seed) for seed in SEEDS)


def judged(family: str) -> list[Judged]:
    found = [one for outcome in outcomes(family) for one in outcome.judged]
    assert found
    return found


def complaints(family: str) -> list[str]:
    return [f"{outcome.seed}: {text}" for outcome in outcomes(family) for text in outcome.complaints()]


@pytest.mark.parametrize("family", names_in(Group.SEEN))
def test_a_stop_heard_all_along_is_seen_within_seconds_and_nothing_is_invented(family: str) -> None:
    stops = judged(family)
    assert complaints(family) == []
    lowest = 2 if family == "outage_on_descent" else 3
    assert {one.level for one in stops} <= set(range(lowest, 5))
    assert sum(one.level == 4 for one in stops) >= (0.7 if lowest == 2 else 0.9) * len(stops)


@pytest.mark.parametrize("family", names_in(Group.UNSEEN))
def test_an_unseen_stop_is_found_at_its_field_and_its_interval_holds_the_truth(family: str) -> None:
    stops = judged(family)
    assert sum(one.result == "found" for one in stops) >= LOWEST_SHARE[family] * len(stops), complaints(family)
    assert sum(one.result == "wrong" for one in stops) <= 0.13 * len(stops), complaints(family)
    assert not any(outcome.false for outcome in outcomes(family)), complaints(family)
    assert [one.fault for one in stops if one.result in ("found", "unnamed") and one.fault] == []


@pytest.mark.parametrize("family", names_in(Group.DARK))
def test_a_stop_in_the_dark_is_told_with_its_field_among_the_first_three(family: str) -> None:
    stops = judged(family)
    assert sum(one.rank is not None and one.rank < 3 for one in stops) >= 0.75 * len(stops), complaints(family)
    assert [one for one in stops if one.result == "wrong" and one.level >= 3] == []
    assert [one.fault for one in stops if one.result in ("found", "unnamed") and one.fault] == []


@pytest.mark.parametrize("family", names_in(Group.NONE))
def test_what_stops_nowhere_is_no_stop_and_alerts_nobody(family: str) -> None:
    assert complaints(family) == []
    assert sum(outcome.alerts for outcome in outcomes(family)) == 0


@pytest.mark.parametrize("family", ["overflight", "overflight_of_a_hole"])
def test_an_overflight_with_a_silence_in_it_is_a_gap(family: str) -> None:
    gaps = sum(outcome.movements.get("gap", 0) > 0 for outcome in outcomes(family))
    assert gaps >= 0.5 * len(SEEDS)


@pytest.mark.parametrize("family", names_in(Group.SPOOFED))
def test_a_false_position_never_gives_level_4_at_the_false_field_and_hardly_ever_3(family: str) -> None:
    """The share of level 3 is told by `make evaluate` over hundreds of seeds; among these few there may be one."""
    high = [(o.seed, o.at_false_field, o.facts) for o in outcomes(family) if o.at_false_field >= 3]
    assert [one for one in high if one[1] == 4] == []
    assert len(high) <= 1, high


@pytest.mark.parametrize("family", ["spoofed_and_back", "spoofed_while_parked"])
def test_a_stop_with_a_true_landing_is_not_lost_to_a_false_position_before_or_after(family: str) -> None:
    heard = [one for o in outcomes(family) if o.facts["heard"] for one in o.judged]
    assert sum(one.result == "found" for one in heard) >= 0.85 * len(heard) > 0, complaints(family)


@pytest.mark.parametrize("family", names_in(Group.JAMMED))
def test_a_stop_after_a_jammed_approach_is_found_at_level_2_or_more(family: str) -> None:
    stops = judged(family)
    assert [one.complaint() for one in stops if one.result == "missed" or one.level < 2] == []
    # Of two fields of one city the wrong one may come out as the likelier, with a probability that says so.
    assert sum(one.result != "found" for one in stops) <= 1, complaints(family)


@pytest.mark.parametrize("family", ["two_clocks", "late_and_shuffled", "wrong_surface_fix"])
def test_odd_streams_cost_no_stop_and_invent_none(family: str) -> None:
    stops = judged(family)
    assert sum(one.result == "found" for one in stops) >= 0.85 * len(stops), complaints(family)
    assert not any(outcome.false for outcome in outcomes(family)), complaints(family)
    assert not any(outcome.at_false_field >= 3 for outcome in outcomes(family)), complaints(family)


def test_an_address_in_two_places_at_once_is_at_most_level_2() -> None:
    assert max(one.level for one in judged("one_address_in_two_places")) <= 2
    assert [f for o in outcomes("one_address_in_two_places") for f in o.false if f.level > 2] == []


def test_an_address_one_bit_away_has_no_stops_of_its_own_and_takes_none_away() -> None:
    assert complaints("one_bit_neighbour") == []


def test_a_helicopter_in_the_open_country_is_at_no_airfield() -> None:
    assert [one.complaint() for one in judged("helicopter_off_field") if one.result == "wrong"] == []


LOW = {"go_around", "low_pass"}
"""Told apart by height, and pressure altitude is off by more than lies between them."""


@pytest.mark.parametrize(
    ("family", "kinds", "share"),
    [("go_around", LOW, 0.75), ("low_pass", LOW, 0.75), ("touch_and_go", {"touch_and_go"}, 1.0)],
)
def test_an_approach_without_a_stop_is_a_movement(family: str, kinds: set[str], share: float) -> None:
    told = 0
    for outcome in outcomes(family):
        found = {kind: n for kind, n in outcome.movements.items() if kind in LOW | {"touch_and_go"}}
        assert set(found) <= kinds
        assert sum(found.values()) <= 1
        told += sum(found.values())
    assert told >= share * len(SEEDS)


def test_every_family_of_the_casebook_is_there() -> None:
    assert len(FAMILIES) >= 40
    assert {family.group for family in FAMILIES.values()} == set(Group)
