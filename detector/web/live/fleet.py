"""Aircraft that are heard, as columns: taken in the tracker's table once a second at most, and only if asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from detector.decoding.addresses import FREE
from detector.pipeline import Pipeline
from detector.web.live.labels import Labels

F64 = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]

RECENT_S = 300.0
"""Not heard for longer, an aircraft is no longer shown as flying; the path calls that a silence, too."""
AGAIN_S = 1.0
STALE_S = 60.0
"""An altitude or velocity so much older than the last frame does not belong to it any more."""
COLUMNS = (
    "icao24", "callsign", "registration", "type_code", "operator", "country", "military", "category", "squawk",
    "latitude_deg", "longitude_deg", "position_at", "position_in_doubt", "altitude_baro_ft", "groundspeed_kt",
    "track_deg", "vertical_rate_fpm", "on_ground", "heard_at", "watched", "listed",
)  # fmt: skip
"""In the order of `Aircraft` in the API."""


@dataclass(frozen=True, slots=True, eq=False)
class Fleet:
    """Aircraft at one moment, ordered by key.

    at        Unix s UTC; `version` counts the moments
    key       uint32 (n,), address keys
    heard_at  float64 (n,)
    columns   name to (n,) values, None where not known
    changed   (n,) which differ from the moment before; `gone`: addresses that were there then, and are no more
    """

    at: float
    version: int
    key: npt.NDArray[np.uint32]
    heard_at: F64
    columns: dict[str, list[Any]]
    changed: npt.NDArray[np.bool_]
    gone: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.key)

    def rows(self, chosen: Index | None = None) -> list[tuple[Any, ...]]:
        """One tuple an aircraft, in the order of COLUMNS."""
        rows = list(zip(*self.columns.values(), strict=True))
        return rows if chosen is None else [rows[i] for i in chosen.tolist()]

    def part(self, chosen: Index) -> dict[str, list[Any]]:
        """The columns of some."""
        rows = chosen.tolist()
        return {name: [values[i] for i in rows] for name, values in self.columns.items()}


class FleetView:
    """Looks at one path. `now`: the clock of the service."""

    def __init__(self, pipeline: Pipeline, labels: Labels, now: Callable[[], float]) -> None:
        self._pipeline = pipeline
        self._labels = labels
        self._now = now
        self._latest: Fleet | None = None

    def latest(self) -> Fleet:
        """Those heard within RECENT_S, at most AGAIN_S old."""
        now, known = self._now(), self._latest
        if known is not None and 0.0 <= now - known.at < AGAIN_S:
            return known
        fleet = self._look(now, self._slots(now - RECENT_S), known)
        self._labels.forget_others(self._pipeline.decoder.addresses.keys)
        self._latest = fleet
        return fleet

    def since(self, heard_since: float) -> Fleet:
        """All that were heard since then and are still in memory."""
        return self._look(self._now(), self._slots(heard_since), None)

    def one(self, key: int) -> Fleet:
        """One aircraft, whenever it was heard; empty where it is not in memory."""
        slot = self._pipeline.decoder.addresses.slot_of(key)
        table = self._pipeline.tracker.table
        there = 0 <= slot < self._pipeline.tracker.size and not np.isnan(table["heard_at"][slot])
        return self._look(self._now(), np.array([slot] if there else [], np.intp), None)

    def _slots(self, heard_since: float) -> Index:
        """Slots in use, by address key."""
        tracker, addresses = self._pipeline.tracker, self._pipeline.decoder.addresses
        size = min(tracker.size, addresses.size)
        used = np.array(addresses.keys[:size], np.int64) != FREE
        slots = np.flatnonzero(used & (tracker.table["heard_at"][:size] >= heard_since))
        return slots[np.argsort(tracker.table["address"][slots], kind="stable")]

    def _look(self, now: float, slots: Index, before: Fleet | None) -> Fleet:
        table = self._pipeline.tracker.table
        heard_at: F64 = table["heard_at"][slots]
        key = table["address"][slots]
        keys = key.tolist()
        labels = self._labels.of(keys, now)
        callsigns = [sign.decode("ascii", "replace") for sign in table["callsign"][slots].tolist()]
        categories = [category.decode("ascii", "replace") or None for category in table["category"][slots].tolist()]
        listed = self._labels.listed(keys, callsigns)
        watched: npt.NDArray[np.bool_] = table["followed_until"][slots] >= now
        altitude = _fresh(table["altitude_baro_ft"][slots], table["altitude_at"][slots], heard_at)
        speed = _fresh(table["groundspeed_kt"][slots], table["velocity_at"][slots], heard_at)
        track = _fresh(table["track_deg"][slots], table["velocity_at"][slots], heard_at)
        climb = _fresh(table["vertical_rate_fpm"][slots], table["vertical_rate_at"][slots], heard_at)
        on_ground = [_WORDS[word] for word in table["ground_word"][slots].tolist()]
        columns = {
            "icao24": [label.icao24 for label in labels],
            "callsign": [sign or None for sign in callsigns],
            "registration": [label.registration for label in labels],
            "type_code": [label.type_code for label in labels],
            "operator": [label.operator for label in labels],
            "country": [label.country for label in labels],
            "military": [label.military for label in labels],
            "category": categories,
            "squawk": [None if code < 0 else f"{code:04d}" for code in table["squawk"][slots].tolist()],
            "latitude_deg": _told(table["latitude_deg"][slots], 5),
            "longitude_deg": _told(table["longitude_deg"][slots], 5),
            "position_at": _told(table["fix_at"][slots], 3),
            "position_in_doubt": self._in_doubt(slots, now),
            "altitude_baro_ft": _told(altitude, 0),
            "groundspeed_kt": _told(speed, 1),
            "track_deg": _told(track, 1),
            "vertical_rate_fpm": _told(climb, 0),
            "on_ground": on_ground,
            "heard_at": _told(heard_at, 3),
            "watched": watched.tolist(),
            "listed": listed,
        }
        version = 1 if before is None else before.version + 1
        changed, gone = _differences(key, columns, heard_at, before)
        return Fleet(now, version, key, heard_at, columns, changed, gone)

    def _in_doubt(self, slots: Index, now: float) -> list[bool]:
        doubts = self._pipeline.tracker.doubts.current
        if not doubts:
            return [False] * len(slots)
        return [slot in doubts and not doubts[slot].cleared(now) for slot in slots.tolist()]


_WORDS = {1: True, 0: False, -1: None}


def _fresh(values: npt.NDArray[Any], told_at: F64, heard_at: F64) -> F64:
    """The values, NaN where they are old."""
    result: F64 = np.where(heard_at - told_at <= STALE_S, values, np.nan)
    return result


def _told(values: npt.NDArray[Any], digits: int) -> list[Any]:
    """Rounded; None for NaN (as `msgspec` writes it, too, but not for whoever chooses by it)."""
    rounded = np.round(values.astype(np.float64), digits)
    told: list[Any] = rounded.tolist()
    for i in np.flatnonzero(np.isnan(rounded)).tolist():
        told[i] = None
    return told


def _differences(
    key: npt.NDArray[np.uint32], columns: dict[str, list[Any]], heard_at: F64, before: Fleet | None
) -> tuple[npt.NDArray[np.bool_], tuple[str, ...]]:
    """Which are new or have changed, and the addresses of those that are gone."""
    if before is None or not len(before):
        return np.ones(len(key), np.bool_), ()
    row = np.minimum(np.searchsorted(before.key, key), len(before.key) - 1)
    same = (before.key[row] == key) & (before.heard_at[row] == heard_at)
    for name in ("watched", "listed", "position_in_doubt"):
        old = before.columns[name]
        same &= np.array([old[r] == new for r, new in zip(row.tolist(), columns[name], strict=True)], np.bool_)
    left = np.flatnonzero(~np.isin(before.key, key, assume_unique=True)).tolist()
    return ~same, tuple(before.columns["icao24"][i] for i in left)
