"""What many aircraft together tell about positions: where satellite navigation is disturbed, where aircraft are shown
that cannot be there, and which address is another one with a bit turned over.

One aircraft whose position jumps may be at fault itself. Three around one place in an hour are not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from detector.domain.sighting import CELL_DEG, Sighting
from detector.tracking.co_location import CoLocation, CoLocations, MarksState, Standing
from detector.tracking.pieces import Pieces
from detector.tracking.twins import Known, Twins

WITHIN_DEG = 1.0
WINDOW_S = 3600.0
LEAST_AIRCRAFT = 3
LEAST_SHARE = 0.2
"""Of so many aircraft within a degree and an hour, this share of them less one is degraded: positions are disturbed
there. The one taken off is the aircraft that has a fault of its own."""
HOLD_S = 3600.0
"""And so long after the last degraded one."""
AGAIN_S = 60.0
"""A cell that was found disturbed is looked at again after this time."""
SWEEP_S = 600.0
"""What has become too old is cleared away this often."""
ENTRIES = 150_000
REPORTED = 10_000
"""Bounds of what is kept; the oldest goes first."""

Cell = tuple[int, int]


class Presence(msgspec.Struct, array_like=True):
    """An aircraft in a cell: when it was sighted there first and last, and when so with positions not to believe."""

    first_at: float
    last_at: float
    degraded_first_at: float | None = None
    degraded_last_at: float | None = None


class AreaFinding(msgspec.Struct, frozen=True):
    """`n` aircraft within a degree and an hour, `degraded` of them; `share`: (degraded - 1) / n.

    `until`: disturbed up to then (Unix s UTC), as found now or earlier; None where it is not.
    """

    n: int
    degraded: int
    share: float
    until: float | None


class InterferenceArea(msgspec.Struct):
    """A spell of interference reported for a cell of `CELL_DEG` whose south-west corner is told; Unix s UTC.

    `aircraft`, `degraded`: within a degree, as found when most were degraded.
    """

    latitude_deg: float
    longitude_deg: float
    since: float
    until: float
    aircraft: int
    degraded: int


class MapState(msgspec.Struct, frozen=True):
    """How far the map has come by event time, None before its first sighting and sweep; and how many cells, marks and
    points, and addresses were entered so far."""

    clock: float | None
    swept_at: float | None
    turns: tuple[int, int, int]


class CellState(msgspec.Struct, frozen=True):
    """Who was sighted in a cell. `turn`: which of the cells was entered first."""

    turn: int
    present: dict[str, Presence]


class AreaState(msgspec.Struct, frozen=True):
    """A reported spell, the how manieth."""

    number: int
    area: InterferenceArea


class InterferenceMap:
    """Fed with sightings in the order of the stream. Its answers rest on those at or before the time asked about."""

    def __init__(self) -> None:
        self.reported: list[InterferenceArea] = []
        """Spells of interference, in order of their begin."""
        self._clock = -math.inf
        self._swept_at = -math.inf
        self._cells: dict[Cell, dict[str, Presence]] = {}
        self._entries = 0
        self._active: dict[Cell, InterferenceArea] = {}
        self._numbers: dict[Cell, int] = {}
        """The how manieth of all that were reported the active one of a cell is."""
        self._reported_before = 0
        """How many were reported before those in `reported`."""
        self._told: MapState | None = None
        self._turn = 0
        self._turns: dict[Cell, int] = {}
        self._changed_cells: Pieces[Cell] = Pieces()
        self._changed_areas: Pieces[int] = Pieces()
        self._co_locations = CoLocations()
        self._twins = Twins()

    def feed(self, sighting: Sighting) -> None:
        """Take in a sighting."""
        self._clock = max(self._clock, sighting.clock)
        if self._clock - self._swept_at >= SWEEP_S or self._entries > ENTRIES:
            self._sweep()
        self._twins.feed(sighting)
        if sighting.icao24.startswith("~"):
            # Retold by a ground station, or of the sender's own choosing: no aircraft of its own.
            return
        self._co_locations.feed(sighting)
        cell = _cell_of(sighting.latitude_deg, sighting.longitude_deg)
        if cell not in self._cells:
            self._cells[cell] = {}
            self._turn += 1
            self._turns[cell] = self._turn
        self._changed_cells.change(cell)
        self._note(self._cells[cell], sighting)
        if sighting.degraded:
            self._judge(cell, sighting)

    def interference(self, latitude_deg: float, longitude_deg: float, at: float) -> AreaFinding:
        """How it stands with positions around a place."""
        around = list(_around(_cell_of(latitude_deg, longitude_deg)))
        n, degraded, last_at = self._count(around, at)
        ends = [last_at + HOLD_S] if _disturbed(n, degraded) else []
        for cell in around:
            area = self._active.get(cell)
            if area is not None and area.since <= at <= area.until:
                ends.append(area.until)
        return AreaFinding(n, degraded, _share(n, degraded), max(ends, default=None))

    def co_location(
        self, latitude_deg: float, longitude_deg: float, elevation_ft: float, at: float
    ) -> CoLocation | None:
        """What shows that positions at a field are false for everybody; None where nothing does."""
        return self._co_locations.at_field(latitude_deg, longitude_deg, elevation_ft, at)

    def twin(
        self, icao24: str, latitude_deg: float, longitude_deg: float, altitude_ft: float | None, at: float
    ) -> str | None:
        """The aircraft that `icao24` is with one bit turned over; None where it seems to be an aircraft of its own."""
        return self._twins.twin(icao24, latitude_deg, longitude_deg, altitude_ft, at)

    def areas(self, at: float, limit: int = 1000) -> list[InterferenceArea]:
        """Cells where interference is in force, by their begin; the latest `limit`."""
        return [area for area in self._active.values() if area.since <= at <= area.until][-limit:]

    def changed(self, *, whole: bool = False) -> tuple[dict[str, Any], list[str]]:
        """What is new since the last call (with `whole`, all there is): (documents by key, keys to delete).

        The documents hold nothing that changes any more.
        """
        state_of_map = MapState(
            self._clock if math.isfinite(self._clock) else None,
            self._swept_at if math.isfinite(self._swept_at) else None,
            (self._turn, self._co_locations.turn, self._twins.turn),
        )
        documents: dict[str, Any] = {"map": state_of_map} if whole or state_of_map != self._told else {}
        self._told = state_of_map
        cells, gone_cells = self._changed_cells.take(self._cells if whole else None)
        for cell in cells:
            # Who is present in a cell changes in place, so it is written down at once.
            state = CellState(self._turns[cell], self._cells[cell])
            documents[f"cell:{_text(cell)}"] = msgspec.Raw(msgspec.json.encode(state))
        first = self._reported_before
        areas, gone_areas = self._changed_areas.take(range(first, first + len(self.reported)) if whole else None)
        for number in areas:
            state_of = AreaState(number, self.reported[number - first])
            documents[f"area:{number:09d}"] = msgspec.Raw(msgspec.json.encode(state_of))
        deletes = [f"cell:{_text(cell)}" for cell in gone_cells] + [f"area:{number:09d}" for number in gone_areas]
        for prefix, (new, gone) in (
            ("marks", self._co_locations.changed_marks(whole=whole)),
            ("point", self._co_locations.changed_points(whole=whole)),
            ("known", self._twins.changed(whole=whole)),
        ):
            documents |= {f"{prefix}:{key}": state for key, state in new.items()}
            deletes += [f"{prefix}:{key}" for key in gone]
        return documents, deletes

    def restore(self, documents: Mapping[str, bytes]) -> None:
        """Put back what `changed` gave, as JSON. Raises KeyError, ValueError (msgspec's errors are such)."""
        by_kind: dict[str, dict[str, bytes]] = {}
        for name, value in documents.items():
            kind, _, key = name.partition(":")
            by_kind.setdefault(kind, {})[key] = value
        state = msgspec.json.decode(by_kind["map"][""], type=MapState)
        self._clock = -math.inf if state.clock is None else state.clock
        self._swept_at = -math.inf if state.swept_at is None else state.swept_at
        self._turn, co_location_turn, twins_turn = state.turns
        cells = {
            _cell_named(key): msgspec.json.decode(value, type=CellState)
            for key, value in by_kind.get("cell", {}).items()
        }
        in_turn = sorted(cells.items(), key=lambda item: item[1].turn)
        self._cells = {cell: dict(one.present) for cell, one in in_turn}
        self._turns = {cell: one.turn for cell, one in in_turn}
        self._entries = sum(len(present) for present in self._cells.values())
        areas = [msgspec.json.decode(value, type=AreaState) for _, value in sorted(by_kind.get("area", {}).items())]
        self._reported_before = areas[0].number if areas else 0
        self.reported = [one.area for one in areas]
        self._active, self._numbers = {}, {}
        for number, area in enumerate(self.reported, self._reported_before):
            cell = _cell_of(area.latitude_deg + CELL_DEG / 2, area.longitude_deg + CELL_DEG / 2)
            self._active.pop(cell, None)
            if area.until >= self._swept_at:
                self._active[cell], self._numbers[cell] = area, number
        self._changed_cells = Pieces(self._cells)
        self._changed_areas = Pieces(one.number for one in areas)
        self._told = state
        self._co_locations.restore(
            [msgspec.json.decode(value, type=MarksState) for value in by_kind.get("marks", {}).values()],
            [msgspec.json.decode(value, type=Standing) for value in by_kind.get("point", {}).values()],
            co_location_turn,
        )
        self._twins.restore(
            {key: msgspec.json.decode(value, type=Known) for key, value in by_kind.get("known", {}).items()},
            twins_turn,
        )

    def _note(self, present: dict[str, Presence], sighting: Sighting) -> None:
        at = sighting.at
        one = present.pop(sighting.icao24, None)
        if one is None:
            self._entries += 1
        if one is None or at - one.last_at > WINDOW_S:
            one = Presence(at, at)
        one.last_at = max(one.last_at, at)
        if sighting.degraded:
            if one.degraded_last_at is None or at - one.degraded_last_at > WINDOW_S:
                one.degraded_first_at = at
            one.degraded_last_at = at
        present[sighting.icao24] = one

    def _judge(self, cell: Cell, sighting: Sighting) -> None:
        at = sighting.at
        area = self._active.get(cell)
        if area is not None and at <= area.until and area.until - HOLD_S > at - AGAIN_S:
            return
        n, degraded, _ = self._count(list(_around(cell)), at)
        if not _disturbed(n, degraded):
            return
        if area is not None and at <= area.until:
            area.until = at + HOLD_S
            self._changed_areas.change(self._numbers[cell])
            if degraded > area.degraded:
                area.aircraft, area.degraded = n, degraded
            return
        area = InterferenceArea(cell[0] * CELL_DEG, cell[1] * CELL_DEG, at, at + HOLD_S, n, degraded)
        self._active.pop(cell, None)
        self._active[cell] = area
        self.reported.append(area)
        self._numbers[cell] = self._reported_before + len(self.reported) - 1
        self._changed_areas.change(self._numbers[cell])
        if len(self.reported) > REPORTED:
            gone = self.reported.pop(0)
            self._changed_areas.drop(self._reported_before)
            self._reported_before += 1
            if self._active.get(old := _cell_of(gone.latitude_deg, gone.longitude_deg)) is gone:
                del self._active[old]

    def _count(self, cells: list[Cell], at: float) -> tuple[int, int, float]:
        """(aircraft, degraded ones, when the last of these was sighted) in `cells` in the hour up to `at`."""
        degraded_by: dict[str, bool] = {}
        last_at = -math.inf
        for cell in cells:
            for icao24, one in self._cells.get(cell, {}).items():
                if not one.first_at <= at <= one.last_at + WINDOW_S:
                    continue
                first, last = one.degraded_first_at, one.degraded_last_at
                bad = first is not None and last is not None and first <= at <= last + WINDOW_S
                degraded_by[icao24] = degraded_by.get(icao24, False) or bad
                if bad and last is not None:
                    last_at = max(last_at, min(last, at))
        return len(degraded_by), sum(degraded_by.values()), last_at

    def _sweep(self) -> None:
        """Clear away what can count no more; frames may be a minute late, hence not to the second."""
        self._swept_at = self._clock
        oldest = self._clock - WINDOW_S - SWEEP_S
        for cell, present in list(self._cells.items()):
            left = {icao24: one for icao24, one in present.items() if one.last_at >= oldest}
            if not left:
                self._forget(cell)
            elif len(left) < len(present):
                self._cells[cell] = left
                self._changed_cells.change(cell)
        self._entries = sum(len(present) for present in self._cells.values())
        while self._entries > ENTRIES * 0.9:
            self._entries -= len(self._forget(next(iter(self._cells))))
        self._active = {cell: area for cell, area in self._active.items() if area.until >= self._swept_at}
        self._numbers = {cell: self._numbers[cell] for cell in self._active}
        self._co_locations.sweep(oldest)
        self._twins.sweep(oldest)

    def _forget(self, cell: Cell) -> dict[str, Presence]:
        del self._turns[cell]
        self._changed_cells.drop(cell)
        return self._cells.pop(cell)


def _text(cell: Cell) -> str:
    return f"{cell[0]},{cell[1]}"


def _cell_named(text: str) -> Cell:
    north, _, east = text.partition(",")
    return int(north), int(east)


def _disturbed(n: int, degraded: int) -> bool:
    return n >= LEAST_AIRCRAFT and _share(n, degraded) >= LEAST_SHARE


def _share(n: int, degraded: int) -> float:
    return max(0.0, (degraded - 1) / n) if n else 0.0


def _cell_of(latitude_deg: float, longitude_deg: float) -> Cell:
    east = math.floor(((longitude_deg + 180.0) % 360.0 - 180.0) / CELL_DEG)
    return math.floor(latitude_deg / CELL_DEG), east


def _around(cell: Cell) -> Iterator[Cell]:
    """The cells within `WITHIN_DEG` of arc of `cell`, from middle to middle, give or take half a cell."""
    reach, around_earth = round(WITHIN_DEG / CELL_DEG), round(360.0 / CELL_DEG)
    for north in range(-reach, reach + 1):
        middle = (cell[0] + north + 0.5) * CELL_DEG
        narrow = max(math.cos(math.radians(middle)), 0.1)
        wide = int(math.sqrt((reach + 0.5) ** 2 - north**2) / narrow)
        for east in range(-wide, wide + 1):
            yield cell[0] + north, (cell[1] + east + around_earth // 2) % around_earth - around_earth // 2
