"""What a rule is given, and what it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from detector.domain.alert import JourneyStep
from detector.domain.stop import Finding, Stop
from detector.reference.watchlist import Listing
from detector.rules.settings import RuleSettings


@dataclass(frozen=True, slots=True)
class Case:
    """A stop of level 1 or more, and what was listed on the day of the landing.

    `listings`: of its field, none where no field is named; `reachable`: candidates that are listed; `journey`: where
    the aircraft went since, as far as an alert has followed it.
    """

    stop: Stop
    listings: tuple[Listing, ...]
    reachable: tuple[str, ...]
    settings: RuleSettings
    journey: tuple[JourneyStep, ...] = ()


Rule = Callable[[Case], Finding | None]
"""A finding, or None if the rule does not fire."""
