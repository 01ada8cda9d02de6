"""What is remembered of one aircraft between the moments that matter: on ground or in the air, and the open stop."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from detector.domain.movement import Movement
from detector.domain.observation import Heard
from detector.domain.stop import Moment, Stop
from detector.movements.sides import Side

GAPS_KEPT = 24
"""Silences on the ground that are remembered: the longest ones. A flight nobody heard lies in one of them."""


class Phase(StrEnum):
    """Where the aircraft is, as far as it says so itself."""

    UNKNOWN = "unknown"
    AIR = "air"
    GROUND = "ground"


class Landing(msgspec.Struct, frozen=True):
    """A change from air to ground: when, and the call sign it came with. `words`: frames that said so."""

    moment: Moment
    callsign: str | None
    words: int = 0


class Leaving(msgspec.Struct, frozen=True):
    """A take-off whose first fixes are awaited: they tell whether it left from where it stood.

    `ground_until`: last word on the ground; `air_since`: first word in the air; `stop`: the stop it ends, if any;
    `untold`: the take-off itself, while no fix tells yet where it was.
    """

    ground_until: float
    air_since: float
    observed: bool
    landing: Landing | None
    stop: Stop | None
    untold: Movement | None = None


class Life(msgspec.Struct):
    """One aircraft. Times in Unix s UTC.

    `lost`: the side before the last silence in the air; `resumed_at`: when that silence ended, None once it has been
    decided what it was; `first_after`: the first fix after it. `gaps`: silences on the ground, from and until.
    `passed_at`: the lowest point of the last low pass.
    """

    phase: Phase = Phase.UNKNOWN
    ground_since: float | None = None
    airborne_since: float | None = None
    landing: Landing | None = None
    leaving: Leaving | None = None
    gaps: tuple[tuple[float, float], ...] = ()
    lost: Side | None = None
    lost_callsign: str | None = None
    lost_category: str | None = None
    resumed_at: float | None = None
    first_after: Side | None = None
    jumps: tuple[float, ...] = ()
    passed_at: float | None = None
    stop: Stop | None = None
    frames: tuple[Heard, ...] = ()

    def remember_gap(self, begin: float, end: float) -> None:
        """A silence on the ground."""
        longest = sorted((*self.gaps, (begin, end)), key=lambda gap: gap[0] - gap[1])[:GAPS_KEPT]
        self.gaps = tuple(sorted(longest))

    def forget_leaving(self) -> list[Movement]:
        """No fix will tell any more of the take-off that is awaited: it is told without a place."""
        leaving, self.leaving = self.leaving, None
        return [leaving.untold] if leaving is not None and leaving.untold is not None else []

    def last_jump_before(self, at: float) -> float | None:
        """Time of the last position jump not after `at`."""
        return max((jump for jump in self.jumps if jump <= at), default=None)
