"""From rows as published to the table in use: runways join their fields, kinds, military and closed fields are told.

The rules are told in words in `data/README.md`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from detector.domain.geo import bearing_deg, distance_nm
from detector.reference.airport_rows import AirportRow, RunwayRow
from detector.reference.military_names import military_by_name
from detector.reference.runway_placing import (
    MAX_MIDPOINT_NM,
    MovedField,
    Place,
    PlacedRunway,
    elevation_by_runways,
    is_pad,
    laid_through,
    place_of,
    placed,
)
from detector.reference.table import CENTIDEG, KINDS, SURFACES, UDEG, AirportTable, Kind, Military, Surface

HELIPORT_NAME = re.compile(r"heli(port|pad|stop)", re.I)
MOST_COUNTED = 255
"""Closed runways of a field are counted in one byte."""


class PackingNotes(msgspec.Struct, frozen=True):
    """How often each rule took hold, the fields that their runways moved, and codes of those of which a runway is
    published where it cannot lie."""

    counts: Mapping[str, int]
    moved: tuple[MovedField, ...]
    astray: frozenset[str] = frozenset()


class _Packed(msgspec.Struct, frozen=True):
    """One field, ready for the columns."""

    row: AirportRow
    place: Place
    kind: Kind
    runways: list[PlacedRunway]
    closed: bool
    closed_runways: int
    astray: bool = False


def pack(
    fields: Iterable[AirportRow],
    runways: Iterable[RunwayRow] | None,
    former: AirportTable | None = None,
    unread: Collection[str] = (),
) -> tuple[AirportTable, PackingNotes]:
    """The table of these fields, by code, which must all differ, with their open runways.

    `runways` None: each field keeps those that it has in `former`, but for one that has moved too far from them. So do
    the fields in `unread` (what runways call them): not all of their runways could be read.
    """
    counts: Counter[str] = Counter()
    rows = sorted(fields, key=lambda row: row.code)
    moved: list[MovedField] = []
    known = {} if former is None else {code: i for i, code in enumerate(former.codes)}
    if runways is None:
        packed = [_as_before(row, former, known.get(row.code), counts) for row in rows]
    else:
        by_field: dict[str, list[RunwayRow]] = defaultdict(list)
        for runway in runways:
            by_field[runway.airport_ident].append(runway)
            counts["closed"] += runway.closed
        packed = []
        for row in rows:
            mine, i = by_field.pop(row.ident, ()), known.get(row.code)
            if row.ident in unread and former is not None and i is not None and _has_runways(former, i):
                packed.append(_as_before(row, former, i, counts))
            else:
                packed.append(_joined(row, mine, counts, moved))
        left = sum(not all(runway.closed for runway in mine) for mine in by_field.values())
        counts["fields without a position (left out)"] = left
        counts["fields moved to their runway"] += len(moved)
    counts.update(f"kind {one.kind}" for one in packed)
    table = _table(packed)
    counts["closed fields"] = int(table.closed.sum())
    counts["military by name"] = int((table.military == Military.BY_NAME).sum())
    return table, PackingNotes(dict(counts), tuple(moved), frozenset(one.row.code for one in packed if one.astray))


def _joined(row: AirportRow, mine: Sequence[RunwayRow], counts: Counter[str], moved: list[MovedField]) -> _Packed:
    """The field with the runways of a table of runways."""
    open_rows = [runway for runway in mine if not runway.closed]
    strips = [runway for runway in open_rows if not is_pad(runway)]
    pads = len(open_rows) - len(strips)
    counts["pads"] += pads
    ends_ft = [ft for runway in strips for ft in (runway.le_elevation_ft, runway.he_elevation_ft) if ft is not None]
    at_runways_ft = elevation_by_runways(row.elevation_ft, ends_ft)
    if at_runways_ft is not None:
        row = msgspec.structs.replace(row, elevation_ft=at_runways_ft)
        counts["elevations taken from the runways"] += 1
    place, elsewhere = place_of(row, strips)
    if elsewhere is not None:
        moved.append(elsewhere)
    kept = placed(strips, place, row.elevation_ft, counts)
    published = sum(runway.le is not None and runway.he is not None for runway in strips)
    astray = sum(not runway.estimated for runway in kept) < published
    every_one_closed = bool(mine) and not open_rows
    kind = _kind(kept, bool(pads), row)
    return _Packed(row, place, kind, kept, row.closed or every_one_closed, len(mine) - len(open_rows), astray)


def _as_before(row: AirportRow, former: AirportTable | None, i: int | None, counts: Counter[str]) -> _Packed:
    """The field with the runways that it had."""
    place = row.lat, row.lon
    if former is None or i is None:
        return _Packed(row, place, _kind([], False, row), [], row.closed, 0)
    was = float(former.lat_udeg[i]) / UDEG, float(former.lon_udeg[i]) / UDEG
    runways = _runways_of(former, i)
    closed_runways = int(former.closed_runways[i])
    if distance_nm(*was, *place) > MAX_MIDPOINT_NM:
        counts["runways left behind by their field"] += len(runways)
        return _Packed(row, place, _kind([], False, row), [], row.closed, 0)
    kept = [_moved_along(runway, place) if runway.estimated and was != place else runway for runway in runways]
    # An end without an elevation of its own was given that of the field, so there the field's in use counts.
    ends_ft = [ft for one in runways for ft in (one.le_elevation_ft, one.he_elevation_ft)]
    at_runways_ft = elevation_by_runways(row.elevation_ft, ends_ft)
    if at_runways_ft is not None:
        row = msgspec.structs.replace(row, elevation_ft=at_runways_ft)
    pads = KINDS[int(former.kind[i])] is Kind.HELIPORT
    every_one_closed = bool(former.closed[i]) and closed_runways > 0 and not kept
    return _Packed(row, place, _kind(kept, pads, row), kept, row.closed or every_one_closed, closed_runways)


def _moved_along(runway: PlacedRunway, place: Place) -> PlacedRunway:
    """A runway that had been laid through the position of its field, laid through the new one."""
    le, he = laid_through(place, runway.le_heading_deg, runway.length_ft)
    return msgspec.structs.replace(
        runway, le=le, he=he, le_heading_deg=bearing_deg(*le, *he), he_heading_deg=bearing_deg(*he, *le)
    )


def _has_runways(table: AirportTable, i: int) -> bool:
    return bool(table.runway_start[i + 1] > table.runway_start[i])


def _runways_of(table: AirportTable, i: int) -> list[PlacedRunway]:
    return [
        PlacedRunway(
            table.le_ident[row],
            table.he_ident[row],
            (float(table.le_lat_udeg[row]) / UDEG, float(table.le_lon_udeg[row]) / UDEG),
            (float(table.he_lat_udeg[row]) / UDEG, float(table.he_lon_udeg[row]) / UDEG),
            float(table.le_elevation_ft[row]),
            float(table.he_elevation_ft[row]),
            float(table.le_heading_cdeg[row]) / CENTIDEG,
            float(table.he_heading_cdeg[row]) / CENTIDEG,
            int(table.runway_length_ft[row]),
            SURFACES[int(table.runway_surface[row])],
            bool(table.runway_estimated[row]),
        )
        for row in range(int(table.runway_start[i]), int(table.runway_start[i + 1]))
    ]


def _kind(runways: list[PlacedRunway], has_pads: bool, row: AirportRow) -> Kind:
    if any(runway.surface is not Surface.WATER for runway in runways):
        return Kind.AIRPORT
    if runways:
        return Kind.WATER
    if has_pads or row.kind is Kind.HELIPORT or HELIPORT_NAME.search(row.name):
        return Kind.HELIPORT
    return row.kind or Kind.NO_RUNWAY


def _table(packed: list[_Packed]) -> AirportTable:
    def ints(values: Iterable[float], dtype: type, scale: int = 1) -> npt.NDArray[Any]:
        # Rounding to the grid hides the last bits, in which mathematical libraries differ.
        return np.array([round(value * scale) for value in values], dtype)

    rows = [one.row for one in packed]
    flat = [runway for one in packed for runway in one.runways]
    longest = [max((r.length_ft for r in one.runways if r.surface is not Surface.WATER), default=0) for one in packed]
    said = [military_by_name(row.name, row.country) for row in rows]
    return AirportTable(
        codes=tuple(row.code for row in rows),
        names=tuple(row.name for row in rows),
        icao=tuple(row.icao for row in rows),
        iata=tuple(row.iata for row in rows),
        places=tuple(row.place for row in rows),
        countries=tuple(row.country for row in rows),
        lat_udeg=ints((one.place[0] for one in packed), np.int32, UDEG),
        lon_udeg=ints((one.place[1] for one in packed), np.int32, UDEG),
        elevation_ft=ints((row.elevation_ft for row in rows), np.int16),
        longest_runway_ft=ints(longest, np.int32),
        kind=ints((KINDS.index(one.kind) for one in packed), np.uint8),
        closed=np.array([one.closed for one in packed], np.bool_),
        military=ints((Military.BY_NAME if by_name else Military.NOT_KNOWN for by_name in said), np.uint8),
        closed_runways=ints((min(one.closed_runways, MOST_COUNTED) for one in packed), np.uint8),
        runway_start=np.concatenate([[0], np.cumsum([len(one.runways) for one in packed])]).astype(np.int32),
        le_ident=tuple(r.le_ident for r in flat),
        he_ident=tuple(r.he_ident for r in flat),
        le_lat_udeg=ints((r.le[0] for r in flat), np.int32, UDEG),
        le_lon_udeg=ints((r.le[1] for r in flat), np.int32, UDEG),
        he_lat_udeg=ints((r.he[0] for r in flat), np.int32, UDEG),
        he_lon_udeg=ints((r.he[1] for r in flat), np.int32, UDEG),
        le_elevation_ft=ints((r.le_elevation_ft for r in flat), np.int16),
        he_elevation_ft=ints((r.he_elevation_ft for r in flat), np.int16),
        le_heading_cdeg=ints((r.le_heading_deg for r in flat), np.uint16, CENTIDEG),
        he_heading_cdeg=ints((r.he_heading_deg for r in flat), np.uint16, CENTIDEG),
        runway_length_ft=ints((r.length_ft for r in flat), np.int32),
        runway_surface=ints((SURFACES.index(r.surface) for r in flat), np.uint8),
        runway_estimated=np.array([r.estimated for r in flat], np.bool_),
    )
