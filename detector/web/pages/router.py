"""Where the pages are."""

from __future__ import annotations

import asyncio
import importlib.util
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice

from fastapi import APIRouter, Request, Response

from detector.domain.errors import DetectorError, UsageError
from detector.domain.wire_in import alert_from
from detector.web.api.answers import answered
from detector.web.api.parameters import RecordId
from detector.web.api.served import Served
from detector.web.exports.geojson import geojson
from detector.web.exports.kml import kml
from detector.web.pages import shell
from detector.web.pages.assets import Assets
from detector.web.pages.case_list import MOST, case_list, no_case
from detector.web.pages.case_page import case_page
from detector.web.pages.view import CaseView
from detector.web.picture import PictureCase, svg
from detector.web.picture.png import png
from detector.web.problems import ProblemError

AT_ONCE = 2
"""Pages and pictures are drawn in threads, so many at a time: each takes some tenths of a second of a core."""
FILES: Mapping[str, tuple[Callable[[PictureCase], bytes], str]] = {
    "map.svg": (lambda case: svg(case).encode(), "image/svg+xml"),
    "map.png": (lambda case: png(svg(case)), "image/png"),
    "case.geojson": (geojson, "application/geo+json"),
    "case.kml": (kml, "application/vnd.google-earth.kml+xml"),
}
"""Of each case: how it is made, and its media type."""


@dataclass(frozen=True, slots=True)
class Tiles:
    """Pictures under the live map, from another server. `url`: None for none."""

    url: str | None = None
    attribution: str = ""


def router(served: Served, one: Assets, tiles: Tiles) -> APIRouter:
    """The routes."""
    pages = APIRouter(include_in_schema=False)
    drawing = asyncio.Semaphore(AT_ONCE)
    with_png = importlib.util.find_spec("resvg_py") is not None

    @pages.get("/")
    async def live_map() -> Response:
        return shell.live_map(one, tiles.url, tiles.attribution)

    @pages.get("/log-in")
    async def log_in() -> Response:
        return shell.log_in(one)

    @pages.get("/cases")
    async def all_cases() -> Response:
        shelf = served.model.alerts
        records = list(islice(shelf.newest(None, lambda _: True), MOST))
        alerts = [alert_from(json.loads(record.line)) for record in records]
        return case_list(alerts, len(shelf), served.airports, one)

    @pages.get("/cases/{alert_id}")
    async def a_case(alert_id: RecordId) -> Response:
        try:
            view = await _viewed(served, alert_id)
        except ProblemError as error:
            return no_case(one, error.detail, error.status)
        async with drawing:
            return await asyncio.to_thread(case_page, view, one, with_png=with_png)

    @pages.get("/cases/{alert_id}/{name}")
    async def a_file(request: Request, alert_id: RecordId, name: str) -> Response:
        if name not in FILES:
            raise ProblemError(404, f"a case has {', '.join(FILES)}")
        how, kind = FILES[name]
        view = await _viewed(served, alert_id)
        try:
            async with drawing:
                content = await asyncio.to_thread(how, view.picture)
        except UsageError as error:  # no PNG without its library
            raise ProblemError(404, str(error)) from error
        named = {"content-disposition": f'attachment; filename="{alert_id}{name[name.rfind(".") :]}"'}
        return answered(request, content, kind, named)

    return pages


async def _viewed(served: Served, alert_id: str) -> CaseView:
    """Raises ProblemError."""
    if served.cases is None:
        raise ProblemError(503, "this service tells no cases")
    try:
        view = await served.cases(alert_id)
    except DetectorError as error:
        raise ProblemError(503, str(error), headers={"retry-after": "10"}) from error
    if view is None:
        raise ProblemError(404, "no alert of that id is known here (any more)")
    return view
