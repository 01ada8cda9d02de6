"""Settings of the running service."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

Port = Annotated[int, Meta(ge=0, le=65535)]
TILES = r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?/[A-Za-z0-9._~/{}?&=%@-]*$"
"""A host by name, and nothing that could be more than one source in a policy of the page."""
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class ServiceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The service, `detector run`: where its state lies, how often it is written, and what it listens on.

    store         `embedded`, `memory` or a redis://, rediss:// or unix:// URL
    namespace     prefix of its keys there: two services in one server need two
    checkpoint_s  how often the whole state is written; what comes after is taken from the spool again after a crash,
                  and lost where that is off
    keep_days     days after which closed stops, their alerts and their gaps are deleted from the store; movements, and
                  gaps without a stop, go after a week
    http_host     address of the health and metrics page; only a loopback address goes without a token
    http_port     its port; 0 for no page
    http_names    names by which programs and browsers may ask for the page where no token is needed, besides its
                  addresses and localhost: that of a proxy before it, say
    token_env     environment variable with the bearer token that everything but /health asks for; needed where
                  http_host is no loopback address
    tile_url      pictures under the map, as https://tiles.example.org/{z}/{x}/{y}.png: every browser that opens the map
                  then asks that server, and tells it which part of the world is looked at. null: none but our own land
    tile_by       the words that the maker of the tiles asks for
    """

    store: str = "embedded"
    namespace: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]+$")] = "service"
    checkpoint_s: Annotated[float, Meta(ge=0.1, le=3600.0)] = 10.0
    keep_days: Annotated[float, Meta(ge=1.0)] = 90.0
    http_host: str = "127.0.0.1"
    http_port: Port = 8090
    http_names: tuple[Annotated[str, Meta(min_length=1, max_length=253)], ...] = ()
    token_env: str | None = None
    tile_url: Annotated[str, Meta(pattern=TILES, max_length=300)] | None = None
    tile_by: Annotated[str, Meta(max_length=200)] = ""

    def __post_init__(self) -> None:
        """Refuse a page that anybody could read, and tiles of no place."""
        if self.tile_url is not None and any(part not in self.tile_url for part in ("{z}", "{x}", "{y}")):
            raise ValueError(f"tile_url {self.tile_url}: name the place of {{z}}, {{x}} and {{y}} in it")
        if self.http_host not in LOOPBACK and self.http_port and self.token_env is None:
            raise ValueError(f"http_host {self.http_host} is no loopback address: name a token with token_env")
