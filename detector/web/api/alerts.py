"""Alerts: a list in pages, one by one, their revisions, and their evidence."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from detector.domain.alert import AlertEvent
from detector.domain.errors import DetectorError, StoreError
from detector.domain.stop import Severity
from detector.web.api import parameters as given
from detector.web.api.answers import answered
from detector.web.api.description import BUNDLE, LAYER, item_of, page_of
from detector.web.api.layers import USUAL, LayerLimit, layered
from detector.web.api.lists import Question, one_of, paged
from detector.web.api.served import Served
from detector.web.problems import ProblemError

Severities = Annotated[list[Severity] | None, Query(description="One of these.")]
Events = Annotated[list[AlertEvent] | None, Query(description="What the last revision tells: one of these.")]


def router(served: Served) -> APIRouter:
    """The routes."""
    api, model = APIRouter(tags=["findings"]), served.model

    def question(
        severity: Severities = None,
        rule: given.Rules = None,
        event: Events = None,
        status: given.Statuses = None,
        airport: given.Airport = None,
        country: given.Country = None,
        icao24: given.Icao24 = None,
        registration: given.Text = None,
        level: given.Level = None,
        since: given.Since = None,
        until: given.Until = None,
    ) -> Question:
        words = given.wanted(
            severity=severity, rule=rule, event=event, status=status, airport=served.code_of(airport), country=country,
            icao24=icao24 and icao24.lower(), registration=registration and registration.upper(),
        )  # fmt: skip
        return Question(words, level, since, until)

    @api.get("/alerts", **page_of("AlertPage"))
    async def alerts(
        request: Request,
        asked: Question = Depends(question),
        limit: given.Limit = given.USUAL,
        cursor: given.Cursor = None,
    ) -> Response:
        """Alerts in their last revision, those opened last first. `since`, `until`: when they were opened."""
        return await paged(request, model.alerts, asked, limit, cursor)

    @api.get("/alerts.geojson", **LAYER)
    async def alerts_layer(
        request: Request, asked: Question = Depends(question), limit: LayerLimit = USUAL
    ) -> Response:
        """The same as one layer of a map, without pages: one flat row each."""
        return await layered(request, served, model.alerts, asked, limit)

    @api.get("/alerts/{alert_id}", **item_of("AlertForm"))
    async def alert(request: Request, alert_id: given.RecordId) -> Response:
        """One alert in its last revision."""
        return answered(request, one_of(model.alerts, alert_id, "alert").line)

    @api.get("/alerts/{alert_id}/revisions", **item_of("AlertRevisions"))
    async def revisions(request: Request, alert_id: given.RecordId) -> Response:
        """All revisions of one alert, the first one first."""
        lines = one_of(model.alerts, alert_id, "alert").revisions
        return answered(request, b'{"items":[' + b",".join(lines) + b"]}")

    @api.get("/alerts/{alert_id}/bundle", **BUNDLE)
    async def bundle(request: Request, alert_id: given.RecordId) -> Response:
        """The evidence in one file, for `detector verify`. Made when it is asked for: that takes some seconds."""
        record = one_of(model.alerts, alert_id, "alert")
        if served.bundles is None:
            raise ProblemError(503, "this service makes no bundles")
        try:
            content = await served.bundles(record.id)
        except StoreError as error:
            raise ProblemError(503, str(error), headers={"retry-after": "10"}) from error
        except DetectorError as error:
            raise ProblemError(404, str(error)) from error
        if content is None:
            raise ProblemError(404, "the alert is no longer in the store")
        named = {"content-disposition": f'attachment; filename="{record.id}.zip"'}
        return answered(request, content, "application/zip", named)

    return api
