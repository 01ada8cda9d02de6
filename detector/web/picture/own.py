"""The stops of the aircraft that a picture is about."""

from __future__ import annotations

from detector.domain.stop import Stop
from detector.web.picture.case import PictureCase


def own_stops(case: PictureCase) -> list[Stop]:
    """The stops of the aircraft, that of the alert as the alert has it."""
    stop = case.alert.stop
    return list(({other.id: other for other in case.stops if other.icao24 == stop.icao24} | {stop.id: stop}).values())
