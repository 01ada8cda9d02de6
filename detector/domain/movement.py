"""Movements: what an aircraft was seen to do near the ground. Only some of them bound a stop."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class MovementKind(StrEnum):
    """What was seen."""

    LANDING = "landing"
    TAKE_OFF = "take_off"
    GO_AROUND = "go_around"
    TOUCH_AND_GO = "touch_and_go"
    LOW_PASS = "low_pass"
    GAP = "gap"
    """A silence explained by a flight between its two ends."""


class Movement(msgspec.Struct, frozen=True):
    """Something seen. `earliest`..`latest` bound it, Unix s UTC; `airport` None where no field is near."""

    kind: MovementKind
    icao24: str
    airport: str | None
    earliest: float
    latest: float
    reason: str
