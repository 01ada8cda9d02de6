"""A stop at a field on a watch list. Arrival is enough; nobody waits for the departure."""

from __future__ import annotations

from detector.domain.stop import Certainty, Finding, Level, Severity
from detector.rules.interface import Case

SURE_OF_FIELD = 0.9


def listed_airport(case: Case) -> Finding | None:
    """Fires when the named field is listed on the day of the landing."""
    stop = case.stop
    if stop.airport is None or not case.listings or stop.level < Level.ONE_SIDE:
        return None
    sure = stop.level >= Level.BOTH_SIDES and stop.candidates[0].probability >= SURE_OF_FIELD
    listings = "; ".join(
        f"{listing.programme} ({listing.authority}), since {listing.valid_from.isoformat()}"
        for listing in case.listings
    )
    return Finding(
        rule="listed_airport",
        certainty=Certainty.CERTAIN if sure else Certainty.POSSIBLE,
        severity=Severity.HIGH if sure else Severity.MEDIUM,
        reason=f"{stop.airport} is listed: {listings}",
    )
