"""How low each area is normally heard, and by whom: learned from sightings, by half-degree cell and band of altitude.

Aircraft vanish at the height where the radio horizon of the receivers around ends. Nobody has to tell where that is:
those who were heard there show it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from detector.domain.geo import bearing_deg, distance_nm
from detector.domain.sighting import BAND_FT, CELL_DEG, Sighting

CELLS_KEPT = 10_000
"""Past so many, the cell in which nobody has been seen for longest is forgotten. A continent, and 50 MB at the most."""
AIRCRAFT_KEPT = 5
"""Distinct aircraft remembered by cell and band: the latest. Enough to see that it is not always the same one."""
RECEIVERS_KEPT = 8
HIGHEST_BAND = 30
COLUMNS = round(360.0 / CELL_DEG)

Who = TypeVar("Who", str, int)
Key = tuple[int, int]
"""Row from the south pole and column from the antimeridian, in cells."""


class Band(msgspec.Struct):
    """`aircraft`: address to last sighting, whole Unix s UTC; `lowest_ft`: lowest of all sightings in the band."""

    lowest_ft: float
    aircraft: dict[str, int]


class Cell(msgspec.Struct):
    """`bands` by number from the ground up; `receivers`: last sightings they made; `turn`: grows with every sighting
    anywhere, so that it tells which cell was used last."""

    turn: int
    receivers: dict[int, int]
    bands: dict[int, Band]


@dataclass(frozen=True, slots=True)
class Heard:
    """Who was heard in a cell up to some height: other aircraft with their last time, whether the one in question was
    as well, how low (ft, +inf if nobody), and by whom."""

    others: dict[str, int]
    itself: bool
    lowest_ft: float
    receivers: frozenset[int]


class Coverage:
    """The map, a cell a key."""

    def __init__(self, cells: int = CELLS_KEPT) -> None:
        self._limit = cells
        self._cells: dict[Key, Cell] = {}
        self._turn = 0
        self._changed: set[Key] = set()
        self._dropped: set[Key] = set()

    def __len__(self) -> int:
        return len(self._cells)

    def learn(self, sighting: Sighting) -> None:
        """Enter a sighting, in the order of the stream; those on the ground or in doubt teach nothing."""
        altitude = sighting.altitude_baro_ft
        if altitude is None or sighting.surface or sighting.degraded or sighting.jumped:
            return
        if sighting.icao24.startswith("~"):
            return
        key = cell_of(sighting.latitude_deg, sighting.longitude_deg)
        cell = self._cells.pop(key, None) or Cell(0, {}, {})
        self._cells[key] = cell
        self._turn += 1
        cell.turn = self._turn
        number = band_of(altitude)
        band = cell.bands.get(number)
        if band is None:
            band = cell.bands[number] = Band(altitude, {})
        band.lowest_ft = min(band.lowest_ft, altitude)
        _remember(band.aircraft, sighting.icao24, int(sighting.at), AIRCRAFT_KEPT)
        _remember(cell.receivers, sighting.receiver, int(sighting.at), RECEIVERS_KEPT)
        self._changed.add(key)
        self._dropped.discard(key)
        if len(self._cells) > self._limit:
            oldest = next(iter(self._cells))
            del self._cells[oldest]
            self._changed.discard(oldest)
            self._dropped.add(oldest)

    def heard(self, keys: Sequence[Key], icao24: str, altitude_ft: float, since: float) -> Heard:
        """Who was heard in cells since then in the band of that altitude or lower."""
        top = band_of(altitude_ft)
        others: dict[str, int] = {}
        itself, lowest_ft, receivers = False, math.inf, set[int]()
        for cell in self._known(keys):
            receivers |= {receiver for receiver, at in cell.receivers.items() if at >= since}
            for number, band in cell.bands.items():
                recent = {address: at for address, at in band.aircraft.items() if at >= since}
                if number > top or not recent:
                    continue
                itself |= recent.pop(icao24, None) is not None
                if recent:
                    lowest_ft = min(lowest_ft, band.lowest_ft)
                for address, at in recent.items():
                    others[address] = max(at, others.get(address, at))
        return Heard(others, itself, lowest_ft, frozenset(receivers))

    def floor_ft(self, keys: Sequence[Key], icao24: str, since: float, enough: int) -> float | None:
        """The lowest altitude at which others are normally heard in cells: the lowest sighting in the lowest band up
        to which there were `enough` of them since then. None if there were fewer."""
        bands: dict[int, list[Band]] = {}
        for cell in self._known(keys):
            for number, band in cell.bands.items():
                bands.setdefault(number, []).append(band)
        others: set[str] = set()
        for _, same in sorted(bands.items()):
            for band in same:
                others |= {address for address, at in band.aircraft.items() if at >= since and address != icao24}
            if len(others) >= enough:
                return min(band.lowest_ft for band in same)
        return None

    def _known(self, keys: Sequence[Key]) -> Iterator[Cell]:
        return (cell for cell in map(self._cells.get, keys) if cell is not None)

    def lowest_heard(self) -> list[tuple[float, float, float]]:
        """Of each cell its middle in degrees, and the lowest that anybody was heard at, ft."""
        return lowest_heard(self._cells)

    def changed(self, *, whole: bool = False) -> tuple[dict[str, Cell], list[str]]:
        """What is new since the last call (with `whole`, all there is): (cells by key, keys to delete), ordered."""
        puts = {text_of(key): self._cells[key] for key in sorted(self._cells if whole else self._changed)}
        deletes = [text_of(key) for key in sorted(self._dropped)]
        self._changed, self._dropped = set(), set()
        return puts, deletes

    def restore(self, documents: Mapping[str, bytes]) -> None:
        """Put back what `changed` gave, as JSON. Raises ValueError (msgspec's errors are such)."""
        cells = cells_of(documents)
        self._cells = dict(sorted(cells.items(), key=lambda item: item[1].turn))
        self._turn = max((cell.turn for cell in cells.values()), default=0)
        self._changed, self._dropped = set(), set()


def lowest_heard(cells: Mapping[Key, Cell]) -> list[tuple[float, float, float]]:
    """Of cells (latitude and longitude of the middle, lowest sighting of anybody in ft), from south to north."""
    return [
        (*middle_of(key), min(band.lowest_ft for band in cell.bands.values()))
        for key, cell in sorted(cells.items(), key=lambda item: item[0])
        if cell.bands
    ]


def cells_of(documents: Mapping[str, bytes]) -> dict[Key, Cell]:
    """Stored cells. Raises ValueError or DecodeError for what is none."""
    return {_key(text): msgspec.json.decode(value, type=Cell) for text, value in documents.items()}


def cell_of(latitude_deg: float, longitude_deg: float) -> Key:
    """The cell a place lies in."""
    return math.floor((latitude_deg + 90.0) / CELL_DEG), math.floor((longitude_deg + 180.0) / CELL_DEG) % COLUMNS


def around(key: Key) -> tuple[Key, ...]:
    """A cell and the eight about it: what is heard does not end at the border of a cell."""
    row, column = key
    return tuple((row + north, (column + east) % COLUMNS) for north in (-1, 0, 1) for east in (-1, 0, 1))


def cells_between(
    latitude_deg: float, longitude_deg: float, nearest_nm: float, farthest_nm: float
) -> list[tuple[Key, float]]:
    """Cells with their middle in a ring around a place, in order, and the direction from the place, degrees."""
    row, column = cell_of(latitude_deg, longitude_deg)
    high = math.ceil(farthest_nm / (60.0 * CELL_DEG)) + 1
    narrow = max(math.cos(math.radians(latitude_deg)), 0.1)
    wide = min(math.ceil(farthest_nm / (60.0 * CELL_DEG * narrow)) + 1, COLUMNS // 2 - 1)
    found = []
    for north in range(-high, high + 1):
        for east in range(-wide, wide + 1):
            key = row + north, (column + east) % COLUMNS
            middle = middle_of(key)
            if nearest_nm <= distance_nm(latitude_deg, longitude_deg, *middle) <= farthest_nm:
                found.append((key, bearing_deg(latitude_deg, longitude_deg, *middle)))
    return found


def middle_of(key: Key) -> tuple[float, float]:
    """Latitude and longitude of the middle of a cell, degrees."""
    return (key[0] + 0.5) * CELL_DEG - 90.0, (key[1] + 0.5) * CELL_DEG - 180.0


def band_of(altitude_ft: float) -> int:
    """The number of the band an altitude lies in."""
    return min(max(math.floor(altitude_ft / BAND_FT), 0), HIGHEST_BAND)


def text_of(key: Key) -> str:
    """The south-west corner of a cell in degrees: `39.0,125.5`."""
    return f"{key[0] * CELL_DEG - 90.0},{key[1] * CELL_DEG - 180.0}"


def _key(text: str) -> Key:
    latitude, _, longitude = text.partition(",")
    return cell_of(float(latitude), float(longitude))


def _remember(latest: dict[Who, int], who: Who, at: int, limit: int) -> None:
    """Enter a time and keep the latest ones."""
    latest[who] = max(at, latest.get(who, at))
    if len(latest) > limit:
        del latest[min(latest, key=lambda one: (latest[one], one))]
