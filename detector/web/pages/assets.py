"""What browsers load: files of this package, under an address that names the content of all of them.

A changed file changes the address of all, so each may be kept for ever, and modules find each other by plain names.
"""

from __future__ import annotations

import hashlib
import importlib.resources
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache

from fastapi import APIRouter, Request, Response

from detector.web.api.answers import answered

FOLDERS = ("site", "leaflet")
LAND = "land.bin"
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".bin": "application/octet-stream",
}
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file. `path`: its whole address."""

    path: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Assets:
    """All of them. `base`: what their addresses begin with, without a slash at the end."""

    base: str
    found: tuple[Asset, ...]

    @property
    def paths(self) -> frozenset[str]:
        """The addresses of all."""
        return frozenset(asset.path for asset in self.found)

    def path(self, name: str) -> str:
        """The address of one."""
        return f"{self.base}/{name}"


@cache
def assets() -> Assets:
    """Read once."""
    root = importlib.resources.files("detector.web").joinpath("assets")
    files = {LAND: root.joinpath(LAND).read_bytes(), "case-drawings.css": root.joinpath("map.css").read_bytes()}
    for folder in FOLDERS:
        for one in root.joinpath(folder).iterdir():
            if _ending(one.name) in TYPES:
                files[one.name] = one.read_bytes()
    digest = hashlib.blake2b(digest_size=8)
    for name, content in sorted(files.items()):
        digest.update(b"%s %d " % (name.encode(), len(content)))
        digest.update(content)
    base = f"/static/{digest.hexdigest()}"
    found = (Asset(f"{base}/{name}", TYPES[_ending(name)], content) for name, content in sorted(files.items()))
    return Assets(base, tuple(found))


def router(one: Assets) -> APIRouter:
    """A route for each: no part of an address ever becomes the name of a file."""
    pages = APIRouter(include_in_schema=False)
    for asset in one.found:
        pages.add_api_route(asset.path, _telling(asset), methods=["GET"])
    return pages


def _telling(asset: Asset) -> Callable[[Request], Awaitable[Response]]:
    async def tell(request: Request) -> Response:
        return answered(request, asset.content, asset.media_type, {"cache-control": FOR_EVER})

    return tell


def _ending(name: str) -> str:
    return name[name.rfind(".") :]
