"""What reaches per-aircraft reasoning: an aircraft at one moment, why that moment matters, and its recent past.

Rare by construction: columns are turned into one of these only where a movement can begin, end or be ruled out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag

import msgspec
import numpy as np
import numpy.typing as npt


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
    JUMP = 128
    """A position that could not have been flown to was taken as true after it repeated."""


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Recent accepted fixes, thinned (every 30 s, every 10 s close above a field), oldest first; all (n,).

    The last one is the latest accepted fix itself. `altitude_ft`: barometric, NaN if not known at that fix.
    """

    at: npt.NDArray[np.float64]
    latitude_deg: npt.NDArray[np.float64]
    longitude_deg: npt.NDArray[np.float64]
    altitude_ft: npt.NDArray[np.float64]
    groundspeed_kt: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.at)

    def since(self, at: float) -> Points:
        """The points not before `at`."""
        i = int(np.searchsorted(self.at, at))
        return Points(
            self.at[i:], self.latitude_deg[i:], self.longitude_deg[i:], self.altitude_ft[i:], self.groundspeed_kt[i:]
        )


class Heard(msgspec.Struct, frozen=True):
    """A raw frame kept as evidence: time of reception (Unix s UTC) and the frame in hexadecimal."""

    at: float
    frame: str


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


@dataclass(frozen=True, slots=True)
class Observation:
    """An aircraft at one moment.

    `now`: the state with this frame in it. For SILENCE_END, `before` is the state and `points_before` the past at the
    last frame before the silence. `frame`: the raw frame that completes the moment; empty for SILENT, which silence
    completes.
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
