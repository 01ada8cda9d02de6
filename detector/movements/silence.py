"""What a silence in the air was: a stop nobody saw, or only a gap."""

from __future__ import annotations

from collections.abc import Callable

from detector.domain.geo import distance_nm
from detector.domain.movement import Movement, MovementKind
from detector.domain.observation import Observation
from detector.domain.stop import Candidate, Check, GroundTime, Level, Moment, Status, Stop
from detector.movements import checks, fits, intervals, stops
from detector.movements.contact import Change, retracted
from detector.movements.fits import Fit
from detector.movements.life import Life, Phase
from detector.movements.settings import MovementSettings
from detector.movements.sides import Side, side
from detector.reference import Airports

IsListed = Callable[[str, float], bool]
"""(airport code, time) to whether the field was on a watch list then."""

SETTLE_S = 20.0
"""Fixes after a silence span this much before they tell climb from descent, unless the aircraft says it itself."""
DECIDE_AFTER_S = 90.0
"""Then the silence is judged with what there is."""


def began(life: Life, o: Observation, s: MovementSettings) -> None:
    """Take note of a silence that has just ended, or of the first frame ever."""
    life.resumed_at, life.first_after = o.at, None
    if o.before is None or life.phase is Phase.GROUND:
        life.lost = None
        return
    life.lost = side(o.before, o.points_before, s.trend_s) if o.points_before is not None else None
    life.lost_callsign, life.lost_category = o.before.callsign, o.before.category


def lasting(
    life: Life, o: Observation, airports: Airports, is_listed: IsListed, followed: bool, s: MovementSettings
) -> list[Change]:
    """An aircraft has been silent for a while: open a level 2 stop if it was on its way down to a field that matters."""
    if life.phase is Phase.GROUND or life.stop is not None:
        return []
    lost = side(o.now, o.points, s.trend_s)
    if lost is None or lost.altitude_ft is None:
        return []
    found = fits.arrival_fits(lost, o.now.category, airports, s)
    candidates = fits.candidates(found, airports, s.candidate_shown)
    airport = stops.named_airport(candidates)
    if airport is None or not (followed or is_listed(airport, o.at)):
        return []
    best = _of(found, airport, airports)
    earliest = lost.at + intervals.fastest_s(lost, best.distance_nm, best.height_ft, s.fastest_descent_fpm)
    latest = lost.at + best.distance_nm / s.approach_kt * 3600.0 + s.holding_s
    guess = lost.at + intervals.likely_s(lost, best.distance_nm, s)
    made = (*_suspicions(life, lost.at, s), checks.energy_arrival(lost, best.distance_nm, best.height_ft, True, s))
    life.stop = stops.opened(
        icao24=o.icao24,
        opened_at=lost.heard_at,
        at=o.at,
        status=Status.OPEN,
        level=Level.REJECTED if stops.vetoed(made) else Level.ONE_SIDE,
        candidates=candidates,
        airports=airports,
        landed=Moment(earliest, max(latest, earliest), min(max(guess, earliest), latest), False),
        departed=None,
        ground_time=None,
        checks=made,
        callsign_in=o.now.callsign,
        callsign_out=None,
    )
    return [life.stop]


def ended(life: Life, o: Observation, airports: Airports, is_listed: IsListed, s: MovementSettings) -> list[Change]:
    """A fix after a silence: judge the silence once climb or descent is known."""
    resumed = life.resumed_at
    if resumed is None or life.phase is Phase.GROUND or (o.run is not None and o.run.on_ground):
        return []
    after = side(o.now, o.points.since(resumed), s.trend_s)
    if after is None or after.at < resumed or after.altitude_ft is None:
        return []
    if life.first_after is None:
        life.first_after = after
    first = life.first_after
    settled = after.at - first.at >= SETTLE_S or after.vertical_fpm is not None
    if not settled and o.at - resumed < DECIDE_AFTER_S:
        return []
    life.resumed_at, life.first_after = None, None
    first = Side(
        first.at, resumed, first.latitude_deg, first.longitude_deg, first.altitude_ft,
        first.groundspeed_kt or after.groundspeed_kt, first.track_deg or after.track_deg, after.vertical_fpm,
    )  # fmt: skip
    return _judge(life, first, o, airports, is_listed, s)


def _judge(
    life: Life, after: Side, o: Observation, airports: Airports, is_listed: IsListed, s: MovementSettings
) -> list[Change]:
    lost, category = life.lost, o.now.category or life.lost_category
    departures = fits.departure_fits(after, category, airports, s)
    if lost is None:
        return _first_heard(life, after, departures, o, airports, is_listed, s)
    arrivals = fits.arrival_fits(lost, category, airports, s)
    silence_s = after.heard_at - lost.heard_at
    direct = distance_nm(lost.latitude_deg, lost.longitude_deg, after.latitude_deg, after.longitude_deg)
    direct_kt = direct / max(after.at - lost.at, 1.0) * 3600.0
    through = checks.not_overflight(direct_kt, (lost.groundspeed_kt, after.groundspeed_kt), s)
    joint = [fit for fit in fits.both(arrivals, departures) if _feasible(fit, lost, after, arrivals, departures, s)]
    low = bool(arrivals) and bool(departures) and _lowest(arrivals) < s.low_samples_ft
    passed_through = through.verdict == "fail" and not (joint and low)
    if passed_through:
        return _gap(life, lost, after, o, through.reason)
    if joint:
        candidates = fits.candidates(joint, airports, s.candidate_shown)
        if stops.named_airport(candidates):
            return _stop(life, Level.BOTH_SIDES, candidates, lost, after, arrivals, departures, through, o, airports, s)
    for side_fits, needs_low in ((departures, False), (arrivals, True)):
        candidates = fits.candidates(side_fits, airports, s.candidate_shown)
        airport = stops.named_airport(candidates)
        if airport is None or (needs_low and _of(side_fits, airport, airports).height_ft > s.low_height_ft):
            continue
        if silence_s < _one_side_needs_s(airport, lost, after, airports, s):
            continue
        return _stop(life, Level.ONE_SIDE, candidates, lost, after, arrivals, departures, through, o, airports, s)
    return _gap(life, lost, after, o, "neither side of the silence fits a landing")


def _stop(
    life: Life,
    level: Level,
    candidates: tuple[Candidate, ...],
    lost: Side,
    after: Side,
    arrivals: list[Fit],
    departures: list[Fit],
    through: Check,
    o: Observation,
    airports: Airports,
    s: MovementSettings,
) -> list[Change]:
    airport = candidates[0].airport
    fit_in, fit_out = _of_any(arrivals, airport, lost, airports), _of_any(departures, airport, after, airports)
    arrived, left = _has(arrivals, airport, airports), _has(departures, airport, airports)
    in_s = (
        intervals.fastest_s(lost, fit_in.distance_nm, fit_in.height_ft, s.fastest_descent_fpm)
        if arrived
        else intervals.arrival_leg_s(lost, fit_in.distance_nm, s)
    )
    out_s = (
        intervals.fastest_s(after, fit_out.distance_nm, fit_out.height_ft, s.fastest_climb_fpm)
        if left
        else intervals.arrival_leg_s(after, fit_out.distance_nm, s)
    )
    landed, departed, time = intervals.unseen(
        lost.at + in_s,
        after.at - out_s,
        lost.at + (intervals.likely_s(lost, fit_in.distance_nm, s) if arrived else max(in_s, 1.3 * in_s)),
        after.at - (intervals.likely_s(after, fit_out.distance_nm, s) if left else 1.3 * out_s),
        s,
    )
    made = (
        *_suspicions(life, landed.estimate, s),
        checks.energy_arrival(lost, fit_in.distance_nm, fit_in.height_ft, arrived, s),
        checks.energy_departure(after, fit_out.distance_nm, fit_out.height_ft, left, s),
        checks.feasible(after.at - lost.at, in_s + s.minimum_stay_s + out_s),
        through,
    )
    level = Level.REJECTED if stops.vetoed(made) else level
    changes: list[Change] = []
    stop = life.stop
    if stop is not None and stop.airport != airport:
        changes.append(retracted(stop, o.at, f"the way out fits {airport} instead"))
        stop = None
    if stop is None:
        changes.append(
            stops.opened(
                icao24=o.icao24, opened_at=lost.heard_at, at=o.at, status=Status.CLOSED, level=level,
                candidates=candidates, airports=airports, landed=landed, departed=departed, ground_time=time,
                checks=made, callsign_in=life.lost_callsign, callsign_out=o.now.callsign,
            )
        )  # fmt: skip
    else:
        changes.append(
            stops.revised(
                stop, o.at, status=Status.CLOSED, level=level, candidates=candidates, landed=landed,
                departed=departed, ground_time=time, checks=stops.with_checks(stop.checks, made),
                callsign_out=o.now.callsign,
            )
        )  # fmt: skip
    life.stop, life.landing, life.phase, life.airborne_since = None, None, Phase.AIR, after.at
    return changes


def _first_heard(
    life: Life,
    after: Side,
    departures: list[Fit],
    o: Observation,
    airports: Airports,
    is_listed: IsListed,
    s: MovementSettings,
) -> list[Change]:
    """Never heard before, and climbing out of a listed field: half a stop, with no earliest time."""
    candidates = fits.candidates(departures, airports, s.candidate_shown)
    airport = stops.named_airport(candidates)
    if airport is None or not is_listed(airport, o.at):
        return []
    best = _of(departures, airport, airports)
    latest = after.at - intervals.fastest_s(after, best.distance_nm, best.height_ft, s.fastest_climb_fpm)
    likely = after.at - intervals.likely_s(after, best.distance_nm, s)
    landed, departed, _ = intervals.unseen(None, latest, likely - s.minimum_stay_s, likely, s)
    made = (*_suspicions(life, after.at, s), checks.energy_departure(after, best.distance_nm, best.height_ft, True, s))
    return [
        stops.opened(
            icao24=o.icao24, opened_at=after.heard_at, at=o.at, status=Status.CLOSED,
            level=Level.REJECTED if stops.vetoed(made) else Level.ONE_SIDE,
            candidates=candidates, airports=airports, landed=landed, departed=departed,
            ground_time=GroundTime(s.minimum_stay_s, None, s.minimum_stay_s), checks=made, callsign_in=None,
            callsign_out=o.now.callsign,
        )
    ]  # fmt: skip


def _gap(life: Life, lost: Side, after: Side, o: Observation, reason: str) -> list[Change]:
    """The silence was a flight: say so, and take back a stop it had opened."""
    changes: list[Change] = [Movement(MovementKind.GAP, o.icao24, None, lost.heard_at, after.heard_at, reason)]
    if life.stop is not None:
        changes.append(retracted(life.stop, o.at, f"heard again in flight: {reason}"))
        life.stop = None
    return changes


def _feasible(
    fit: Fit, lost: Side, after: Side, arrivals: list[Fit], departures: list[Fit], s: MovementSettings
) -> bool:
    """Time enough to fly in, land, stay and climb out at one field."""
    arrive = next(f for f in arrivals if f.field == fit.field)
    leave = next(f for f in departures if f.field == fit.field)
    needed = intervals.fastest_s(lost, arrive.distance_nm, arrive.height_ft, s.fastest_descent_fpm)
    needed += intervals.fastest_s(after, leave.distance_nm, leave.height_ft, s.fastest_climb_fpm)
    return after.at - lost.at >= needed + s.minimum_stay_s


def _one_side_needs_s(airport: str, lost: Side, after: Side, airports: Airports, s: MovementSettings) -> float:
    """Time for flying from the last fix to the field, a stay, and flying on to the first fix after."""
    index = airports.index_of(airport)
    if index is None:
        return float("inf")
    way_in = airports.distance_to_runways_nm(index, lost.latitude_deg, lost.longitude_deg)
    way_out = airports.distance_to_runways_nm(index, after.latitude_deg, after.longitude_deg)
    # One speed for both ways: the faster of the two sides, or a transport's.
    speed = max(lost.groundspeed_kt or s.fastest_kt, after.groundspeed_kt or s.fastest_kt, 160.0)
    return (way_in + way_out) / speed * 3600.0 + s.minimum_stay_s


def _suspicions(life: Life, at: float, s: MovementSettings) -> tuple[Check, ...]:
    return (checks.implied_speed(life.jumped_at, at, s),)


def _lowest(found: list[Fit]) -> float:
    return min(fit.height_ft for fit in found)


def _has(found: list[Fit], airport: str, airports: Airports) -> bool:
    return any(airports.codes[fit.field] == airport for fit in found)


def _of(found: list[Fit], airport: str, airports: Airports) -> Fit:
    return next(fit for fit in found if airports.codes[fit.field] == airport)


def _of_any(found: list[Fit], airport: str, at: Side, airports: Airports) -> Fit:
    """The fit of a field, or its bare geometry where that side does not fit."""
    for fit in found:
        if airports.codes[fit.field] == airport:
            return fit
    index = airports.index_of(airport) or 0
    distance = airports.distance_to_runways_nm(index, at.latitude_deg, at.longitude_deg)
    return Fit(index, distance, (at.altitude_ft or 0.0) - float(airports.elevation_ft[index]), 0.0)
