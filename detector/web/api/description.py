"""OpenAPI: the forms as schemas, and which answers each route has."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import FastAPI, Response
from fastapi.openapi.utils import get_openapi

from detector import __version__
from detector.web.api import forms, layer_forms, more_forms
from detector.web.problems import MEDIA_TYPE, Problem
from detector.web.sessions import COOKIE

SCHEMAS = "#/components/schemas/{name}"
FORMS = (
    forms.AlertForm, forms.StopForm, forms.GapForm, more_forms.AlertPage, more_forms.AlertRevisions,
    more_forms.StopPage, more_forms.GapPage, more_forms.AircraftPage, more_forms.AircraftNews,
    more_forms.AircraftCase, more_forms.TrackForm, more_forms.PositionsForm, more_forms.AirportPage,
    more_forms.AirportCase, more_forms.AreaPage, more_forms.Health, more_forms.LogIn, layer_forms.LayerForm,
    Problem,
)  # fmt: skip
ABOUT = """Stops of aircraft, alerts on them, silences in flight, and what is heard now.

Unknown parameters are errors. Errors are problem details (RFC 9457). Lists and items have an ETag; a request with
If-None-Match is answered 304 where nothing has changed. HEAD works wherever GET does."""

PROBLEMS = {
    400: "The question is wrong: `parameter` says where.",
    401: "A bearer token or a session is needed.",
    403: "Other sites may not ask.",
    404: "There is no such thing.",
    413: "Too much was sent.",
    415: "Something else was sent than JSON.",
    421: "The service is not known by that name.",
    503: "Try again later.",
}


def page_of(form: str) -> dict[str, Any]:
    """Answers of a list, for a route."""
    return _answers({200: _json(form), 304: {"description": "Nothing has changed."}}, 400)


def item_of(form: str) -> dict[str, Any]:
    """Answers of one item."""
    return _answers({200: _json(form), 304: {"description": "Nothing has changed."}}, 400, 404)


def document_of(media_type: str) -> dict[str, Any]:
    """Answers of a file that is made when it is asked for."""
    schema = {"type": "object"} if media_type.endswith("json") else {"type": "string", "format": "binary"}
    file = {"description": "The file.", "content": {media_type: {"schema": schema}}}
    busy = _problem(503) | {"description": "This service makes none, or cannot now."}
    return _answers({200: file, 304: {"description": "Nothing has changed."}, 503: busy}, 400, 404)


def health_of(form: str) -> dict[str, Any]:
    """Answers of /health."""
    return _answers({200: _json(form), 503: _json(form) | {"description": "It does not listen, or is stuck."}}, 400)


def described(app: FastAPI) -> dict[str, Any]:
    """The whole description."""
    if app.openapi_schema is None:
        document = get_openapi(title="detector", version=__version__, description=ABOUT, routes=app.routes)
        _, schemas = msgspec.json.schema_components(FORMS, ref_template=SCHEMAS)
        document["components"] = {
            "schemas": _of_parameters(document) | {name: _open(schema) for name, schema in schemas.items()},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
            },
        }
        document["security"] = [{}, {"bearer": []}, {"session": []}]
        for operations in document["paths"].values():
            for operation in operations.values():
                operation["responses"].pop("422", None)
        app.openapi_schema = document
    return app.openapi_schema


def _of_parameters(document: dict[str, Any]) -> dict[str, Any]:
    """The schemas that parameters refer to."""
    told: dict[str, Any] = document.get("components", {}).get("schemas", {})
    return {name: schema for name, schema in told.items() if "ValidationError" not in name}


def _answers(answers: dict[int, dict[str, Any]], *problems: int) -> dict[str, Any]:
    told = {status: _problem(status) for status in (*problems, 401, 403, 421)}
    return {"responses": answers | told, "response_class": Response}


def _json(form: str) -> dict[str, Any]:
    return {"description": "", "content": {"application/json": {"schema": {"$ref": SCHEMAS.format(name=form)}}}}


def _problem(status: int) -> dict[str, Any]:
    schema = {"$ref": SCHEMAS.format(name="Problem")}
    return {"description": PROBLEMS[status], "content": {MEDIA_TYPE: {"schema": schema}}}


def _open(schema: Any) -> Any:
    """Without a word against further fields: later versions may add some."""
    if isinstance(schema, dict):
        return {k: _open(v) for k, v in schema.items() if not (k == "additionalProperties" and v is False)}
    return [_open(one) for one in schema] if isinstance(schema, list) else schema


NOTHING = {204: {"description": "Done."}}
_BODY = {"required": True, "content": {"application/json": {"schema": {"$ref": SCHEMAS.format(name="LogIn")}}}}
LOG_IN = _answers(NOTHING, 400, 413, 415) | {"openapi_extra": {"requestBody": _BODY}}
LOG_OUT = _answers(NOTHING)
"""Answers of the routes of a session."""
BUNDLE = document_of("application/zip")
"""Answers of a bundle."""
LAYER = _answers(
    {
        200: {
            "description": "The layer.",
            "content": {"application/geo+json": {"schema": {"$ref": SCHEMAS.format(name="LayerForm")}}},
        },
        304: {"description": "Nothing has changed."},
    },
    400,
)
"""Answers of a layer of a map."""
EVENTS = _answers(
    {
        200: {
            "description": "Server-sent events, without end.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        503: {
            "description": "Too many listen already.",
            "content": {MEDIA_TYPE: {"schema": {"$ref": SCHEMAS.format(name="Problem")}}},
        },
    },
    400,
)
"""Answers of the stream of events."""
