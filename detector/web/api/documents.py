"""Documents of one alert: lines and places for other programs, and the map to print."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from fastapi import APIRouter, Request, Response

from detector.domain.errors import DetectorError, UsageError
from detector.web.api import parameters as given
from detector.web.api.answers import answered
from detector.web.api.description import document_of
from detector.web.api.lists import one_of
from detector.web.api.served import Served
from detector.web.exports import geojson, kml
from detector.web.picture import PictureCase, svg
from detector.web.picture.png import png
from detector.web.problems import ProblemError

AT_ONCE = 2
"""Drawn in threads, so many at a time: each takes some tenths of a second of a core."""
GEOJSON, KML, SVG, PNG = "application/geo+json", "application/vnd.google-earth.kml+xml", "image/svg+xml", "image/png"


def router(served: Served) -> APIRouter:
    """The routes."""
    api = APIRouter(tags=["findings"])
    drawing = asyncio.Semaphore(AT_ONCE)

    async def made(
        request: Request, alert_id: str, how: Callable[[PictureCase], bytes], media_type: str, ending: str
    ) -> Response:
        """Raises ProblemError."""
        record = one_of(served.model.alerts, alert_id, "alert")
        if served.cases is None:
            raise ProblemError(503, "this service makes no documents")
        try:
            case = await served.cases(record.id)
        except DetectorError as error:
            raise ProblemError(503, str(error), headers={"retry-after": "10"}) from error
        if case is None:
            raise ProblemError(404, "no alert of that id is known here (any more)")
        try:
            async with drawing:
                content = await asyncio.to_thread(how, case.picture)
        except UsageError as error:  # no PNG without its library
            raise ProblemError(503, str(error)) from error
        named = {"content-disposition": f'attachment; filename="{record.id}.{ending}"'}
        return answered(request, content, media_type, named)

    @api.get("/alerts/{alert_id}/geojson", **document_of(GEOJSON))
    async def as_geojson(request: Request, alert_id: given.RecordId) -> Response:
        """Lines that were heard and that were not, fields and times: a FeatureCollection, the alert in it."""
        return await made(request, alert_id, geojson, GEOJSON, "geojson")

    @api.get("/alerts/{alert_id}/kml", **document_of(KML))
    async def as_kml(request: Request, alert_id: given.RecordId) -> Response:
        """The same as KML 2.2, with its times."""
        return await made(request, alert_id, kml, KML, "kml")

    @api.get("/alerts/{alert_id}/map.svg", **document_of(SVG))
    async def as_svg(request: Request, alert_id: given.RecordId) -> Response:
        """The case on one sheet, to print."""
        return await made(request, alert_id, lambda case: svg(case).encode(), SVG, "svg")

    @api.get("/alerts/{alert_id}/map.png", **document_of(PNG))
    async def as_png(request: Request, alert_id: given.RecordId) -> Response:
        """The same as a picture, 1,600 pixels wide."""
        return await made(request, alert_id, lambda case: png(svg(case)), PNG, "png")

    return api
