"""Rows of decoded tracks, whatever the source: values checked, repeats of an old position left out, then columns.

Sources repeat themselves: a table of everything known, written once a second, holds the same position until the next
one comes. Taken for a new fix each time, an aircraft would stand still and then leap. So a position counts when it is
new, told by its own time where the source gives one, otherwise by its place.
"""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from detector.domain.decoded import COLUMNS, EMPTY, NO_AIRCRAFT, DecodedBatch
from detector.domain.errors import Reject
from detector.domain.frame import RejectCounts
from detector.domain.report import NAMESPACE_SHIFT
from detector.domain.times import from_microseconds
from detector.framing.time_text import microseconds_of

STALE_S = 15.0
"""An older position says where the aircraft was, not where it is: OpenSky, too, drops it then."""
SAME_S = 0.5
"""Ages are rounded to 0.1 s, so one position seen twice seems to move in time by 0.2 s; two are further apart."""
REMEMBERED = 65_536
"""Aircraft whose last position is kept; the oldest goes first."""
TICK_EVERY_S = 10.0
"""Ticks are needed where nothing is heard; more of them tell no more."""

_ADDRESS = re.compile(r"~?[0-9A-Fa-f]{1,6}")
_CALLSIGN = re.compile(r"[A-Z0-9][A-Z0-9 ]{0,7}")
_CATEGORY = re.compile(r"[A-D][0-7]")
_SQUAWK = re.compile(r"[0-7]{4}")
_RANGES = {
    "altitude_baro_ft": (-2_000.0, 130_000.0),
    "altitude_geom_ft": (-2_500.0, 130_000.0),
    "groundspeed_kt": (0.0, 4_000.0),
    "track_deg": (0.0, 360.0),
    "airspeed_kt": (0.0, 4_000.0),
    "heading_deg": (0.0, 360.0),
    "vertical_rate_fpm": (-33_000.0, 33_000.0),
    "nic": (0, 11),
    "nac_p": (0, 11),
}
"""What the messages themselves can say (DO-260B 2.2.3.2); anything else is a broken field."""
_PLACE = {name: place for place, name in enumerate(COLUMNS)}
_CHECKED = [(_PLACE[name], name, *limits) for name, limits in _RANGES.items()]
_MICRO = 1_000_000

Position = tuple[int, float, float]


class TrackRows:
    """Gathers rows for one file. `receiver`: its number; `rejects` counts rows without a usable time or address."""

    def __init__(self, receiver: int, rejects: RejectCounts) -> None:
        self._receiver = receiver
        self._rejects = rejects
        self._rows: list[list[Any]] = []
        self._last: dict[int, Position] = {}
        self._heard: dict[int, int] = {}
        self._told_at = 0

    def add(
        self,
        microseconds: int | None,
        address: int | None,
        *,
        latitude: object = None,
        longitude: object = None,
        position_microseconds: int | None = None,
        **values: Any,
    ) -> None:
        """One row. `values`: columns of DecodedBatch as the source has them; None and what cannot be is not told."""
        if microseconds is None:
            self._rejects.add(Reject.BAD_TIME)
            return
        if address is None:
            self._rejects.add(Reject.BAD_HEX)
            return
        row = self._empty(microseconds, address)
        for name, value in values.items():
            row[_PLACE[name]] = value
        for place, name, low, high in _CHECKED:
            value = number(row[place])
            row[place] = value if low <= value <= high else EMPTY[name]
        on_ground = row[_PLACE["on_ground"]]
        at = microseconds if position_microseconds is None else min(position_microseconds, microseconds)
        where = _place(latitude, longitude)
        if where is not None and microseconds - at <= STALE_S * _MICRO:
            told = position_microseconds is not None
            if self._is_new(address, (at, *where), told=told, on_ground=on_ground == 1):
                row[_PLACE["latitude_deg"]], row[_PLACE["longitude_deg"]] = where
                row[_PLACE["position_at"]] = at if told else 0
                row[_PLACE["surface"]] = on_ground == 1
        self._told_at = max(self._told_at, microseconds)
        self._rows.append(row)

    def tick(self, microseconds: int | None) -> None:
        """The source was listening then; told where nothing else has told the time lately."""
        if microseconds is None:
            self._rejects.add(Reject.BAD_TIME)
        elif microseconds - self._told_at >= TICK_EVERY_S * _MICRO:
            self._told_at = microseconds
            self._rows.append(self._empty(microseconds, NO_AIRCRAFT))

    def is_news(self, address: int, heard_at: int, apart_s: float = 0.0) -> bool:
        """Whether the aircraft was heard again (us) since this was last asked, by more than rounding (`apart_s`)."""
        last = self._heard.get(address)
        if last is not None and heard_at - last <= apart_s * _MICRO:
            return False
        if last is None and len(self._heard) >= REMEMBERED:
            del self._heard[next(iter(self._heard))]
        self._heard[address] = heard_at
        return True

    def batch(self, *, by_time: bool = False) -> DecodedBatch:
        """The rows gathered since the last call; `by_time`: sorted, rows of one time as they came."""
        if not self._rows:
            return DecodedBatch.empty()
        batch = DecodedBatch.of(self._rows)
        self._rows = []
        heard_at, position_at = batch.heard_at.astype(np.int64), batch.position_at
        told = position_at > 0
        batch.heard_at[:] = from_microseconds(heard_at)
        position_at[told] = from_microseconds(position_at[told].astype(np.int64))
        position_at[~told] = np.nan
        return batch.take(np.argsort(batch.heard_at, kind="stable")) if by_time else batch

    def _empty(self, microseconds: int, address: int) -> list[Any]:
        row = list(EMPTY.values())
        row[_PLACE["heard_at"]], row[_PLACE["address"]] = microseconds, address
        row[_PLACE["position_at"]], row[_PLACE["receiver"]] = 0, self._receiver
        return row

    def _is_new(self, address: int, position: Position, *, told: bool, on_ground: bool) -> bool:
        """Whether the position is another one than the aircraft's last. `told`: its time is its own."""
        last = self._last.get(address)
        if last is not None and last[1:] == position[1:]:
            # Who stands says the same again and again; nobody in flight is at one place twice to the last digit.
            new = position[0] - last[0] > SAME_S * _MICRO if told else on_ground
            if not new:
                return False
        elif last is None and len(self._last) >= REMEMBERED:
            del self._last[next(iter(self._last))]
        self._last[address] = position
        return True


def _place(latitude: object, longitude: object) -> tuple[float, float] | None:
    """Both or nothing. Zero and zero is how some say that they do not know."""
    where = number(latitude), number(longitude)
    possible = abs(where[0]) <= 90.0 and abs(where[1]) <= 180.0 and where != (0.0, 0.0)
    return where if possible else None


def number(value: object) -> float:
    """A number, also written as text; NaN for everything else."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    try:
        return float(value) if math.isfinite(value) else math.nan
    except OverflowError:
        return math.nan


def microseconds(value: object) -> int | None:
    """A time as a number or as text, in any unit that `time_text` can tell, in us since 1970."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return microseconds_of(f"{value:.6f}".encode())
    if isinstance(value, int | str):
        return microseconds_of(str(value).strip().encode("utf-8", "replace"))
    return None


def address_key(value: object, namespace: int = 0) -> int | None:
    """The key of an address written in up to six hexadecimal digits (leading zeros may be missing); None if it is none.

    `namespace` as in `domain.report`. All zeros and all ones are no addresses (ICAO Annex 10 Vol III 9.2).
    """
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)  # digits alone, taken for a number by whoever wrote it
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
        return None
    address = int(value.lstrip("~"), 16)
    return None if address in (0, 0xFFFFFF) else address | namespace << NAMESPACE_SHIFT


def callsign(value: object) -> bytes:
    """The name without blanks around it; empty where there is none (`N/A`, or `@` for characters never sent)."""
    text = value.strip().upper() if isinstance(value, str) else ""
    return text.encode("ascii") if _CALLSIGN.fullmatch(text) else b""


def category(value: object) -> bytes:
    """`A0` to `D7`, or nothing."""
    return value.encode("ascii") if isinstance(value, str) and _CATEGORY.fullmatch(value) else b""


def squawk(value: object) -> int:
    """The four octal digits as a decimal number; -1 for anything else, and for the lone 0 of a missing value."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        value = f"{value:04d}"
    return int(value) if isinstance(value, str) and _SQUAWK.fullmatch(value) else -1
