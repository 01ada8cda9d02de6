"""What `config/rules.yaml` may hold: which rules are on, how severe and how strict they are, who is told of what."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from detector.domain.identity import TypeClass
from detector.domain.stop import Certainty, Severity
from detector.reference.watch_entry import words

Words = str | tuple[str, ...] | None
"""One word or several; None where every one is meant."""
Seconds = Annotated[float, Meta(gt=0.0)]


class AdjustedSeverity(StrEnum):
    """What an adjustment makes of a severity."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    OFF = "off"
    """The listing no longer counts for the rule."""


class Severities(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How severe a finding is that holds over the whole interval of a stop, and one that holds over a part of it."""

    certain: Severity = Severity.HIGH
    possible: Severity = Severity.MEDIUM


class RuleSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule. `enabled`: false switches it off."""

    enabled: bool = True

    def base(self, certainty: Certainty) -> Severity:
        """The severity of its findings where nothing is adjusted."""
        raise NotImplementedError

    def limit_s(self) -> float:
        """Its `under_s`, endless for a rule that has none."""
        return math.inf


class GradedRule(RuleSettings, frozen=True, forbid_unknown_fields=True):
    """A rule whose findings are more severe where they are certain."""

    severity: Severities = Severities()

    def base(self, certainty: Certainty) -> Severity:
        """By how sure the finding is."""
        return self.severity.certain if certainty is Certainty.CERTAIN else self.severity.possible


class TurnaroundRule(GradedRule, frozen=True, forbid_unknown_fields=True):
    """The same with a limit: a stop shorter than `under_s` is short."""

    under_s: Seconds = 3600.0

    def limit_s(self) -> float:
        """Seconds on the ground."""
        return self.under_s


class PlainRule(RuleSettings, frozen=True, forbid_unknown_fields=True):
    """A rule with one severity."""

    severity: Severity = Severity.LOW

    def base(self, certainty: Certainty) -> Severity:
        """Always the same."""
        return self.severity


class FirstVisitRule(PlainRule, frozen=True, forbid_unknown_fields=True):
    """Silent until history holds so many visits over so many days.

    `regular_visits`: where aircraft, operator or fleet has been so often, nothing is news.
    """

    aircraft_visits: Annotated[int, Meta(ge=1)] = 20
    operator_visits: Annotated[int, Meta(ge=1)] = 100
    days: Annotated[float, Meta(ge=0.0)] = 60.0
    regular_visits: Annotated[int, Meta(ge=1)] = 10


class UnusualTimeRule(PlainRule, frozen=True, forbid_unknown_fields=True):
    """Silent until history holds `least_visits` of the type whose time on the ground is known.

    `beyond`: so many times shorter than the 1st of a hundred usual times, or longer than the 99th.
    """

    least_visits: Annotated[int, Meta(ge=5)] = 30
    beyond: Annotated[float, Meta(ge=1.0)] = 1.5


class OutlierRule(RuleSettings, frozen=True, forbid_unknown_fields=True):
    """Fires on scores above `above`, which so many of the ordinary stops stay below. Its severity is always low."""

    above: Annotated[float, Meta(ge=0.5, lt=1.0)] = 0.999

    def base(self, certainty: Certainty) -> Severity:
        """The model ranks and explains; alone it accuses nobody."""
        return Severity.LOW


class Adjustment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is said otherwise where its conditions hold: `rule`, `list` of the listing, `type_class` of the aircraft."""

    rule: Words = None
    list: Words = None
    type_class: Words = None
    severity: AdjustedSeverity | None = None
    under_s: Seconds | None = None

    def fits(self, rule: str, list_name: str | None, type_class: TypeClass | None) -> bool:
        """Whether it is about a finding of `rule` under a listing of that list (None: under none)."""
        return all(
            wanted is None or there in words(wanted)
            for wanted, there in ((self.rule, rule), (self.list, list_name), (self.type_class, type_class))
        )


class RouteSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Alerts that the endpoints `to` are told of: one finding of a `rule` that rests on a `list`, of an aircraft of a
    `type_class`, in an alert at least as severe as `severity`."""

    to: str | tuple[str, ...]
    rule: Words = None
    list: Words = None
    type_class: Words = None
    severity: Severity = Severity.LOW


class RulesFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of `config/rules.yaml`: a field for each rule, by its name, then what is said otherwise and to whom.

    Of several adjustments that fit, the later one wins. An endpoint that no route names is told of everything.
    """

    listed_airport: GradedRule = GradedRule()
    listed_aircraft: GradedRule = GradedRule()
    short_turnaround: TurnaroundRule = TurnaroundRule()
    dark_stop: PlainRule = PlainRule(severity=Severity.MEDIUM)
    identity: PlainRule = PlainRule()
    first_visit: FirstVisitRule = FirstVisitRule()
    unusual_ground_time: UnusualTimeRule = UnusualTimeRule()
    outlier: OutlierRule = OutlierRule()
    journey: PlainRule = PlainRule()
    adjust: tuple[Adjustment, ...] = ()
    routes: tuple[RouteSettings, ...] = ()

    def of(self, rule: str) -> RuleSettings:
        """The settings of one rule, by name."""
        settings = getattr(self, rule)
        assert isinstance(settings, RuleSettings)
        return settings
