from __future__ import annotations

from typing import Any

import pytest

from detector.cases.comparison import NOT_FROM_FRAMES, Outcome, Verification, compared, silence_compared

CLAIMED: dict[str, Any] = {
    "icao24": "15522c",
    "airport": "ZKPY",
    "level": 3,
    "kind": "inferred",
    "landed": {"earliest": "2024-11-07T01:29:05Z", "latest": "2024-11-07T02:09:22Z", "observed": False},
    "departed": None,
    "ground_time_s": {"min": 300, "max": None},
    "checks": [
        {"name": "feasible", "verdict": "pass"},
        {"name": "listening", "verdict": "pass"},
    ],
    "findings": [{"rule": "listed_airport", "certainty": "certain", "severity": "high"}],
    "score": None,
}


def outcomes(found: dict[str, Any] | None, claimed: dict[str, Any] = CLAIMED) -> dict[str, Outcome]:
    return {fact.name: fact.outcome for fact in compared(claimed, found)}


def with_check(name: str, verdict: str, **changes: object) -> dict[str, Any]:
    checks = [check | ({"verdict": verdict} if check["name"] == name else {}) for check in CLAIMED["checks"]]
    return {**CLAIMED, "checks": checks, **changes}


def test_equal_stops_are_the_same_in_every_fact() -> None:
    assert set(outcomes(CLAIMED).values()) == {Outcome.SAME}


@pytest.mark.parametrize(("second", "outcome"), [("35", Outcome.SAME), ("36", Outcome.DIFFERENT)])
def test_times_within_thirty_seconds_are_the_same(second: str, outcome: Outcome) -> None:
    found = {**CLAIMED, "landed": CLAIMED["landed"] | {"earliest": f"2024-11-07T01:29:{second}Z"}}
    assert outcomes(found)["landed earliest"] is outcome


def test_a_bound_that_only_one_side_knows_is_different() -> None:
    found = {**CLAIMED, "ground_time_s": {"min": 300, "max": 2_700}}
    assert outcomes(found)["ground time max"] is Outcome.DIFFERENT
    assert outcomes(found)["ground time min"] is Outcome.SAME


def test_a_check_that_needs_more_than_frames_says_nothing_when_it_comes_out_otherwise() -> None:
    assert outcomes(with_check("listening", "not_evaluable"))["check listening"] is Outcome.NOT_RECOMPUTABLE
    assert outcomes(with_check("feasible", "not_evaluable"))["check feasible"] is Outcome.DIFFERENT
    assert "listening" in NOT_FROM_FRAMES


def test_a_check_or_finding_that_the_alert_does_not_have_is_different() -> None:
    more = {**CLAIMED, "findings": [*CLAIMED["findings"], {"rule": "other", "certainty": "x", "severity": "y"}]}
    assert outcomes(more)["finding other"] is Outcome.DIFFERENT


def test_a_level_lowered_by_a_check_that_frames_cannot_tell_is_not_held_against_the_alert() -> None:
    lowered = with_check("listening", "fail", level=2)
    assert outcomes(CLAIMED, lowered)["level"] is Outcome.NOT_RECOMPUTABLE
    assert outcomes(CLAIMED, {**CLAIMED, "level": 2})["level"] is Outcome.DIFFERENT
    assert outcomes(CLAIMED, {**CLAIMED, "level": 2, "held": {}})["level"] is Outcome.NOT_RECOMPUTABLE


def test_no_stop_at_all_is_different() -> None:
    facts = tuple(compared(CLAIMED, None))
    assert not Verification("alert-1", 1, facts).same


SILENCE: dict[str, Any] = {
    "icao24": "15522c",
    "from": "2024-11-07T01:20:00Z",
    "until": "2024-11-07T03:00:00Z",
    "lost": {"at": "2024-11-07T01:19:58Z", "lat": 39.0, "lon": 130.1},
    "found": {"at": "2024-11-07T03:00:02Z", "lat": 39.3, "lon": 131.0},
}
DARK: dict[str, Any] = {**CLAIMED, "level": 1, "kind": "dark", "airport": None, "candidates": [{"airport": "ZKWS"}]}


def test_a_dark_stop_is_compared_by_its_silence_and_the_rest_is_not_recomputable() -> None:
    facts = {fact.name: fact.outcome for fact in silence_compared(DARK, SILENCE, SILENCE)}
    assert facts["silent from"] is facts["last place"] is facts["stop within the silence"] is Outcome.SAME
    assert facts["level"] is facts["candidates"] is facts["finding listed_airport"] is Outcome.NOT_RECOMPUTABLE
    assert Outcome.DIFFERENT not in facts.values()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"until": None}, "silent until"),
        ({"from": "2024-11-07T01:21:00Z"}, "silent from"),
        ({"lost": SILENCE["lost"] | {"lat": 39.2}}, "last place"),
        ({"from": "2024-11-07T01:40:00Z"}, "stop within the silence"),
    ],
)
def test_another_silence_than_the_one_told_is_different(change: dict[str, Any], name: str) -> None:
    facts = {fact.name: fact.outcome for fact in silence_compared(DARK, SILENCE, SILENCE | change)}
    assert facts[name] is Outcome.DIFFERENT
    assert [fact.outcome for fact in silence_compared(DARK, SILENCE, None)] == [Outcome.DIFFERENT]
