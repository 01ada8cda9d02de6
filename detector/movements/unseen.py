"""What a silence in the air was, once both its sides are known: a stop nobody saw, or only a gap."""

from __future__ import annotations

import msgspec

from detector.domain.geo import distance_nm
from detector.domain.movement import Movement, MovementKind
from detector.domain.observation import Observation
from detector.domain.stop import Candidate, Check, Level, Moment, Status, Stop, Verdict
from detector.movements import checks, dark_stops, fits, gaps, intervals, neighbours, stops
from detector.movements.fits import Fit
from detector.movements.ground_stops import Change, retracted
from detector.movements.life import Life, Phase
from detector.movements.settings import MovementSettings
from detector.movements.sides import Side, approaching
from detector.movements.surroundings import Silence, Surroundings
from detector.reference import Airports

HOLDING_LEVEL_FT = 500.0
"""An aircraft in a hold comes back no higher than this above where it was lost."""


def judged(
    life: Life, lost: Side, after: Side, o: Observation, airports: Airports, sky: Surroundings, s: MovementSettings
) -> list[Change]:
    """The silence between two sides: a stop, where one or both fit a field, or in the dark, or only a gap."""
    why = sky.silence(gaps.place(lost), o.icao24, lost.heard_at, after.heard_at, o.clock)
    changes = _judged(life, lost, after, o, airports, why, s)
    made = [change for change in changes if isinstance(change, Stop) and change.status is not Status.RETRACTED]
    told = gaps.ended(
        life.gap, o.icao24, life.lost_callsign, lost, after.heard_at, after, why, made[0].id if made else None
    )
    if told is not None:
        life.gap = told
        changes.append(told)
    return changes


def _judged(
    life: Life, lost: Side, after: Side, o: Observation, airports: Airports, why: Silence, s: MovementSettings
) -> list[Change]:
    category = o.now.category or life.lost_category
    departures = fits.departure_fits(after, category, airports, s)
    arrivals = fits.arrival_fits(lost, category, airports, s)
    silence_s = after.heard_at - lost.heard_at
    direct = distance_nm(lost.latitude_deg, lost.longitude_deg, after.latitude_deg, after.longitude_deg)
    direct_kt = direct / max(after.at - lost.at, 1.0) * 3600.0
    approach = approaching(lost, airports, s), approaching(after, airports, s)
    through = checks.not_overflight(direct_kt, (lost.groundspeed_kt, after.groundspeed_kt), s, approach=approach)
    joint = [fit for fit in fits.both(arrivals, departures) if _feasible(fit, lost, after, arrivals, departures, s)]
    low = bool(arrivals) and bool(departures) and _lowest(arrivals) < s.low_samples_ft
    passed_through = through.verdict == "fail" and not (joint and low)
    if passed_through:
        return _gap(life, lost, after, o, through.reason)
    loose_in = fits.arrival_fits(lost, category, airports, s, loosely=True)
    loose_out = fits.departure_fits(after, category, airports, s, loosely=True)
    # The likeliest field may be one that only one side fits well: a last turn in a hold points anywhere.
    sides = {fit.field: fit for fit in fits.with_other_side(arrivals, loose_out)}
    sides |= {fit.field: fit for fit in fits.with_other_side(departures, loose_in)}
    sides |= {fit.field: fit for fit in joint}
    candidates = fits.candidates(list(sides.values()), airports, s.candidate_shown) if joint else ()
    # None is left where each field is so unlikely that "some other place" takes it all.
    if candidates:
        named = stops.named_airport(candidates)
        level = Level.BOTH_SIDES if named and _has(joint, named, airports) else Level.ONE_SIDE
        return _stop(life, level, candidates, lost, after, arrivals, departures, through, why, o, airports, s)
    reasons = []
    at_one_city: list[tuple[Candidate, ...]] = []
    for side_fits, loose, needs_low in ((departures, loose_in, False), (arrivals, loose_out, True)):
        candidates = fits.candidates(fits.with_other_side(side_fits, loose), airports, s.candidate_shown)
        if not candidates:
            continue
        airport = candidates[0].airport
        if not neighbours.one_place(candidates, airports):
            way = "in" if needs_low else "out"
            reasons.append(f"the way {way} fits several fields, likeliest {airport}, and none enough")
            continue
        against = _against_the_way_in(candidates, side_fits, lost, after, airports, s) if needs_low else None
        if against is not None:
            reasons.append(against)
            continue
        needed_s = _one_side_needs_s(airport, lost, after, airports, s, fastest=any(approach))
        if silence_s < needed_s:
            way = "in" if needs_low else "out"
            reasons.append(
                f"the way {way} fits {airport}, but a landing there and the flights take {needed_s / 60:.0f} min, "
                f"the silence {silence_s / 60:.0f} min"
            )
            continue
        # Where both sides tell the way, even the fastest one takes its time.
        legs_s = sum(_legs_s(airport, lost, after, arrivals, departures, airports, s)) + s.minimum_stay_s
        if after.at - lost.at < legs_s:
            reasons.append(f"a landing at {airport} and a stay take {legs_s / 60:.0f} min, longer than it was silent")
            continue
        at_one_city.append(candidates)
    if at_one_city:
        # A side that tells one field of a city from the others goes before one that does not.
        candidates = next((found for found in at_one_city if stops.named_airport(found)), at_one_city[0])
        return _stop(life, Level.ONE_SIDE, candidates, lost, after, arrivals, departures, through, why, o, airports, s)
    # Who comes back no higher within the time that holding takes has been up all the while.
    waited = _still_coming_down(lost, after, s)
    stop = None if waited else dark_stops.afterwards(life, lost, after, o, airports, why, s)
    if stop is not None:
        life.stop, life.landing, life.phase, life.airborne_since = None, None, Phase.AIR, after.at
        return [stop]
    return _gap(life, lost, after, o, "; ".join(dict.fromkeys(reasons)) or "neither side of the silence fits a landing")


def _against_the_way_in(
    candidates: tuple[Candidate, ...],
    arrivals: list[Fit],
    lost: Side,
    after: Side,
    airports: Airports,
    s: MovementSettings,
) -> str | None:
    """Why a way in alone, that fits a field, tells no landing there; None where it does."""
    airport = candidates[0].airport
    height = fit_of(arrivals, airport, airports).height_ft
    descending = lost.vertical_fpm is not None and lost.vertical_fpm <= -s.descending_fpm
    if _still_coming_down(lost, after, s):
        return f"the way in fits {airport}, but heard again it was no higher and not climbing"
    if not descending and height > s.low_height_ft:
        return f"the way in fits {airport}, but high above it and without a descent"
    if height > s.departure_height_ft:
        return f"the way in fits {airport}, but from too high to tell one field from another"
    if stops.named_airport(candidates) is None and height > s.low_height_ft:
        return f"the way in fits several fields around {airport}, but from high above them"
    return None


def _stop(
    life: Life,
    level: Level,
    candidates: tuple[Candidate, ...],
    lost: Side,
    after: Side,
    arrivals: list[Fit],
    departures: list[Fit],
    through: Check,
    why: Silence,
    o: Observation,
    airports: Airports,
    s: MovementSettings,
) -> list[Change]:
    airport = candidates[0].airport
    fit_in, fit_out = _of_any(arrivals, airport, lost, airports), _of_any(departures, airport, after, airports)
    arrived, left = _has(arrivals, airport, airports), _has(departures, airport, airports)
    # The bounds hold for every field that is listed, not only for the likeliest.
    legs = [_legs_s(candidate.airport, lost, after, arrivals, departures, airports, s) for candidate in candidates]
    in_s, out_s = min(leg[0] for leg in legs), min(leg[1] for leg in legs)
    enough = checks.feasible(after.at - lost.at, in_s + s.minimum_stay_s + out_s)
    if enough.verdict is Verdict.FAIL:
        return _gap(life, lost, after, o, enough.reason)
    landed, departed, _ = intervals.unseen(
        lost.at + in_s,
        after.at - out_s,
        lost.at + (intervals.likely_s(lost, fit_in.distance_nm, s) if arrived else max(in_s, 1.3 * in_s)),
        after.at - (intervals.likely_s(after, fit_out.distance_nm, s) if left else 1.3 * out_s),
        s,
    )
    if arrived:
        landed = _no_later(landed, lost.at + _slowest_s(lost, candidates, airports, s))
    if left:
        departed = _no_earlier(departed, after.at - _slowest_s(after, candidates, airports, s))
    time = intervals.ground_time(landed, departed, s.minimum_stay_s)
    made = (
        *suspicions(life, landed.estimate),
        checks.energy_arrival(lost, fit_in.distance_nm, fit_in.height_ft, arrived, s),
        checks.energy_departure(after, fit_out.distance_nm, fit_out.height_ft, left, s),
        enough,
        checks.one_field(candidates),
        through,
        checks.listening(why),
    )
    if neighbours.rivalled(candidates, airports):
        level = min(level, Level.ONE_SIDE)
    level = stops.capped(level, made)
    named = stops.named_airport(candidates) if level is not Level.DARK else None
    stop = life.stop
    if stop is None:
        change = stops.opened(
            icao24=o.icao24, opened_at=lost.heard_at, at=o.at, status=Status.CLOSED, level=level,
            candidates=candidates, airports=airports, landed=landed, departed=departed, ground_time=time,
            checks=made, callsign_in=life.lost_callsign, callsign_out=o.now.callsign,
        )  # fmt: skip
        if level is Level.DARK:
            change = msgspec.structs.replace(change, airport=None, country=None)
    else:
        # The same stop, even if the way out now speaks for another field.
        change = stops.revised(
            stop, o.at, status=Status.CLOSED, level=level, airport=named, country=stops.country_of(named, airports),
            candidates=candidates, landed=landed, departed=departed, ground_time=time,
            checks=stops.with_checks(stop.checks, made), callsign_out=o.now.callsign,
        )  # fmt: skip
    life.stop, life.landing, life.phase, life.airborne_since = None, None, Phase.AIR, after.at
    return [change]


def _slowest_s(side: Side, candidates: tuple[Candidate, ...], airports: Airports, s: MovementSettings) -> float:
    """The longest time between a fix on the way in (or out) and the runway, over all fields listed.

    Whoever comes down to a field lands within holding time; whoever climbs out of it left it as shortly before.
    """
    fields = [airports.index_of(candidate.airport) for candidate in candidates]
    ways = [
        airports.distance_to_runways_nm(field, side.latitude_deg, side.longitude_deg)
        for field in fields
        if field is not None
    ]
    return max(ways) / s.approach_kt * 3600.0 + s.holding_s


def _no_later(landed: Moment, latest: float) -> Moment:
    end = min(landed.latest, max(latest, landed.earliest or latest))
    return Moment(landed.earliest, end, min(landed.estimate, end), False)


def _no_earlier(departed: Moment, earliest: float) -> Moment:
    begin = max(departed.earliest or earliest, min(earliest, departed.latest))
    return Moment(begin, departed.latest, max(departed.estimate, begin), False)


def _legs_s(
    airport: str,
    lost: Side,
    after: Side,
    arrivals: list[Fit],
    departures: list[Fit],
    airports: Airports,
    s: MovementSettings,
) -> tuple[float, float]:
    """The shortest way in and the shortest way out, s."""
    fit_in, fit_out = _of_any(arrivals, airport, lost, airports), _of_any(departures, airport, after, airports)
    near_in, near_out = _has(arrivals, airport, airports), _has(departures, airport, airports)
    return (
        intervals.fastest_s(lost, fit_in.distance_nm, fit_in.height_ft, s.fastest_descent_fpm, s)
        if near_in
        else intervals.arrival_leg_s(fit_in.distance_nm, s),
        intervals.fastest_s(after, fit_out.distance_nm, fit_out.height_ft, s.fastest_climb_fpm, s)
        if near_out
        else intervals.arrival_leg_s(fit_out.distance_nm, s),
    )


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
    needed = intervals.fastest_s(lost, arrive.distance_nm, arrive.height_ft, s.fastest_descent_fpm, s)
    needed += intervals.fastest_s(after, leave.distance_nm, leave.height_ft, s.fastest_climb_fpm, s)
    return after.at - lost.at >= needed + s.minimum_stay_s


def _one_side_needs_s(
    airport: str, lost: Side, after: Side, airports: Airports, s: MovementSettings, *, fastest: bool
) -> float:
    """Time for flying from the last fix to the field, a stay, and flying on to the first fix after.

    `fastest`: a speed heard is that of an approach, so that the flight between may have been at any speed.
    """
    index = airports.index_of(airport)
    if index is None:
        return float("inf")
    way_in = airports.distance_to_runways_nm(index, lost.latitude_deg, lost.longitude_deg)
    way_out = airports.distance_to_runways_nm(index, after.latitude_deg, after.longitude_deg)
    # One speed for both ways: the faster of the two sides, or a transport's.
    speed = max(lost.groundspeed_kt or s.fastest_kt, after.groundspeed_kt or s.fastest_kt, 160.0)
    speed = s.fastest_kt if fastest else speed
    return (way_in + way_out) / speed * 3600.0 + s.minimum_stay_s


def suspicions(life: Life, at: float) -> tuple[Check, ...]:
    """What speaks against everything that is told around that time."""
    return (checks.implied_speed(life.doubt, at),)


def _still_coming_down(lost: Side, after: Side, s: MovementSettings) -> bool:
    """Heard again no higher and not climbing, within the time that holding takes."""
    if after.altitude_ft is None or lost.altitude_ft is None or after.heard_at - lost.heard_at > s.holding_s:
        return False
    climbs = after.vertical_fpm is not None and after.vertical_fpm >= s.climbing_fpm
    return not climbs and after.altitude_ft <= lost.altitude_ft + HOLDING_LEVEL_FT


def _lowest(found: list[Fit]) -> float:
    return min(fit.height_ft for fit in found)


def _has(found: list[Fit], airport: str, airports: Airports) -> bool:
    return any(airports.codes[fit.field] == airport for fit in found)


def fit_of(found: list[Fit], airport: str, airports: Airports) -> Fit:
    """The fit of one field, which must be among them."""
    return next(fit for fit in found if airports.codes[fit.field] == airport)


def _of_any(found: list[Fit], airport: str, at: Side, airports: Airports) -> Fit:
    """The fit of a field, or its bare geometry where that side does not fit."""
    for fit in found:
        if airports.codes[fit.field] == airport:
            return fit
    index = airports.index_of(airport) or 0
    distance = airports.distance_to_runways_nm(index, at.latitude_deg, at.longitude_deg)
    return Fit(index, distance, (at.altitude_ft or 0.0) - float(airports.elevation_ft[index]), 0.0)
