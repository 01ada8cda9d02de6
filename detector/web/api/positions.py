"""Where all aircraft were at a time in the past, for whoever looks back."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Request, Response

from detector.web.api import parameters as given
from detector.web.api.answers import answered
from detector.web.api.description import page_of
from detector.web.api.served import Served

At = Annotated[given.Moment | None, Query(description="ISO 8601 (UTC where it says nothing else) or Unix s.")]


def router(served: Served) -> APIRouter:
    """The route."""
    api, model = APIRouter(tags=["aircraft"]), served.model

    @api.get("/positions", **page_of("PositionsForm"))
    async def positions(request: Request, at: At = None) -> Response:
        """Where all were, by default now. What is kept is bounded: the last million points of all aircraft."""
        moment = served.now() if at is None else at
        found = model.trails.moment(moment)
        labels = model.labels.of(found.key.tolist(), served.now())
        columns = {
            "icao24": [label.icao24 for label in labels],
            "registration": [label.registration for label in labels],
            "type_code": [label.type_code for label in labels],
            "latitude_deg": found.latitude_deg.round(5).tolist(),
            "longitude_deg": found.longitude_deg.round(5).tolist(),
            "altitude_baro_ft": found.altitude_baro_ft.round().tolist(),
            "track_deg": found.track_deg.round().tolist(),
            "position_at": found.at.round(3).tolist(),
        }
        earliest, latest = model.trails.span() or (None, None)
        told = {"at": moment, "earliest": earliest, "latest": latest, "columns": columns}
        return answered(request, msgspec.json.encode(told))

    return api
