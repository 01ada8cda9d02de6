"""Positions in doubt are treated as if they had not been heard; what does not come from satellites goes on counting.

A false position takes ground speed and track along with it, so those go too. Words on air and ground, barometric
altitude and name stay: an aircraft that is shown elsewhere still lands where it was going.
"""

from __future__ import annotations

from dataclasses import replace

import msgspec

from detector.domain.doubt import Doubt
from detector.domain.observation import AircraftState, GroundRun, Observation, Points
from detector.domain.stop import Level, Moment, Status, Stop
from detector.movements import checks, fits, stops
from detector.movements.life import Life
from detector.movements.settings import MovementSettings
from detector.reference import Airports


def believed(o: Observation) -> Observation:
    """The moment without the positions that are in doubt."""
    doubt = o.doubt
    if doubt is None:
        return o
    before = None if o.before is None else _state(o.before, doubt)
    points_before = None if o.points_before is None else _points(o.points_before, doubt)
    points = _points(o.points, doubt)
    return replace(
        o, now=_state(o.now, doubt), points=points, before=before, points_before=points_before, heights=o.points
    )


def _state(state: AircraftState, doubt: Doubt) -> AircraftState:
    returned = doubt.returned_at is not None and state.fix_at is not None and state.fix_at >= doubt.returned_at
    if returned or state.fix_at is None or state.fix_at < doubt.since:
        return state
    place = doubt.before
    return replace(
        state,
        fix_at=place.at,
        latitude_deg=place.latitude_deg,
        longitude_deg=place.longitude_deg,
        fix_on_surface=False,
        groundspeed_kt=place.groundspeed_kt,
        track_deg=place.track_deg,
        velocity_at=place.at,
    )


def _points(points: Points, doubt: Doubt) -> Points:
    end = float("inf") if doubt.returned_at is None else doubt.returned_at
    # Where positions had been frozen before they jumped, the last one believed is older than the jump.
    return points.outside(min(doubt.since, doubt.before.at + 1.0), end)


def refused(life: Life, heard: Observation, run: GroundRun, airports: Airports, s: MovementSettings) -> list[Stop]:
    """The stop that the positions in doubt claim: kept and shown as rejected. `heard`: the moment as it was heard."""
    doubt, now = heard.doubt, heard.now
    if doubt is None or doubt.returned_at is not None or life.refused_since == doubt.since:
        return []
    if not run.on_ground or run.last_at - run.since < s.touch_and_go_s:
        return []
    if now.fix_at is None or now.fix_at < run.since or now.latitude_deg is None or now.longitude_deg is None:
        return []
    found = fits.contact_fits(now.latitude_deg, now.longitude_deg, now.category, run.since, airports, s.field_radius_nm)
    candidates = fits.candidates(found, airports, s.candidate_shown)
    if not candidates:
        return []
    life.refused_since = doubt.since
    earliest = doubt.since if run.last_other_at is None else max(doubt.since, run.last_other_at)
    landed = Moment(min(earliest, run.since), run.since, run.since, False)
    ago = (run.since - doubt.since) / 60
    contradiction = checks.jumped_here(ago, candidates[0].airport)
    claimed = stops.opened(
        icao24=heard.icao24, opened_at=run.since, at=heard.at, status=Status.RETRACTED, level=Level.REJECTED,
        candidates=candidates, airports=airports, landed=landed, departed=None, ground_time=None,
        checks=(contradiction,), callsign_in=now.callsign, callsign_out=None, event="refused",
    )  # fmt: skip
    return [msgspec.structs.replace(claimed, retraction=contradiction.reason)]
