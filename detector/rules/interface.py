"""What a rule is given, and what it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from detector.domain.stop import Finding, Stop
from detector.reference.watchlist import Listing
from detector.rules.settings import RuleSettings


@dataclass(frozen=True, slots=True)
class Case:
    """A stop of level 2 or more, and the listings of its field in force on the day of the landing."""

    stop: Stop
    listings: tuple[Listing, ...]
    settings: RuleSettings


Rule = Callable[[Case], Finding | None]
"""A finding, or None if the rule does not fire."""
