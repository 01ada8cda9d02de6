"""Pages whose content scripts fetch: the live map, and where one logs in. They hold nothing of any aircraft."""

from __future__ import annotations

import importlib.resources
from functools import cache
from typing import Any

from fastapi import Response

from detector.web.pages.assets import Assets
from detector.web.pages.document import page
from detector.web.replay_map.markup import Markup


def live_map(one: Assets, tile_url: str | None, tile_attribution: str) -> Response:
    """`tile_url`: pictures under the map besides our own land, with the words they ask for."""
    told: dict[str, Any] = {"data_tiles": tile_url, "data_tiles_by": tile_attribution} if tile_url else {}
    return page(
        "detector", [_part("map.html")], one, styles=["leaflet.css", "frame.css", "live.css"],
        scripts=["leaflet.js"], modules=["live.js"], tile_url=tile_url, data_land=one.path("land.bin"), **told,
    )  # fmt: skip


def log_in(one: Assets) -> Response:
    """A form that sends the token once."""
    return page(
        "Log in - detector", [_part("login.html")], one, styles=["frame.css", "login.css"], modules=["login.js"]
    )


@cache
def _part(name: str) -> Markup:
    path = importlib.resources.files("detector.web").joinpath(f"assets/site/{name}")
    return Markup(path.read_text(encoding="utf-8"))
