"""Who may ask, before anything else: the name that was asked for, the page that asks, the token. And how to be read.

Without a token whoever reaches the address may read, and only this machine can. But so can any page that its user
opens: by a name of its own that it lets point here (DNS rebinding), or from its own origin. Both are refused.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote, urlsplit

from fastapi import Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from detector.web.problems import problem
from detector.web.sessions import COOKIE, Sessions, same

SECURITY_HEADERS = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
"""Set where an answer does not say otherwise."""
SAFE = frozenset({"GET", "HEAD"})
HEAD_ASKED = "detector.head"
"""In the scope of a request: the answer's body is of no interest."""


class Guard:
    """In front of an application. `token`: None where only this machine can ask; `names`: by which it may be asked
    then, besides addresses and `localhost`; `open_paths`: what needs no token.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        token: str | None,
        sessions: Sessions,
        names: Iterable[str] = (),
        open_paths: frozenset[str] = frozenset(),
    ) -> None:
        self._app = app
        self._token = token
        self._sessions = sessions
        self._names = frozenset({"localhost", *(name.lower().rstrip(".") for name in names)})
        self._open_paths = open_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            return
        is_head = scope["method"] == "HEAD"

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            elif is_head:
                message = {**message, "body": b""}
            await send(message)

        answer: ASGIApp = self._refusal(scope, Headers(scope=scope)) or self._app
        await answer({**scope, "method": "GET", HEAD_ASKED: True} if is_head else scope, receive, told)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        host = headers.get("host", "")
        # With a token the name proves nothing: no other page has it, nor the cookie, which goes to this host alone.
        if self._token is None and not self._is_ours(host):
            return problem(
                421,
                "this service is not known by that name: ask for it by its address, or add the name to "
                "service.http_names",
            )
        if _crosses_sites(scope["method"], headers, host):
            return problem(403, "other sites may not ask; open the address itself, or ask with a program")
        # Not the URL, which some versions put together from the Host header: whoever asks would choose the path.
        if self._token is None or scope["path"] in self._open_paths or self._bears(headers, self._token):
            return None
        if _opens_a_page(scope["method"], headers):
            asked = quote(scope["path"])
            return Response(status_code=303, headers={"location": f"/log-in?next={asked}"})
        return problem(
            401, "a bearer token is needed, or a session (POST /login)", headers={"www-authenticate": "Bearer"}
        )

    def _is_ours(self, host: str) -> bool:
        if not host:  # no browser leaves it out
            return True
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if name.rstrip(".") in self._names:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    def _bears(self, headers: Headers, token: str) -> bool:
        scheme, _, shown = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and same(shown.strip(), token):
            return True
        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return False
        return COOKIE in cookies and self._sessions.holds(cookies[COOKIE].value)


def _crosses_sites(method: str, headers: Headers, host: str) -> bool:
    """Whether a page of another origin asks (Fetch Metadata; Origin). Following a link to here is allowed."""
    site = headers.get("sec-fetch-site", "none")
    follows_link = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    if site in ("cross-site", "same-site") and not (follows_link and method in SAFE):
        return True
    if site == "same-origin":  # the browser's word, which no page can put there; a proxy may have changed the host
        return False
    origin = headers.get("origin")
    return origin is not None and _netloc(origin) != host.lower()


def _opens_a_page(method: str, headers: Headers) -> bool:
    """Whether a person has opened an address in a browser."""
    return method in SAFE and "text/html" in headers.get("accept", "")


def _netloc(origin: str) -> str:
    """Host and port of an origin, "" for one that has none (`null`)."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
