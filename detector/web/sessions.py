"""A session for a browser: a cookie that scripts cannot read, in place of a token in every address.

The cookie says until when it holds, under an HMAC with the token as its key: nothing is kept here, it outlives a start
of the service, and another token ends all sessions.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable

import msgspec
from fastapi import APIRouter, Request, Response

from detector.web.problems import ProblemError

COOKIE = "detector_session"
SESSION_S = 7 * 86_400
MOST_BYTES = 4_096
"""Of a request to log in."""


class LogIn(msgspec.Struct, frozen=True):
    """What a browser page sends to /login."""

    token: str


class Sessions:
    """`token`: what opens a session; None where nobody needs one. `now`: Unix s UTC."""

    def __init__(self, token: str | None, now: Callable[[], float]) -> None:
        self._token = token
        self._now = now

    def opened(self, shown: str) -> str | None:
        """The value of a new cookie; None if that is not the token."""
        if self._token is None or not same(shown, self._token):
            return None
        said = f"{int(self._now()) + SESSION_S}.{secrets.token_hex(8)}"
        return f"{said}.{self._signature(said)}"

    def holds(self, cookie: str) -> bool:
        """Whether the value of a cookie is one of ours that holds still."""
        said, _, signature = cookie.rpartition(".")
        until = said.partition(".")[0]
        if self._token is None or not same(signature, self._signature(said)):
            return False
        return until.isdecimal() and int(until) > self._now()

    def router(self) -> APIRouter:
        """POST /login and /logout. They are part of no page's address and of no log."""
        router = APIRouter()

        @router.post("/login", status_code=204, response_class=Response, openapi_extra=BODY)
        async def log_in(request: Request) -> Response:
            """Show the token once, in the body; the answer sets a cookie, which is enough from then on."""
            if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
                raise ProblemError(415, 'send {"token": "..."} as application/json')
            try:
                shown = msgspec.json.decode(await _body(request), type=LogIn)
            except msgspec.DecodeError as error:
                raise ProblemError(400, f'send {{"token": "..."}}: {error}') from error
            answer = Response(status_code=204)
            if self._token is None:
                return answer
            cookie = self.opened(shown.token)
            if cookie is None:
                raise ProblemError(401, "that is not the token", headers={"www-authenticate": "Bearer"})
            # Only for us, only sent by our own pages, and only encrypted where it was encrypted.
            safe = request.scope["scheme"] == "https"
            answer.set_cookie(COOKIE, cookie, max_age=SESSION_S, httponly=True, samesite="strict", secure=safe)
            return answer

        @router.post("/logout", status_code=204, response_class=Response)
        async def log_out() -> Response:
            """Take the cookie away."""
            answer = Response(status_code=204)
            answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
            return answer

        return router

    def _signature(self, said: str) -> str:
        key = f"session {self._token}".encode()
        return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()


BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/LogIn"}}},
    }
}


def same(shown: str, secret: str) -> bool:
    """Compared in constant time: how long a refusal takes must not tell how much of it was right."""
    return hmac.compare_digest(shown.encode("utf-8", "surrogateescape"), secret.encode())


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise ProblemError(413, f"more than {MOST_BYTES} bytes: send the token and nothing else")
    return body
