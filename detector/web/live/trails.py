"""Where aircraft were: the latest points of all in one ring, and more of the past of those under watch."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.domain.columns import SlotTable
from detector.tracking.tracker import TrackPoints
from detector.web.replay_map import TrackCollector

F64 = npt.NDArray[np.float64]

MOST = 1 << 20
"""Points of all aircraft, 28 MB: of 300 in flight the last day, of 5,000 the last hour and a half."""
EACH_WATCHED = 4_000
"""Points of an aircraft under watch: a day at full density; thinned where there are more."""
MOST_WATCHED = 200
MOMENT_S = 120.0
"""Points come every 30 s at least from whoever is heard."""
LEAST_MOVED_DEG = 0.0005
"""Some 50 m: less tells no direction."""


@dataclass(frozen=True, slots=True, eq=False)
class Trail:
    """Points of one aircraft, by time; all (n,). `altitude_baro_ft`: NaN where not known, or on the ground."""

    at: F64
    latitude_deg: F64
    longitude_deg: F64
    altitude_baro_ft: F64

    def in_milliseconds(self) -> Trail:
        """With times as they are told: whoever asks from a point on that was told gets that point."""
        return Trail(self.at.round(3), self.latitude_deg, self.longitude_deg, self.altitude_baro_ft)

    def between(self, since: float, until: float) -> Trail:
        """The part of these times, both included."""
        part = slice(np.searchsorted(self.at, since, "left"), np.searchsorted(self.at, until, "right"))
        return Trail(self.at[part], self.latitude_deg[part], self.longitude_deg[part], self.altitude_baro_ft[part])

    def latest(self, most: int) -> Trail:
        """The last `most` points."""
        part = slice(max(0, len(self.at) - most), None)
        return Trail(self.at[part], self.latitude_deg[part], self.longitude_deg[part], self.altitude_baro_ft[part])


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """Where aircraft were at one time, by key; all (n,). `track_deg`: NaN for one that did not move."""

    key: npt.NDArray[np.uint32]
    at: F64
    latitude_deg: F64
    longitude_deg: F64
    altitude_baro_ft: F64
    track_deg: F64


class Trails:
    """Fed with the points of every batch. Memory is bounded; `add` costs no Python per aircraft but for the watched."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._key = np.zeros(most, np.uint32)
        self._at = np.zeros(most, np.float64)
        self._place = np.zeros((most, 3), np.float32)
        self._taken = 0
        """Points so far; the next one goes to `taken % most`."""
        self._watched: dict[int, TrackCollector] = {}
        self._watched_keys = np.zeros(0, np.uint32)

    def add(self, points: TrackPoints) -> None:
        """Take the points of a batch."""
        n = len(points.at)
        if n == 0:
            return
        kept = slice(max(0, n - self._most), n)
        rows = np.arange(self._taken + kept.start, self._taken + n) % self._most
        self._key[rows] = points.address[kept]
        self._at[rows] = points.at[kept]
        self._place[rows, 0] = points.latitude_deg[kept]
        self._place[rows, 1] = points.longitude_deg[kept]
        self._place[rows, 2] = points.altitude_ft[kept]
        self._taken += n
        if len(self._watched_keys):
            mine = np.flatnonzero(np.isin(points.address, self._watched_keys))
            for key in np.unique(points.address[mine]).tolist():
                self._watched[key].add(_chosen(points, mine[points.address[mine] == key]))

    def begin(self, table: SlotTable, slots: npt.NDArray[np.intp]) -> None:
        """Take over the recent past that the tracker has of these aircraft."""
        if len(slots) == 0:
            return
        at = table["ring_at"][slots]
        row, place = np.nonzero(~np.isnan(at))
        order = np.argsort(at[row, place], kind="stable")
        row, place = row[order], place[order]
        names = "ring_latitude_deg", "ring_longitude_deg", "ring_altitude_ft"
        columns = (table[name][slots[row], place].astype(np.float64) for name in names)
        self.add(TrackPoints(table["address"][slots[row]], at[row, place], *columns))

    def watch(self, keys: Collection[int]) -> None:
        """Keep more of these aircraft from now on, with what is known of them; of no others."""
        wanted = list(keys)[-MOST_WATCHED:]
        for key in self._watched.keys() - set(wanted):
            del self._watched[key]
        for key in wanted:
            if key not in self._watched:
                self._watched[key] = TrackCollector(points_each=EACH_WATCHED, aircraft=1)
                self._watched[key].add(_points(key, self._recent(key)))
        self._watched_keys = np.array(sorted(self._watched), np.uint32)

    def of(self, key: int) -> Trail:
        """All that is known of an aircraft's way."""
        if key in self._watched:
            for track in self._watched[key].tracks():
                return Trail(track.at, track.latitude_deg, track.longitude_deg, track.altitude_ft)
        return self._recent(key)

    def span(self) -> tuple[float, float] | None:
        """Times of the earliest and the latest point of all aircraft; None before the first one."""
        at = self._at[: min(self._taken, self._most)]
        return (float(at.min()), float(at.max())) if len(at) else None

    def moment(self, at: float) -> Moment:
        """Of each aircraft the last point in the MOMENT_S up to `at`."""
        known = self._at[: min(self._taken, self._most)]
        rows = np.flatnonzero((known <= at) & (known > at - MOMENT_S))
        rows = rows[np.lexsort((self._at[rows], self._key[rows]))]
        key = self._key[rows]
        last = np.flatnonzero(np.append(key[1:] != key[:-1], np.ones(min(1, len(key)), np.bool_)))
        before = np.where((last > 0) & (key[last - 1] == key[last]), last - 1, last)
        place = self._place[rows].astype(np.float64)
        now, then = place[last], place[before]
        return Moment(key[last], self._at[rows[last]], now[:, 0], now[:, 1], now[:, 2], _course_deg(then, now))

    def _recent(self, key: int) -> Trail:
        rows = np.flatnonzero(self._key[: min(self._taken, self._most)] == key)
        rows = rows[np.argsort(self._at[rows], kind="stable")]
        place = self._place[rows].astype(np.float64)
        return Trail(self._at[rows], place[:, 0], place[:, 1], place[:, 2])


def _course_deg(then: F64, now: F64) -> F64:
    """From places to places near by, (n, 2 or more) degrees: (n,), NaN where they are the same."""
    north = now[:, 0] - then[:, 0]
    east = ((now[:, 1] - then[:, 1] + 180.0) % 360.0 - 180.0) * np.cos(np.radians(now[:, 0]))
    moved = np.hypot(north, east) > LEAST_MOVED_DEG
    course: F64 = np.where(moved, np.degrees(np.arctan2(east, north)) % 360.0, np.nan)
    return course


def _points(key: int, trail: Trail) -> TrackPoints:
    address = np.full(len(trail.at), key, np.uint32)
    return TrackPoints(address, trail.at, trail.latitude_deg, trail.longitude_deg, trail.altitude_baro_ft)


def _chosen(points: TrackPoints, rows: npt.NDArray[np.intp]) -> TrackPoints:
    return TrackPoints(*(getattr(points, name)[rows] for name in TrackPoints.__slots__))
