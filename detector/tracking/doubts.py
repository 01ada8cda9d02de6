"""The latch: positions after a jump stay in doubt until they have come back to where the track before can have led.

The gate re-opens by itself once enough time has passed to make a jump feasible. What it then lets in may be a false
position as well as the true one; only the track from before the jump can tell.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import msgspec
import numpy as np

from detector.domain.doubt import Doubt, Place
from detector.domain.geo import angle_between_deg, bearing_deg, distance_nm
from detector.domain.observation import Points
from detector.domain.units import SECONDS_PER_HOUR

REMEMBERED_S = 2_400.0
"""A doubt that is over is remembered as long as the false positions are among the points of the aircraft."""
FORGET_AFTER_S = 43_200.0
"""A doubt that never cleared ends half a day after the last jump: with the flight, and a new start of the receiver."""
PAUSE_S = 60.0
"""After a pause in the positions a jump back makes no impossible step; it is looked for."""
SILENT_S = 300.0
"""After such a silence the address may be heard from another aircraft, if it has been heard from two at once."""
STILL_THERE_NM = 5.0
"""A position this near the false one has not come back."""
FASTER_BY = 1.15
"""No aircraft averages more than this times the speed it was heard at."""
CLOCK_S, ALIKE_KT, ALIKE_DEG, BESIDE_NM = 60.0, 20.0, 10.0, 1.0
"""A receiver whose clock is wrong shows the aircraft on its track, too far ahead or behind, as fast and on the same
course: by a minute at most, for event time admits no more."""
LEAST_KT, UNKNOWN_KT, SLACK_NM = 150.0, 500.0, 3.0
STANDING_NM = 0.03
"""Points in the air closer together than this do not move: the position was frozen."""
TRACK_S = 30.0
"""A track shorter than this before the jump was none: a first wrong pair of position messages leaves such a one."""
TREND_S = 180.0


class Doubts:
    """Doubts by slot: rare, so plain values."""

    def __init__(self) -> None:
        self.current: dict[int, Doubt] = {}
        self._changes: dict[int, list[tuple[int, Doubt | None]]] = {}

    def begin(self) -> None:
        """A new batch: nothing has changed in it yet."""
        self._changes = {}

    def at(self, slot: int, position: int) -> Doubt | None:
        """What held at `position` of the batch at hand."""
        changes = self._changes.get(slot)
        if changes is None:
            return self.current.get(slot)
        return next(doubt for since, doubt in reversed(changes) if since <= position)

    def jumped(self, slot: int, position: int, here: Place, before: Place | None, *, nowhere: bool) -> None:
        """The position has jumped to `here`. `before`: the last place believed, None if there was no track so far.

        `nowhere`: on the ground where no field is near: resolved with a false reference, and no way back.
        """
        doubt = self.current.get(slot)
        if doubt is None or doubt.cleared(here.at):
            if before is not None:
                returned = here.at if _within_reach(before, here) or _another_clock(before, here) else None
                self._change(slot, position, Doubt(here.at, here.at, before, returned))
            return
        returned = here.at if not nowhere and _within_reach(doubt.before, here) else None
        self._change(slot, position, msgspec.structs.replace(doubt, last_at=here.at, returned_at=returned))

    def end(self, slot: int, position: int) -> None:
        """What is heard from here on has nothing to do with what was doubted."""
        if slot in self.current:
            self._change(slot, position, None)

    def heard(self, slot: int, position: int, here: Place, last: Place | None, *, nowhere: bool) -> None:
        """A further fix of an aircraft in doubt; `last`: the one before it; `nowhere` as for a jump."""
        doubt = self.current[slot]
        if doubt.returned_at is not None:
            if here.at - doubt.returned_at >= REMEMBERED_S:
                self._change(slot, position, None)
            return
        if here.at - doubt.last_at >= FORGET_AFTER_S:
            self._change(slot, position, None)
        elif (
            not nowhere
            and last is not None
            and here.at - last.at >= PAUSE_S
            and _away(last, here)
            and _within_reach(doubt.before, here)
        ):
            self._change(slot, position, msgspec.structs.replace(doubt, returned_at=here.at))

    def forget(self, slots: Iterable[int]) -> None:
        """Let go of the aircraft in these slots."""
        for slot in slots:
            self.current.pop(slot, None)

    def restore(self, doubts: Mapping[int, Doubt]) -> None:
        """Put back what `current` held."""
        self.current = dict(doubts)

    def _change(self, slot: int, position: int, doubt: Doubt | None) -> None:
        changes = self._changes.setdefault(slot, [(-1, self.current.get(slot))])
        changes.append((position, doubt))
        if doubt is None:
            self.current.pop(slot, None)
        else:
            self.current[slot] = doubt


def another_aircraft(shared_at: float, before_at: float, at: float) -> bool:
    """Whether fixes at `before_at` and `at` may be from two aircraft with the same address: a silence parts them.

    `shared_at`: when the address was last heard in two places at once, NaN if never (Unix s UTC).
    """
    return at - before_at >= SILENT_S and at - shared_at <= FORGET_AFTER_S


def place_before(points: Points, at: float, latitude_deg: float, longitude_deg: float) -> Place | None:
    """The last place to be believed before a jump. `points`: the past up to the last fix, which was at these values.

    Where the position had stood still in the air, it is where that began.
    """
    if len(points) < 2 or at - points.at[0] < TRACK_S:
        return None
    k = len(points) - 1
    latitude, longitude = float(points.latitude_deg[k]), float(points.longitude_deg[k])
    standing = np.array(
        [
            distance_nm(latitude, longitude, float(lat), float(lon)) < STANDING_NM and surface == 0.0
            for lat, lon, surface in zip(points.latitude_deg, points.longitude_deg, points.surface, strict=True)
        ]
    )
    moving = np.flatnonzero(~standing[:-1])
    first = int(moving[-1]) + 1 if len(moving) else 0
    if k - first >= 2:
        k, at, latitude_deg, longitude_deg = first, float(points.at[first]), latitude, longitude
    past = points.until(float(points.at[k])).since(float(points.at[k]) - TREND_S)
    told = np.flatnonzero(~np.isnan(past.altitude_ft))
    trend = None
    if len(told) >= 2 and past.at[told[-1]] - past.at[told[0]] >= 20.0:
        rise = float(past.altitude_ft[told[-1]] - past.altitude_ft[told[0]])
        trend = rise / float(past.at[told[-1]] - past.at[told[0]]) * 60.0
    return Place(
        at,
        latitude_deg,
        longitude_deg,
        float(past.altitude_ft[told[-1]]) if len(told) else None,
        _last(past.groundspeed_kt),
        _last(past.track_deg),
        trend,
    )


def _last(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float | None:
    told = np.flatnonzero(~np.isnan(values))
    return float(values[told[-1]]) if len(told) else None


def _away(last: Place, here: Place) -> bool:
    apart = distance_nm(last.latitude_deg, last.longitude_deg, here.latitude_deg, here.longitude_deg)
    return apart > STILL_THERE_NM


def _another_clock(before: Place, here: Place) -> bool:
    """Whether the jump is along the track, as one from a receiver with another clock is."""
    speeds, tracks = (before.groundspeed_kt, here.groundspeed_kt), (before.track_deg, here.track_deg)
    if speeds[0] is None or speeds[1] is None or tracks[0] is None or tracks[1] is None:
        return False
    if abs(speeds[0] - speeds[1]) > ALIKE_KT or angle_between_deg(tracks[0], tracks[1]) > ALIKE_DEG:
        return False
    ends = (before.latitude_deg, before.longitude_deg), (here.latitude_deg, here.longitude_deg)
    way, off = (
        distance_nm(*ends[0], *ends[1]),
        math.radians(angle_between_deg(tracks[0], bearing_deg(*ends[0], *ends[1]))),
    )
    flown = speeds[0] * (here.at - before.at) / SECONDS_PER_HOUR
    reach = speeds[0] * CLOCK_S / SECONDS_PER_HOUR + BESIDE_NM
    return way * abs(math.sin(off)) <= BESIDE_NM and abs(way * math.cos(off) - flown) <= reach


def _within_reach(before: Place, here: Place) -> bool:
    """Whether an aircraft can have flown from one to the other at about the speeds it was heard at."""
    speeds = [speed for speed in (before.groundspeed_kt, here.groundspeed_kt) if speed is not None]
    fastest = max([*(FASTER_BY * speed for speed in speeds), LEAST_KT]) if speeds else UNKNOWN_KT
    reach = SLACK_NM + fastest * (here.at - before.at) / SECONDS_PER_HOUR
    way = distance_nm(before.latitude_deg, before.longitude_deg, here.latitude_deg, here.longitude_deg)
    return way <= reach
