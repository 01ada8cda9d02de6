"""Landings and take-offs told by ground contact: the path of stops that were heard on the ground."""

from __future__ import annotations

from detector.domain.movement import Movement, MovementKind
from detector.domain.observation import GroundRun, Observation
from detector.domain.stop import Check, Level, Moment, Status, Stop
from detector.movements import checks, fits, intervals, stops
from detector.movements.life import Landing, Life, Phase
from detector.movements.settings import MovementSettings
from detector.movements.sides import Side, side
from detector.reference import Airports

Change = Stop | Movement

NO_AIRCRAFT_FASTER_KT = 250.0
"""A ground flag at this speed is a flag, not a landing: it has been seen at 476 kt."""
TOO_HIGH_FT = 5_000.0
FLYING_KT = 50.0
LIFTED_FT = 300.0
FRESH_S = 180.0
"""A fix this old still tells where the ground contact was: one approach, or one roll-out, long."""


def on_ground(life: Life, o: Observation, run: GroundRun, airports: Airports, s: MovementSettings) -> list[Change]:
    """A run of "on the ground" has reached a mark."""
    if _flag_in_flight(o, airports, s):
        return []
    changes: list[Change] = []
    if life.phase is not Phase.GROUND:
        changes += _touched_down(life, o, run, airports, s)
    life.ground_at = run.last_at
    if life.stop is not None and life.stop.level is Level.OBSERVED:
        return changes
    if life.landing is not None and run.last_at - run.since >= s.touch_and_go_s:
        changes += _stop_on_ground(life, life.landing, o, run, airports, s)
    return changes


def in_air(life: Life, o: Observation, run: GroundRun, airports: Airports, s: MovementSettings) -> list[Change]:
    """A run of "airborne" has reached a mark."""
    if life.phase is not Phase.GROUND:
        if life.phase is Phase.UNKNOWN:
            life.airborne_since = run.since
        life.phase = Phase.AIR
        return []
    if not _flies(life, o, airports):
        return []
    since_ground = run.last_other_at if run.last_other_at is not None else run.since
    now = side(o.now, o.points, s.trend_s)
    gap = run.since - since_ground
    observed = gap <= s.observed_gap_s
    landing, stop = life.landing, life.stop
    contact = since_ground - life.ground_since if life.ground_since is not None else 0.0
    life.phase, life.landing, life.stop = Phase.AIR, None, None
    life.airborne_since, life.ground_since = run.since, None
    field = stop.airport if stop is not None else _nearest_code(o, airports, s)
    if landing is not None and landing.moment.observed and observed and contact < s.touch_and_go_s:
        changes: list[Change] = [
            Movement(
                MovementKind.TOUCH_AND_GO,
                o.icao24,
                field,
                landing.moment.estimate,
                run.since,
                f"{contact:.0f} s on the ground",
            )  # fmt: skip
        ]
        if stop is not None:
            changes.append(retracted(stop, o.at, f"only {contact:.0f} s on the ground: a touch-and-go"))
        return changes
    out_s = 0.0
    index = airports.index_of(stop.airport) if stop is not None and stop.airport else None
    if now is not None and index is not None and not observed:
        distance = airports.distance_to_runways_nm(index, now.latitude_deg, now.longitude_deg)
        height = (now.altitude_ft or 0.0) - float(airports.elevation_ft[index])
        away = max(0.0, now.at - run.since)
        out_s = max(0.0, intervals.fastest_s(now, distance, height, s.fastest_climb_fpm) - away)
    latest = max(since_ground, run.since - out_s)
    departed = Moment(since_ground, latest, latest if observed else (since_ground + latest) / 2, observed)
    changes = [
        Movement(
            MovementKind.TAKE_OFF,
            o.icao24,
            field,
            since_ground,
            latest,
            f"ground contact until {gap:.0f} s before the first airborne frame",
        )  # fmt: skip
    ]
    if stop is not None:
        changes.append(_closed(stop, departed, now, index, o, airports, s))
    return changes


def retracted(stop: Stop, at: float, why: str) -> Stop:
    """The stop, taken back."""
    return stops.revised(stop, at, status=Status.RETRACTED, level=Level.REJECTED, retraction=why)


def _touched_down(life: Life, o: Observation, run: GroundRun, airports: Airports, s: MovementSettings) -> list[Change]:
    was, life.phase = life.phase, Phase.GROUND
    life.ground_since, life.resumed_at = run.since, None
    if was is Phase.UNKNOWN or run.last_other_at is None:
        # Found on the ground (perhaps after one stray airborne word): there was no landing to speak of.
        life.landing = None
        return []
    last_air = run.last_other_at
    observed = run.since - last_air <= s.observed_gap_s
    earliest = last_air
    lost, field = life.lost, _nearest_code(o, airports, s)
    index = airports.index_of(field) if field else None
    if not observed and lost is not None and index is not None:
        distance = airports.distance_to_runways_nm(index, lost.latitude_deg, lost.longitude_deg)
        height = (lost.altitude_ft or 0.0) - float(airports.elevation_ft[index])
        earliest = min(
            run.since, max(last_air, lost.at + intervals.fastest_s(lost, distance, height, s.fastest_descent_fpm))
        )
    guess = run.since if observed else (earliest + run.since) / 2
    life.landing = Landing(Moment(earliest, run.since, guess, observed), o.now.callsign)
    reason = (
        f"first of {run.words} frames that say on the ground, {run.since - last_air:.0f} s after the last airborne one"
    )
    return [Movement(MovementKind.LANDING, o.icao24, field, earliest, run.since, reason)]


def _stop_on_ground(
    life: Life, landing: Landing, o: Observation, run: GroundRun, airports: Airports, s: MovementSettings
) -> list[Change]:
    """Open a stop at the place of ground contact, or raise the one that silence has opened there."""
    since = landing.moment.latest
    contact, place_known = _contact(o, since, airports, s)
    candidates = fits.candidates(contact, airports, s.candidate_shown)
    named = stops.named_airport(candidates)
    stop, changes = life.stop, list[Change]()
    if stop is not None and named is not None and stop.airport != named:
        changes.append(retracted(stop, o.at, f"heard on the ground at {named} instead"))
        stop = None
    if named is None and stop is None:
        return changes
    field = airports.index_of(named or (stop.airport if stop and stop.airport else ""))
    made = _contact_checks(life, landing, o, run, field, airports, s)
    level = stops.observed_level(made, place_known and field is not None)
    if stop is None:
        stop = stops.opened(
            icao24=o.icao24,
            opened_at=since,
            at=o.at,
            status=Status.OPEN,
            level=level,
            candidates=candidates,
            airports=airports,
            landed=landing.moment,
            departed=None,
            ground_time=None,
            checks=made,
            callsign_in=landing.callsign,
            callsign_out=None,
        )
    elif level > stop.level or level is Level.REJECTED:
        stop = stops.revised(
            stop, o.at, level=level, candidates=candidates or stop.candidates, landed=landing.moment,
            checks=stops.with_checks(stop.checks, made),
        )  # fmt: skip
    else:
        return changes
    life.stop = stop
    changes.append(stop)
    return changes


def _contact(o: Observation, since: float, airports: Airports, s: MovementSettings) -> tuple[list[fits.Fit], bool]:
    """Fields at the place of ground contact, and whether that place comes from a fix."""
    now = o.now
    if now.latitude_deg is None or now.longitude_deg is None or now.fix_at is None or now.fix_at < since - FRESH_S:
        return [], False
    return fits.contact_fits(now.latitude_deg, now.longitude_deg, airports, s.field_radius_nm), True


def _contact_checks(
    life: Life,
    landing: Landing,
    o: Observation,
    run: GroundRun,
    field: int | None,
    airports: Airports,
    s: MovementSettings,
) -> tuple[Check, ...]:
    elevation = float(airports.elevation_ft[field]) if field is not None else 0.0
    at = landing.moment.latest
    near = o.now.altitude_at is not None and abs(o.now.altitude_at - at) <= FRESH_S
    return (
        checks.ground_words(run.words),
        checks.implied_speed(life.jumped_at, at, s),
        checks.altitude_at_field(o.now.altitude_baro_ft if near and field is not None else None, elevation, s),
        checks.time_to_descend(o.points, at, elevation, s),
        checks.low_samples(o.points, at, elevation, s),
    )


def _closed(
    stop: Stop,
    departed: Moment,
    now: Side | None,
    index: int | None,
    o: Observation,
    airports: Airports,
    s: MovementSettings,
) -> Stop:
    elevation = float(airports.elevation_ft[index]) if index is not None else 0.0
    distance = 0.0
    if now is not None and index is not None:
        distance = airports.distance_to_runways_nm(index, now.latitude_deg, now.longitude_deg)
    since = max(0.0, now.at - departed.latest) if now is not None else 0.0
    made = stops.with_checks(
        stop.checks, (checks.departure(now if index is not None else None, distance, elevation, since, s),)
    )
    level = stop.level
    if level is not Level.REJECTED:
        level = max(level, stops.observed_level(made, index is not None))
    return stops.revised(
        stop, o.at, status=Status.CLOSED, departed=departed, checks=made, level=level, callsign_out=o.now.callsign,
        ground_time=intervals.ground_time(stop.landed, departed, 0.0),
    )  # fmt: skip


def _flag_in_flight(o: Observation, airports: Airports, s: MovementSettings) -> bool:
    """Speed, and height above anything around, that no aircraft has on the ground."""
    now = o.now
    fast = now.groundspeed_kt is not None and now.velocity_at is not None and o.at - now.velocity_at <= 60.0
    if fast and now.groundspeed_kt is not None and now.groundspeed_kt > NO_AIRCRAFT_FASTER_KT:
        return True
    if now.altitude_baro_ft is None or now.altitude_at is None or o.at - now.altitude_at > 60.0:
        return False
    taxiing = fast and now.groundspeed_kt is not None and now.groundspeed_kt < 100.0
    if taxiing or now.latitude_deg is None or now.longitude_deg is None:
        return False
    fields = airports.within(now.latitude_deg, now.longitude_deg, s.manoeuvring_nm)
    highest = max((float(airports.elevation_ft[field]) for field, _ in fields), default=0.0)
    return now.altitude_baro_ft > highest + TOO_HIGH_FT


def _flies(life: Life, o: Observation, airports: Airports) -> bool:
    """Whether more than a flag says so: flying speed, or height above where it stood."""
    now = o.now
    if now.velocity_at is not None and o.at - now.velocity_at <= 60.0 and (now.groundspeed_kt or 0.0) >= FLYING_KT:
        return True
    if now.altitude_baro_ft is None or now.altitude_at is None or o.at - now.altitude_at > 60.0:
        return False
    index = airports.index_of(life.stop.airport) if life.stop is not None and life.stop.airport else None
    if index is None:
        return False
    standing = next((c.value for c in life.stop.checks if c.name == "altitude_at_field"), None) if life.stop else None
    return now.altitude_baro_ft - float(airports.elevation_ft[index]) - (standing or 0.0) >= LIFTED_FT


def _nearest_code(o: Observation, airports: Airports, s: MovementSettings) -> str | None:
    """The field at the last fix, if that is recent and near one."""
    now = o.now
    if now.latitude_deg is None or now.longitude_deg is None or now.fix_at is None or o.at - now.fix_at > FRESH_S:
        return None
    best = fits.candidates(
        fits.contact_fits(now.latitude_deg, now.longitude_deg, airports, s.field_radius_nm), airports, s.candidate_shown
    )
    return best[0].airport if best else None
