"""Silences in the air: when one begins, lasts and ends, and what is told of it then."""

from __future__ import annotations

from detector.domain.observation import Observation
from detector.domain.stop import GroundTime, Level, Moment, Status, Stop
from detector.movements import checks, dark_stops, fits, gaps, intervals, stops
from detector.movements.ground_stops import Change
from detector.movements.life import Life, Phase
from detector.movements.settings import MovementSettings
from detector.movements.sides import Side, side
from detector.movements.surroundings import Silence, Surroundings
from detector.movements.unseen import fit_of, judged, suspicions
from detector.reference import Airports

SETTLE_S = 20.0
"""Fixes after a silence span this much before they tell climb from descent, unless the aircraft says it itself."""
DECIDE_AFTER_S = 90.0
"""Then the silence is judged with what there is."""
BLIP_S = 180.0
"""Hearing an aircraft for less than this between two silences does not part them."""


def began(life: Life, o: Observation, s: MovementSettings) -> list[Change]:
    """Take note of a silence that has just ended, or of the first frame ever; a take-off left untold is told."""
    if o.before is not None and life.phase is Phase.GROUND:
        # Whether a flight lies in it is told by the next fix, or by the take-off.
        life.remember_gap(o.before.heard_at, o.at)
        life.resumed_at = None
        return []
    # A few frames between two silences, too few to tell what the first one was, do not begin a new story.
    blip = life.resumed_at is not None and o.before is not None and o.before.heard_at - life.resumed_at <= BLIP_S
    undecided = blip and life.lost is not None
    told: list[Change] = [*life.forget_leaving()]
    if not undecided:
        told += _unjudged(life)
    life.resumed_at, life.first_after = o.at, None
    if undecided:
        return told
    if o.before is None:
        life.lost = None
        return told
    life.lost = side(o.before, o.points_before, s.trend_s) if o.points_before is not None else None
    life.lost_callsign, life.lost_category = o.before.callsign, o.before.category
    return told


def _unjudged(life: Life) -> list[Change]:
    """The end of an open gap after which too little was heard to judge it: it was heard again then, not known where."""
    if life.gap is None or life.gap.end is not None or life.resumed_at is None or life.gap.begin >= life.resumed_at:
        return []
    life.gap = gaps.closed(life.gap, life.resumed_at)
    return [life.gap]


def lasting(
    life: Life, o: Observation, airports: Airports, sky: Surroundings, followed: bool, s: MovementSettings
) -> list[Change]:
    """Silent for a while: a gap; a level 2 stop if it was on its way down to a watched field; or a dark one."""
    told: list[Change] = [*life.forget_leaving()]
    if life.phase is Phase.GROUND:
        return told
    lost = side(o.now, o.points, s.trend_s)
    if lost is None or (life.airborne_since is not None and lost.at < life.airborne_since):
        return told  # jammed since the take-off: the last fix is of the flight before it
    if life.resumed_at is not None and lost.heard_at - life.resumed_at > BLIP_S:
        told += _unjudged(life)
    why = sky.silence(gaps.place(lost), o.icao24, lost.heard_at, o.at, o.clock)
    gap = gaps.lasting(life.gap, o.icao24, o.now.callsign, lost, o.at, why)
    if life.stop is None and lost.altitude_ft is not None:
        life.stop = _on_its_way_down(life, lost, o, airports, sky, followed, why, s)
        if life.stop is None and o.at - lost.heard_at >= s.dark_after_s:
            life.stop = dark_stops.while_silent(life, lost, o, airports, sky, why, s)
        told += [] if life.stop is None else [life.stop]
    if gap is not None:
        life.gap = gap if life.stop is None else gaps.of_stop(gap, life.stop.id)
        told.append(life.gap)
    return told


def _on_its_way_down(
    life: Life,
    lost: Side,
    o: Observation,
    airports: Airports,
    sky: Surroundings,
    followed: bool,
    why: Silence,
    s: MovementSettings,
) -> Stop | None:
    """A stop at a watched field, or of a followed aircraft, that the way in points to."""
    found = fits.arrival_fits(lost, o.now.category, airports, s)
    candidates = fits.candidates(found, airports, s.candidate_shown)
    airport = stops.named_airport(candidates)
    if airport is None or not (followed or sky.is_listed(airport, o.at)):
        return None
    best = fit_of(found, airport, airports)
    if best.height_ft > s.departure_height_ft:
        return None  # from so high one field is not to be told from another
    earliest = lost.at + intervals.fastest_s(lost, best.distance_nm, best.height_ft, s.fastest_descent_fpm, s)
    latest = lost.at + best.distance_nm / s.approach_kt * 3600.0 + s.holding_s
    guess = lost.at + intervals.likely_s(lost, best.distance_nm, s)
    made = (
        *suspicions(life, lost.at),
        checks.energy_arrival(lost, best.distance_nm, best.height_ft, True, s),
        checks.listening(why),
    )
    return stops.opened(
        icao24=o.icao24,
        opened_at=lost.heard_at,
        at=o.at,
        status=Status.OPEN,
        level=stops.capped(Level.ONE_SIDE, made),
        candidates=candidates,
        airports=airports,
        landed=Moment(earliest, max(latest, earliest), min(max(guess, earliest), latest), False),
        departed=None,
        ground_time=None,
        checks=made,
        callsign_in=o.now.callsign,
        callsign_out=None,
    )


def ended(life: Life, o: Observation, airports: Airports, sky: Surroundings, s: MovementSettings) -> list[Change]:
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
    if life.lost is None:
        return _first_heard(life, first, o, airports, sky, s)
    return judged(life, life.lost, first, o, airports, sky, s)


def _first_heard(
    life: Life,
    after: Side,
    o: Observation,
    airports: Airports,
    sky: Surroundings,
    s: MovementSettings,
) -> list[Change]:
    """Never heard before, and climbing out of a listed field: half a stop, with no earliest time."""
    departures = fits.departure_fits(after, o.now.category, airports, s)
    candidates = fits.candidates(departures, airports, s.candidate_shown)
    airport = stops.named_airport(candidates)
    if airport is None or not sky.is_listed(airport, o.at):
        return []
    best = fit_of(departures, airport, airports)
    latest = after.at - intervals.fastest_s(after, best.distance_nm, best.height_ft, s.fastest_climb_fpm, s)
    likely = after.at - intervals.likely_s(after, best.distance_nm, s)
    landed, departed, _ = intervals.unseen(None, latest, likely - s.minimum_stay_s, likely, s)
    made = (*suspicions(life, after.at), checks.energy_departure(after, best.distance_nm, best.height_ft, True, s))
    return [
        stops.opened(
            icao24=o.icao24, opened_at=after.heard_at, at=o.at, status=Status.CLOSED,
            level=stops.capped(Level.ONE_SIDE, made),
            candidates=candidates, airports=airports, landed=landed, departed=departed,
            ground_time=GroundTime(s.minimum_stay_s, None, s.minimum_stay_s), checks=made, callsign_in=None,
            callsign_out=o.now.callsign,
        )
    ]  # fmt: skip
