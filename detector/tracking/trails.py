"""Keeps where aircraft were heard, thinned, in bounded memory: for those who draw them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from detector.domain.report import address_text
from detector.domain.track import Track

if TYPE_CHECKING:  # reading tracks needs no tracker
    from detector.tracking.tracker import TrackPoints

F64 = npt.NDArray[np.float64]

EVERY_S = 10.0
"""The tracker's own density near the ground; nothing is dropped at this width."""
EDGE_S = 60.0
"""A point with a longer silence before or after it is kept, because a line begins or ends there."""
EDGES_UNTIL_S = 640.0
"""Wider buckets keep no edges, so that a track in shreds is bounded too."""

AT, LATITUDE, LONGITUDE, ALTITUDE, QUIET, EDGE = range(6)


@dataclass(slots=True)
class _Kept:
    """`rows` (n, 6): time, place, altitude, silence before, edge. The last one may yet be dropped.

    `cut`: there were points before, of which nothing is kept.
    """

    rows: F64
    last_raw_at: float
    tail_is_first: bool
    every_s: float = EVERY_S
    cut: bool = False


class TrackCollector:
    """Takes the points of every batch; gives tracks.

    Each aircraft keeps at most `points_each` points: where more come, only the first in each 20 s, 40 s, 80 s ... is
    kept, and the ends of silences. What is kept does not depend on the cut of the stream. Of more than `aircraft`
    addresses the ones with the fewest points are forgotten (`forgotten` counts them).

    `favoured`: address keys that keep `points_favoured` points and are not forgotten.
    """

    def __init__(self, *, points_each: int = 4_000, aircraft: int = 20_000, points_favoured: int | None = None) -> None:
        self.points_each = points_each
        self.points_favoured = points_each if points_favoured is None else points_favoured
        self.aircraft = aircraft
        self.favoured: set[int] = set()
        self.forgotten = 0
        self._kept: dict[int, _Kept] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, points: TrackPoints) -> None:
        """Take the points of a batch, of many aircraft, in order of arrival."""
        order = np.argsort(points.address, kind="stable")
        address = points.address[order]
        columns = np.stack(
            [points.at, points.latitude_deg, points.longitude_deg, points.altitude_ft], axis=1, dtype=np.float64
        )[order]
        changes = (np.flatnonzero(address[1:] != address[:-1]) + 1).tolist()
        for begin, end in pairwise([0, *changes, len(address)] if len(address) else []):
            self._extend(int(address[begin]), columns[begin:end])
        if len(self._kept) > 2 * self.aircraft:
            self._forget()

    def tracks(
        self, icao24s: Iterable[str] | None = None, callsigns: Mapping[str, str | None] | None = None
    ) -> list[Track]:
        """Tracks by address, of the given aircraft (those never placed are missing) or of all."""
        names = callsigns or {}
        wanted = None if icao24s is None else set(icao24s)
        found = {address_text(key): kept for key, kept in self._kept.items()}
        return [
            _track(icao24, names.get(icao24), found[icao24])
            for icao24 in sorted(found)
            if wanted is None or icao24 in wanted
        ]

    def track(self, key: int) -> Track | None:
        """The track of one address key."""
        kept = self._kept.get(key)
        return None if kept is None else _track(address_text(key), None, kept)

    def last_at(self, key: int) -> float | None:
        """When the last point of an address key was heard."""
        kept = self._kept.get(key)
        return None if kept is None else kept.last_raw_at

    def every_s(self, key: int) -> float:
        """How widely the track of an address key is thinned by now."""
        kept = self._kept.get(key)
        return EVERY_S if kept is None else kept.every_s

    def put_back(self, key: int, track: Track, every_s: float = EVERY_S) -> None:
        """A track that was kept before, thinned so widely; at least one point."""
        quiet = np.diff(track.at, prepend=-np.inf) if track.quiet_s is None else track.quiet_s
        after_silence = quiet > EDGE_S
        edge = after_silence | np.concatenate([after_silence[1:], [False]])
        rows = np.column_stack([track.at, track.latitude_deg, track.longitude_deg, track.altitude_ft, quiet, edge])
        first = len(track) == 1 or bool(np.floor(track.at[-1] / every_s) != np.floor(track.at[-2] / every_s))
        self._kept[key] = _Kept(rows, float(track.at[-1]), first, every_s, track.cut)

    def forget_before(self, at: float) -> None:
        """Let go of those that were last heard before, unless they are favoured."""
        gone = [key for key, kept in self._kept.items() if kept.last_raw_at < at and key not in self.favoured]
        for key in gone:
            del self._kept[key]

    def _extend(self, address: int, fresh: F64) -> None:
        kept = self._kept.get(address)
        before = np.nan if kept is None else kept.last_raw_at
        at = np.maximum.accumulate(fresh[:, 0] if kept is None else np.maximum(fresh[:, 0], before))
        previous = np.concatenate([[before], at[:-1]])
        quiet = np.where(np.isnan(previous), np.inf, at - previous)
        after_silence = quiet > EDGE_S
        every = EVERY_S if kept is None else kept.every_s
        first = np.isnan(previous) | (np.floor(at / every) != np.floor(previous / every))
        edge = after_silence | np.concatenate([after_silence[1:], [False]])
        rows = np.column_stack([at, fresh[:, 1:], quiet, edge])
        keep = first | (edge if every <= EDGES_UNTIL_S else False)
        # The newest point is held until the next tells whether a silence follows it.
        keep[-1] = True
        if kept is None:
            kept = self._kept[address] = _Kept(rows[:0], float(at[-1]), bool(first[-1]))
        elif len(kept.rows):
            kept.rows[-1, EDGE] = max(kept.rows[-1, EDGE], float(after_silence[0]))
            if not kept.tail_is_first and not (kept.rows[-1, EDGE] and every <= EDGES_UNTIL_S):
                kept.rows = kept.rows[:-1]
        kept.rows = np.concatenate([kept.rows, rows[keep]])
        kept.last_raw_at, kept.tail_is_first = float(at[-1]), bool(first[-1])
        most = self.points_favoured if address in self.favoured else self.points_each
        while len(kept.rows) - (not kept.tail_is_first) > most:
            self._thin(kept)

    def _thin(self, kept: _Kept) -> None:
        kept.every_s *= 2
        bucket = np.floor(kept.rows[:, AT] / kept.every_s)
        first = np.concatenate([[True], bucket[1:] != bucket[:-1]])
        keep = first | ((kept.rows[:, EDGE] > 0) if kept.every_s <= EDGES_UNTIL_S else False)
        kept.tail_is_first = kept.tail_is_first and bool(first[-1])
        keep[-1] = True
        kept.rows = kept.rows[keep]

    def _forget(self) -> None:
        common = [item for item in self._kept.items() if item[0] not in self.favoured]
        ranked = sorted(common, key=lambda item: (-len(item[1].rows), -item[1].last_raw_at, item[0]))
        kept = {key: self._kept[key] for key in sorted(self.favoured & self._kept.keys())}
        self.forgotten += max(0, len(ranked) - self.aircraft)
        self._kept = kept | dict(ranked[: self.aircraft])


def _track(icao24: str, callsign: str | None, kept: _Kept) -> Track:
    rows = kept.rows.copy()
    columns = (rows[:, AT], rows[:, LATITUDE], rows[:, LONGITUDE], rows[:, ALTITUDE], rows[:, QUIET])
    return Track(icao24, callsign, *columns, cut=kept.cut)
