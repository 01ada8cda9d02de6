"""POST /login and /logout: a browser page shows the token once, in a body, and no address or log ever has it."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter, Request, Response

from detector.web.api.description import LOG_IN, LOG_OUT
from detector.web.api.more_forms import LogIn
from detector.web.problems import ProblemError
from detector.web.sessions import COOKIE, SESSION_S, Sessions

MOST_BYTES = 4_096
"""Of a request to log in."""


def router(sessions: Sessions) -> APIRouter:
    """The routes."""
    api = APIRouter(tags=["session"])

    @api.post("/login", status_code=204, **LOG_IN)
    async def log_in(request: Request) -> Response:
        """Show the token once, in the body; the answer sets a cookie, which is enough from then on."""
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            raise ProblemError(415, 'send {"token": "..."} as application/json')
        try:
            shown = msgspec.json.decode(await _body(request), type=LogIn)
        except msgspec.DecodeError as error:
            raise ProblemError(400, f'send {{"token": "..."}}: {error}') from error
        answer = Response(status_code=204)
        if not sessions.needed:
            return answer
        cookie = sessions.opened(shown.token)
        if cookie is None:
            raise ProblemError(401, "that is not the token", headers={"www-authenticate": "Bearer"})
        # Only for us, only sent by our own pages, and only encrypted where it was encrypted.
        safe = request.scope["scheme"] == "https"
        answer.set_cookie(COOKIE, cookie, max_age=SESSION_S, httponly=True, samesite="strict", secure=safe)
        return answer

    @api.post("/logout", status_code=204, **LOG_OUT)
    async def log_out() -> Response:
        """Take the cookie away."""
        answer = Response(status_code=204)
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return answer

    return api


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise ProblemError(413, f"more than {MOST_BYTES} bytes: send the token and nothing else")
    return body
