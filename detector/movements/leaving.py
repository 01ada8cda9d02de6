"""From a take-off to a closed stop: the first fixes tell whether it left from where it is said to have stood."""

from __future__ import annotations

import msgspec

from detector.domain.movement import Movement
from detector.domain.observation import Observation
from detector.domain.stop import Candidate, Level, Moment, Status, Stop
from detector.movements import checks, fits, intervals, onward, placeless, relocation, stops
from detector.movements.ground_stops import Change, contact_checks, retracted
from detector.movements.life import Landing, Leaving, Life
from detector.movements.settings import MovementSettings
from detector.movements.sides import Side, side
from detector.reference import Airports

OVER_THE_RUNWAY_S = 45.0
"""A fix this soon after lifting off lies over the field itself."""


def settled(
    life: Life, o: Observation, airports: Airports, s: MovementSettings, *, first: bool = False
) -> list[Change]:
    """What the fixes so far tell of the take-off that is awaited; `first`: at the take-off itself."""
    leaving = life.leaving
    if leaving is None:
        return []
    now = side(o.now, o.points.since(leaving.air_since), s.trend_s)
    if now is not None and (now.at < leaving.air_since or now.altitude_ft is None):
        now = None
    if now is None:
        if not first or leaving.stop is None:
            return []
        return [_ended(life, leaving, leaving.stop, None, o, airports, s)]
    changes = _told(life, leaving, now, o, airports, s)
    return [*_take_off(leaving, changes, now, o.now.category, airports, s), *changes]


def _take_off(
    leaving: Leaving,
    changes: list[Change],
    now: Side,
    category: str | None,
    airports: Airports,
    s: MovementSettings,
) -> list[Movement]:
    """The take-off, where it waited for a fix: from the field of the stop that it ends."""
    if leaving.untold is None:
        return []
    ended = [c for c in changes if isinstance(c, Stop) and c.status is Status.CLOSED and c.departed is not None]
    at = leaving.ground_until
    left = [c for c in ended if c.departed is not None and c.departed.latest >= at and (c.landed.earliest or at) <= at]
    if left:
        return [msgspec.structs.replace(leaving.untold, airport=left[0].airport)]
    here = fits.contact_fits(now.latitude_deg, now.longitude_deg, category, now.at, airports, s.field_radius_nm)
    named = stops.named_airport(fits.candidates(here, airports, s.candidate_shown))
    return [msgspec.structs.replace(leaving.untold, airport=named)]


def _told(
    life: Life, leaving: Leaving, now: Side, o: Observation, airports: Airports, s: MovementSettings
) -> list[Change]:
    """What the first fix in the air tells of the stop that the take-off ends; the take-off itself is told by then."""
    if leaving.untold is not None:
        life.leaving = leaving = msgspec.structs.replace(leaving, untold=None)
    stop = leaving.stop
    if stop is None:
        return _stop_from_here(life, leaving, now, o, airports, s)
    field = airports.index_of(stop.airport) if stop.airport else None
    if field is not None and leaving.observed and _away(field, leaving, now, airports, s):
        return _from_elsewhere(life, leaving, stop, now, o, airports, s)
    unplaced = stop.airport is None and leaving.landing is not None
    if unplaced or (
        stop.level <= Level.ONE_SIDE and leaving.observed and _left_another(life, leaving, stop, now, o, airports, s)
    ):
        elsewhere = Leaving(leaving.ground_until, leaving.air_since, leaving.observed, leaving.landing, None)
        here = _stop_from_here(life, elsewhere, now, o, airports, s)
        if here:
            near = f"it took off from a field near {stop.airport}, not from there"
            why = "where it took off tells where it stood" if unplaced else near
            return [retracted(stop, o.at, why), *here]
    life.leaving = None
    ended = _ended(life, leaving, stop, now, o, airports, s)
    if field is None or leaving.observed or not _away(field, leaving, now, airports, s, slack_s=0.0):
        return [ended]
    return [ended, *_stop_on_the_way(leaving, field, now, o, airports, s)]


def _stop_on_the_way(
    leaving: Leaving, left: int, now: Side, o: Observation, airports: Airports, s: MovementSettings
) -> list[Change]:
    """Last on the ground at one field, and first heard climbing out of another: it landed there too."""
    candidates = fits.candidates(fits.departure_fits(now, o.now.category, airports, s), airports, s.candidate_shown)
    airport = stops.named_airport(candidates)
    field = airports.index_of(airport) if airport else None
    if field is None or airport is None or field == left:
        return []
    way = airports.distance_to_runways_nm(left, float(airports.lat[field]), float(airports.lon[field]))
    distance = candidates[0].distance_nm
    height = (now.altitude_ft or 0.0) - float(airports.elevation_ft[field])
    earliest = leaving.ground_until + way / s.fastest_kt * 3600.0 + relocation.TAKE_OFF_AND_LANDING_S
    latest = now.at - intervals.fastest_s(now, distance, height, s.fastest_climb_fpm, s)
    if latest - earliest < s.minimum_stay_s:
        return []
    likely = now.at - intervals.likely_s(now, distance, s)
    landed, departed, time = intervals.unseen(earliest, latest, (earliest + latest) / 2, likely, s)
    made = (checks.energy_departure(now, distance, height, True, s), checks.one_field(candidates))
    stop = stops.opened(
        icao24=o.icao24, opened_at=leaving.air_since, at=o.at, status=Status.CLOSED, level=Level.ONE_SIDE,
        candidates=candidates, airports=airports, landed=landed, departed=departed, ground_time=time, checks=made,
        callsign_in=None, callsign_out=o.now.callsign,
    )  # fmt: skip
    return [stop]


def _left_another(
    life: Life, leaving: Leaving, stop: Stop, now: Side, o: Observation, airports: Airports, s: MovementSettings
) -> bool:
    """Whether the first fix in the air lies over another field than the one that the way in had pointed to."""
    left = stops.named_airport(_fields_left(life, leaving, now, o, airports, s))
    return leaving.landing is not None and left is not None and left != stop.airport


def _ended(
    life: Life, leaving: Leaving, stop: Stop, now: Side | None, o: Observation, airports: Airports, s: MovementSettings
) -> Stop:
    """The stop, closed."""
    field = airports.index_of(stop.airport) if stop.airport else None
    departed = _departed(leaving, field, now, airports, s)
    elevation = float(airports.elevation_ft[field]) if field is not None else 0.0
    distance = 0.0
    if now is not None and field is not None:
        distance = airports.distance_to_runways_nm(field, now.latitude_deg, now.longitude_deg)
    since = now.at - departed.earliest if now is not None and departed.earliest is not None else 0.0
    check = checks.departure(now if field is not None else None, distance, elevation, since, s)
    made = stops.with_checks(stop.checks, (check,))
    level = stop.level
    if level is not Level.REJECTED:
        level = max(level, stops.observed_level(made))
    closed = stops.revised(
        stop, o.at, status=Status.CLOSED, departed=departed, checks=made, level=level, callsign_out=o.now.callsign,
        ground_time=intervals.ground_time(stop.landed, departed, 0.0),
    )  # fmt: skip
    if life.leaving is not None:
        life.leaving = msgspec.structs.replace(life.leaving, stop=closed)
    return closed


def _stop_from_here(
    life: Life, leaving: Leaving, now: Side, o: Observation, airports: Airports, s: MovementSettings
) -> list[Change]:
    """A landing at a place that was not known: where it leaves from is where it stood."""
    landing = leaving.landing
    if landing is None or landing.off_field:
        life.leaving = None
        return []
    candidates = _fields_left(life, leaving, now, o, airports, s)
    if not candidates and leaving.observed and now.at - leaving.air_since <= OVER_THE_RUNWAY_S:
        life.leaving = None  # it lifted off away from every field
        return []
    airport = stops.named_airport(candidates)
    if airport is None:
        return []
    life.leaving = None
    return [_closed_at(life, leaving, landing, candidates, now, o, airports, s)]


def _closed_at(
    life: Life,
    leaving: Leaving,
    landing: Landing,
    candidates: tuple[Candidate, ...],
    now: Side,
    o: Observation,
    airports: Airports,
    s: MovementSettings,
) -> Stop:
    field = airports.index_of(candidates[0].airport)
    elevation = float(airports.elevation_ft[field]) if field is not None else 0.0
    landed = landing.moment
    if field is not None and life.lost is not None and not landed.observed:
        distance = airports.distance_to_runways_nm(field, life.lost.latitude_deg, life.lost.longitude_deg)
        height = (life.lost.altitude_ft or 0.0) - elevation
        reached = life.lost.at + intervals.fastest_s(life.lost, distance, height, s.fastest_descent_fpm, s)
        likely = life.lost.at + intervals.likely_s(life.lost, distance, s)
        earliest = min(reached, landed.latest)
        landed = Moment(earliest, landed.latest, min(max(likely, earliest), landed.latest), False)
    departed = _departed(leaving, field, now, airports, s)
    made = (
        *contact_checks(life, landing, o, landing.words, field, [], airports, s),
        checks.departure(now, candidates[0].distance_nm, elevation, now.at - leaving.ground_until, s),
    )
    return stops.opened(
        icao24=o.icao24, opened_at=landed.latest, at=o.at, status=Status.CLOSED, level=stops.observed_level(made),
        candidates=candidates, airports=airports, landed=landed, departed=departed,
        ground_time=intervals.ground_time(landed, departed, 0.0), checks=made, callsign_in=landing.callsign,
        callsign_out=o.now.callsign,
    )  # fmt: skip


def _fields_left(
    life: Life, leaving: Leaving, now: Side, o: Observation, airports: Airports, s: MovementSettings
) -> tuple[Candidate, ...]:
    """Fields that the first fixes in the air come from."""
    category = o.now.category
    if leaving.observed and now.at - leaving.air_since <= OVER_THE_RUNWAY_S:
        here = fits.contact_fits(now.latitude_deg, now.longitude_deg, category, now.at, airports, s.field_radius_nm)
        return fits.candidates(here, airports, s.candidate_shown)
    here = fits.departure_fits(now, category, airports, s)
    if leaving.observed:
        # When it lifted off is known, only not where: the time tells more than the climb.
        here = placeless.fields_left(now, leaving.air_since, category, airports, s) or here
    landed = leaving.landing.moment if leaving.landing is not None else None
    if life.lost is not None and landed is not None and landed.observed:
        way_in = placeless.fields(life.lost, landed.latest, None, category, airports, s)
        here = fits.both(way_in, here) or here
    elif life.lost is not None:
        here = fits.both(fits.arrival_fits(life.lost, category, airports, s), here) or here
    return fits.candidates(here, airports, s.candidate_shown)


def _from_elsewhere(
    life: Life, leaving: Leaving, stop: Stop, now: Side, o: Observation, airports: Airports, s: MovementSettings
) -> list[Change]:
    """The take-off is not from the field of the open stop: it had flown on in silence, or had never been there."""
    moved = relocation.moved(stop, life.gaps, now.latitude_deg, now.longitude_deg, o.at, airports, s)
    landing = leaving.landing
    if stop.level <= Level.ONE_SIDE:
        changes: list[Change] = [_silent_stop_ended(life, leaving, stop, now, o, airports, s)]
        if landing is not None:
            moment = onward.reached(life, landing.moment, now.latitude_deg, now.longitude_deg, s)
            landing = Landing(moment, landing.callsign, landing.words)
    elif moved is not None:
        words = 2 if leaving.ground_until > moved[1].latest else 1  # at least
        changes, landing = moved[0], Landing(moved[1], o.now.callsign, words, unheard=True)
    else:
        life.leaving = None
        return [_ended(life, leaving, stop, now, o, airports, s)]
    life.gaps = ()
    elsewhere = Leaving(leaving.ground_until, leaving.air_since, leaving.observed, landing, None)
    life.leaving, life.lost = elsewhere, None
    return changes + _stop_from_here(life, elsewhere, now, o, airports, s)


def _silent_stop_ended(
    life: Life, leaving: Leaving, stop: Stop, now: Side, o: Observation, airports: Airports, s: MovementSettings
) -> Stop:
    """A stop that the way in had told: flown on from where the time allows it, else taken back."""
    heard_at = leaving.ground_until if leaving.landing is None else leaving.landing.moment.latest
    left = stops.named_airport(_fields_left(life, leaving, now, o, airports, s))
    closed = onward.flown_on(stop, left, now.latitude_deg, now.longitude_deg, heard_at, o.at, airports, s)
    place = f"first heard in the air {_distance(stop, now, airports):.0f} NM from {stop.airport}"
    return closed or retracted(stop, o.at, place)


def _departed(leaving: Leaving, field: int | None, now: Side | None, airports: Airports, s: MovementSettings) -> Moment:
    """When it took off: seen, or between the last word on the ground and the flight to the first fix."""
    begin, end = leaving.ground_until, leaving.air_since
    if leaving.observed:
        return Moment(begin, max(begin, end), max(begin, end), True)
    if now is None or field is None:
        return Moment(begin, end, (begin + end) / 2, False)
    distance = airports.distance_to_runways_nm(field, now.latitude_deg, now.longitude_deg)
    height = (now.altitude_ft or 0.0) - float(airports.elevation_ft[field])
    latest = min(end, now.at - intervals.fastest_s(now, distance, height, s.fastest_climb_fpm, s))
    latest = max(begin, latest)
    return Moment(begin, latest, min(max(now.at - intervals.likely_s(now, distance, s), begin), latest), False)


def _away(
    field: int, leaving: Leaving, now: Side, airports: Airports, s: MovementSettings, *, slack_s: float | None = None
) -> bool:
    """Whether the first fix is further from the field than the time since the ground contact allows."""
    since = now.at - leaving.ground_until if slack_s is None else slack_s
    distance = airports.distance_to_runways_nm(field, now.latitude_deg, now.longitude_deg)
    return distance > s.departure_fix_nm + s.fastest_kt * since / 3600.0


def _distance(stop: Stop, now: Side, airports: Airports) -> float:
    field = airports.index_of(stop.airport or "")
    return 0.0 if field is None else airports.distance_to_runways_nm(field, now.latitude_deg, now.longitude_deg)
