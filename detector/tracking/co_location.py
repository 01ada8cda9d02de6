"""Aircraft shown together where they cannot be: the sign of false positions that many receive at once.

Aircraft on one apron are an ordinary sight, and so are two at cruise over one waypoint. What gives false positions away
is that they stand while at the height of cruise, lie on one point to the metre, or have jumped there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from enum import StrEnum

import msgspec

from detector.domain.geo import distance_nm
from detector.domain.sighting import Sighting
from detector.domain.units import M_PER_NM
from detector.tracking.pieces import Pieces

NEAR_NM = 1000.0 / M_PER_NM
TOGETHER_S = 600.0
"""Two aircraft are together within 1 km and 10 min."""
ABOVE_FT = 5_000.0
"""Pressure altitude above the field that no air pressure explains (950-1050 hPa explain 1,730 ft)."""
SLOW_KT = 50.0
"""Slower than this nothing flies at such a height."""
DISC_NM = 5000.0 / M_PER_NM
JUMPS = 3
JUMPS_S = 3600.0
"""So many jumps into one disc of this radius around one of them, within an hour. Those of one aircraft count once in
`TOGETHER_S`."""
FIELD_NM = 10_000.0 / M_PER_NM
"""So far around its reference point a field reaches."""
HOLD_S = 3600.0
"""How long it holds after the latest evidence."""
LOWEST_FIELD_FT = -1_300.0
METRE_DEG = 1e-5
MARK_CELL_DEG = 0.25
MARKS_A_CELL = 200
CELLS = 500
STANDING = 20_000
"""Bounds of what is kept; the oldest goes first."""


class CoLocationKind(StrEnum):
    """What showed it."""

    ALTITUDE = "altitude"
    """Standing together thousands of feet above the field."""
    ONE_POINT = "one_point"
    """Two addresses at one position."""
    JUMPED = "jumped"
    """Two aircraft that jumped to one place."""
    DISC = "disc"
    """Three jumps into one disc."""


class CoLocation(msgspec.Struct, frozen=True):
    """Positions at a field are false: what showed it last, when (Unix s UTC), by whom; it holds `until`."""

    kind: CoLocationKind
    at: float
    until: float
    aircraft: tuple[str, ...]


class Mark(msgspec.Struct, frozen=True, array_like=True):
    """Something odd at a place: a jump, an aircraft that stands high up, or one at the very point of `other`."""

    at: float
    icao24: str
    latitude_deg: float
    longitude_deg: float
    altitude_ft: float | None
    jumped: bool
    stands: bool
    other: str | None


class Standing(msgspec.Struct, frozen=True, array_like=True):
    """Who was shown standing at a point (in metres or so), and when."""

    point: tuple[int, int]
    icao24: str
    at: float
    turn: int = 0


class MarksState(msgspec.Struct, frozen=True):
    """The marks of a cell. `turn`, here and of those who stand: grows with what is entered; tells what is oldest."""

    turn: int
    marks: tuple[Mark, ...]


class CoLocations:
    """Marks by place. Sightings of addresses that are not ICAO's are not to be fed: they retell another's position."""

    def __init__(self) -> None:
        self._marks: dict[tuple[int, int], list[Mark]] = {}
        self._standing: dict[tuple[int, int], Standing] = {}
        self.turn = 0
        """How many marks and points were entered."""
        self._turns: dict[tuple[int, int], int] = {}
        self._changed_marks: Pieces[tuple[int, int]] = Pieces()
        self._changed_points: Pieces[tuple[int, int]] = Pieces()

    def feed(self, sighting: Sighting) -> None:
        """Take in a sighting."""
        s = sighting
        stands = s.surface or (s.groundspeed_kt is not None and s.groundspeed_kt < SLOW_KT)
        other = self._same_point(s) if stands or s.jumped else None
        high = stands and s.altitude_baro_ft is not None and s.altitude_baro_ft > LOWEST_FIELD_FT + ABOVE_FT
        if not (s.jumped or high or other):
            return
        cell = _cell_of(s.latitude_deg, s.longitude_deg)
        marks = self._marks.setdefault(cell, [])
        self.turn += 1
        self._turns.setdefault(cell, self.turn)
        self._changed_marks.change(cell)
        marks.append(Mark(s.at, s.icao24, s.latitude_deg, s.longitude_deg, s.altitude_baro_ft, s.jumped, stands, other))
        if len(marks) > MARKS_A_CELL:
            marks.pop(0)
        if len(self._marks) > CELLS:
            self._forget_marks(next(iter(self._marks)))

    def at_field(self, latitude_deg: float, longitude_deg: float, elevation_ft: float, at: float) -> CoLocation | None:
        """The latest evidence at a field that still holds."""
        marks = [
            mark
            for cell in _around(latitude_deg, longitude_deg)
            for mark in self._marks.get(cell, ())
            if at - HOLD_S - JUMPS_S <= mark.at <= at
            and distance_nm(latitude_deg, longitude_deg, mark.latitude_deg, mark.longitude_deg) <= FIELD_NM
        ]
        marks.sort(key=lambda mark: mark.at)
        # The latest evidence holds longest, so it is looked for from the end.
        for i in range(len(marks) - 1, -1, -1):
            if marks[i].at < at - HOLD_S:
                return None
            found = _evidence(marks[: i + 1], elevation_ft)
            if found is not None:
                kind, aircraft = found
                return CoLocation(kind, marks[i].at, marks[i].at + HOLD_S, aircraft)
        return None

    def sweep(self, oldest: float) -> None:
        """Forget what was before `oldest`."""
        before = oldest - JUMPS_S
        for cell, marks in list(self._marks.items()):
            left = [mark for mark in marks if mark.at >= before]
            if not left:
                self._forget_marks(cell)
            elif len(left) < len(marks):
                self._marks[cell] = left
                self._changed_marks.change(cell)
        for point in [point for point, one in self._standing.items() if one.at < oldest]:
            self._forget_point(point)

    def changed_marks(self, *, whole: bool = False) -> tuple[dict[str, MarksState], list[str]]:
        """What is new since the last call (with `whole`, all there is): (marks by cell, cells that are empty now)."""
        changed, gone = self._changed_marks.take(self._marks if whole else None)
        states = {_text(cell): MarksState(self._turns[cell], tuple(self._marks[cell])) for cell in changed}
        return states, list(map(_text, gone))

    def changed_points(self, *, whole: bool = False) -> tuple[dict[str, Standing], list[str]]:
        """The same for points at which somebody was shown standing."""
        changed, gone = self._changed_points.take(self._standing if whole else None)
        return {_text(point): self._standing[point] for point in changed}, list(map(_text, gone))

    def restore(self, marks: Iterable[MarksState], standing: Iterable[Standing], turn: int) -> None:
        """Take up the state of another run."""
        by_turn = sorted(marks, key=lambda state: state.turn)
        self._marks, self._turns = {}, {}
        for state in by_turn:
            cell = _cell_of(state.marks[0].latitude_deg, state.marks[0].longitude_deg)
            self._marks[cell], self._turns[cell] = list(state.marks), state.turn
        self._standing = {one.point: one for one in sorted(standing, key=lambda one: one.turn)}
        self.turn = turn
        self._changed_marks, self._changed_points = Pieces(self._marks), Pieces(self._standing)

    def _forget_marks(self, cell: tuple[int, int]) -> None:
        del self._marks[cell], self._turns[cell]
        self._changed_marks.drop(cell)

    def _forget_point(self, point: tuple[int, int]) -> None:
        del self._standing[point]
        self._changed_points.drop(point)

    def _same_point(self, s: Sighting) -> str | None:
        """Who else was shown at this very point in the last ten minutes."""
        point = round(s.latitude_deg / METRE_DEG), round(s.longitude_deg / METRE_DEG)
        before = self._standing.pop(point, None)
        self.turn += 1
        self._standing[point] = Standing(point, s.icao24, s.at, self.turn)
        self._changed_points.change(point)
        if len(self._standing) > STANDING:
            self._forget_point(next(iter(self._standing)))
        if before is None or before.icao24 == s.icao24 or abs(s.at - before.at) > TOGETHER_S:
            return None
        # One bit apart: one of the two is no aircraft (`tracking.twins`).
        one_bit = (int(before.icao24, 16) ^ int(s.icao24, 16)).bit_count() == 1
        return None if one_bit else before.icao24


def _evidence(marks: list[Mark], elevation_ft: float) -> tuple[CoLocationKind, tuple[str, ...]] | None:
    """What the last of `marks` completes; marks are by time."""
    last = marks[-1]
    if last.other is not None:
        return CoLocationKind.ONE_POINT, (last.other, last.icao24)
    together = [
        mark
        for mark in marks
        if last.at - mark.at <= TOGETHER_S and mark.icao24 != last.icao24 and _apart_nm(mark, last) <= NEAR_NM
    ]
    if _stands_above(last, elevation_ft):
        others = [mark.icao24 for mark in together if _stands_above(mark, elevation_ft)]
        if others:
            return CoLocationKind.ALTITUDE, (*dict.fromkeys(others), last.icao24)
    if not last.jumped:
        return None
    others = [mark.icao24 for mark in together if mark.jumped]
    if others:
        return CoLocationKind.JUMPED, (*dict.fromkeys(others), last.icao24)
    jumps = [mark for mark in marks if mark.jumped and last.at - mark.at <= JUMPS_S]
    for centre in jumps:
        if _apart_nm(centre, last) <= DISC_NM:
            counted = _counted([mark for mark in jumps if _apart_nm(mark, centre) <= DISC_NM])
            if len(counted) >= JUMPS:
                return CoLocationKind.DISC, tuple(dict.fromkeys(counted))
    return None


def _counted(jumps: list[Mark]) -> list[str]:
    """Whose jumps count, each as often as they do."""
    result: list[str] = []
    latest: dict[str, float] = {}
    for mark in jumps:
        if mark.icao24 not in latest or mark.at - latest[mark.icao24] >= TOGETHER_S:
            latest[mark.icao24] = mark.at
            result.append(mark.icao24)
    return result


def _stands_above(mark: Mark, elevation_ft: float) -> bool:
    high = mark.altitude_ft is not None and mark.altitude_ft > elevation_ft + ABOVE_FT
    return high and (mark.stands or mark.jumped)


def _text(pair: tuple[int, int]) -> str:
    return f"{pair[0]},{pair[1]}"


def _apart_nm(one: Mark, other: Mark) -> float:
    return distance_nm(one.latitude_deg, one.longitude_deg, other.latitude_deg, other.longitude_deg)


def _cell_of(latitude_deg: float, longitude_deg: float) -> tuple[int, int]:
    east = math.floor(((longitude_deg + 180.0) % 360.0) / MARK_CELL_DEG)
    return math.floor(latitude_deg / MARK_CELL_DEG), east


def _around(latitude_deg: float, longitude_deg: float) -> list[tuple[int, int]]:
    """Cells that a field's surroundings reach into (10 km are 0.09 degrees of latitude)."""
    wide = FIELD_NM / 60.0 / max(math.cos(math.radians(latitude_deg)), 0.1)
    norths = range(
        _cell_of(latitude_deg - FIELD_NM / 60.0, 0.0)[0], _cell_of(latitude_deg + FIELD_NM / 60.0, 0.0)[0] + 1
    )
    turns = math.ceil(2 * wide / MARK_CELL_DEG) + 1
    west = longitude_deg - wide
    easts = dict.fromkeys(_cell_of(0.0, west + min(k * MARK_CELL_DEG, 2 * wide))[1] for k in range(turns + 1))
    return [(north, east) for north in norths for east in easts]
