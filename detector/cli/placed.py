"""Movements with a field only where the stop they bound does not say otherwise."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from detector.domain.movement import Movement, MovementKind
from detector.domain.stop import Level, Stop
from detector.web.replay_map.words import stands


def placed(movements: Iterable[Movement], stops: Iterable[Stop]) -> list[Movement]:
    """The same movements; without their field where the position behind it was not trusted later on.

    A movement is told at once, from the position at hand. The stop is weighed with all that came after.
    """
    of_aircraft: dict[str, list[Stop]] = {}
    for stop in stops:
        if stop.level is not Level.DARK:  # nobody saw anything of that one: no movement bounds it
            of_aircraft.setdefault(stop.icao24, []).append(stop)
    return [_placed(movement, of_aircraft.get(movement.icao24, [])) for movement in movements]


def _placed(movement: Movement, stops: list[Stop]) -> Movement:
    bounded = [stop for stop in stops if _bounds(movement, stop)]
    if movement.airport is None or not bounded:
        return movement
    if any(stop.airport == movement.airport and stands(stop) for stop in bounded):
        return movement
    return msgspec.structs.replace(movement, airport=None, reason=f"{movement.reason}; position not trusted")


def _bounds(movement: Movement, stop: Stop) -> bool:
    """Whether this is the landing or the take-off of the stop."""
    moment = {MovementKind.LANDING: stop.landed, MovementKind.TAKE_OFF: stop.departed}.get(movement.kind)
    if moment is None:
        return False
    earliest = moment.latest if moment.earliest is None else moment.earliest
    return movement.earliest <= moment.latest and earliest <= movement.latest
