"""The rules: when each fires, how sure it says it is, and why."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from detector import rules
from detector.domain.alert import JourneyStep
from detector.domain.identity import Identity, Remark, RemarkKind
from detector.domain.listing import Listing
from detector.domain.stop import Candidate, Certainty, Finding, GroundTime, Level, Moment, Severity, Status, Stop
from detector.domain.times import parse_iso
from detector.reference import WatchList
from detector.rules import RulesFile
from detector.rules.settings import PlainRule, RuleSettings
from tests.movements.worlds import airports

AT = parse_iso("2024-05-06T12:00:00Z")


def listing(name: str = "test", **values: object) -> Listing:
    usual = {
        "list": name, "programme": "P", "authority": "A", "identifier": "I", "source": "S",
        "link": "https://example.org/", "valid_from": date(2020, 1, 1), "valid_to": None, "reason": "R",
    }  # fmt: skip
    return Listing(**{**usual, **values})  # type: ignore[arg-type]


def listed(**fields: tuple[Listing, ...]) -> WatchList:
    """A watch list of these listings of fields, by code."""
    known = airports()
    indices = {code: known.index_of(code) for code in fields}
    return WatchList(known, {i: fields[code] for code, i in indices.items() if i is not None})


def watch_list(begin: date = date(2020, 1, 1), until: date | None = None) -> WatchList:
    return listed(OSDI=(listing(valid_from=begin, valid_to=until),))


def stop(*, least: float = 1_800.0, most: float | None = 2_400.0, share: float = 0.95, **values: object) -> Stop:
    usual = {
        "id": "stop-1", "revision": 1, "status": Status.CLOSED, "icao24": "4840d6", "airport": "OSDI", "country": "SY",
        "candidates": (Candidate("OSDI", share, 5.0),), "landed": Moment(AT, AT + 60, AT + 30, False),
        "departed": Moment(AT + 1_860, AT + 2_400, AT + 2_000, False), "ground_time": GroundTime(least, most, least),
        "level": Level.BOTH_SIDES, "opened_at": AT, "revised_at": AT + 2_500,
    }  # fmt: skip
    return Stop(**{**usual, **values})  # type: ignore[arg-type]


def found(
    one: Stop, fields: WatchList | None = None, settings: RulesFile | None = None, aircraft: tuple[Listing, ...] = ()
) -> dict[str, Finding]:
    made = rules.findings(one, fields or watch_list(), settings or RulesFile(), aircraft)
    return {finding.rule: finding for finding in made}


def switched_off(*names: str) -> RulesFile:
    """All rules as they come, less these."""
    settings = RulesFile()
    changed = {name: msgspec.structs.replace(settings.of(name), enabled=False) for name in names}
    return msgspec.structs.replace(settings, **changed)


REMARKABLE = Identity(icao24="4840d6", remarks=(Remark(RemarkKind.REREGISTERED, "was PH-AAA until 2019"),))


def test_every_rule_has_its_settings_under_its_name() -> None:
    settings = RulesFile()
    sections = [name for name in RulesFile.__struct_fields__ if isinstance(getattr(settings, name), RuleSettings)]
    assert sections == list(rules.RULES)
    assert rules.WITHOUT_LISTINGS.issubset(rules.RULES)


def test_findings_come_in_the_order_of_the_registry() -> None:
    findings = rules.findings(stop(identity=REMARKABLE), watch_list(), RulesFile(), (listing("fleet"),))
    assert [finding.rule for finding in findings] == [
        "listed_airport",
        "listed_aircraft",
        "short_turnaround",
        "identity",
    ]
    assert [name for name in rules.RULES if name in {finding.rule for finding in findings}] == [
        finding.rule for finding in findings
    ]


@pytest.mark.parametrize("name", ["listed_airport", "listed_aircraft", "short_turnaround", "identity"])
def test_a_rule_that_is_switched_off_says_nothing_and_the_others_go_on(name: str) -> None:
    one, fleet = stop(identity=REMARKABLE), (listing("fleet"),)
    assert set(found(one, None, switched_off(name), fleet)) == set(found(one, None, None, fleet)) - {name}
    assert found(one, None, switched_off(*rules.RULES), fleet) == {}


def test_a_finding_at_a_listed_field_carries_its_listings_and_names_entry_and_day() -> None:
    both = (listing("one"), listing("two", programme="Q", identifier="", valid_from=date(2021, 2, 3)))
    findings = found(stop(), listed(OSDI=both))
    assert findings["listed_airport"].listings == findings["short_turnaround"].listings == both
    assert findings["listed_airport"].reason == ("OSDI is listed: P (A), I, since 2020-01-01; Q (A), since 2021-02-03")


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
    assert "OSDI is listed: P (A), I, since 2020-01-01" in findings["listed_airport"].reason


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
    assert rules.onward(stop(), (), RulesFile()) is None
    finding = rules.onward(stop(), (leg, there), RulesFile())
    assert finding is not None
    assert (finding.rule, finding.severity) == ("journey", Severity.LOW)
    assert "26 NM south of UWKD (Kazan), track 239" in finding.reason
    assert "stop at UUWW from about 2024-05-06 15:40Z (level 3)" in finding.reason
    assert rules.onward(stop(), (leg,), RulesFile(journey=PlainRule(enabled=False))) is None
