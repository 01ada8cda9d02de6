"""What the rules file says otherwise: per listing, per class of aircraft, the later entry over the earlier one."""

from __future__ import annotations

from typing import Any

import pytest

from detector.domain.identity import Identity, Remark, RemarkKind, TypeClass
from detector.domain.stop import Certainty, Finding, Severity, Stop
from detector.rules import RulesFile
from detector.rules.settings import AdjustedSeverity, Adjustment, GradedRule, PlainRule, Severities, TurnaroundRule
from tests.rules.test_rules import found, listed, listing, stop

LOW, MEDIUM, HIGH, OFF = AdjustedSeverity
A, B = listing("a"), listing("b")
BOTH = listed(OSDI=(A, B))


def adjusted(*entries: Adjustment, **sections: Any) -> RulesFile:
    return RulesFile(adjust=entries, **sections)


def of_class(type_class: TypeClass | None, **values: Any) -> Stop:
    return stop(identity=Identity(icao24="4840d6", type_class=type_class), **values)


def at_field(*entries: Adjustment, one: Stop | None = None) -> Finding | None:
    """The finding of `listed_airport` at a field on the lists a and b."""
    return found(one or stop(), BOTH, adjusted(*entries)).get("listed_airport")


@pytest.mark.parametrize(
    ("entries", "severity", "lists"),
    [
        ([], "high", "ab"),
        ([Adjustment(list="a", severity=LOW)], "high", "ab"),
        ([Adjustment(list=("a", "b"), severity=LOW)], "low", "ab"),
        ([Adjustment(severity=LOW)], "low", "ab"),
        ([Adjustment(list="a", severity=LOW), Adjustment(list="b", severity=MEDIUM)], "medium", "ab"),
        ([Adjustment(list="a", severity=OFF)], "high", "b"),
        ([Adjustment(list="a", severity=OFF), Adjustment(list="b", severity=LOW)], "low", "b"),
        ([Adjustment(severity=LOW), Adjustment(list="b", severity=HIGH)], "high", "ab"),
        ([Adjustment(list="b", severity=HIGH), Adjustment(severity=LOW)], "low", "ab"),
        ([Adjustment(severity=OFF), Adjustment(list="b", severity=LOW)], "low", "b"),
        ([Adjustment(rule="listed_airport", list="c", severity=LOW)], "high", "ab"),
        ([Adjustment(rule="dark_stop", severity=LOW)], "high", "ab"),
        ([Adjustment(rule=("dark_stop", "listed_airport"), severity=LOW)], "low", "ab"),
        ([Adjustment(rule="short_turnaround", under_s=1.0)], "high", "ab"),
    ],
)
def test_the_severity_is_the_highest_over_the_listings_that_are_left(
    entries: list[Adjustment], severity: str, lists: str
) -> None:
    finding = at_field(*entries)
    assert finding is not None
    assert finding.severity == severity
    assert [one.list for one in finding.listings] == list(lists)
    assert finding.reason.count("P (A)") == len(lists)


def test_with_every_listing_off_there_is_no_finding_and_other_rules_go_on() -> None:
    entries = adjusted(Adjustment(rule="listed_airport", severity=OFF))
    assert set(found(stop(), BOTH, entries)) == {"short_turnaround"}
    assert at_field(Adjustment(list="a", severity=OFF), Adjustment(list="b", severity=OFF)) is None


@pytest.mark.parametrize(
    ("type_class", "severity"), [(TypeClass.LIGHT, "low"), (TypeClass.HEAVY, "high"), (None, "high")]
)
def test_an_entry_for_a_class_fits_aircraft_that_are_known_to_be_of_it(
    type_class: TypeClass | None, severity: str
) -> None:
    finding = at_field(Adjustment(type_class=("light", "rotorcraft"), severity=LOW), one=of_class(type_class))
    assert finding is not None
    assert finding.severity == severity


def test_an_entry_for_a_class_does_not_fit_where_nothing_is_known_of_the_aircraft() -> None:
    finding = at_field(Adjustment(type_class="light", severity=LOW), one=stop(identity=None))
    assert finding is not None
    assert finding.severity is Severity.HIGH


def test_a_finding_without_listings_is_adjusted_as_one_and_no_list_fits_it() -> None:
    odd = Identity(icao24="4840d6", type_class=TypeClass.JET, remarks=(Remark(RemarkKind.REHEXED, "odd"),))

    def severity(*entries: Adjustment) -> Severity | None:
        finding = found(stop(identity=odd), BOTH, adjusted(*entries)).get("identity")
        return None if finding is None else finding.severity

    assert severity(Adjustment(rule="identity", type_class="jet", severity=HIGH)) is Severity.HIGH
    assert severity(Adjustment(list="a", severity=HIGH)) is Severity.LOW
    assert severity(Adjustment(rule="identity", severity=OFF)) is None


def test_the_certainty_is_that_of_the_listings_which_are_left() -> None:
    sure, shared = listing("a"), listing("b", sure=False)
    finding = found(stop(), BOTH, adjusted(Adjustment(list="a", severity=OFF)), (sure, shared))["listed_aircraft"]
    assert (finding.certainty, finding.severity) == (Certainty.POSSIBLE, Severity.MEDIUM)
    assert finding.listings == (shared,)


def test_the_base_severities_are_those_of_the_file() -> None:
    sections: dict[str, Any] = {
        "listed_airport": GradedRule(severity=Severities(certain=Severity.MEDIUM, possible=Severity.LOW)),
        "identity": PlainRule(severity=Severity.HIGH),
    }
    odd = Identity(icao24="4840d6", remarks=(Remark(RemarkKind.REHEXED, "odd"),))
    findings = found(stop(identity=odd), BOTH, RulesFile(**sections))
    assert findings["listed_airport"].severity is Severity.MEDIUM
    assert findings["identity"].severity is Severity.HIGH
    assert found(stop(share=0.6), BOTH, RulesFile(**sections))["listed_airport"].severity is Severity.LOW


class TestTheLimitOfAShortTurnaround:
    """The stop of these tests is of 30 to 40 minutes: 1,800 to 2,400 s."""

    def short(self, *entries: Adjustment, one: Stop | None = None, under_s: float = 3600.0) -> Finding | None:
        settings = adjusted(*entries, short_turnaround=TurnaroundRule(under_s=under_s))
        return found(one or stop(), BOTH, settings).get("short_turnaround")

    @pytest.mark.parametrize(
        ("under_s", "certainty"),
        [(1_800.0, None), (1_801.0, "possible"), (2_400.0, "possible"), (2_401.0, "certain")],
    )
    def test_is_that_of_the_file(self, under_s: float, certainty: str | None) -> None:
        finding = self.short(under_s=under_s)
        assert (finding and finding.certainty) == certainty

    def test_is_the_highest_over_the_listings(self) -> None:
        finding = self.short(Adjustment(rule="short_turnaround", list="a", under_s=1200.0))
        assert finding is not None
        assert finding.certainty is Certainty.CERTAIN
        assert finding.reason.endswith("limit 60 min")
        assert finding.listings == (B,), "it is short under the list b alone"

    def test_is_told_as_the_highest_where_it_is_short_under_several(self) -> None:
        finding = self.short(Adjustment(rule="short_turnaround", list="a", under_s=2700.0))
        assert finding is not None
        assert finding.reason == "on the ground 30 to 40 min, limit 60 min"
        assert finding.listings == (A, B)

    def test_stays_where_a_later_entry_changes_only_the_severity(self) -> None:
        entries = (Adjustment(rule="short_turnaround", under_s=1200.0), Adjustment(list="a", severity=HIGH))
        assert self.short(*entries) is None

    def test_makes_no_finding_where_no_list_calls_it_short(self) -> None:
        assert self.short(Adjustment(rule="short_turnaround", list=("a", "b"), under_s=1200.0)) is None
        assert self.short(Adjustment(rule="short_turnaround", under_s=1800.0)) is None

    def test_of_a_list_that_is_off_does_not_count(self) -> None:
        shorter = Adjustment(rule="short_turnaround", list="a", under_s=1200.0)
        assert self.short(shorter, Adjustment(rule="short_turnaround", list="b", severity=OFF)) is None

    def test_may_be_longer_for_one_list(self) -> None:
        finding = self.short(Adjustment(rule="short_turnaround", list="a", under_s=2000.0), under_s=600.0)
        assert finding is not None
        assert (finding.certainty, finding.listings) == (Certainty.POSSIBLE, (A,))

    def test_depends_on_the_class_of_the_aircraft(self) -> None:
        entry = Adjustment(rule="short_turnaround", type_class="rotorcraft", under_s=1200.0)
        assert self.short(entry, one=of_class(TypeClass.ROTORCRAFT)) is None
        assert self.short(entry, one=of_class(TypeClass.HEAVY)) is not None

    def test_under_which_it_is_only_possible_gives_the_severity_of_that(self) -> None:
        """Certain under a, where it matters little; possible under b, which alone would be medium."""
        entries = (
            Adjustment(list="a", severity=LOW),
            Adjustment(rule="short_turnaround", list="b", under_s=2000.0),
        )
        finding = self.short(*entries)
        assert finding is not None
        assert (finding.certainty, finding.severity) == (Certainty.POSSIBLE, Severity.MEDIUM)
