"""A silence with the transponder off, long enough for a stop, and a listed field within reach."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from detector.domain.stop import Candidate, Certainty, Check, Finding, Held, Level, Severity, Status, Stop, Verdict
from detector.rules import RulesFile
from detector.rules.settings import AdjustedSeverity, Adjustment
from tests.movements.worlds import configuration
from tests.rules.test_rules import AT, found, listed, listing, stop, watch_list

CANDIDATES = (Candidate("OLBA", 0.31, 20.0), Candidate("OSDI", 0.22, 40.0), Candidate("LCLK", 0.1, 90.0))


def off(verdict: Verdict = Verdict.PASS) -> Check:
    return Check("transponder_off", verdict, None, None, "", "7 others were heard there")


def dark(**values: Any) -> Stop:
    usual = {"level": Level.DARK, "airport": None, "country": None, "candidates": CANDIDATES, "checks": (off(),)}
    return stop(**{**usual, **values})


def test_it_is_possible_never_certain_and_names_the_listed_fields_with_their_shares() -> None:
    reason = (
        "fell silent where others were heard, as with the transponder switched off; "
        "fields on a watch list within reach, none of them certain: OSDI (22%). 7 others were heard there"
    )
    finding = Finding("dark_stop", Certainty.POSSIBLE, Severity.MEDIUM, reason, (listing(),))
    assert found(dark()) == {"dark_stop": finding}


def test_every_listed_field_within_reach_is_named_the_likeliest_first() -> None:
    fields = (Candidate("OLBA", 0.4, 30.0), Candidate("OSDI", 0.3, 30.0), Candidate("OSLK", 0.1, 50.0))
    finding = found(dark(candidates=fields), configuration().watchlist)["dark_stop"]
    assert "none of them certain: OSDI (30%), OSLK (10%). 7 others" in finding.reason


def test_it_carries_the_listings_of_all_fields_within_reach_each_once() -> None:
    country, other = listing("country"), listing("other")
    watch = listed(OSDI=(country,), OLBA=(country, other))
    assert found(dark(), watch)["dark_stop"].listings == (country, other)


def test_a_field_that_no_list_counts_for_is_not_named() -> None:
    watch = listed(OSDI=(listing("one"),), OLBA=(listing("two"),))
    off_for_two = RulesFile(adjust=(Adjustment(list="two", severity=AdjustedSeverity.OFF),))
    finding = found(dark(), watch, off_for_two)["dark_stop"]
    assert "none of them certain: OSDI (22%). 7" in finding.reason
    assert finding.listings == (listing("one"),)
    both_off = RulesFile(adjust=(Adjustment(rule="dark_stop", severity=AdjustedSeverity.OFF),))
    assert found(dark(), watch, both_off) == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"candidates": (CANDIDATES[0], CANDIDATES[2])},
        {"candidates": ()},
        {"checks": ()},
        {"checks": (off(Verdict.NOT_EVALUABLE),)},
        {"checks": (off(Verdict.FAIL),)},
        {"status": Status.RETRACTED},
        {"level": Level.REJECTED},
        {"held": Held("disturbed", AT + 9_000, alert=True, level=Level.DARK)},
    ],
    ids=["none listed", "no fields", "not asked", "not known", "in coverage", "taken back", "rejected", "held"],
)
def test_it_does_not_fire(changes: dict[str, Any]) -> None:
    assert found(dark(**changes)) == {}


@pytest.mark.parametrize("level", [Level.ONE_SIDE, Level.BOTH_SIDES, Level.OBSERVED])
def test_of_a_stop_at_a_named_field_the_other_rules_speak(level: Level) -> None:
    named = stop(level=level, candidates=(Candidate("OSDI", 0.95, 5.0),), checks=(off(),))
    assert "dark_stop" not in found(named)
    assert "listed_airport" in found(named)


def test_the_listing_in_force_on_the_day_counts() -> None:
    assert found(dark(), watch_list(begin=date(2024, 5, 7))) == {}
    assert "dark_stop" in found(dark(), watch_list(begin=date(2024, 5, 6)))


def test_a_stop_of_which_only_the_level_is_held_back_has_its_findings() -> None:
    held = Held("disturbed", AT + 9_000, alert=False, level=Level.OBSERVED)
    assert set(found(stop(held=held))) == set(found(stop()))
