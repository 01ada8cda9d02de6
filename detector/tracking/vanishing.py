"""Why an aircraft in flight was no longer heard: at the edge of what is heard, or in the middle of it.

`unknown` unless there is a reason to say more. To say that a transponder was switched off takes three things: others
are heard where the aircraft was, where it was going and to both sides of that, at its height or lower; the height is
well above what is lost there anyway; and receivers that hear that area went on listening. The sides are asked because
whoever flies along the rim of what is heard, or out of it at a slant, has others all the way before it and beside it,
and is lost by one turn of the rim.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import msgspec

from detector.domain.gap import GapClass, GapPlace
from detector.domain.geo import angle_between_deg, destination, distance_nm
from detector.domain.units import SECONDS_PER_HOUR
from detector.tracking.coverage import Coverage, Heard, around, cell_of, cells_between, middle_of
from detector.tracking.listening import Listening

RECENT_S = 30 * 86_400.0
"""Sightings older than this before the silence tell nothing: receivers come and go."""
ENOUGH_AIRCRAFT = 3
"""So many others must have been heard where it vanished; taken from the lowest up, they show the floor there."""
ENOUGH_AHEAD = 1.5
"""So many in each place ahead and to its sides: two others, or one and, at another time, the aircraft itself,"""
ITSELF = 0.5
"""which counts for less: one installation may be heard better than others are."""
FLOOR_AIRCRAFT = 2
"""So many others, taken from the lowest up, show what is normally heard low there."""
NEAR_FLOOR_FT = 3_000.0
"""The floor rises by so much across a cell 60 NM from a receiver."""
ABOVE_FLOOR_FT = 6_000.0
"""Well above the floor: twice that."""
TRAFFIC_FLOOR_FT = 15_000.0
"""Higher up, nobody may be heard lower only because all are on their way; there, others ahead of it are proof."""
NEARER_NM = 15.0
"""Half a cell: an area ahead begins this much nearer than its middle."""
SIDES_DEG = (-60.0, 0.0, 60.0)
SECTOR_DEG = 25.0
"""Directions from the track, and how far a cell may lie off them. Wherever the rim of what is heard runs through the
place of vanishing, one of the three lies wholly beyond it."""
SIDES_NM = (40.0, 80.0)
"""Nearer cells than this, 35 degrees off the rim, reach across it."""
AHEAD_S = 600.0
AHEAD_NM = (40.0, 80.0)
"""Ahead is what it flies in ten minutes, within these bounds; looked at half-way and at the end."""
STALE_FIX_S = 180.0
"""A last fix this long before the last frame is no place of vanishing."""
LEAST_SHARE = 0.5
"""A silence of which less was listened to tells nothing."""
HORIZON_NM_PER_ROOT_FT = 1.23
"""Radio horizon over a smooth Earth with 4/3 of its radius: 1.23 (sqrt(h1) + sqrt(h2)) NM, heights in ft."""
WITHIN_HORIZON = 0.7
BEYOND_HORIZON = 0.95
CLEAR_OF_TERRAIN_FT = 10_000.0
"""Lower, hills may stand between an aircraft and a receiver well within its horizon."""


class ReceiverPlace(msgspec.Struct, frozen=True):
    """Where a receiver's antenna is: degrees, and ft above the ground (sea level where the sea is around)."""

    latitude_deg: float
    longitude_deg: float
    height_ft: float = 30.0


@dataclass(frozen=True, slots=True)
class _Vanishing:
    """What is asked about, and who was heard there."""

    altitude_ft: float
    begin: float
    floor_ft: float | None
    here: Heard
    ahead: tuple[Heard, ...]


def classify(
    coverage: Coverage,
    lost: GapPlace | None,
    begin: float,
    listening: Listening,
    icao24: str,
    places: Mapping[int, ReceiverPlace] | None = None,
) -> tuple[GapClass, str]:
    """The class of a silence that began at `begin` (last frame, Unix s UTC), with a reason a person can read.

    `lost`: the last fix. `listening` over the silence, as far as it can be told. `places`: receivers whose place is
    known, by identity. What was learned after the silence began counts as well.
    """
    unheard = _not_listened(begin, listening)
    if unheard:
        return GapClass.UNKNOWN, unheard
    if lost is None or lost.altitude_ft is None:
        return GapClass.UNKNOWN, "its place or height was not known when it was last heard"
    if begin - lost.at > STALE_FIX_S:
        minutes = (begin - lost.at) / 60.0
        return GapClass.UNKNOWN, f"its last fix was {minutes:.0f} min before it was last heard"
    v = _vanishing(coverage, lost, lost.altitude_ft, begin, icao24)
    edge = _at_the_edge(v)
    if edge:
        return GapClass.COVERAGE, edge
    missing = _not_amid_traffic(v, lost, listening)
    if not missing:
        return GapClass.TRANSPONDER_OFF, _amid_traffic(v, listening)
    return _by_horizon(lost, lost.altitude_ft, listening, places or {}) or (GapClass.UNKNOWN, missing)


def _not_listened(begin: float, listening: Listening) -> str:
    if listening.cut_off:
        return "all that was heard fell silent at the same time, as in an outage of the receivers"
    for since, until in listening.outages:
        if since < begin + AHEAD_S:
            return f"nothing at all was heard for {(until - since) / 60.0:.0f} min when it fell silent"
    if listening.share is not None and listening.share < LEAST_SHARE:
        return f"somebody is known to have listened for only {listening.share:.0%} of the silence"
    return ""


def _vanishing(coverage: Coverage, lost: GapPlace, altitude_ft: float, begin: float, icao24: str) -> _Vanishing:
    since = begin - RECENT_S
    place = lost.latitude_deg, lost.longitude_deg
    here = around(cell_of(*place))
    ahead = []
    if lost.track_deg is not None:
        reach = AHEAD_NM[0] if lost.groundspeed_kt is None else lost.groundspeed_kt * AHEAD_S / SECONDS_PER_HOUR
        reach = min(max(reach, AHEAD_NM[0]), AHEAD_NM[1])
        for nm in (reach / 2.0, reach):
            cells = around(cell_of(*destination(*place, lost.track_deg, nm)))
            # Nothing that is nearer shows that somebody is heard further on.
            further = [cell for cell in cells if distance_nm(*place, *middle_of(cell)) >= nm - NEARER_NM]
            ahead.append(coverage.heard(further, icao24, altitude_ft, since))
        ring = cells_between(*place, *SIDES_NM)
        for side in SIDES_DEG:
            sector = [cell for cell, to in ring if angle_between_deg(to, lost.track_deg + side) <= SECTOR_DEG]
            ahead.append(coverage.heard(sector, icao24, altitude_ft, since))
    return _Vanishing(
        altitude_ft,
        begin,
        coverage.floor_ft(here, icao24, since, FLOOR_AIRCRAFT),
        coverage.heard(here, icao24, altitude_ft, since),
        tuple(ahead),
    )


def _heard_ahead(v: _Vanishing) -> bool:
    return bool(v.ahead) and all(len(heard.others) + ITSELF * heard.itself >= ENOUGH_AHEAD for heard in v.ahead)


def _at_the_edge(v: _Vanishing) -> str:
    """Why it was bound to be lost there; empty if it was not."""
    if v.floor_ft is None:
        return ""
    near = v.altitude_ft <= v.floor_ft + NEAR_FLOOR_FT
    if near and (v.altitude_ft < TRAFFIC_FLOOR_FT or (v.ahead and not _heard_ahead(v))):
        side = "below" if v.altitude_ft < v.floor_ft else "near"
        return (
            f"others are normally heard in this area down to {v.floor_ft:,.0f} ft; "
            f"it vanished at {v.altitude_ft:,.0f} ft, {side} that floor"
        )
    if v.ahead and not v.ahead[0].others and len(v.here.others) >= ENOUGH_AIRCRAFT:
        return (
            f"it flew out of the area that is heard: ahead of it nobody is at {v.altitude_ft:,.0f} ft or lower, "
            f"while {len(v.here.others)} aircraft were where it vanished"
        )
    return ""


def _not_amid_traffic(v: _Vanishing, lost: GapPlace, listening: Listening) -> str:
    """What is missing for saying that others would still have been heard; empty if nothing is."""
    height = f"at {v.altitude_ft:,.0f} ft or lower"
    if len(v.here.others) < ENOUGH_AIRCRAFT or v.floor_ft is None:
        heard = f"only {_count(len(v.here.others))}" if v.here.others else "nobody else was"
        return f"{heard} heard in this area {height}, too few to tell what is heard there"
    if v.altitude_ft < min(v.floor_ft + ABOVE_FLOOR_FT, TRAFFIC_FLOOR_FT):
        return (
            f"nobody is known to be heard much lower in this area ({v.floor_ft:,.0f} ft) "
            f"than where it vanished ({v.altitude_ft:,.0f} ft)"
        )
    if lost.track_deg is None:
        return "its track is not known, so neither is what is heard ahead of it"
    if not _heard_ahead(v):
        return f"too few others were heard ahead of it and beside that {height} to tell whether it would have been"
    if listening.alone:
        return "nobody else was heard in the hour before, so that listening cannot be told from an outage"
    if not _listeners(v, listening):
        return "no receiver that hears this area is known to have gone on hearing others"
    return ""


def _listeners(v: _Vanishing, listening: Listening) -> frozenset[int]:
    """Receivers that hear the area and went on hearing others."""
    return v.here.receivers.union(*(heard.receivers for heard in v.ahead)).intersection(listening.receivers)


def _amid_traffic(v: _Vanishing, listening: Listening) -> str:
    span = max(abs(at - v.begin) for at in v.here.others.values())
    return (
        f"{_count(len(v.here.others))} heard in this area down to {v.here.lowest_ft:,.0f} ft within {_span(span)} "
        f"of it, and others ahead of it; it vanished at {v.altitude_ft:,.0f} ft while "
        f"{_went_on(_listeners(v, listening))}"
    )


def _by_horizon(
    lost: GapPlace, altitude_ft: float, listening: Listening, places: Mapping[int, ReceiverPlace]
) -> tuple[GapClass, str] | None:
    """What the places of the receivers tell where too little has been learned."""
    if not places:
        return None
    share = {receiver: _horizon_share(place, lost, altitude_ft) for receiver, place in places.items()}
    nearest = min(share, key=lambda receiver: (share[receiver], receiver))
    if share[nearest] > BEYOND_HORIZON and places.keys() >= set(listening.receivers):
        return GapClass.COVERAGE, f"it vanished at {share[nearest]:.0%} of the radio horizon of the nearest receiver"
    within = frozenset(one for one in listening.receivers if share.get(one, math.inf) <= WITHIN_HORIZON)
    if within and altitude_ft >= CLEAR_OF_TERRAIN_FT and not listening.alone:
        best = min(share[one] for one in within)
        return GapClass.TRANSPONDER_OFF, (
            f"it vanished at {altitude_ft:,.0f} ft and {best:.0%} of the radio horizon while {_went_on(within)}"
        )
    return None


def _horizon_share(place: ReceiverPlace, lost: GapPlace, altitude_ft: float) -> float:
    """The distance of the last fix in parts of the radio horizon."""
    horizon = HORIZON_NM_PER_ROOT_FT * (math.sqrt(max(place.height_ft, 0.0)) + math.sqrt(max(altitude_ft, 0.0)))
    distance = distance_nm(place.latitude_deg, place.longitude_deg, lost.latitude_deg, lost.longitude_deg)
    return distance / horizon if horizon > 0.0 else math.inf


def _count(aircraft: int) -> str:
    return f"{aircraft} aircraft was" if aircraft == 1 else f"{aircraft} aircraft were"


def _went_on(receivers: Collection[int]) -> str:
    return f"{len(receivers)} receiver{'' if len(receivers) == 1 else 's'} went on hearing others"


def _span(seconds: float) -> str:
    if seconds < 5_400.0:
        return f"{math.ceil(seconds / 60.0)} min"
    return f"{math.ceil(seconds / 3_600.0)} h" if seconds < 2 * 86_400.0 else f"{math.ceil(seconds / 86_400.0)} days"
