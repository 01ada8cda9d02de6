"""Stops, and silences in flight: lists in pages, and one by one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from detector.domain.gap import GapClass
from detector.domain.stop import Kind
from detector.web.api import parameters as given
from detector.web.api.answers import answered
from detector.web.api.description import LAYER, item_of, page_of
from detector.web.api.layers import USUAL, LayerLimit, layered
from detector.web.api.lists import Question, one_of, paged
from detector.web.api.served import Served

Kinds = Annotated[list[Kind] | None, Query(description="One of these.")]
Classes = Annotated[list[GapClass] | None, Query(alias="class", description="One of these.")]


def router(served: Served) -> APIRouter:
    """The routes."""
    api, model = APIRouter(tags=["findings"]), served.model

    def question(
        status: given.Statuses = None,
        kind: Kinds = None,
        level: given.Level = None,
        rule: given.Rules = None,
        airport: given.Airport = None,
        country: given.Country = None,
        icao24: given.Icao24 = None,
        registration: given.Text = None,
        callsign: given.Text = None,
        held: Annotated[bool | None, Query(description="Whether it is held back.")] = None,
        since: given.Since = None,
        until: given.Until = None,
    ) -> Question:
        words = given.wanted(
            status=status, kind=kind, rule=rule, airport=served.code_of(airport), country=country,
            icao24=icao24 and icao24.lower(), registration=registration and registration.upper(),
            callsign=callsign and callsign.upper(), held=None if held is None else str(held).lower(),
        )  # fmt: skip
        return Question(words, level, since, until)

    @api.get("/stops", **page_of("StopPage"))
    async def stops(
        request: Request,
        asked: Question = Depends(question),
        limit: given.Limit = given.USUAL,
        cursor: given.Cursor = None,
    ) -> Response:
        """Stops in their last revision, the latest first. `since`, `until`: that lasted in these times, for a part."""
        return await paged(request, model.stops, asked, limit, cursor)

    @api.get("/stops.geojson", **LAYER)
    async def stops_layer(request: Request, asked: Question = Depends(question), limit: LayerLimit = USUAL) -> Response:
        """The same as one layer of a map, without pages: one flat row each."""
        return await layered(request, served, model.stops, asked, limit)

    @api.get("/stops/{stop_id}", **item_of("StopForm"))
    async def stop(request: Request, stop_id: given.RecordId) -> Response:
        """One stop in its last revision."""
        return answered(request, one_of(model.stops, stop_id, "stop").line)

    @api.get("/gaps", **page_of("GapPage"))
    async def gaps(
        request: Request,
        class_: Classes = None,
        icao24: given.Icao24 = None,
        callsign: given.Text = None,
        stop: Annotated[str | None, Query(max_length=80, description="Id of the stop that was told from it.")] = None,
        since: given.Since = None,
        until: given.Until = None,
        limit: given.Limit = given.USUAL,
        cursor: given.Cursor = None,
    ) -> Response:
        """Silences in flight, the latest first. `since`, `until`: that lasted in these times, for a part."""
        words = given.wanted(icao24=icao24 and icao24.lower(), callsign=callsign and callsign.upper(), stop=stop)
        words |= given.wanted(**{"class": class_})
        return await paged(request, model.gaps, Question(words, None, since, until), limit, cursor)

    @api.get("/gaps/{gap_id}", **item_of("GapForm"))
    async def gap(request: Request, gap_id: given.RecordId) -> Response:
        """One silence in its last revision."""
        return answered(request, one_of(model.gaps, gap_id, "gap").line)

    return api
