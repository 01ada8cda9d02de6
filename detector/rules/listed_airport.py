"""A stop at a field on a watch list. Arrival is enough; nobody waits for the departure."""

from __future__ import annotations

from detector.domain.listing import Listing
from detector.domain.stop import Certainty, Finding, Level
from detector.rules.grounds import found
from detector.rules.interface import Case

SURE_OF_FIELD = 0.9


def listed_airport(case: Case) -> Finding | None:
    """Fires when the named field is listed on the day of the landing."""
    stop = case.stop
    if stop.airport is None or not case.listings or stop.level < Level.ONE_SIDE:
        return None
    sure = stop.level >= Level.BOTH_SIDES and stop.candidates[0].probability >= SURE_OF_FIELD
    certainty = Certainty.CERTAIN if sure else Certainty.POSSIBLE
    told = [(ground, certainty) for ground in case.grounds("listed_airport", case.listings)]
    if not told:
        return None
    listings = "; ".join(_words(ground.listing) for ground, _ in told if ground.listing is not None)
    return found("listed_airport", told, f"{stop.airport} is listed: {listings}")


def _words(listing: Listing) -> str:
    identifier = f", {listing.identifier}" if listing.identifier else ""
    return f"{listing.programme} ({listing.authority}){identifier}, since {listing.valid_from.isoformat()}"
