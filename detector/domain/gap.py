"""Gaps: silences of an aircraft in flight, and why nothing was heard."""

from __future__ import annotations

from enum import StrEnum

import msgspec

SCHEMA = "detector.gap/1"


class GapClass(StrEnum):
    """Why nothing was heard. `unknown` unless there is a reason to say more."""

    COVERAGE = "coverage"
    TRANSPONDER_OFF = "transponder_off"
    UNKNOWN = "unknown"


class GapPlace(msgspec.Struct, frozen=True):
    """The last fix before a gap, or the first after it; Unix s UTC, degrees, ft (barometric), kt."""

    at: float
    latitude_deg: float
    longitude_deg: float
    altitude_ft: float | None
    track_deg: float | None
    groundspeed_kt: float | None


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """One silence. `begin`: last frame before it, `end`: first after it (None: still silent), Unix s UTC.

    `listened_s`: for how much of it somebody is known to have listened; None where that cannot be told.
    `stop_id`: the stop that was told from it.
    """

    id: str
    revision: int
    icao24: str
    callsign: str | None
    begin: float
    end: float | None
    kind: GapClass
    reason: str
    lost: GapPlace | None
    found: GapPlace | None
    listened_s: float | None
    stop_id: str | None = None
