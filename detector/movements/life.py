"""What is remembered of one aircraft between the moments that matter: on ground or in the air, and the open stop."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from detector.domain.observation import Heard
from detector.domain.stop import Moment, Stop
from detector.movements.sides import Side


class Phase(StrEnum):
    UNKNOWN = "unknown"
    AIR = "air"
    GROUND = "ground"


class Landing(msgspec.Struct, frozen=True):
    """A change from air to ground: when, and the call sign it came with. `words`: frames that said so."""

    moment: Moment
    callsign: str | None


class Life(msgspec.Struct):
    """One aircraft. `lost`: the side before the last silence in the air; `resumed_at`: when that silence ended, None
    once it has been decided what it was; `first_after`: the first fix after it. Times in Unix s UTC."""

    phase: Phase = Phase.UNKNOWN
    ground_since: float | None = None
    ground_at: float | None = None
    airborne_since: float | None = None
    landing: Landing | None = None
    lost: Side | None = None
    lost_callsign: str | None = None
    lost_category: str | None = None
    resumed_at: float | None = None
    first_after: Side | None = None
    jumped_at: float | None = None
    stop: Stop | None = None
    frames: tuple[Heard, ...] = ()
