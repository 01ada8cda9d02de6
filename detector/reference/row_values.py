"""Values of a row that somebody published: numbers within their range, codes, text without control characters.

What is none of these raises FaultError with a reason, and its row is refused.
"""

from __future__ import annotations

import re
from typing import NoReturn

from detector.reference.refusals import Refusal

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,9}")
COUNTRY = re.compile(r"([A-Z]{2})?")


class FaultError(Exception):
    """The row cannot be used."""

    def __init__(self, reason: Refusal, text: str) -> None:
        super().__init__(text)
        self.reason, self.text = reason, text


def code_of(text: str) -> str:
    """A code in capitals: letters, digits and hyphens, 2 to 10 of them."""
    code = text.strip().upper()
    if not CODE.fullmatch(code):
        refuse(Refusal.CODE, f"the code is {shown(text)}")
    return code


def country_of(text: str) -> str:
    """ISO 3166 alpha-2 in capitals; "" where none is given."""
    country = text.strip().upper()
    if not COUNTRY.fullmatch(country):
        refuse(Refusal.COUNTRY, f"the country is {shown(text)}")
    return country


def place_of(lat: str, lon: str) -> tuple[float, float]:
    """Latitude and longitude, degrees."""
    a, b = number(lat, -90.0, 90.0), number(lon, -180.0, 180.0)
    if a is None:
        refuse(Refusal.LATITUDE, f"the latitude is {shown(lat)}")
    if b is None:
        refuse(Refusal.LONGITUDE, f"the longitude is {shown(lon)}")
    if a == 0.0 and b == 0.0:
        refuse(Refusal.NO_PLACE, "the place is 0, 0")
    return a, b


def optional(text: str, least: float, most: float, reason: Refusal) -> float | None:
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


def refuse(reason: Refusal, text: str) -> NoReturn:
    """Raises FaultError."""
    raise FaultError(reason, text)
