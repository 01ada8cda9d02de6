"""Stops in the dark (level 1): silent long enough for a landing, in the middle of where others are heard.

No field is named; the candidates stand with what speaks for them.
"""

from __future__ import annotations

from detector.domain.gap import GapClass
from detector.domain.observation import Observation
from detector.domain.stop import Candidate, Level, Moment, Status, Stop
from detector.movements import checks, dark, intervals, stops
from detector.movements.dark import Dark
from detector.movements.life import Life
from detector.movements.settings import MovementSettings
from detector.movements.sides import Side
from detector.movements.surroundings import Silence, Surroundings
from detector.reference import Airports

SLOWLY = 0.5
"""The way to a field takes at most twice what it takes at the speed heard."""


def while_silent(
    life: Life,
    lost: Side,
    o: Observation,
    airports: Airports,
    sky: Surroundings,
    why: Silence,
    s: MovementSettings,
) -> Stop | None:
    """A stop while the silence lasts: only where the transponder was switched off short of a watched field."""
    if why.kind is not GapClass.TRANSPONDER_OFF:
        return None
    found = dark.fields(lost, None, o.now.category, airports, s)
    candidates = dark.candidates(found, airports)
    if not any(sky.is_listed(candidate.airport, o.at) for candidate in candidates):
        return None
    made = (checks.implied_speed(life.doubt, lost.at), checks.listening(why), checks.transponder_off(why))
    shown = _shown(found, candidates, airports)
    earliest = lost.at + min(intervals.arrival_leg_s(one.in_nm, s) for one in shown)
    speed = max(lost.groundspeed_kt or s.fastest_kt, s.approach_kt)
    latest = lost.at + max(one.in_nm for one in shown) / (SLOWLY * speed) * 3600.0 + s.holding_s
    likely = min(max(lost.at + found[0].in_nm / speed * 3600.0, earliest), latest)
    return stops.opened(
        icao24=o.icao24, opened_at=lost.heard_at, at=o.at, status=Status.OPEN, level=stops.capped(Level.DARK, made),
        candidates=candidates, airports=airports, landed=Moment(earliest, latest, likely, False), departed=None,
        ground_time=None, checks=made, callsign_in=o.now.callsign, callsign_out=None,
    )  # fmt: skip


def afterwards(
    life: Life, lost: Side, after: Side, o: Observation, airports: Airports, why: Silence, s: MovementSettings
) -> Stop | None:
    """A stop told once the aircraft is heard again; it closes one that was open.

    None where no field is in reach, or where its transponder need not have been off.
    """
    if why.kind is not GapClass.TRANSPONDER_OFF:
        return None
    found = dark.fields(lost, after, o.now.category or life.lost_category, airports, s)
    candidates = dark.candidates(found, airports)
    if not candidates:
        return None
    made = (checks.implied_speed(life.doubt, lost.at), checks.listening(why), checks.transponder_off(why))
    shown = _shown(found, candidates, airports)
    in_s = min(intervals.arrival_leg_s(one.in_nm, s) for one in shown)
    out_s = min(intervals.arrival_leg_s(one.out_nm or 0.0, s) for one in shown)
    landed, departed, time = intervals.unseen(
        lost.at + in_s, after.at - out_s, lost.at + 1.3 * in_s, after.at - 1.3 * out_s, s
    )
    level = stops.capped(Level.DARK, made)
    if life.stop is not None:
        return stops.revised(
            life.stop, o.at, status=Status.CLOSED, level=level, airport=None, country=None, candidates=candidates,
            landed=landed, departed=departed, ground_time=time, checks=stops.with_checks(life.stop.checks, made),
            callsign_out=o.now.callsign,
        )  # fmt: skip
    return stops.opened(
        icao24=o.icao24, opened_at=lost.heard_at, at=o.at, status=Status.CLOSED, level=level, candidates=candidates,
        airports=airports, landed=landed, departed=departed, ground_time=time, checks=made,
        callsign_in=life.lost_callsign, callsign_out=o.now.callsign,
    )  # fmt: skip


def _shown(found: list[Dark], candidates: tuple[Candidate, ...], airports: Airports) -> list[Dark]:
    codes = {candidate.airport for candidate in candidates}
    return [one for one in found if airports.codes[one.field] in codes]
