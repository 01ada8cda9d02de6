"""What went wrong with a request, in one form everywhere: problem details (RFC 9457), `application/problem+json`."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import cast

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"


class Problem(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """`title` is the meaning of the status, `detail` one sentence that says what to do.

    parameter    the one that is wrong, if it is one; `suggestion` what may have been meant
    """

    type: str
    title: str
    status: int
    detail: str
    parameter: str | None = None
    suggestion: str | None = None


FORMS = {
    "bbox": "south,west,north,east in degrees, as 38,124,43,131",
    "country": "two capital letters, as KP",
    "icao24": "six hexadecimal digits, as 15522c",
    "cursor": "the `next` of the page before",
}
"""Of parameters, in place of the pattern that they have to fit."""


class ProblemError(Exception):
    """Raised by a route; becomes the answer."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        parameter: str | None = None,
        suggestion: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.parameter, self.suggestion = parameter, suggestion
        self.headers = headers


def problem(
    status: int,
    detail: str,
    *,
    parameter: str | None = None,
    suggestion: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer to a request that cannot be served."""
    told = Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        parameter=parameter,
        suggestion=suggestion,
    )
    return Response(msgspec.json.encode(told), status, headers=headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Let every error of the application be told in this form."""

    async def raised(_: Request, error: Exception) -> Response:
        one = cast(ProblemError, error)
        return problem(one.status, one.detail, parameter=one.parameter, suggestion=one.suggestion, headers=one.headers)

    async def of_the_framework(request: Request, error: Exception) -> Response:
        one = cast(HTTPException, error)
        detail = {
            404: "nothing is here; /openapi.json tells what is where",
            405: f"{request.method} is not for this address",
        }.get(one.status_code, str(one.detail))
        return problem(one.status_code, detail, headers=one.headers)

    async def invalid(_: Request, error: Exception) -> Response:
        first = cast(RequestValidationError, error).errors()[0]
        name = next((str(part) for part in first["loc"][1:2]), "")
        said = str(first["msg"]).removeprefix("Value error, ")
        if first["type"] == "string_pattern_mismatch" and name in FORMS:
            said = f"give {FORMS[name]}"
        return problem(400, f"{name}: {said}", parameter=name or None)

    async def defect(_: Request, error: Exception) -> Response:
        return problem(500, f"a defect of this program ({type(error).__name__}); its log says more")

    app.add_exception_handler(ProblemError, raised)
    app.add_exception_handler(HTTPException, of_the_framework)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Exception, defect)
