"""Where satellite navigation was disturbed, as a person reads it: neighbouring cells at one time are one area."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from detector.domain.sighting import CELL_DEG
from detector.domain.times import iso
from detector.tracking.interference import InterferenceArea

ROUND = round(360.0 / CELL_DEG)
"""Cells around the Earth."""


class Disturbance(msgspec.Struct, frozen=True):
    """An area in degrees, `east_deg` below `west_deg` where it crosses the antimeridian; times in Unix s UTC.

    `until`: as long as it counts, an hour after the last sign of it. `aircraft`, `degraded`: around the cell with the
    most degraded.
    """

    south_deg: float
    north_deg: float
    west_deg: float
    east_deg: float
    since: float
    until: float
    aircraft: int
    degraded: int


def disturbances(areas: Iterable[InterferenceArea]) -> list[Disturbance]:
    """Cells that touch each other while they are disturbed, put together; by begin."""
    of_cell: dict[tuple[int, int], list[InterferenceArea]] = {}
    for area in areas:
        of_cell.setdefault(_cell(area), []).append(area)
    left = {id(area): area for areas_there in of_cell.values() for area in areas_there}
    found = []
    while left:
        first = left.pop(next(iter(left)))
        together, at_hand = [first], [first]
        while at_hand:
            one = at_hand.pop()
            north, east = _cell(one)
            around = ((north + i, (east + k) % ROUND) for i in (-1, 0, 1) for k in (-1, 0, 1))
            for other in (area for cell in around for area in of_cell.get(cell, ())):
                if id(other) in left and other.since <= one.until and one.since <= other.until:
                    together.append(left.pop(id(other)))
                    at_hand.append(together[-1])
        found.append(_as_one(together))
    return sorted(found, key=lambda one: (one.since, one.south_deg, one.west_deg))


def disturbance_text(one: Disturbance) -> str:
    """One line."""
    begin, end = iso(one.since), iso(one.until)
    times = f"{begin[:10]} {begin[11:16]} to {end[11:16] if end[:10] == begin[:10] else f'{end[:10]} {end[11:16]}'}"
    north = _span(one.south_deg, one.north_deg, "SN")
    east = _span(one.west_deg, one.east_deg, "WE")
    return f"around {north} {east}, {times}, {one.degraded} of {one.aircraft} aircraft"


def record(one: Disturbance) -> dict[str, Any]:
    """The same for a machine."""
    fields: dict[str, Any] = msgspec.to_builtins(one)
    return fields | {"since": iso(one.since), "until": iso(one.until)}


def _cell(area: InterferenceArea) -> tuple[int, int]:
    return round(area.latitude_deg / CELL_DEG), round(area.longitude_deg / CELL_DEG) % ROUND


def _as_one(areas: list[InterferenceArea]) -> Disturbance:
    norths = [area.latitude_deg for area in areas]
    # Eastwards from the first one, so that an area across the antimeridian stays small.
    start = areas[0].longitude_deg
    easts = [(area.longitude_deg - start + 180.0) % 360.0 - 180.0 for area in areas]
    worst = max(areas, key=lambda area: (area.degraded, -area.aircraft))
    return Disturbance(
        south_deg=min(norths),
        north_deg=max(norths) + CELL_DEG,
        west_deg=_longitude(start + min(easts)),
        east_deg=-_longitude(-(start + max(easts) + CELL_DEG)),
        since=min(area.since for area in areas),
        until=max(area.until for area in areas),
        aircraft=worst.aircraft,
        degraded=worst.degraded,
    )


def _longitude(degrees: float) -> float:
    return (degrees + 180.0) % 360.0 - 180.0


def _span(low: float, high: float, signs: str) -> str:
    """`33.5..34.5 N`, or with both letters where they differ."""
    first, last = (signs[value >= 0.0] for value in (low, high))
    if first == last or low == 0.0 or high == 0.0:
        sign = first if low else last
        bounds = (low, high) if sign == signs[1] else (high, low)
        return f"{abs(bounds[0]):.1f}..{abs(bounds[1]):.1f} {sign}"
    return f"{abs(low):.1f} {first}..{abs(high):.1f} {last}"
