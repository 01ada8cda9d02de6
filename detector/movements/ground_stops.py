"""From a landing to an open stop: where the ground contact is, what speaks for it, and how sure that makes it."""

from __future__ import annotations

from detector.domain.gap import Gap
from detector.domain.movement import Movement, MovementKind
from detector.domain.observation import GroundRun, Observation
from detector.domain.stop import Candidate, Check, Level, Moment, Status, Stop
from detector.movements import checks, fits, intervals, onward, placeless, shared, stops
from detector.movements.fits import Fit
from detector.movements.life import Landing, Life, Phase
from detector.movements.settings import MovementSettings
from detector.movements.sides import Side, side
from detector.reference import Airports

Change = Stop | Movement | Gap

FRESH_S = 180.0
"""A surface fix this old still tells where the ground contact was: one roll-out long."""
IN_FLIGHT_S = 10.0
"""A fix in the air tells it only if the ground came this soon after: two minutes before a landing are miles away."""


def touched_down(life: Life, o: Observation, run: GroundRun, airports: Airports, s: MovementSettings) -> list[Change]:
    """From the air (or from nowhere) to the ground."""
    was, life.phase = life.phase, Phase.GROUND
    life.landed_anew()
    told: list[Change] = [*life.forget_leaving()]
    life.ground_since, life.resumed_at, life.gaps = run.since, None, ()
    if was is Phase.UNKNOWN or run.last_other_at is None:
        # Found on the ground (perhaps after one stray airborne word): there was no landing to speak of.
        life.landing, life.lost = None, None
        return told
    last_air = run.last_other_at
    observed = run.since - last_air <= s.observed_gap_s
    if life.lost is not None and (observed or life.lost.heard_at < last_air - s.observed_gap_s):
        life.lost = None  # of an earlier silence
    if life.lost is None and o.now.fix_at is not None and o.now.fix_at < run.since - IN_FLIGHT_S:
        life.lost = side(o.now, o.points, s.trend_s)  # frames went on, positions did not
    earliest, guess = min(last_air, run.since), run.since if observed else (last_air + run.since) / 2
    of_both = shared.at(o, last_air)
    if of_both:
        life.lost, observed = None, False  # of the other aircraft, perhaps
    field = nearest_code(o, airports, s)
    if life.lost is not None:
        field = field or stops.named_airport(_by_the_way_in(life.lost, o, run.since, last_air, airports, s))
        index = airports.index_of(field) if field else None
        if index is not None and not observed:
            earliest, guess = _bounds_after(life.lost, index, run.since, airports, s)
    landed = Moment(None if of_both else earliest, run.since, guess, observed)
    life.landing = Landing(landed, o.now.callsign, run.words)
    reason = f"the first frame on the ground is {run.since - last_air:.0f} s after the last one in the air"
    return [*told, Movement(MovementKind.LANDING, o.icao24, field, earliest, run.since, reason)]


def stop_on_ground(
    life: Life, landing: Landing, o: Observation, run: GroundRun, airports: Airports, s: MovementSettings
) -> list[Change]:
    """Open a stop at the place of ground contact, or raise the one that silence has opened there."""
    contact = _contact(o, landing.moment.latest, airports, s)
    candidates = fits.candidates(contact, airports, s.candidate_shown)
    if stops.named_airport(candidates) is None and life.lost is not None:
        # The ground is sure, the place is not: the way in tells it, or it stays untold.
        candidates = _by_the_way_in(life.lost, o, landing.moment.latest, landing.moment.earliest, airports, s)
        contact = []
        if not candidates:
            return []
    named = stops.named_airport(candidates)
    stop, changes = life.stop, list[Change]()
    if stop is not None and contact and named is not None and stop.airport != named and _by_contact(stop):
        # The landing was heard all the time; only where it was is known now.
        changes.append(retracted(stop, o.at, f"the ground contact is at {named}"))
        stop = None
    elif stop is not None and contact and named is not None and stop.airport != named:
        latitude, longitude = o.now.latitude_deg or 0.0, o.now.longitude_deg or 0.0  # of the contact
        closed = onward.flown_on(stop, named, latitude, longitude, landing.moment.latest, o.at, airports, s)
        changes.append(closed or retracted(stop, o.at, f"heard on the ground at {named} instead"))
        if closed is not None:
            moment = onward.reached(life, landing.moment, latitude, longitude, s)
            landing = life.landing = Landing(moment, landing.callsign, landing.words)
        stop = None
    if named is None and stop is None and life.lost is None:
        return changes
    field = airports.index_of(named or (stop.airport if stop and stop.airport else ""))
    made = contact_checks(life, landing, o, run.words, field, contact, airports, s)
    told = made if stop is None else stops.with_checks(stop.checks, made)
    level = stops.observed_level(told)
    if stop is None:
        stop = stops.opened(
            icao24=o.icao24, opened_at=landing.moment.latest, at=o.at, status=Status.OPEN, level=level,
            candidates=candidates, airports=airports, landed=landing.moment, departed=None, ground_time=None,
            checks=made, callsign_in=landing.callsign, callsign_out=None,
        )  # fmt: skip
    elif level > stop.level or (level is Level.REJECTED and stop.level is not Level.REJECTED):
        stop = stops.revised(
            stop, o.at, level=level, candidates=candidates or stop.candidates, landed=landing.moment,
            checks=told,
        )  # fmt: skip
    else:
        return changes
    life.stop = stop
    changes.append(stop)
    return changes


def _by_contact(stop: Stop) -> bool:
    """Whether ground contact has opened the stop, and not a silence."""
    return any(check.name == "ground_words" for check in stop.checks)


def contact_checks(
    life: Life,
    landing: Landing,
    o: Observation,
    words: int,
    field: int | None,
    contact: list[Fit],
    airports: Airports,
    s: MovementSettings,
) -> tuple[Check, ...]:
    """What speaks for a landing at `field`; `contact`: the fields at the place of the ground contact."""
    elevation = float(airports.elevation_ft[field]) if field is not None else 0.0
    at = landing.moment.latest
    near = o.now.altitude_at is not None and abs(o.now.altitude_at - at) <= FRESH_S
    distance = next((fit.distance_nm for fit in contact if fit.field == field), None)
    at_field = checks.altitude_at_field(o.now.altitude_baro_ft if near and field is not None else None, elevation, s)
    heights = o.points if o.heights is None else o.heights
    made = (
        checks.ground_words(words),
        checks.ground_fix(distance, s),
        checks.implied_speed(life.doubt, at, at_field),
        at_field,
        checks.time_to_descend(heights, at, elevation, s),
        checks.low_samples(heights, at, elevation, s),
        *((checks.flight_unheard(),) if landing.unheard else ()),
    )
    return shared.not_asked(made) if landing.moment.earliest is None else made


def retracted(stop: Stop, at: float, why: str) -> Stop:
    """The stop, taken back."""
    return stops.revised(stop, at, status=Status.RETRACTED, level=Level.REJECTED, retraction=why)


def nearest_code(o: Observation, airports: Airports, s: MovementSettings) -> str | None:
    """The field at the last fix, if that is recent and near one."""
    best = fits.candidates(_contact(o, o.at, airports, s), airports, s.candidate_shown)
    return best[0].airport if best else None


def arrival_candidates(lost: Side, o: Observation, airports: Airports, s: MovementSettings) -> tuple[Candidate, ...]:
    """Fields that the way in fits, where the landing itself was not heard."""
    return fits.candidates(fits.arrival_fits(lost, o.now.category, airports, s), airports, s.candidate_shown)


def _by_the_way_in(
    lost: Side, o: Observation, until: float, last_air: float | None, airports: Airports, s: MovementSettings
) -> tuple[Candidate, ...]:
    """The same, unless the silence was long enough to land there and be heard at another field.

    Where frames went on (`last_air` is close to the landing at `until`), the time and the altitude there tell more.
    """
    if last_air is not None and until - last_air <= s.observed_gap_s:
        near = o.now.altitude_at is not None and abs(o.now.altitude_at - until) <= FRESH_S
        altitude = o.now.altitude_baro_ft if near else None
        found = placeless.fields(lost, until, altitude, o.now.category, airports, s)
        return fits.candidates(found, airports, s.candidate_shown)
    found_by_fit = arrival_candidates(lost, o, airports, s)
    field = airports.index_of(found_by_fit[0].airport) if found_by_fit else None
    if field is None or onward.could_have_flown_on(lost, until, field, airports, s):
        return ()
    return found_by_fit


def _contact(o: Observation, since: float, airports: Airports, s: MovementSettings) -> list[Fit]:
    """Fields at the place of ground contact."""
    now = o.now
    if now.latitude_deg is None or now.longitude_deg is None or now.fix_at is None:
        return []
    if now.fix_at < since - (FRESH_S if now.fix_on_surface else IN_FLIGHT_S):
        return []
    return fits.contact_fits(now.latitude_deg, now.longitude_deg, now.category, since, airports, s.field_radius_nm)


def _bounds_after(lost: Side, field: int, until: float, airports: Airports, s: MovementSettings) -> tuple[float, float]:
    """Earliest and likely landing between the last fix in the air and the first word on the ground."""
    distance = airports.distance_to_runways_nm(field, lost.latitude_deg, lost.longitude_deg)
    height = (lost.altitude_ft or 0.0) - float(airports.elevation_ft[field])
    earliest = min(until, lost.at + intervals.fastest_s(lost, distance, height, s.fastest_descent_fpm, s))
    return earliest, min(max(lost.at + intervals.likely_s(lost, distance, s), earliest), until)
