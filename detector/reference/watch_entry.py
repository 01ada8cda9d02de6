"""An entry of a watch list as a person writes it: who lists what, on what document, from when to when."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from detector.domain.listing import Listing

Text = Annotated[str, Meta(min_length=1)]
Texts = Text | Annotated[tuple[Text, ...], Meta(min_length=1)]
"""One word, or a list of words of which any will do."""
Point = tuple[Annotated[float, Meta(ge=-90.0, le=90.0)], Annotated[float, Meta(ge=-180.0, le=180.0)]]
PLACES = ("airport", "country", "polygon")
AIRCRAFT = ("address", "range", "registration", "type_code", "operator", "callsign", "serial")

LARGEST_BLOCK = 1 << 20
"""Addresses of the largest blocks, those of Russia and of the United States."""
_ADDRESS = re.compile(r"[0-9a-fA-F]{6}")


class WatchEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Some fields (`airport`), all of a country or territory (`country`) or all within an outline (`polygon`), the last
    two less `except` - or some aircraft: those of which all that is given holds.

    from, to      first and last day in force, UTC; without `to` it is in force until further notice
    address       24 bits as six hexadecimal digits; `range` is the first and the last of several
    registration, type, operator, callsign
                  * stands for any characters; case, blanks and hyphens do not count
    serial        the maker's serial number; it is not unique, and has to come with a `type`
    """

    list_id: Text = msgspec.field(name="list")
    programme: Text
    authority: Text
    identifier: Text
    source: Text
    link: Annotated[str, Meta(pattern="^https?://", description="an address that begins with https://")]
    reason: Text
    valid_from: date = msgspec.field(name="from")
    valid_to: date | None = msgspec.field(name="to", default=None)
    airport: Texts | None = None
    country: Annotated[str, Meta(pattern="^[A-Z]{2}$", description="two capital letters, as KP")] | None = None
    polygon: Annotated[tuple[Point, ...], Meta(min_length=3)] | None = None
    exceptions: tuple[Text, ...] = msgspec.field(name="except", default=())
    address: Texts | None = None
    range: tuple[Text, Text] | None = None
    registration: Texts | None = None
    type_code: Texts | None = msgspec.field(name="type", default=None)
    operator: Texts | None = None
    callsign: Texts | None = None
    serial: Texts | None = None

    def __post_init__(self) -> None:
        """Refuse an entry that can never match, or would match everything: it must not look like one that works."""
        places = [name for name in PLACES if getattr(self, name) is not None]
        aircraft = [name for name in AIRCRAFT if getattr(self, name) is not None]
        if len(places) + bool(aircraft) != 1:
            raise ValueError(
                "an entry names fields by `airport`, `country` or `polygon`, or aircraft by one or more of "
                "`address`, `range`, `registration`, `type`, `operator`, `callsign`"
            )
        if self.exceptions and places not in (["country"], ["polygon"]):
            raise ValueError("`except` goes with `country` and `polygon` only")
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(f"`to` ({self.valid_to}) is before `from` ({self.valid_from})")
        for address in (*words(self.address), *(self.range or ())):
            if not _ADDRESS.fullmatch(address):
                raise ValueError(f"{address!r} is no address of six hexadecimal digits")
        if self.range is not None and int(self.range[1], 16) < int(self.range[0], 16):
            raise ValueError(f"`range` ends ({self.range[1]}) before it begins ({self.range[0]})")
        if self.range is not None and int(self.range[1], 16) - int(self.range[0], 16) >= LARGEST_BLOCK:
            raise ValueError(f"`range` {self.range[0]} to {self.range[1]} is larger than the block of any state")
        for name in ("registration", "type_code", "operator", "callsign"):
            for pattern in words(getattr(self, name)):
                if not re.search(r"[0-9A-Za-z]", pattern):
                    raise ValueError(f"{pattern!r} would be every aircraft; give a letter or digit")
        if self.serial is not None and self.type_code is None:
            raise ValueError("`serial` needs a `type`: makers use the same numbers")

    def listing(self) -> Listing:
        """Why what it names is listed."""
        return Listing(
            list=self.list_id,
            programme=self.programme,
            authority=self.authority,
            identifier=self.identifier,
            source=self.source,
            link=self.link,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            reason=self.reason,
        )


def words(given: str | tuple[str, ...] | None) -> tuple[str, ...]:
    """What was given as one word or as a list, as a list."""
    if given is None:
        return ()
    return (given,) if isinstance(given, str) else given
