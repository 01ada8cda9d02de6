"""The baselines: how long a type stays at a field, and who has been there, as learned from history up to a day."""

from __future__ import annotations

import io
import math
import zipfile
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from detector.domain.errors import InputError
from detector.domain.visit import Coded, VisitColumns
from detector.scoring.acquaintance import Been, Counted
from detector.scoring.ground_times import DEPTHS, HIGH, LOW, LOWER, MEDIAN, TYPE, UPPER, Depth, depths
from detector.scoring.patterns import Patterns, local_times
from detector.scoring.places import Places

FORMAT = 2
CLOSE_S = 1_200.0
"""A time on the ground whose bounds lie further apart tells too little to be learned from. A share of the time instead
would leave out short stops rather than long ones, and so shift what is usual."""
SHORTEST_S, LONGEST_S = 60.0, 30 * 86_400.0
"""Shorter is no stop to learn from, longer is storage."""
UNKNOWN_CLASS = ""


class Who(StrEnum):
    """Of whom it is asked where they have been."""

    AIRCRAFT = "aircraft"
    OPERATOR = "operator"
    FLEET = "fleet"
    """The military aircraft of one state."""


class GroundTimes(NamedTuple):
    """Usual seconds on the ground: quantiles (1, 25, 50, 75, 99 of a hundred) of so many visits of `group`.

    `of_type`: the group is of one type, or part of it.
    """

    group: str
    of_type: bool
    visits: int
    low_s: float
    lower_s: float
    median_s: float
    upper_s: float
    high_s: float


class _Head(msgspec.Struct, frozen=True):
    """`counts`: visits in all, and those whose time on the ground was learned from."""

    format: int
    visits: int
    timed: int
    first_at: float
    until: float


@dataclass(frozen=True, eq=False)
class Baselines:
    """Nothing changes after construction. `head`: what it was learned from; names are ascending."""

    head: _Head
    names: Mapping[str, tuple[str, ...]]
    classes: npt.NDArray[np.int64]
    """Of each type, by its number: the number of its class."""
    ground: tuple[Depth, ...]
    visitors: Mapping[Who, Counted]
    """By whom alone."""
    visits: Mapping[Who, Counted]
    """By whom and field."""
    patterns: Patterns

    @staticmethod
    def of(columns: VisitColumns, class_of: Callable[[str], str | None], places: Places) -> Baselines:
        """Learned from visits. `class_of` tells what a type is used like, None where it is not known."""
        class_names = Coded.of([class_of(code) or UNKNOWN_CLASS for code in columns.type_code.names])
        names = {
            "class": class_names.names, "type": columns.type_code.names, "airport": columns.airport.names,
            "operator": columns.operator.names, "state": columns.state.names,
        }  # fmt: skip
        classes = class_names.codes.astype(np.int64)
        field, kind = columns.airport.codes.astype(np.int64), columns.type_code.codes.astype(np.int64)
        operator = columns.operator.codes.astype(np.int64)
        n_fields, n_operators = len(names["airport"]), len(names["operator"])
        timed, log_s = _timed(columns)
        at_field = kind * n_fields + field
        known_operator = np.array([bool(name) for name in names["operator"]], np.bool_)[operator]
        keys = (
            np.zeros(len(columns), np.int64), classes[kind], kind, at_field,
            np.where(known_operator, at_field * n_operators + operator, -1),
        )  # fmt: skip
        fleet = np.where(columns.military == 1, columns.state.codes.astype(np.int64), -1)
        fleet[np.array([not name for name in names["state"]], np.bool_)[columns.state.codes]] = -1
        who = {
            Who.AIRCRAFT: columns.icao24.astype(np.int64),
            Who.OPERATOR: np.where(known_operator, operator, -1),
            Who.FLEET: fleet,
        }
        at = columns.landed_at
        hour, weekday = local_times(at, places.longitudes(columns.airport.names)[field])
        origin = numbers_in(names["airport"], columns.origin)
        head = _Head(
            FORMAT,
            len(columns),
            int(timed.sum()),
            float(at.min()) if len(at) else 0.0,
            float(at.max()) if len(at) else 0.0,
        )
        return Baselines(
            head,
            names,
            classes,
            depths(log_s, [key[timed] for key in keys]),
            {one: Counted.of(key, at) for one, key in who.items()},
            {one: Counted.of(np.where(key < 0, -1, key * n_fields + field), at) for one, key in who.items()},
            Patterns.of(kind, field, origin, hour, weekday, n_fields),
        )

    def ground_times(
        self, type_code: str, type_class: str | None, airport: str, operator: str, least: int
    ) -> GroundTimes | None:
        """Of the narrowest group with at least so many visits; None where there is none."""
        found = None
        for depth, (key, group) in enumerate(self._groups(type_code, type_class, airport, operator)):
            row = None if key is None else self.ground[depth].row_of(key)
            if row is None or self.ground[depth].visits[row] < least:
                continue
            log_s = self.ground[depth].log_s[row]
            of = (math.exp(log_s[column]) for column in (LOW, LOWER, MEDIAN, UPPER, HIGH))
            found = GroundTimes(group, depth >= TYPE, int(self.ground[depth].visits[row]), *of)
        return found

    def _groups(
        self, type_code: str, type_class: str | None, airport: str, operator: str
    ) -> list[tuple[int | None, str]]:
        """The key and the words for each depth; no key for what history does not know."""
        kind = self._number("type", type_code) if type_code else None
        field, flown_by = self._number("airport", airport), self._number("operator", operator) if operator else None
        of_class = int(self.classes[kind]) if kind is not None else self._number("class", type_class or UNKNOWN_CLASS)
        at_field = None if kind is None or field is None else kind * len(self.names["airport"]) + field
        whole = None if at_field is None or flown_by is None else at_field * len(self.names["operator"]) + flown_by
        return [
            (0, DEPTHS[0]),
            (of_class if type_class or kind is not None else None, f"aircraft of the class {type_class}"),
            (kind, f"{type_code} at any field"),
            (at_field, f"{type_code} at {airport}"),
            (whole, f"{type_code} of {operator} at {airport}"),
        ]

    def visitor(self, who: Who, name: str) -> Been | None:
        """All visits of an aircraft (icao24), an operator, or the military fleet of a state."""
        key = self._key(who, name)
        return None if key is None else self.visitors[who].of_key(key)

    def been(self, who: Who, name: str, airport: str) -> Been | None:
        """Those to one field."""
        key, field = self._key(who, name), self._number("airport", airport)
        if key is None or field is None:
            return None
        return self.visits[who].of_key(key * len(self.names["airport"]) + field)

    def knows(self, airport: str) -> bool:
        """Whether anybody has been there."""
        return self._number("airport", airport) is not None

    def type_visits(self, type_code: str, airport: str) -> tuple[int, int]:
        """Visits of a type to one field, and in all."""
        kind, field = self._number("type", type_code), self._number("airport", airport)
        if kind is None or not type_code:
            return 0, 0
        tally, n_fields = self.patterns.by_type, len(self.names["airport"])
        begin, end = tally.key.searchsorted([kind * n_fields, (kind + 1) * n_fields]).tolist()
        here = 0 if field is None else tally.of_key(kind * n_fields + field)
        return here, int(tally.visits[begin:end].sum())

    def flights(self, origin: str, destination: str) -> int:
        """Flights from one field to another, of which the landing is a visit."""
        start, end = self._number("airport", origin), self._number("airport", destination)
        return (
            0 if start is None or end is None else self.patterns.routes.of_key(start * len(self.names["airport"]) + end)
        )

    def landings(self, airport: str, hour: int | None = None) -> int:
        """All landings at a field, or those in one hour of the day by the sun."""
        field = self._number("airport", airport)
        if field is None:
            return 0
        return int(self.patterns.landings[field] if hour is None else self.patterns.hours[field, hour])

    def _key(self, who: Who, name: str) -> int | None:
        if who is Who.AIRCRAFT:
            return None if name.startswith("~") else int(name, 16)
        return self._number("operator" if who is Who.OPERATOR else "state", name) if name else None

    def _number(self, column: str, name: str) -> int | None:
        names = self.names[column]
        i = bisect_left(names, name)
        return i if i < len(names) and names[i] == name else None

    def to_bytes(self) -> bytes:
        """The `.npz` file; equal baselines give equal bytes."""
        columns: dict[str, Any] = {"head": np.frombuffer(msgspec.json.encode(self.head), np.uint8)}
        columns["names"] = np.frombuffer(msgspec.json.encode(self.names), np.uint8)
        columns["classes"] = self.classes
        for number, depth in enumerate(self.ground):
            columns |= {f"ground{number}_{name}": getattr(depth, name) for name in ("key", "visits", "log_s")}
        for what, counted in (("visitors", self.visitors), ("visits", self.visits)):
            for who, one in counted.items():
                columns |= {f"{what}_{who}_{name}": getattr(one, name) for name in Counted.__dataclass_fields__}
        columns |= self.patterns.columns()
        buffer = io.BytesIO()
        np.savez_compressed(buffer, **columns)
        return buffer.getvalue()

    @staticmethod
    def from_bytes(data: bytes, name: str) -> Baselines:
        """Read what `to_bytes` wrote. Raises InputError, naming `name`, when it is damaged or of another format."""
        try:
            # No pickle: these are numbers and text, and may come from somebody else.
            with np.load(io.BytesIO(data), allow_pickle=False) as columns:
                head = msgspec.json.decode(columns["head"].tobytes(), type=_Head)
                if head.format != FORMAT:
                    raise InputError(f"{name}: format {head.format}, this program reads {FORMAT}; learn it again")
                ground = tuple(
                    Depth(*(columns[f"ground{number}_{part}"] for part in ("key", "visits", "log_s")))
                    for number in range(len(DEPTHS))
                )
                counted = [
                    {
                        who: Counted(*(columns[f"{what}_{who}_{part}"] for part in Counted.__dataclass_fields__))
                        for who in Who
                    }
                    for what in ("visitors", "visits")
                ]
                names = msgspec.json.decode(columns["names"].tobytes(), type=dict[str, tuple[str, ...]])
                patterns = Patterns.from_columns(columns)
                return Baselines(head, names, columns["classes"], ground, counted[0], counted[1], patterns)
        except (ValueError, KeyError, EOFError, OSError, zipfile.BadZipFile, msgspec.DecodeError) as error:
            raise InputError(f"{name}: damaged, or no baselines ({error}); learn them again, or delete it") from error


def numbers_in(names: Sequence[str], column: Coded) -> npt.NDArray[np.int64]:
    """The number of each text among ascending `names`, -1 where it is not there or empty, (n,)."""
    found = []
    for text in column.names:
        i = bisect_left(names, text)
        found.append(i if text and i < len(names) and names[i] == text else -1)
    return np.array(found, np.int64)[column.codes]


def _timed(columns: VisitColumns) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64]]:
    """Which visits have a time on the ground to learn from, and its logarithm for these."""
    low, high = columns.ground_min_s, columns.ground_max_s
    with np.errstate(invalid="ignore"):
        middle = (low + high) / 2.0
        timed = ((high - low) <= CLOSE_S) & (middle >= SHORTEST_S) & (middle <= LONGEST_S)
    return timed, np.log(middle[timed])
