"""A stop of an aircraft that is on a watch list itself, wherever it is."""

from __future__ import annotations

from detector.domain.identity import Identity, RemarkKind
from detector.domain.listing import Listing
from detector.domain.stop import Certainty, Finding, Level, Stop
from detector.rules.grounds import found
from detector.rules.interface import Case

DOUBTFUL = frozenset({RemarkKind.PLACEHOLDER, RemarkKind.DISPUTED, RemarkKind.OTHER_ADDRESS})
"""Remarks by which the address may be that of another aircraft than the listed one."""


def listed_aircraft(case: Case) -> Finding | None:
    """Fires from level 1 on. Certain from level 2 on, where what an entry names is known of this aircraft for sure."""
    stop = case.stop
    grounds = case.grounds("listed_aircraft", case.aircraft) if case.aircraft else ()
    if not grounds:
        return None
    doubts = _doubts(stop.identity)
    may_be_sure = stop.level >= Level.ONE_SIDE and not doubts
    listings = [ground.listing for ground in grounds if ground.listing is not None]
    told = [
        (ground, Certainty.CERTAIN if may_be_sure and listing.sure else Certainty.POSSIBLE)
        for ground, listing in zip(grounds, listings, strict=True)
    ]
    reason = "; ".join(f"{_name(stop)}{_matched(one)} is on {_words(one)}" for one in listings)
    return found("listed_aircraft", told, ". ".join([reason, *(f"In doubt: {text}" for text in doubts)]))


def _doubts(identity: Identity | None) -> list[str]:
    remarks = () if identity is None else identity.remarks
    return [remark.text for remark in remarks if remark.kind in DOUBTFUL]


def _name(stop: Stop) -> str:
    return stop.registration or stop.icao24


def _matched(listing: Listing) -> str:
    shared = "" if listing.sure else "; not sure"
    return f" ({listing.matched}{shared})" if listing.matched else ""


def _words(listing: Listing) -> str:
    entry = f", entry {listing.identifier}" if listing.identifier else ""
    since = listing.valid_from.isoformat()
    return f"{listing.list}: {listing.programme} ({listing.authority}){entry}, since {since}: {listing.reason}"
