"""Gaps: silences in flight as events of their own, from when they are news to when they have been judged."""

from __future__ import annotations

import hashlib

import msgspec

from detector.domain.gap import Gap, GapPlace
from detector.movements.sides import Side
from detector.movements.surroundings import Silence

LEAST_S = 600.0
"""Shorter silences of an aircraft in flight are everyday."""


def gap_id(icao24: str, begin: float) -> str:
    """Identity from the aircraft and the last frame before the gap, to the millisecond; the same in every run."""
    digest = hashlib.sha256(f"gap/{icao24}/{round(begin * 1000)}".encode()).hexdigest()
    return f"gap-{digest[:20]}"


def place(side: Side) -> GapPlace:
    """A side of a silence as a place."""
    return GapPlace(
        at=side.at,
        latitude_deg=side.latitude_deg,
        longitude_deg=side.longitude_deg,
        altitude_ft=side.altitude_ft,
        track_deg=side.track_deg,
        groundspeed_kt=side.groundspeed_kt,
    )


def lasting(gap: Gap | None, icao24: str, callsign: str | None, lost: Side, at: float, judged: Silence) -> Gap | None:
    """A silence that still lasts at `at` as an open gap; None where it is too short, or one is open (`gap`) already.

    A few frames in between, too few to end the open one, do not make a second gap.
    """
    if at - lost.heard_at < LEAST_S or (gap is not None and gap.end is None):
        return None
    return _gap(icao24, callsign, lost, judged)


def ended(
    gap: Gap | None,
    icao24: str,
    callsign: str | None,
    lost: Side,
    end: float,
    found: Side | None,
    judged: Silence,
    stop_id: str | None = None,
) -> Gap | None:
    """A silence that is over: the next revision of the open gap told of it, or a first one; None if it was too short.

    `end`: first frame after it; `found`: the first fix after it; `stop_id`: the stop that was told from it. An open
    gap of another silence is not taken up: see `closed`.
    """
    if end - lost.heard_at < LEAST_S:
        return None
    told = gap is not None and gap.id == gap_id(icao24, lost.heard_at)
    fresh = _gap(icao24, callsign, lost, judged)
    return msgspec.structs.replace(
        fresh,
        revision=gap.revision + 1 if told and gap is not None else 1,
        end=end,
        found=None if found is None else place(found),
        stop_id=stop_id,
    )


def closed(gap: Gap, end: float) -> Gap:
    """The next revision of an open gap whose end nobody judged: it was heard again at `end`, but not where."""
    return msgspec.structs.replace(gap, revision=gap.revision + 1, end=end)


def of_stop(gap: Gap, stop_id: str) -> Gap:
    """The next revision, once a stop has been told from the gap; the gap itself where that is known."""
    if gap.stop_id == stop_id:
        return gap
    return msgspec.structs.replace(gap, revision=gap.revision + 1, stop_id=stop_id)


def _gap(icao24: str, callsign: str | None, lost: Side, judged: Silence) -> Gap:
    return Gap(
        id=gap_id(icao24, lost.heard_at),
        revision=1,
        icao24=icao24,
        callsign=callsign,
        begin=lost.heard_at,
        end=None,
        kind=judged.kind,
        reason=judged.reason,
        lost=place(lost),
        found=None,
        listened_s=judged.listened_s,
    )
