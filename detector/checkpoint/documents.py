"""What the documents of a checkpoint hold, and how their keys are made."""

from __future__ import annotations

from typing import Any

import msgspec

from detector.domain.doubt import Doubt
from detector.domain.report import NAMESPACE_SHIFT, address_text
from detector.movements import Life
from detector.tracking.fusion import DuplicatesState
from detector.tracking.receiver_clocks import ReceiverClocksState

SCHEMA = "detector.state/2"


class HeldFrames(msgspec.Struct, frozen=True):
    """Frames that wait, as the columns of `FrameBatch`: each the little-endian bytes of its values."""

    heard_at: bytes = b""
    payload: bytes = b""
    length: bytes = b""
    receiver: bytes = b""
    level: bytes = b""
    mlat: bytes = b""


class HeldTrack(msgspec.Struct, frozen=True):
    """The same for a row of a decoded track: its `place` among all that is held, and what it tells, by column."""

    place: int
    row: dict[str, Any]


class StreamState(msgspec.Struct, frozen=True, kw_only=True):
    """What belongs to the stream as a whole."""

    schema: str
    identity: str
    frames: int
    ticks: int
    first_at: float | None
    now: float | None
    finished: bool
    held: HeldFrames
    held_tracks: list[HeldTrack]
    pending: dict[str, float]
    """Addresses (keys of `domain.report`, in hexadecimal) that were heard once, with the time."""
    rejects: dict[str, dict[str, int]]
    aircraft: int
    """How many have a document of their own."""
    alerts: int
    movements: int


class ReceptionState(msgspec.Struct, frozen=True):
    """What stands between event time and decoding; `told_until`: event time of what has gone on from there."""

    told_until: float | None
    now: float | None
    held: HeldFrames
    clocks: ReceiverClocksState
    copies: DuplicatesState
    rejects: dict[str, dict[str, int]]


class AircraftDocument(msgspec.Struct, frozen=True):
    """One aircraft: `decoder` and `track` are rows of the tables (fields that hold nothing are left out)."""

    schema: str
    icao24: str
    slot: int
    key: int
    decoder: dict[str, Any]
    track: dict[str, Any]
    life: Life | None
    doubt: Doubt | None = None


class PastDocument(msgspec.Struct, frozen=True):
    """The rest of the track of an aircraft: the rings of its points and frames."""

    schema: str
    icao24: str
    track: dict[str, Any]


def address_name(key: int) -> str:
    """How the keys of an aircraft end. Addresses that are not ICAO's may be equal in text; the number of the namespace
    tells them apart."""
    namespace = key >> NAMESPACE_SHIFT
    return address_text(key) + (f".{namespace}" if namespace else "")


def numbered(kind: str, number: int) -> str:
    """The key of the `number`-th of a kind: keys in order of text are in order of number."""
    return f"{kind}:{number:09d}"
