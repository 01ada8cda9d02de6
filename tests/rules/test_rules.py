"""The rules: when each fires, how sure it says it is, and why."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from detector import rules
from detector.domain.alert import JourneyStep
from detector.domain.stop import Candidate, Certainty, Finding, GroundTime, Level, Moment, Severity, Status, Stop
from detector.domain.times import parse_iso
from detector.reference import WatchList
from detector.reference.watchlist import WatchEntry
from detector.rules import RuleSettings
from tests.movements.worlds import airports

AT = parse_iso("2024-05-06T12:00:00Z")


def watch_list(begin: date = date(2020, 1, 1), until: date | None = None) -> WatchList:
    entry = WatchEntry(
        list_id="test",
        programme="P",
        authority="A",
        source="S",
        reason="R",
        valid_from=begin,
        valid_to=until,
        airport="OSDI",
    )
    return WatchList.from_entries([("here:1", entry)], airports())


def stop(*, least: float = 1_800.0, most: float | None = 2_400.0, share: float = 0.95, **values: object) -> Stop:
    usual = {
        "id": "stop-1", "revision": 1, "status": Status.CLOSED, "icao24": "4840d6", "airport": "OSDI", "country": "SY",
        "candidates": (Candidate("OSDI", share, 5.0),), "landed": Moment(AT, AT + 60, AT + 30, False),
        "departed": Moment(AT + 1_860, AT + 2_400, AT + 2_000, False), "ground_time": GroundTime(least, most, least),
        "level": Level.BOTH_SIDES, "opened_at": AT, "revised_at": AT + 2_500,
    }  # fmt: skip
    return Stop(**{**usual, **values})  # type: ignore[arg-type]


def found(one: Stop, listed: WatchList | None = None) -> dict[str, Finding]:
    return {finding.rule: finding for finding in rules.findings(one, listed or watch_list(), RuleSettings())}


def test_every_rule_of_the_registry_runs_unless_switched_off() -> None:
    assert set(RuleSettings().enabled) == set(rules.RULES)
    assert set(found(stop())) == set(rules.RULES) - {"dark_stop", "journey"}
    assert rules.findings(stop(), watch_list(), RuleSettings(enabled=())) == ()


@pytest.mark.parametrize(
    ("least", "most", "certainty"),
    [
        (1_800.0, 3_599.0, Certainty.CERTAIN),
        (1_800.0, 3_600.0, Certainty.POSSIBLE),
        (3_599.0, 9_000.0, Certainty.POSSIBLE),
        (3_599.0, None, None),
        (3_600.0, 9_000.0, None),
    ],
)
def test_a_short_turnaround_works_on_the_interval(
    least: float, most: float | None, certainty: Certainty | None
) -> None:
    finding = found(stop(least=least, most=most)).get("short_turnaround")
    assert (finding and finding.certainty) == certainty
    if finding is not None:
        assert f"{least / 60:.0f}" in finding.reason
        assert "limit 60 min" in finding.reason


def test_an_open_stop_at_a_listed_field_does_not_wait_for_the_departure() -> None:
    findings = found(stop(status=Status.OPEN, departed=None, ground_time=None))
    assert set(findings) == {"listed_airport"}
    assert "OSDI is listed: P (A), since 2020-01-01" in findings["listed_airport"].reason


@pytest.mark.parametrize(
    ("level", "share", "certainty", "severity"),
    [
        (Level.OBSERVED, 0.95, Certainty.CERTAIN, Severity.HIGH),
        (Level.BOTH_SIDES, 0.9, Certainty.CERTAIN, Severity.HIGH),
        (Level.BOTH_SIDES, 0.89, Certainty.POSSIBLE, Severity.MEDIUM),
        (Level.ONE_SIDE, 0.99, Certainty.POSSIBLE, Severity.MEDIUM),
    ],
)
def test_a_listed_field_is_certain_with_both_sides_and_no_doubt_about_the_field(
    level: Level, share: float, certainty: Certainty, severity: Severity
) -> None:
    finding = found(stop(level=level, share=share))["listed_airport"]
    assert (finding.certainty, finding.severity) == (certainty, severity)


@pytest.mark.parametrize(
    "changes",
    [
        {"level": Level.REJECTED},
        {"level": Level.DARK},
        {"status": Status.RETRACTED},
        {"airport": None},
        {"airport": "LLBG"},
    ],
)
def test_nothing_is_said_of_what_is_no_stop_or_not_listed(changes: dict[str, object]) -> None:
    assert found(msgspec.structs.replace(stop(), **changes)) == {}


@pytest.mark.parametrize(
    ("begin", "until", "fires"),
    [
        (date(2024, 5, 6), None, True),
        (date(2024, 5, 7), None, False),
        (date(2020, 1, 1), date(2024, 5, 6), True),
        (date(2020, 1, 1), date(2024, 5, 5), False),
    ],
)
def test_the_listing_in_force_on_the_day_of_the_landing_counts(begin: date, until: date | None, fires: bool) -> None:
    assert bool(found(stop(), watch_list(begin, until))) is fires


def test_the_journey_is_told_in_words_and_only_once_there_is_one() -> None:
    leg = JourneyStep(
        kind="leg", at=1_715_000_000.0, until=1_715_003_600.0, latitude_deg=55.4, longitude_deg=49.1, track_deg=239.0,
        near="26 NM south of UWKD (Kazan)",
    )  # fmt: skip
    there = JourneyStep(kind="stop", at=1_715_010_000.0, airport="UUWW", stop_id="s", level=3)
    assert rules.onward(stop(), (), RuleSettings()) is None
    finding = rules.onward(stop(), (leg, there), RuleSettings())
    assert finding is not None
    assert (finding.rule, finding.severity) == ("journey", Severity.LOW)
    assert "26 NM south of UWKD (Kazan), track 239" in finding.reason
    assert "stop at UUWW from about 2024-05-06 15:40Z (level 3)" in finding.reason
    assert rules.onward(stop(), (leg,), RuleSettings(enabled=())) is None
