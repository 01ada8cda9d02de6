"""What a rule is given, and what it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from detector.domain.alert import JourneyStep
from detector.domain.listing import Listing
from detector.domain.stop import Finding, Stop
from detector.rules.grounds import Ground, grounds_for
from detector.rules.settings import RulesFile
from detector.scoring import Baselines


class ListedField(NamedTuple):
    """A field by its code, and its listings in force, at least one."""

    code: str
    listings: tuple[Listing, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A stop of level 1 or more, and what was listed on the day of the landing.

    `listings`: of its field, none where no field is named; `reachable`: candidates that are listed, the likeliest
    first; `journey`: where the aircraft went since, as far as an alert has followed it; `aircraft`: listings of itself;
    `usual`: what history has taught, None where nothing was learned.
    """

    stop: Stop
    listings: tuple[Listing, ...]
    reachable: tuple[ListedField, ...]
    settings: RulesFile
    journey: tuple[JourneyStep, ...] = ()
    aircraft: tuple[Listing, ...] = ()
    usual: Baselines | None = None

    def grounds(self, rule: str, listings: Sequence[Listing] = ()) -> tuple[Ground, ...]:
        """What a finding of the rule may rest on: see `grounds_for`."""
        identity = self.stop.identity
        return grounds_for(self.settings, rule, listings, None if identity is None else identity.type_class)


Rule = Callable[[Case], Finding | None]
"""A finding, or None if the rule does not fire."""
