"""Every stop is examined once more: what its positions, receivers and the aircraft around say against it.

What opened the stop has already spoken for it. Here stand the checks that do not depend on how it was found; a failed
one lowers its level (`stops.CAPS`), rejects it (`checks.VETOES`), or holds it back for a while.
"""

from __future__ import annotations

import msgspec

from detector.domain.observation import Observation
from detector.domain.stop import Check, Held, Level, Status, Stop, Verdict
from detector.movements import air_checks, checks, circle_check, motion_checks, runway_checks, sky_checks, stops
from detector.movements.check_settings import CheckSettings
from detector.movements.checking import made
from detector.movements.life import Life
from detector.movements.surroundings import Surroundings
from detector.reference import Airports

HOLDING = ("area_interference", "co_location")
"""Checks that may come out otherwise later: they hold a stop back, and do not take it down."""
AS_IT_LEFT_S = 600.0
UNHEARD_S = 86_400.0
"""A silence on the ground of a day or more is no stop seen through, unless somebody listened."""
HELD_AT_MOST_S = 86_400.0
"""A stop is held for no longer than this after it was over; then it stands at the level that is left to it."""
AFTERWARDS_S = 1.0
"""A hold is looked at again this long after its end, when what held it is over."""
CONTACT = "ground_fix"
ALREADY = "approach_alignment"


def examined(stop: Stop, life: Life, o: Observation, airports: Airports, sky: Surroundings, s: CheckSettings) -> Stop:
    """The stop with all checks, and with the level that they leave it. `o`: the moment, without positions in doubt."""
    if stop.status is Status.RETRACTED or stop.level is Level.REJECTED:
        # Nothing of it is left that could be told later.
        return msgspec.structs.replace(stop, held=None)
    names = {check.name for check in stop.checks}
    contact = CONTACT in names
    placed = any(check.name == CONTACT and check.verdict is Verdict.PASS for check in stop.checks)
    fresh = list[Check]()
    if not contact or ALREADY not in names:
        fresh += _of_positions(stop, o, airports, sky, s)
    if contact:
        if placed and ALREADY not in names:
            fresh += _of_landing(stop, o, airports, s)
        if ALREADY not in names:
            fresh += _of_receivers(stop, life, airports, sky, s)
        fresh += _on_the_ground(stop, life, o, sky)
        fresh.append(sky_checks.air_ground(life.said_ground or None, life.said_air, None, s))
        fresh += _confirmed(stop, o)
    if contact and stop.departed is not None:
        fresh += _jumped_meanwhile(stop, life)
    end = stop.departed.latest if stop.departed is not None else o.at
    if not placed and stop.candidates and stop.level > Level.DARK:
        fresh.append(checks.one_field(stop.candidates))
    begin = stop.landed.earliest if stop.landed.earliest is not None else float("-inf")
    fresh.append(sky_checks.two_places(o.two_places_at, begin, end, s))
    told = stops.with_checks(stop.checks, (*fresh, *_of_surroundings(stop, o, airports, sky, s)))
    return with_holds(msgspec.structs.replace(stop, checks=told), airports, sky, o.clock)


def with_holds(stop: Stop, airports: Airports, sky: Surroundings, clock: float) -> Stop:
    """The level that the checks leave, and the hold where only passing circumstances stand against more."""
    settled = tuple(check for check in stop.checks if check.name not in HOLDING)
    free = stop.level if stop.held is None else max(stop.level, stop.held.level)
    if any(check.name == CONTACT for check in stop.checks):
        free = max(free, stops.observed_level(settled))
    free = stops.capped(free, settled)
    level = stops.capped(free, stop.checks)
    field = airports.index_of(stop.airport) if stop.airport else None
    hold = None
    heaped = any(check.name == "co_location" and check.verdict is Verdict.FAIL for check in stop.checks)
    if (level < free or heaped) and level > Level.REJECTED and field is not None:
        hold = _hold(stop, free, field, airports, sky, clock)
    there = stop.departed.latest if stop.departed is not None else stop.landed.latest
    if hold is not None and clock - there > HELD_AT_MOST_S:
        hold = None  # what is odd at the field by now says nothing of that day
    named = stop.airport if level is not Level.DARK else None
    country = stop.country if level is not Level.DARK else None
    return msgspec.structs.replace(stop, level=level, held=hold, airport=named, country=country)


def released(stop: Stop, airports: Airports, sky: Surroundings, at: float, s: CheckSettings) -> Stop:
    """A held stop whose time has come: at its full level, or held on."""
    field = airports.index_of(stop.airport) if stop.airport else None
    if field is None or stop.held is None:
        return stop
    now = at + AFTERWARDS_S
    again = stops.with_checks(stop.checks, _around(field, airports, sky, now, s))
    judged = with_holds(msgspec.structs.replace(stop, checks=again), airports, sky, now)
    return stops.revised(judged, at)


def _hold(stop: Stop, free: Level, field: int, airports: Airports, sky: Surroundings, clock: float) -> Held | None:
    place = float(airports.lat[field]), float(airports.lon[field])
    shown = sky.co_location(*place, float(airports.elevation_ft[field]), clock)
    if shown is not None:
        return Held(f"{shown.aircraft} {shown.reason}", shown.until, alert=True, level=free)
    area = sky.interference(*place, clock)
    if area is None or area.until is None:
        return None
    reason = f"{area.degraded} of {area.aircraft} aircraft around {stop.airport} have poor or false positions"
    return Held(reason, area.until, alert=False, level=free)


def _of_positions(
    stop: Stop, o: Observation, airports: Airports, sky: Surroundings, s: CheckSettings
) -> tuple[Check, ...]:
    field = airports.index_of(stop.airport) if stop.airport else None
    elevation = None if field is None else float(airports.elevation_ft[field])
    air, category, points = sky.air_data(o.comm_b()), o.now.category, o.points
    return (
        air_checks.airspeed_groundspeed(points, air, s),
        air_checks.air_vector(points, air, s),
        circle_check.circling(points, air, category, s),
        motion_checks.frozen(points, category, elevation, s),
        motion_checks.position_speed(points, s),
        motion_checks.geometric_barometric(points, s),
        motion_checks.integrity(points, s),
    )


def _jumped_meanwhile(stop: Stop, life: Life) -> tuple[Check, ...]:
    """The position jumped while it stood there or as it left, and has not come back: which of the two places is false
    is not told by itself. It is where the take-off is at the field."""
    doubt, departed = life.doubt, stop.departed
    left = any(check.name == "departure" and check.verdict is Verdict.PASS for check in stop.checks)
    if doubt is None or departed is None or left or doubt.returned_at is not None:
        return ()
    if not stop.landed.latest < doubt.since <= departed.latest + AS_IT_LEFT_S:
        return ()
    reason = "the position jumped after the landing, and nothing tells which place was the false one"
    return (made("implied_speed", None, None, None, "min", reason),)


def _on_the_ground(stop: Stop, life: Life, o: Observation, sky: Surroundings) -> tuple[Check, ...]:
    """Days without a word, and nobody listening: it may have been elsewhere meanwhile."""
    longest = max(
        (gap for gap in life.gaps if gap[0] >= stop.landed.latest), key=lambda gap: gap[1] - gap[0], default=None
    )
    if longest is None or longest[1] - longest[0] < UNHEARD_S:
        return ()
    why = sky.silence(None, o.icao24, *longest, o.clock)
    hours = (longest[1] - longest[0]) / 3600
    share = why.share
    reason = f"nothing was heard of it for {hours:.0f} h on the ground"
    reason += "" if share is None else f", of which somebody is known to have listened for {share:.0%}"
    passed = None if share is None else share >= checks.LEAST_LISTENED
    return (made("heard_meanwhile", passed, hours, UNHEARD_S / 3600, "h", reason),)


def _confirmed(stop: Stop, o: Observation) -> tuple[Check, ...]:
    """Nothing where every source may confirm a stop. Once confirmed it stays so, wherever it is heard later."""
    known = any(check.name == "confirmed_source" and check.verdict is Verdict.PASS for check in stop.checks)
    if o.confirmed_at is None or known:
        return ()
    left_at = None if stop.departed is None else stop.departed.latest
    return (sky_checks.confirmed_source(o.confirmed_at, stop.landed.latest, left_at),)


def _of_landing(stop: Stop, o: Observation, airports: Airports, s: CheckSettings) -> tuple[Check, ...]:
    field = airports.index_of(stop.airport) if stop.airport else None
    runways = airports.runways_of(field) if field is not None else ()
    elevation = float(airports.elevation_ft[field]) if field is not None else 0.0
    at = stop.landed.latest
    roll = runway_checks.on_runway(o.points, at, runways, s)
    if roll.verdict is Verdict.FAIL and field is not None and airports.iata[field]:
        # Runways of fields with traffic are all known, and well; those of a strip in the desert may have moved.
        roll = msgspec.structs.replace(roll, name="off_runway")
    return (
        roll,
        runway_checks.slowed_down(o.points, at, s),
        runway_checks.steady_landing(o.points, at, elevation, o.now.category, s),
        runway_checks.approach_alignment(o.points, at, elevation, runways, o.now.category, s),
    )


def _of_receivers(stop: Stop, life: Life, airports: Airports, sky: Surroundings, s: CheckSettings) -> tuple[Check, ...]:
    field = airports.index_of(stop.airport) if stop.airport else None
    sites = [site for site in map(sky.receiver, life.ground_receivers) if site is not None]
    if field is None or not sites:
        check, _ = sky_checks.radio_horizon((), 0.0, 0.0, 0.0, s)
        return (check,)
    listeners = [sky_checks.Listener(site.latitude_deg, site.longitude_deg, site.height_ft) for site in sites]
    place = float(airports.lat[field]), float(airports.lon[field])
    check, far = sky_checks.radio_horizon(listeners, *place, float(airports.elevation_ft[field]), s)
    return (msgspec.structs.replace(check, name="beyond_horizon") if far else check,)


def _of_surroundings(
    stop: Stop, o: Observation, airports: Airports, sky: Surroundings, s: CheckSettings
) -> tuple[Check, ...]:
    field = airports.index_of(stop.airport) if stop.airport else None
    now = o.now
    found = list[Check]()
    if now.latitude_deg is not None and now.longitude_deg is not None:
        twin = sky.twin(o.icao24, now.latitude_deg, now.longitude_deg, now.altitude_baro_ft, o.clock)
        reason = "no address one bit away was heard there"
        if twin is not None:
            reason = f"{twin}, one bit away, was heard at the same place and much more often"
        found.append(made("one_bit_neighbour", twin is None, None, None, "", reason))
    return (*found, *(_around(field, airports, sky, o.clock, s) if field is not None else ()))


def _around(field: int, airports: Airports, sky: Surroundings, clock: float, s: CheckSettings) -> tuple[Check, ...]:
    """Interference and false positions around a field. What was found there holds for a while."""
    place = float(airports.lat[field]), float(airports.lon[field])
    area = sky.interference(*place, clock)
    check = sky_checks.area_interference(area.aircraft if area else None, area.degraded if area else None, s)
    if area is not None and area.until is not None and check.verdict is not Verdict.FAIL:
        reason = f"satellite navigation was disturbed around {airports.codes[field]} within the hour; {check.reason}"
        check = msgspec.structs.replace(check, verdict=Verdict.FAIL, reason=reason)
    shown = sky.co_location(*place, float(airports.elevation_ft[field]), clock)
    if shown is None:
        return check, made("co_location", True, None, None, "", "no positions are heaped up at the field")
    reason = f"{shown.aircraft} {shown.reason}"
    return check, made("co_location", False, shown.aircraft, None, "aircraft", reason)
