"""What a finding rests on, and how severe that makes it: for each listing by itself, as the rules file says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detector.domain.identity import TypeClass
from detector.domain.listing import Listing
from detector.domain.stop import SEVERITY_ORDER, Certainty, Finding, Severity
from detector.rules.settings import AdjustedSeverity, RuleSettings, RulesFile


@dataclass(frozen=True, slots=True)
class Ground:
    """One listing that a finding may rest on, None for a rule that needs none, and what is said of the rule there.

    `limit_s`: the rule's `under_s`, endless where it has none; `adjusted`: the severity, where not the rule's own.
    """

    listing: Listing | None
    settings: RuleSettings
    limit_s: float
    adjusted: Severity | None

    def severity(self, certainty: Certainty) -> Severity:
        """How much a finding that rests on this alone would matter."""
        return self.settings.base(certainty) if self.adjusted is None else self.adjusted


def grounds_for(
    rules: RulesFile, rule: str, listings: Sequence[Listing], type_class: TypeClass | None
) -> tuple[Ground, ...]:
    """One for each listing, or a single one where there are none; less those that are adjusted to `off`."""
    grounds = (_ground(rules, rule, listing, type_class) for listing in listings or (None,))
    return tuple(ground for ground in grounds if ground is not None)


def found(rule: str, told: Sequence[tuple[Ground, Certainty]], reason: str) -> Finding:
    """The finding over its grounds (one at least) and how sure each is: as severe as any of them makes it, and as sure
    as what makes it so. What is sure of a lesser ground says nothing of a graver one."""
    severity, sure = max(
        ((ground.severity(certainty), certainty is Certainty.CERTAIN) for ground, certainty in told),
        key=lambda one: (SEVERITY_ORDER[one[0]], one[1]),
    )
    listings = dict.fromkeys(ground.listing for ground, _ in told if ground.listing is not None)
    return Finding(rule, Certainty.CERTAIN if sure else Certainty.POSSIBLE, severity, reason, tuple(listings))


def _ground(rules: RulesFile, rule: str, listing: Listing | None, type_class: TypeClass | None) -> Ground | None:
    settings = rules.of(rule)
    limit_s, adjusted = settings.limit_s(), None
    for entry in rules.adjust:
        if entry.fits(rule, None if listing is None else listing.list, type_class):
            limit_s = limit_s if entry.under_s is None else entry.under_s
            adjusted = adjusted if entry.severity is None else entry.severity
    if adjusted is AdjustedSeverity.OFF:
        return None
    return Ground(listing, settings, limit_s, None if adjusted is None else Severity(adjusted))
