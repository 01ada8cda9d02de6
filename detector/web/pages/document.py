"""One HTML document with its policy: nothing runs, styles or loads but what this service serves."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from fastapi import Response

from detector.web.pages.assets import Assets
from detector.web.replay_map.markup import Markup, element

HTML = "text/html; charset=utf-8"
AGAIN = {"cache-control": "private, no-cache"}


def policy(tile_url: str | None = None) -> str:
    """`tile_url`: whence pictures may come besides; its origin and no other."""
    pictures = "'self'"
    if tile_url is not None:
        parts = urlsplit(tile_url)
        pictures += f" {parts.scheme}://{parts.netloc}"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        f"img-src {pictures}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def page(
    title: str,
    body: Sequence[Markup],
    one: Assets,
    *,
    styles: Sequence[str] = (),
    modules: Sequence[str] = (),
    scripts: Sequence[str] = (),
    tile_url: str | None = None,
    status: int = 200,
    **data: object,
) -> Response:
    """A document as an answer. `data`: attributes of its body; `scripts` are run before `modules`."""
    head = [
        Markup('<meta charset="utf-8">'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Markup('<meta name="color-scheme" content="light dark">'),
        element("title", title),
        Markup(f'<link rel="icon" href="{one.path("icon.svg")}" type="image/svg+xml">'),
        # First, so that nobody sees the page in the other colours.
        Markup(f'<script src="{one.path("theme.js")}"></script>'),
        *(Markup(f'<link rel="stylesheet" href="{one.path(name)}">') for name in styles),
        *(Markup(f'<script defer src="{one.path(name)}"></script>') for name in scripts),
        *(Markup(f'<script type="module" src="{one.path(name)}"></script>') for name in modules),
    ]
    whole = element("html", element("head", *head), element("body", *body, **data), lang="en")
    headers = AGAIN | {"content-security-policy": policy(tile_url)}
    return Response(f"<!DOCTYPE html>\n{whole}\n", status, headers=headers, media_type=HTML)
