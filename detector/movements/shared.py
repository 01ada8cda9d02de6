"""Two aircraft under one address: what one of them tells is no evidence about the other.

Their words on air and ground, their altitudes and positions come mixed. A stop is still told, at level 2 at most
(`sky_checks.two_places`), but nothing that the other may have said bounds its times or speaks against it.
"""

from __future__ import annotations

from detector.domain.observation import Observation
from detector.domain.stop import Check, Verdict

SHARED_S = 7_200.0
"""So long after the address was last heard in two places at once, the other aircraft may be the one that is heard."""
OF_ONE_TRACK = frozenset({"implied_speed", "time_to_descend", "altitude_at_field"})
"""Checks that take all that was heard before a landing for the words of one aircraft."""


def at(o: Observation, time: float) -> bool:
    """Whether what was heard at `time` (Unix s UTC) may be from another aircraft."""
    return o.two_places_at is not None and time - o.two_places_at <= SHARED_S


def not_asked(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """The checks, those that cannot be made for mixed tracks marked so where they fail."""
    why = "two aircraft used the address: what was heard before may be the other's"
    return tuple(
        Check(check.name, Verdict.NOT_EVALUABLE, None, check.limit, check.unit, why)
        if check.name in OF_ONE_TRACK and check.verdict is Verdict.FAIL
        else check
        for check in checks
    )
