"""Values of a row that somebody published: numbers within their range, codes, text without control characters.

What is none of these raises FaultError with a reason, and its row is refused.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NoReturn

import msgspec

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,9}")
COUNTRY = re.compile(r"([A-Z]{2})?")


class Fault(StrEnum):
    """Why a row was not used. The value is the label in counts."""

    COLUMNS = "columns"
    """More or fewer values than the first line has names, or quotes that do not close."""
    CODE = "code"
    """No code, or one that is none."""
    DUPLICATE = "duplicate"
    """The code of a row before it."""
    COUNTRY = "country"
    """Not two letters."""
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    NO_PLACE = "no_place"
    """At 0 N 0 E, where tables put what has no position."""
    ELEVATION = "elevation"
    NO_ELEVATION = "no_elevation"
    """None is given, and the table in use has none either."""
    LENGTH = "length"
    HEADING = "heading"
    OPEN_OR_CLOSED = "open_or_closed"
    """Neither yes nor no."""


class FaultyRow(msgspec.Struct, frozen=True):
    """A row that is not used. `line` is its first line in the file, from 1; `code` is "" where it cannot be told."""

    line: int
    code: str
    reason: Fault
    text: str


class FaultError(Exception):
    """The row cannot be used."""

    def __init__(self, reason: Fault, text: str) -> None:
        super().__init__(text)
        self.reason, self.text = reason, text


def code_of(text: str) -> str:
    """A code in capitals: letters, digits and hyphens, 2 to 10 of them."""
    code = text.strip().upper()
    if not CODE.fullmatch(code):
        refuse(Fault.CODE, f"the code is {shown(text)}")
    return code


def country_of(text: str) -> str:
    """ISO 3166 alpha-2 in capitals; "" where none is given."""
    country = text.strip().upper()
    if not COUNTRY.fullmatch(country):
        refuse(Fault.COUNTRY, f"the country is {shown(text)}")
    return country


def place_of(lat: str, lon: str) -> tuple[float, float]:
    """Latitude and longitude, degrees."""
    a, b = number(lat, -90.0, 90.0), number(lon, -180.0, 180.0)
    if a is None:
        refuse(Fault.LATITUDE, f"the latitude is {shown(lat)}")
    if b is None:
        refuse(Fault.LONGITUDE, f"the longitude is {shown(lon)}")
    if a == 0.0 and b == 0.0:
        refuse(Fault.NO_PLACE, "the place is 0, 0")
    return a, b


def optional(text: str, least: float, most: float, reason: Fault) -> float | None:
    """The number; None where none is given."""
    if not text or not text.strip():
        return None
    value = number(text, least, most)
    if value is None:
        refuse(reason, f"the {reason} is {shown(text)}")
    return value


def number(text: str, least: float, most: float) -> float | None:
    """The number, if it is one between the two; Python alone would take `1_0`, `nan` and `inf` too."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if least <= value <= most and "_" not in text else None


def text_of(text: str) -> str:
    """On one line, with nothing in it that a terminal obeys."""
    text = " ".join(text.split())
    return text if text.isprintable() else "".join(filter(str.isprintable, text))


def shown(text: str) -> str:
    """The value as a message shows it."""
    short = text_of(text)[:40]
    return f"`{short}`" if short else "empty"


def refuse(reason: Fault, text: str) -> NoReturn:
    """Raises FaultError."""
    raise FaultError(reason, text)
