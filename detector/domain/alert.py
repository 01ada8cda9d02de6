"""An alert: one per stop, in revisions, with the aircraft's onward journey."""

from __future__ import annotations

import hashlib
from datetime import date
from enum import StrEnum

import msgspec

from detector.domain.stop import Severity, Stop

SCHEMA = "detector.alert/1"


def alert_id(stop_id: str) -> str:
    """The id of the alert that a stop has if it has one."""
    return f"alert-{hashlib.sha256(stop_id.encode()).hexdigest()[:20]}"


class AlertEvent(StrEnum):
    """What a revision of an alert tells."""

    OPENED = "opened"
    UPDATED = "updated"
    CLOSED = "closed"
    RETRACTED = "retracted"


class JourneyStep(msgspec.Struct, frozen=True, kw_only=True):
    """What the aircraft did after the stop.

    kind      `leg` (in flight) or `stop`
    at        begin of the leg, or estimated landing; Unix s UTC
    until     last heard on the leg, or estimated departure; None while the aircraft is on the ground
    place     where it was last heard: latitude and longitude in degrees, altitude, track
    near      the same in words: `23 NM south of UWKD`
    airport   of a stop: the field, where named; `stop_id` and `level` come with it
    """

    kind: str
    at: float
    until: float | None = None
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    altitude_ft: float | None = None
    track_deg: float | None = None
    callsign: str | None = None
    near: str | None = None
    airport: str | None = None
    stop_id: str | None = None
    level: int | None = None


class Evidence(msgspec.Struct, frozen=True):
    """The raw frames the stop rests on, decoded again by pyModeS alone. `sha256` is over the frames in order."""

    frames: int
    sha256: str
    verified_by: str
    disagreements: int


class TableUsed(msgspec.Struct, frozen=True):
    """A table or list that the revision was made with. `dated`: the day it was published, None = not known."""

    name: str
    source: str
    dated: date | None
    sha256: str


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One alert in one revision.

    `at`: event time of the revision, Unix s UTC; `reference`: the tables and lists it was made with.
    """

    id: str
    revision: int
    event: AlertEvent
    at: float
    severity: Severity
    stop: Stop
    journey: tuple[JourneyStep, ...] = ()
    evidence: Evidence | None = None
    reference: tuple[TableUsed, ...] = ()
