"""Fields of the world with their listings, and areas where satellite navigation is disturbed."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any

import msgspec
import numpy as np
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import StringConstraints

from detector.domain.sighting import CELL_DEG
from detector.domain.wire import listing_record
from detector.reference import Runway, RunwayEnd
from detector.reference.table import Military
from detector.tracking.interference import InterferenceArea
from detector.web.api import parameters as given
from detector.web.api.answers import answered, asked_of, cursor_of, page, place_of
from detector.web.api.description import item_of, page_of
from detector.web.api.parameters import Box
from detector.web.api.served import Served
from detector.web.problems import ProblemError

Code = Annotated[str, Path(min_length=1, max_length=12, description="Code of a field, ICAO or IATA designator.")]
Codes = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=12)]] | None,
    Query(max_length=100, description="Codes, ICAO or IATA: one of these."),
]
Listed = Annotated[bool | None, Query(description="Whether on a watch list today.")]


def router(served: Served) -> APIRouter:
    """The routes."""
    api = APIRouter(tags=["places"])
    airports = served.airports

    @api.get("/airports", **page_of("AirportPage"))
    async def fields(
        request: Request,
        listed: Listed = None,
        bbox: given.BoundingBox = None,
        country: given.Country = None,
        code: Codes = None,
        limit: given.Limit = given.USUAL,
        cursor: given.Cursor = None,
    ) -> Response:
        """Fields, in the order of the table."""
        asked = asked_of(request)
        place, box = place_of(cursor, asked), Box.of(bbox)
        keep = np.ones(len(airports), np.bool_)
        if place is not None:
            keep[: int(place[0]) + 1] = False
        if box is not None:
            keep &= box.holds(airports.lat, airports.lon)
        if country is not None:
            keep &= np.array([code == country for code in airports.countries], np.bool_)
        if code is not None:
            named = np.zeros(len(airports), np.bool_)
            named[[i for i in map(airports.index_of, code) if i is not None]] = True
            keep &= named
        if listed is not None:
            on_list = np.zeros(len(airports), np.bool_)
            on_list[[i for i in served.watch_list.indices if _is_listed(served, i)]] = True
            keep &= on_list if listed else ~on_list
        chosen = np.flatnonzero(keep)
        lines = [msgspec.json.encode(_in_short(served, i)) for i in chosen[:limit].tolist()]
        after = cursor_of((float(chosen[limit - 1]), ""), asked) if len(chosen) > limit else None
        return answered(request, page(lines, after))

    @api.get("/airports/{code}", **item_of("AirportCase"))
    async def field(request: Request, code: Code) -> Response:
        """One field with its runways and listings."""
        index = airports.index_of(code)
        if index is None:
            raise ProblemError(404, "no field has that code; ICAO and IATA designators are known")
        return answered(request, msgspec.json.encode(_in_full(served, index)))

    @api.get("/areas", **page_of("AreaPage"))
    async def areas(
        request: Request,
        in_force: Annotated[bool | None, Query(description="Whether it is disturbed still.")] = None,
        bbox: given.BoundingBox = None,
        since: given.Since = None,
        until: given.Until = None,
        limit: given.Limit = given.USUAL,
        cursor: given.Cursor = None,
    ) -> Response:
        """Spells of disturbed satellite navigation, cell by cell, the latest first."""
        asked, box = asked_of(request), Box.of(bbox)
        place, now = place_of(cursor, asked), served.model.pipeline.told_until or 0.0
        records = sorted(
            (_area(area, now) for area in served.model.pipeline.sky.areas.reported), key=_place, reverse=True
        )

        def fits(one: dict[str, Any]) -> bool:
            return (
                (place is None or _place(one) < place)
                and (in_force is None or one["in_force"] is in_force)
                and (box is None or bool(_touches(box, one)))
                and (since is None or one["until"] >= since)
                and (until is None or one["since"] <= until)
            )

        rest = filter(fits, records)
        chosen = list(islice(rest, limit))
        after = cursor_of(_place(chosen[-1]), asked) if chosen and next(rest, None) is not None else None
        return answered(request, page([msgspec.json.encode(one) for one in chosen], after))

    return api


def _is_listed(served: Served, index: int) -> bool:
    return bool(served.watch_list.entries_for(index, served.now()))


def _in_short(served: Served, i: int) -> dict[str, Any]:
    airports = served.airports
    return {
        "code": airports.codes[i],
        "name": airports.names[i],
        "icao": airports.icao[i] or None,
        "iata": airports.iata[i] or None,
        "place": airports.places[i] or None,
        "country": airports.countries[i] or None,
        "kind": airports.kinds[i],
        "latitude_deg": float(airports.lat[i]),
        "longitude_deg": float(airports.lon[i]),
        "elevation_ft": float(airports.elevation_ft[i]),
        "longest_runway_ft": float(airports.longest_runway_ft[i]) or None,
        "military": Military(int(airports.military[i])).name.lower(),
        "closed": airports.closed_at(i, served.now()),
        "listed": _is_listed(served, i),
    }


def _in_full(served: Served, i: int) -> dict[str, Any]:
    airports = served.airports
    return _in_short(served, i) | {
        "closed_from": airports.closed_from.get(i),
        "corrected_by": airports.corrected_by.get(i),
        "runways": [_runway(runway) for runway in airports.runways_of(i)],
        "outline": [[float(lat), float(lon)] for lat, lon in airports.outlines.get(i, ())],
        "listings": [listing_record(listing) for listing in served.watch_list.all_of(i)],
    }


def _runway(runway: Runway) -> dict[str, Any]:
    return {
        "low": _end(runway.low),
        "high": _end(runway.high),
        "length_ft": runway.length_ft,
        "surface": runway.surface,
        "estimated": runway.estimated,
    }


def _end(end: RunwayEnd) -> dict[str, Any]:
    return {
        "ident": end.ident,
        "latitude_deg": end.lat,
        "longitude_deg": end.lon,
        "elevation_ft": end.elevation_ft,
        "heading_deg": end.heading_deg,
    }


def _area(area: InterferenceArea, now: float) -> dict[str, Any]:
    return {
        "id": f"area-{area.latitude_deg:g}_{area.longitude_deg:g}-{int(area.since)}",
        "latitude_deg": area.latitude_deg,
        "longitude_deg": area.longitude_deg,
        "size_deg": CELL_DEG,
        "since": area.since,
        "until": area.until,
        "aircraft": area.aircraft,
        "degraded": area.degraded,
        "in_force": area.since <= now <= area.until,
    }


def _place(one: dict[str, Any]) -> tuple[float, str]:
    return one["since"], one["id"]


def _touches(box: Box, one: dict[str, Any]) -> Any:
    middle = one["latitude_deg"] + CELL_DEG / 2, one["longitude_deg"] + CELL_DEG / 2
    return box.holds(np.array(middle[0]), np.array(middle[1]))
