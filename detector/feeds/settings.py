"""Settings of a live feed: one entry of the list `feeds` in config/detector.yaml."""

from __future__ import annotations

import ipaddress
import re
import zlib
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Kind = Literal["beast", "avr", "sbs", "beast-listen", "readsb", "v2", "opensky"]
Trust = Literal["own", "partner", "public"]
ClockKind = Literal["12mhz", "gps", "auto", "arrival"]

TCP_PORTS = {"beast": 30005, "avr": 30002, "sbs": 30003}
"""Where dump1090 and readsb give it out."""
RAW = frozenset({"beast", "avr", "beast-listen"})
WITH_COUNTER = frozenset({"beast", "beast-listen"})
OVER_HTTP = frozenset({"readsb", "v2", "opensky"})
POLL_S = {"readsb": 1.0, "v2": 5.0, "opensky": 30.0}
OWN_NUMBERS = 1 << 32
"""Above the numbers of files, below most receiver identities (64 random bits)."""

_NAME = re.compile(r"[0-9A-Za-z_](?:[0-9A-Za-z_.-]{0,251}[0-9A-Za-z_])?")
_LONGEST_LABEL = 63


class FeedSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A live feed. Defaults depend on its kind.

    name            letters, digits, - and _; the label in logs and metrics
    kind            beast, avr or sbs: a TCP server to connect to; beast-listen: a port on which remote receivers may
                    connect and send Beast; readsb: aircraft.json of a readsb or tar1090 of one's own; v2: the JSON of
                    the community aggregators; opensky: states of the OpenSky Network
    host            TCP: name or address to connect to; beast-listen: address to listen on, loopback unless told
    port            TCP port; 30005 (beast), 30002 (avr) or 30003 (sbs) where it is left out
    url             what to ask over HTTP; for opensky only where it is not the usual address
    poll_s          ask so often: 1 s (readsb), 5 s (v2), 30 s (opensky) where it is left out
    trust           own, partner or public; where it is left out, raw frames are own and all else is public
    clock           what Beast times are: 12mhz (most), gps (Radarcape), auto (held back until told apart, at worst for
                    half an hour); arrival: their times are worth nothing, take those of arrival (any TCP kind)
    silent_after_s  hearing nothing for so long counts as lost
    lat, lon        place of the receiver in degrees, where known
    height_ft       its antenna above mean sea level
    receiver        number that its frames carry where they bring no identity; made from the name where left out
    connections     beast-listen: so many receivers at once
    client_id       opensky: name of the API client
    client_secret_env, client_secret_file  opensky: environment variable, or file, with its secret
    bbox            opensky: south, west, north and east in degrees; the whole world where it is left out
    allow_private   HTTP: the URL may lead to an address that is not public
    """

    name: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="letters, digits, - and _, at most 64")]
    kind: Kind
    host: str | None = None
    port: Annotated[int, Meta(ge=1, le=65535)] | None = None
    url: str | None = None
    poll_s: Annotated[float, Meta(ge=1.0, le=3600.0)] | None = None
    trust: Trust | None = None
    clock: ClockKind | None = None
    silent_after_s: Annotated[float, Meta(ge=1.0, le=86400.0)] = 60.0
    lat: Annotated[float, Meta(ge=-90.0, le=90.0)] | None = None
    lon: Annotated[float, Meta(ge=-180.0, le=180.0)] | None = None
    height_ft: Annotated[float, Meta(ge=-1500.0, le=60000.0)] | None = None
    receiver: Annotated[int, Meta(ge=1)] | None = None
    connections: Annotated[int, Meta(ge=1, le=256)] | None = None
    client_id: str | None = None
    client_secret_env: str | None = None
    client_secret_file: str | None = None
    bbox: (
        tuple[
            Annotated[float, Meta(ge=-90.0, le=90.0)],
            Annotated[float, Meta(ge=-180.0, le=180.0)],
            Annotated[float, Meta(ge=-90.0, le=90.0)],
            Annotated[float, Meta(ge=-180.0, le=180.0)],
        ]
        | None
    ) = None
    allow_private: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be, or would have no effect."""
        over_http = self.kind in OVER_HTTP
        self._only(not over_http, "a TCP feed", "host", "port", "clock")
        self._only(over_http, "an HTTP feed", "url", "poll_s", "allow_private")
        self._only(self.kind == "opensky", "opensky", "client_id", "client_secret_env", "client_secret_file", "bbox")
        self._only(self.kind == "beast-listen", "beast-listen", "connections")
        if self.kind in ("readsb", "v2") and not self.url:
            raise ValueError(f"feed {self.name}: {self.kind} needs a url")
        if self.kind == "beast-listen" and self.port is None:
            raise ValueError(f"feed {self.name}: beast-listen needs a port")
        if self.clock not in (None, "arrival") and self.kind not in WITH_COUNTER:
            raise ValueError(f"feed {self.name}: clock {self.clock} goes with Beast; {self.kind} knows arrival alone")
        if self.host is not None and not _is_host(self.host):
            raise ValueError(f"feed {self.name}: host is no name or address; a port goes into port")
        if len({value is None for value in (self.lat, self.lon, self.height_ft)}) != 1:
            raise ValueError(f"feed {self.name}: give all of lat, lon and height_ft, or none")
        if self.receiver is not None and self.receiver >= 1 << 64:
            raise ValueError(f"feed {self.name}: receiver must be a number of 64 bits")
        self._check_client()
        if self.bbox is not None and self.bbox[0] >= self.bbox[2]:
            raise ValueError(
                f"feed {self.name}: bbox is south, west, north, east, and its south is not below its north"
            )

    def _only(self, fits: bool, what: str, *names: str) -> None:
        for name in names:
            if not fits and getattr(self, name) not in (None, False):
                raise ValueError(f"feed {self.name}: {name} goes with {what}, not with {self.kind}")

    def _check_client(self) -> None:
        secrets = [name for name in (self.client_secret_env, self.client_secret_file) if name is not None]
        if len(secrets) > 1:
            raise ValueError(f"feed {self.name}: give client_secret_env or client_secret_file, not both")
        if (self.client_id is None) != (not secrets):
            raise ValueError(f"feed {self.name}: client_id goes with client_secret_env or client_secret_file")

    @property
    def raw(self) -> bool:
        """Whether it gives frames, whose parity is checked here."""
        return self.kind in RAW

    @property
    def number(self) -> int:
        """The number that its frames carry where they bring none of their own: the same in every run."""
        return self.receiver if self.receiver is not None else OWN_NUMBERS + zlib.crc32(self.name.encode("ascii"))

    @property
    def trust_class(self) -> Trust:
        """`trust`, or the kind's own."""
        return self.trust or ("own" if self.raw else "public")

    @property
    def tcp_address(self) -> tuple[str, int]:
        """Host and port to connect to or to listen on."""
        return self.host or "127.0.0.1", self.port or TCP_PORTS[self.kind]

    @property
    def every_s(self) -> float:
        """`poll_s`, or the kind's own."""
        return self.poll_s or POLL_S[self.kind]


def _is_host(text: str) -> bool:
    if _NAME.fullmatch(text):
        return all(0 < len(label) <= _LONGEST_LABEL for label in text.split("."))
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
