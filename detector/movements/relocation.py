"""On the ground at one field, and then at another, with no flight heard: it went by in a silence between the two."""

from __future__ import annotations

from collections.abc import Sequence

from detector.domain.stop import Moment, Status, Stop
from detector.movements import intervals, stops
from detector.movements.ground_stops import Change
from detector.movements.settings import MovementSettings
from detector.reference import Airports

TAKE_OFF_AND_LANDING_S = 120.0
"""Beyond the way at full speed: the roll and climb out, and the approach."""


def moved(
    stop: Stop,
    gaps: Sequence[tuple[float, float]],
    latitude_deg: float,
    longitude_deg: float,
    at: float,
    airports: Airports,
    s: MovementSettings,
) -> tuple[list[Change], Moment] | None:
    """The stop ended, and the landing at the new place; None where it is no other place, or no gap is long enough.

    `gaps`: silences on the ground (from, until), in order. Where several are long enough for the flight, the
    intervals cover all of them.
    """
    field = airports.index_of(stop.airport) if stop.airport else None
    if field is None:
        return None
    distance = airports.distance_to_runways_nm(field, latitude_deg, longitude_deg)
    if distance <= s.departure_fix_nm:
        return None
    needed = distance / s.fastest_kt * 3600.0 + TAKE_OFF_AND_LANDING_S
    long = [gap for gap in gaps if gap[1] - gap[0] >= needed and gap[0] >= stop.landed.latest]
    if not long:
        return None
    begin, end = long[0][0], long[-1][1]
    likely = max(long, key=lambda gap: gap[1] - gap[0])
    spare = (likely[1] - likely[0] - needed) / 2
    departed = Moment(begin, end - needed, likely[0] + spare, False)
    landed = Moment(begin + needed, end, likely[1] - spare, False)
    closed = stops.revised(
        stop, at, status=Status.CLOSED, departed=departed, ground_time=intervals.ground_time(stop.landed, departed, 0.0)
    )
    return [closed], landed
