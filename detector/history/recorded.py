"""Stops that a replay or the service found (lines of `detector.stop/1`), as visits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from detector.domain.stop import SCHEMA, Status
from detector.domain.times import parse_iso
from detector.domain.visit import LEAST_LEVEL, Visit
from detector.history.unused import Unused

NEIGHBOUR_S = 36 * 3600.0
"""A stop further from another one says nothing of where the aircraft came from, or went."""
ADDRESS = re.compile(r"[0-9a-f]{6}")


class _Moment(msgspec.Struct):
    estimate: str


class _GroundTime(msgspec.Struct):
    min: float
    max: float | None


class _Stop(msgspec.Struct):
    """What is needed of a line."""

    schema: str
    id: str
    status: Status
    icao24: str
    landed: _Moment
    departed: _Moment | None
    level: int
    registration: str | None = None
    type_code: str | None = None
    operator: str | None = None
    callsign_in: str | None = None
    callsign_out: str | None = None
    airport: str | None = None
    ground_time_s: _GroundTime | None = None


class _Timed(msgspec.Struct):
    stop: _Stop
    landed_at: float
    departed_at: float | None


class Recorded(NamedTuple):
    """`no_visits`: ids of stops that are none, or no longer: taken back, or of no field that is known now."""

    visits: list[Visit]
    no_visits: list[str]


def read(lines: Iterable[str], source: str, unused: Counter[str]) -> Recorded:
    """The closed stops of level 2 or more at a named field, by aircraft and time; others are counted in `unused`.

    `origin` and `destination` are the fields of the stops before and after in the same lines, up to 36 hours away;
    one that names no field in between leaves them unknown. A stop that is there twice counts as it was last.
    """
    by_aircraft: dict[str, dict[str, _Timed]] = {}
    for line in lines:
        if not line.strip():
            continue
        found = _timed(line)
        if found is None:
            unused[Unused.NOT_A_STOP] += 1
        elif not ADDRESS.fullmatch(found.stop.icao24):
            unused[Unused.ADDRESS] += 1
        else:
            by_aircraft.setdefault(found.stop.icao24, {})[found.stop.id] = found
    made, others = [], []
    for _, stops in sorted(by_aircraft.items()):
        ordered = sorted(stops.values(), key=lambda one: (one.landed_at, one.stop.id))
        standing = [one for one in ordered if one.stop.status is not Status.RETRACTED and one.stop.level > 0]
        place = {one.stop.id: i for i, one in enumerate(standing)}
        for one in ordered:
            reason = _unused(one.stop)
            if reason is None:
                made.append(_visit(standing, place[one.stop.id], source))
            else:
                others.append(one.stop.id)
                unused[reason] += 1
    return Recorded(made, others)


def _timed(line: str) -> _Timed | None:
    try:
        stop = msgspec.json.decode(line, type=_Stop)
        departed_at = None if stop.departed is None else parse_iso(stop.departed.estimate)
        timed = _Timed(stop, parse_iso(stop.landed.estimate), departed_at)
    except ValueError:  # msgspec's errors are too
        return None
    return timed if stop.schema == SCHEMA else None


def _unused(stop: _Stop) -> Unused | None:
    if stop.status is Status.RETRACTED:
        return Unused.RETRACTED
    if stop.level < LEAST_LEVEL:
        return Unused.LOW_LEVEL
    if stop.status is not Status.CLOSED:
        return Unused.OPEN
    return None if stop.airport else Unused.NO_FIELD


def _visit(stops: Sequence[_Timed], i: int, source: str) -> Visit:
    one = stops[i]
    stop, ground = one.stop, one.stop.ground_time_s
    before = stops[i - 1] if i else None
    after = stops[i + 1] if i + 1 < len(stops) else None
    return Visit(
        id=stop.id,
        icao24=stop.icao24,
        airport=stop.airport or "",
        landed_at=one.landed_at,
        departed_at=one.departed_at,
        ground_min_s=None if ground is None else ground.min,
        ground_max_s=None if ground is None else ground.max,
        level=stop.level,
        registration=stop.registration or "",
        type_code=stop.type_code or "",
        operator=stop.operator or "",
        callsign_in=stop.callsign_in or "",
        callsign_out=stop.callsign_out or "",
        origin=_field_of(before) if before is not None and _neighbours(before, one) else "",
        destination=_field_of(after) if after is not None and _neighbours(one, after) else "",
        source=source,
    )


def _field_of(one: _Timed) -> str:
    """A stop of a lower level may have been made elsewhere, or not at all."""
    return (one.stop.airport or "") if one.stop.level >= LEAST_LEVEL else ""


def _neighbours(before: _Timed, after: _Timed) -> bool:
    left_at = before.landed_at if before.departed_at is None else before.departed_at
    return after.landed_at - left_at <= NEIGHBOUR_S
