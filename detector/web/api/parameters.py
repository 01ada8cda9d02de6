"""What may be asked, and what is wrong with a question: an unknown parameter is an error, never passed over."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Annotated

import numpy as np
import numpy.typing as npt
from fastapi import Path, Query, Request
from fastapi.routing import APIRoute
from pydantic import BeforeValidator, WithJsonSchema

from detector.domain.stop import Status
from detector.domain.times import LATEST, parse_iso
from detector.web.problems import ProblemError

MOST = 500
USUAL = 100

LATITUDE = r"-?(90(\.0+)?|[0-8]?\d(\.\d+)?)"
LONGITUDE = r"-?(180(\.0+)?|(1[0-7]\d|\d?\d)(\.\d+)?)"
BOX = f"^{LATITUDE},{LONGITUDE},{LATITUDE},{LONGITUDE}$"

Limit = Annotated[int, Query(ge=1, le=MOST, description="So many at most.")]
Cursor = Annotated[
    str | None, Query(pattern=r"^[A-Za-z0-9_-]{1,400}$", description="`next` of the page before; the rest as there.")
]


def _moment(text: str) -> float:
    """Unix s UTC of a parameter. Raises ValueError."""
    try:
        if re.fullmatch(r"\d{1,10}(\.\d+)?(e[+-]?\d{1,3})?", text, re.I) and float(text) <= LATEST:
            return float(text)
        return parse_iso(text.upper())
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text!r} is no time: give ISO 8601, as 2024-11-07T01:30:00Z, or Unix seconds") from error


_A_TIME = {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "number", "minimum": 0, "maximum": LATEST}]}
Moment = Annotated[float, BeforeValidator(_moment), WithJsonSchema(_A_TIME)]
Since = Annotated[Moment | None, Query(description="ISO 8601 (UTC where it says nothing else) or Unix seconds.")]
Until = Annotated[Moment | None, Query(description="As `since`, and included.")]
Icao24 = Annotated[str | None, Query(pattern="^~?[0-9a-fA-F]{6}$", description="Address, six hexadecimal digits.")]
Address = Annotated[str, Path(pattern="^~?[0-9a-fA-F]{6}$", description="Address, six hexadecimal digits.")]
Text = Annotated[str | None, Query(min_length=1, max_length=60)]
Airport = Annotated[str | None, Query(min_length=1, max_length=12, description="Code of a field, ICAO or IATA.")]
Country = Annotated[str | None, Query(pattern="^[A-Z]{2}$", description="Of the field, ISO 3166 alpha-2.")]
Statuses = Annotated[list[Status] | None, Query(description="Of the stop: one of these.")]
Rules = Annotated[list[str] | None, Query(description="A rule that found something: one of these.")]
Level = Annotated[int | None, Query(ge=0, le=4, description="At least this level.")]
BoundingBox = Annotated[
    str | None, Query(pattern=BOX, description="south,west,north,east in degrees; west may be the larger one.")
]
RecordId = Annotated[str, Path(min_length=1, max_length=80, pattern="^[A-Za-z0-9._~-]+$")]


class Layout(StrEnum):
    """How many aircraft are told: each by itself, or all in columns (half as long, and faster)."""

    ROWS = "rows"
    COLUMNS = "columns"


async def known_only(request: Request) -> None:
    """A dependency of every route: refuses a parameter that the route does not have, or that is given twice."""
    route = request.scope["route"]
    if not isinstance(route, APIRoute):
        return
    whole = route.dependant
    fields = [field for part in (whole, *whole.dependencies) for field in part.query_params]
    known = {field.alias for field in fields}
    several = {field.alias for field in fields if "list" in str(field.field_info.annotation)}
    asked = [name for name, _ in request.query_params.multi_items()]
    for name in dict.fromkeys(asked):
        if name not in known:
            close = get_close_matches(name, sorted(known), 1)
            choice = f"did you mean {close[0]}?" if close else f"known are: {', '.join(sorted(known)) or 'none'}"
            suggestion = close[0] if close else None
            raise ProblemError(400, f"unknown parameter {name!r}; {choice}", parameter=name, suggestion=suggestion)
        if name not in several and asked.count(name) > 1:
            raise ProblemError(400, f"{name} is given {asked.count(name)} times; give it once", parameter=name)


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the Earth, degrees; all around where `west` is larger than `east`, across the date line."""

    south: float
    west: float
    north: float
    east: float

    @staticmethod
    def of(text: str | None) -> Box | None:
        """From a parameter. Raises ProblemError."""
        if text is None:
            return None
        box = Box(*(float(word) for word in text.split(",")))
        if box.south > box.north:
            raise ProblemError(400, "bbox: south is north of north; give south,west,north,east", parameter="bbox")
        return box

    def holds(
        self, latitude_deg: npt.NDArray[np.float64], longitude_deg: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.bool_]:
        """Which places (n,) lie in it; NaN does not."""
        inside = (latitude_deg >= self.south) & (latitude_deg <= self.north)
        if self.west <= self.east:
            return np.asarray(inside & (longitude_deg >= self.west) & (longitude_deg <= self.east), np.bool_)
        return np.asarray(inside & ((longitude_deg >= self.west) | (longitude_deg <= self.east)), np.bool_)


def wanted(**words: Iterable[object] | object | None) -> dict[str, frozenset[str]]:
    """What is asked for by name, as sets of words; names that were not asked for are left out."""
    found = {}
    for name, value in words.items():
        if value is None:
            continue
        values = value if isinstance(value, list | tuple) else [value]
        found[name] = frozenset(str(one) for one in values)
    return found
