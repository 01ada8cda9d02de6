"""The aircraft's own word on air or ground, and what it changes: landings, take-offs, and the stops between them."""

from __future__ import annotations

import msgspec
import numpy as np

from detector.domain.movement import Movement, MovementKind
from detector.domain.observation import GroundRun, Observation
from detector.domain.stop import Level
from detector.movements import ground_stops, leaving, off_field, relocation
from detector.movements.ground_stops import Change, nearest_code, retracted
from detector.movements.life import Landing, Leaving, Life, Phase
from detector.movements.settings import MovementSettings
from detector.reference import Airports

NO_AIRCRAFT_FASTER_KT = 250.0
"""A ground flag at this speed is a flag, not a landing: it has been seen at 476 kt."""
TOO_HIGH_FT = 5_000.0
TAXIING_KT = 100.0
TAXIS_FOR_S = 60.0
"""Slow for so long, it is the altitude that is wrong."""
FLYING_KT = 50.0
LIFTED_FT = 300.0
HELICOPTER = "A7"
"""Emitter category of rotorcraft: they fly as slowly as others taxi."""
FRESH_S = 60.0
"""An older speed or altitude says nothing about this moment."""


def on_ground(life: Life, o: Observation, run: GroundRun, airports: Airports, s: MovementSettings) -> list[Change]:
    """A run of "on the ground" has reached a mark."""
    if _flag_in_flight(o, run, airports, s):
        return []
    changes: list[Change] = []
    if life.phase is not Phase.GROUND:
        changes += ground_stops.touched_down(life, o, run, airports, s)
    changes += _stands_elsewhere(life, o, airports, s)
    if life.stop is not None and life.stop.level is Level.OBSERVED:
        return changes
    since = life.ground_since if life.ground_since is not None else run.since
    if life.landing is not None and run.last_at - since >= s.touch_and_go_s:
        away = off_field.stood(life, life.landing, o, run, airports, s)
        told = ground_stops.stop_on_ground(life, life.landing, o, run, airports, s) if away is None else away
        changes += told
    return changes


def in_air(life: Life, o: Observation, run: GroundRun, airports: Airports, s: MovementSettings) -> list[Change]:
    """A run of "airborne" has reached a mark."""
    if life.phase is not Phase.GROUND:
        if life.phase is Phase.UNKNOWN:
            if _rolls(o, airports, s):
                return []
            life.airborne_since = run.since
        life.phase = Phase.AIR
        return leaving.settled(life, o, airports, s) if life.leaving is not None else []
    if not _flies(life, o, run, airports, s):
        return []
    ground_until = run.last_other_at if run.last_other_at is not None else run.since
    air_since = _flying_since(o, run)
    gap = air_since - ground_until
    observed = gap <= s.observed_gap_s
    landing, stop = life.landing, life.stop
    contact = ground_until - life.ground_since if life.ground_since is not None else 0.0
    life.phase, life.landing, life.stop = Phase.AIR, None, None
    life.airborne_since, life.ground_since, life.resumed_at = air_since, None, None
    field = stop.airport if stop is not None else nearest_code(o, airports, s)
    stale = stop is not None and (stop.level <= Level.ONE_SIDE or bool(life.gaps))
    if landing is not None and _only_touched(landing, contact, ground_until, run.since, s):
        reason = f"{contact:.0f} s on the ground, less than the {s.touch_and_go_s:.0f} s of a stop"
        at = landing.moment.estimate
        changes: list[Change] = [Movement(MovementKind.TOUCH_AND_GO, o.icao24, field, at, run.since, reason)]
        if stop is not None:
            changes.append(retracted(stop, o.at, f"only {contact:.0f} s on the ground: a touch-and-go"))
        life.gaps = ()
        return changes
    reason = f"the last frame on the ground is {gap:.0f} s before the first one in the air"
    take_off = Movement(MovementKind.TAKE_OFF, o.icao24, field, ground_until, air_since, reason)
    if stale:
        # Where it stood is an inference, or long ago: the first fix tells where it took off.
        unplaced = msgspec.structs.replace(take_off, airport=None)
        life.leaving = Leaving(ground_until, air_since, observed, landing, stop, unplaced)
        return leaving.settled(life, o, airports, s, first=True)
    life.leaving = Leaving(ground_until, air_since, observed, landing, stop)
    return [take_off, *leaving.settled(life, o, airports, s, first=True)]


def _only_touched(
    landing: Landing, contact_s: float, ground_until: float, air_since: float, s: MovementSettings
) -> bool:
    """Whether the contact was too short for a stop, also where its ends were not heard."""
    if contact_s >= s.touch_and_go_s:
        return False
    landed = landing.moment
    begin = ground_until - contact_s if landed.observed or landed.earliest is None else landed.earliest
    return air_since - begin < (s.touch_and_go_s if landed.observed else s.minimum_stay_s)


def _stands_elsewhere(life: Life, o: Observation, airports: Airports, s: MovementSettings) -> list[Change]:
    """On the ground again far from the field of the open stop: a flight went by in silence."""
    now, stop = o.now, life.stop
    if stop is None or not life.gaps or not now.fix_on_surface or now.fix_at is None or now.fix_at < life.gaps[-1][1]:
        return []
    if now.latitude_deg is None or now.longitude_deg is None:
        return []
    moved = relocation.moved(stop, life.gaps, now.latitude_deg, now.longitude_deg, o.at, airports, s)
    if moved is None:
        return []
    changes, landed = moved
    life.stop, life.landing, life.gaps = None, Landing(landed, now.callsign, unheard=True), ()
    life.ground_since = landed.latest
    return changes


def _flag_in_flight(o: Observation, run: GroundRun, airports: Airports, s: MovementSettings) -> bool:
    """Speed, and height above anything around, that no aircraft has on the ground."""
    now = o.now
    fast = now.groundspeed_kt is not None and now.velocity_at is not None and o.at - now.velocity_at <= FRESH_S
    if fast and now.groundspeed_kt is not None and now.groundspeed_kt > NO_AIRCRAFT_FASTER_KT:
        return True
    if now.altitude_baro_ft is None or now.altitude_at is None or o.at - now.altitude_at > FRESH_S:
        return False
    # Aircraft that taxied have sent altitudes up to 38,000 ft; a surface message by mistake tells a slow speed too.
    lasts = run.last_at - run.since >= TAXIS_FOR_S
    taxiing = lasts and fast and now.groundspeed_kt is not None and now.groundspeed_kt < TAXIING_KT
    if taxiing or now.latitude_deg is None or now.longitude_deg is None:
        return False
    fields = airports.within(now.latitude_deg, now.longitude_deg, s.manoeuvring_nm)
    highest = max((float(airports.elevation_ft[field]) for field, _ in fields), default=0.0)
    return now.altitude_baro_ft > highest + TOO_HIGH_FT


def _flying_since(o: Observation, run: GroundRun) -> float:
    """Since when it flew: the word "airborne" may come while it taxies, so not before it was last slow in this run."""
    if o.now.category == HELICOPTER:
        return run.since
    past = o.points.since(run.since)
    slow = np.flatnonzero(past.groundspeed_kt < FLYING_KT)
    fast = np.flatnonzero(past.groundspeed_kt >= FLYING_KT)
    if len(slow) == 0 or len(fast) == 0 or fast[-1] < slow[-1]:
        return run.since
    return float(past.at[fast[fast > slow[-1]][0]])


def _rolls(o: Observation, airports: Airports, s: MovementSettings) -> bool:
    """Slow, and no higher than the ground may read: light aircraft say "airborne" while they taxi, and standing."""
    now = o.now
    if now.groundspeed_kt is None or now.velocity_at is None or o.at - now.velocity_at > FRESH_S:
        return False
    if now.groundspeed_kt >= FLYING_KT or now.latitude_deg is None or now.longitude_deg is None:
        return False
    if now.altitude_baro_ft is None or now.altitude_at is None or o.at - now.altitude_at > FRESH_S:
        return False
    near = airports.within(now.latitude_deg, now.longitude_deg, s.field_radius_nm)
    height = min(
        (now.altitude_baro_ft - float(airports.elevation_ft[field]) for field, _ in near), default=float("inf")
    )
    return height <= LIFTED_FT


def _climbs(o: Observation, run: GroundRun) -> bool:
    """Whether the altitude has risen since it said "airborne": it tells a flight where no velocity is believed."""
    past = (o.points if o.heights is None else o.heights).since(run.since)
    told = past.altitude_ft[~np.isnan(past.altitude_ft)]
    return len(told) >= 2 and float(told[-1] - told[0]) >= LIFTED_FT


def _flies(life: Life, o: Observation, run: GroundRun, airports: Airports, s: MovementSettings) -> bool:
    """Whether more than a flag says so: flying speed, or height above where it stood."""
    now = o.now
    moving = now.velocity_at is not None and o.at - now.velocity_at <= FRESH_S
    if moving and (now.groundspeed_kt or 0.0) >= FLYING_KT:
        return True
    if o.doubt is not None and _climbs(o, run):
        return True
    if now.altitude_baro_ft is None or now.altitude_at is None or o.at - now.altitude_at > FRESH_S:
        return False
    index = airports.index_of(life.stop.airport) if life.stop is not None and life.stop.airport else None
    if index is None:
        return False
    standing = next((c.value for c in life.stop.checks if c.name == "altitude_at_field"), None) if life.stop else None
    height = now.altitude_baro_ft - float(airports.elevation_ft[index]) - (standing or 0.0)
    since = o.at - run.last_other_at if run.last_other_at is not None else float("inf")
    # No aircraft climbs to a cruising level in seconds: such an altitude is wrong, and proves no flight.
    return LIFTED_FT <= height <= s.at_field_ft + s.fastest_climb_fpm * since / 60.0
