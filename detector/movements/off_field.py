"""On the ground away from every field: a helicopter on a meadow. The stop is told, and no field is named for it."""

from __future__ import annotations

import msgspec

from detector.domain.observation import GroundRun, Observation
from detector.domain.stop import Check, Level, Status
from detector.movements import checks, fits, onward, shared, stops
from detector.movements.checking import made
from detector.movements.ground_stops import FRESH_S, Change, retracted
from detector.movements.life import Landing, Life
from detector.movements.settings import MovementSettings
from detector.reference import Airports

LOOK_NM = 30.0
"""The nearest field is looked for this far around."""


def stood(
    life: Life, landing: Landing, o: Observation, run: GroundRun, airports: Airports, s: MovementSettings
) -> list[Change] | None:
    """What ground contact off every field changes; None where the contact is at a field, or its place is not known.

    What way in and way out fit counts for nothing there: the aircraft was seen elsewhere.
    """
    now, since = o.now, landing.moment.latest
    if now.latitude_deg is None or now.longitude_deg is None or now.fix_at is None or shared.at(o, since):
        return None
    if not now.fix_on_surface or now.fix_at < since - FRESH_S:
        return None
    if fits.contact_fits(now.latitude_deg, now.longitude_deg, now.category, since, airports, s.field_radius_nm):
        if landing.off_field:
            life.landing = msgspec.structs.replace(landing, off_field=False)
        return None
    if landing.off_field:
        return []
    changes: list[Change] = []
    moment = onward.reached(life, landing.moment, now.latitude_deg, now.longitude_deg, s)
    life.landing = landing = Landing(moment, landing.callsign, landing.words, off_field=True)
    if life.stop is not None:
        gone = onward.flown_on(life.stop, None, now.latitude_deg, now.longitude_deg, since, o.at, airports, s)
        changes.append(gone or retracted(life.stop, o.at, "heard on the ground away from every field"))
    stop = stops.opened(
        icao24=o.icao24, opened_at=since, at=o.at, status=Status.OPEN, level=Level.ONE_SIDE, candidates=(),
        airports=airports, landed=moment, departed=None, ground_time=None,
        checks=(
            checks.ground_words(run.words),
            _no_field(now.latitude_deg, now.longitude_deg, airports, s),
            checks.implied_speed(life.doubt, since),
        ),
        callsign_in=landing.callsign, callsign_out=None,
    )  # fmt: skip
    life.stop = stop
    return [*changes, stop]


def _no_field(latitude_deg: float, longitude_deg: float, airports: Airports, s: MovementSettings) -> Check:
    """The position of the ground contact, which lies at no field. Value: distance from the nearest runway, NM."""
    near = [
        airports.distance_to_runways_nm(field, latitude_deg, longitude_deg)
        for field, _ in airports.within(latitude_deg, longitude_deg, LOOK_NM)
    ]
    distance = min((nm for nm in near if nm > s.field_radius_nm), default=None)
    where = f"{distance:.1f} NM" if distance is not None else f"more than {LOOK_NM:.0f} NM"
    reason = f"on the ground {where} from the nearest runway"
    return made("ground_fix", False, distance, s.field_radius_nm, "NM", reason)
