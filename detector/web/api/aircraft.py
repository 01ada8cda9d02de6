"""Aircraft: all that are heard now, one by one with what is known of them, and their tracks."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any

import msgspec
import numpy as np
from fastapi import APIRouter, Query, Request, Response

from detector.domain.report import ADSR, ANONYMOUS, NAMESPACE_SHIFT, TISB
from detector.domain.wire import identity_record, listing_record
from detector.web.api import parameters as given
from detector.web.api.answers import answered
from detector.web.api.description import item_of, page_of
from detector.web.api.more_forms import AircraftForm
from detector.web.api.parameters import Box, Layout
from detector.web.api.served import Served
from detector.web.live.fleet import RECENT_S, Fleet
from detector.web.live.shelf import Record

MOST_OF_ONE = 20
"""Stops and alerts told with an aircraft; the lists have all."""
MOST_POINTS = 20_000
SEARCHED = ("icao24", "callsign", "registration", "type_code", "operator")

Query_ = Annotated[
    str | None,
    Query(alias="q", min_length=1, max_length=40, description=f"A part of one of {', '.join(SEARCHED)}; case is one."),
]
Heard = Annotated[given.Moment | None, Query(description=f"Heard since then; default {RECENT_S:.0f} s ago.")]
Flag = Annotated[bool | None, Query(description="Whether on a watch list today.")]
Watched = Annotated[bool | None, Query(description="Whether followed after an alert.")]


def router(served: Served) -> APIRouter:
    """The routes."""
    api, model = APIRouter(tags=["aircraft"]), served.model

    @api.get("/aircraft", **page_of("AircraftPage"))
    async def aircraft(
        request: Request,
        bbox: given.BoundingBox = None,
        since: Heard = None,
        listed: Flag = None,
        watched: Watched = None,
        q: Query_ = None,
        layout: Annotated[Layout, Query(description="How they are told.")] = Layout.ROWS,
    ) -> Response:
        """All that are heard, by address, as they were a second ago at most. They come in one page."""
        box = Box.of(bbox)
        fleet = model.fleet.latest()
        if since is not None and since < fleet.at - RECENT_S:
            fleet = model.fleet.since(since)
        return answered(request, told(fleet, _chosen(fleet, box, since, listed, watched, q), layout))

    @api.get("/aircraft/{icao24}", **item_of("AircraftCase"))
    async def one(request: Request, icao24: given.Address) -> Response:
        """One aircraft: as it was heard last, who it is by which sources, its listings, alerts and stops."""
        address = icao24.lower()
        fleet = _heard(served, address)
        state = AircraftForm(*fleet.rows()[0]) if len(fleet) else None
        callsigns = [state.callsign] if state is not None and state.callsign else []
        identity = served.identities.identity(address, served.now(), callsigns)
        listings = served.watch_list.of_aircraft(identity, callsigns, served.now())
        alerts = islice(model.alerts.newest(None, _of(address)), MOST_OF_ONE)
        stops = islice(model.stops.newest(None, _of(address)), MOST_OF_ONE)
        case = {
            "icao24": address,
            "state": state,
            "identity": identity_record(identity),
            "listings": [listing_record(listing) for listing in listings],
            "alerts": [_in_short(record) for record in alerts],
            "stops": [msgspec.Raw(record.line) for record in stops],
        }
        return answered(request, msgspec.json.encode(case))

    @api.get("/aircraft/{icao24}/track", **item_of("TrackForm"))
    async def track(
        request: Request,
        icao24: given.Address,
        since: given.Since = None,
        until: given.Until = None,
        limit: Annotated[int, Query(ge=1, le=MOST_POINTS, description="So many points at most, the latest.")] = 5_000,
    ) -> Response:
        """Where it was: points every 5 to 30 s. What is kept is bounded: the last hours, days after an alert."""
        address = icao24.lower()
        trails = [model.trails.of(key).in_milliseconds() for key in _keys(address)]
        trail = max(trails, key=lambda one: float(one.at[-1]) if len(one.at) else 0.0)
        asked = trail.between(-np.inf if since is None else since, np.inf if until is None else until)
        part = asked.latest(limit)
        points = {
            "at": part.at.tolist(),
            "latitude_deg": part.latitude_deg.round(5).tolist(),
            "longitude_deg": part.longitude_deg.round(5).tolist(),
            "altitude_baro_ft": part.altitude_baro_ft.round().tolist(),
        }
        cut = len(part.at) < len(asked.at)
        return answered(request, msgspec.json.encode({"icao24": address, "points": points, "cut": cut}))

    return api


def told(fleet: Fleet, chosen: np.ndarray[tuple[int], np.dtype[np.intp]], layout: Layout) -> bytes:
    """A list of aircraft as JSON."""
    whole = len(chosen) == len(fleet)
    page: dict[str, Any] = {"at": fleet.at, "total": len(chosen), "items": None, "columns": None}
    if layout is Layout.COLUMNS:
        page["columns"] = fleet.columns if whole else fleet.part(chosen)
    else:
        page["items"] = [AircraftForm(*row) for row in fleet.rows(None if whole else chosen)]
    return msgspec.json.encode(page)


def _chosen(
    fleet: Fleet, box: Box | None, since: float | None, listed: bool | None, watched: bool | None, q: str | None
) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    keep = np.ones(len(fleet), np.bool_)
    columns = fleet.columns
    if box is not None:
        places = (np.array(columns[name], np.float64) for name in ("latitude_deg", "longitude_deg"))
        keep &= box.holds(*places)
    if since is not None:
        keep &= fleet.heard_at >= since
    for flag, name in ((listed, "listed"), (watched, "watched")):
        if flag is not None:
            keep &= np.array([value is flag for value in columns[name]], np.bool_)
    if q is not None:
        wanted = q.lower()
        searched = zip(*(columns[name] for name in SEARCHED), strict=True)
        hits = [any(wanted in (word or "").lower() for word in words) for words in searched]
        keep &= np.array(hits, np.bool_)
    return np.flatnonzero(keep)


def _keys(address: str) -> list[int]:
    """Address keys of a text: one beginning with ~ may be of three kinds."""
    number = int(address.removeprefix("~"), 16)
    kinds = (ANONYMOUS, TISB, ADSR) if address.startswith("~") else (0,)
    return [number | kind << NAMESPACE_SHIFT for kind in kinds]


def _heard(served: Served, address: str) -> Fleet:
    """What is heard of an address; of several with the same text, the one heard last."""
    found = [served.model.fleet.one(key) for key in _keys(address)]
    return max(found, key=lambda fleet: float(fleet.heard_at[0]) if len(fleet) else 0.0)


def _of(address: str) -> Any:
    return lambda record: address in record.words["icao24"]


def _in_short(record: Record) -> dict[str, Any]:
    stop = msgspec.json.decode(record.line, type=_Stop).stop
    words = record.words
    return {
        "id": record.id,
        "stop_id": stop.id,
        "at": record.begin,
        "severity": words["severity"][0],
        "event": words["event"][0],
        "airport": words["airport"][0] if words["airport"] else None,
    }


class _Id(msgspec.Struct):
    id: str


class _Stop(msgspec.Struct):
    stop: _Id
