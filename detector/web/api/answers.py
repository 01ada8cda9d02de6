"""Answers: bytes with an ETag, and pages that a cursor goes on with."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from fastapi import Request, Response

from detector.web.live.shelf import Place
from detector.web.problems import ProblemError

JSON = "application/json"
ASK_AGAIN = {"cache-control": "private, no-cache"}
"""May be kept, and is asked for again each time: the ETag saves the body."""


class CursorState(msgspec.Struct, frozen=True, array_like=True):
    """Behind which place a page goes on, and a hash of what was asked for."""

    at: float
    id: str
    asked: str


def answered(
    request: Request, body: bytes, media_type: str = JSON, headers: Mapping[str, str] | None = None
) -> Response:
    """The body, or that it is still what the client has (304)."""
    etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    told = ASK_AGAIN | {"etag": etag} | dict(headers or {})
    if _has(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=304, headers=told)
    return Response(body, headers=told, media_type=media_type)


def page(lines: Sequence[bytes], after: str | None) -> bytes:
    """Lines of JSON as one page."""
    return b'{"items":[' + b",".join(lines) + b'],"next":' + msgspec.json.encode(after) + b"}"


def cursor_of(place: Place, asked: str) -> str:
    """An opaque text, safe in a URL."""
    return urlsafe_b64encode(msgspec.json.encode(CursorState(*place, asked))).decode().rstrip("=")


def place_of(cursor: str | None, asked: str) -> Place | None:
    """Where the page begins. Raises ProblemError for a cursor that is none, or of another question."""
    if cursor is None:
        return None
    try:
        state = msgspec.json.decode(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=CursorState)
    except (ValueError, msgspec.DecodeError) as error:
        raise ProblemError(400, "cursor: not one of ours; begin without it", parameter="cursor") from error
    if state.asked != asked:
        raise ProblemError(400, "cursor: of another question; ask with it what was asked before", parameter="cursor")
    return state.at, state.id


def asked_of(request: Request) -> str:
    """A hash of the question, but for where its page begins and how long it is."""
    rest = sorted((k, v) for k, v in request.query_params.multi_items() if k not in ("cursor", "limit"))
    return hashlib.blake2b(repr((request.scope["path"], rest)).encode(), digest_size=6).hexdigest()


def _has(if_none_match: str, etag: str) -> bool:
    known: Iterable[str] = (one.strip().removeprefix("W/") for one in if_none_match.split(","))
    return any(one in (etag, "*") for one in known)
