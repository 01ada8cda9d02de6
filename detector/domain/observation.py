"""What reaches per-aircraft reasoning: an aircraft at one moment, why that moment matters, and its recent past.

Rare by construction: columns are turned into one of these only where a movement can begin, end or be ruled out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntFlag

import msgspec
import numpy as np
import numpy.typing as npt

from detector.domain.doubt import Doubt

F64 = npt.NDArray[np.float64]


class Trigger(IntFlag):
    """Why the moment matters."""

    FIRST_HEARD = 1
    """First accepted frame of the aircraft."""
    SILENCE_END = 2
    """First frame after a silence."""
    AFTER_SILENCE = 4
    """A fix in the minutes after a silence, thinned."""
    GROUND_WORD = 8
    """The aircraft's own word on ground or air: a run of equal words begins, or has lasted to another mark."""
    LOW_EXIT = 16
    """Climbed out of the airspace close above a field."""
    SILENT = 32
    """Nothing heard for a while: the moment at which that became so."""
    WATCHED = 64
    """A fix of an aircraft that is being followed, thinned."""


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Recent accepted fixes, thinned (every 30 s, every 10 s close above a field), oldest first; all (n,) float64.

    The last one is the latest accepted fix itself. NaN where a value was not known at that fix:
    `altitude_ft` barometric; `track_deg` over ground; `airspeed_kt` and `heading_deg` of TC 19 subtypes 3 and 4;
    `geom_minus_baro_ft` of TC 19; `nic`, `nac_p` numbers; `surface` 1 for a surface position (TC 5-8), 0 otherwise.
    """

    at: F64
    latitude_deg: F64
    longitude_deg: F64
    altitude_ft: F64
    groundspeed_kt: F64
    track_deg: F64
    airspeed_kt: F64
    heading_deg: F64
    geom_minus_baro_ft: F64
    nic: F64
    nac_p: F64
    surface: F64

    @staticmethod
    def of(
        at: F64, latitude_deg: F64, longitude_deg: F64, altitude_ft: F64, groundspeed_kt: F64, **more: F64
    ) -> Points:
        """Points of which only the columns named are known."""
        unknown = {name: np.full(len(at), np.nan) for name in Points.__slots__[5:]}
        return Points(at, latitude_deg, longitude_deg, altitude_ft, groundspeed_kt, **(unknown | more))

    def __len__(self) -> int:
        return len(self.at)

    def since(self, at: float) -> Points:
        """The points not before `at`."""
        i = int(np.searchsorted(self.at, at))
        return Points(*(getattr(self, name)[i:] for name in Points.__slots__))

    def outside(self, begin: float, end: float) -> Points:
        """The points that are not in begin <= at < end."""
        kept = (self.at < begin) | (self.at >= end)
        return Points(*(getattr(self, name)[kept] for name in Points.__slots__))

    def until(self, at: float) -> Points:
        """The points not after `at`."""
        i = int(np.searchsorted(self.at, at, side="right"))
        return Points(*(getattr(self, name)[:i] for name in Points.__slots__))


class Heard(msgspec.Struct, frozen=True):
    """A raw frame kept as evidence: time of reception (Unix s UTC), the frame in hexadecimal, and the identity of the
    receiver that heard it; 0 = not told."""

    at: float
    frame: str
    receiver: int = 0


@dataclass(frozen=True, slots=True)
class AircraftState:
    """What was last known of an aircraft; None = not known. Every value has its time."""

    heard_at: float
    fix_at: float | None
    latitude_deg: float | None
    longitude_deg: float | None
    fix_on_surface: bool
    altitude_baro_ft: float | None
    altitude_at: float | None
    groundspeed_kt: float | None
    track_deg: float | None
    velocity_at: float | None
    vertical_rate_fpm: float | None
    callsign: str | None
    category: str | None


@dataclass(frozen=True, slots=True)
class GroundRun:
    """Equal words on air or ground in a row: what they say, since when, and the last word of the other kind."""

    on_ground: bool
    since: float
    last_at: float
    words: int
    last_other_at: float | None


def _none() -> tuple[Heard, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Observation:
    """An aircraft at one moment.

    `clock`: event time at the moment. `now`: the state with this frame in it. For SILENCE_END, `before` is the state
    and `points_before` the past at the last frame before the silence. `frame`: the raw frame that completes the
    moment, and `receiver` who heard it; empty and None for SILENT, which silence completes, and for decoded tracks.
    `doubt`: why positions are not to be believed at present. `two_places_at`: last time the address was heard in
    two places at once; `confirmed_at`: last time a receiver heard it that may confirm a stop alone, -inf for never,
    None where all may. `heights`: the points with those in doubt, for their altitudes, which need no satellites; None
    where there is no doubt. `evidence` gives the raw frames kept of the recent past, `comm_b` the Comm-B replies among
    them, both oldest first; they hold only until the next moment is asked for.
    """

    trigger: Trigger
    slot: int
    icao24: str
    at: float
    now: AircraftState
    points: Points
    run: GroundRun | None
    before: AircraftState | None
    points_before: Points | None
    frame: bytes
    clock: float = float("-inf")
    receiver: int | None = None
    doubt: Doubt | None = None
    two_places_at: float | None = None
    confirmed_at: float | None = None
    heights: Points | None = None
    evidence: Callable[[], tuple[Heard, ...]] = _none
    comm_b: Callable[[], tuple[Heard, ...]] = _none
