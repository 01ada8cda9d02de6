"""Report batches written by hand: one `Heard` a frame, with what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detector.domain.frame import FrameBatch
from detector.domain.report import (
    Altitudes,
    Idents,
    OperationalStatuses,
    Positions,
    ReportBatch,
    Squawks,
    Velocities,
)

T0 = 1_700_000_000.0


@dataclass(frozen=True)
class Heard:
    """A frame of the aircraft in `slot`, `at` seconds after T0. `place`: (latitude, longitude)."""

    slot: int
    at: float
    on_ground: int = -1
    place: tuple[float, float] | None = None
    surface: bool = False
    altitude_ft: float | None = None
    groundspeed_kt: float | None = None
    callsign: str | None = None


def frames(heard: Sequence[Heard], first: int = 0) -> FrameBatch:
    """Frames with the number of their row in the stream as payload; `first`: how many came before."""
    n = len(heard)
    payload = np.zeros((n, 14), np.uint8)
    payload[:, 13] = (first + np.arange(n)) % 256
    return FrameBatch.of(np.array([h.at for h in heard]) + T0, payload, np.full(n, 14, np.uint8))


def reports(heard: Sequence[Heard]) -> ReportBatch:
    """Every frame is a report."""
    n = len(heard)
    slot = np.array([h.slot for h in heard], np.int32)
    placed = [i for i, h in enumerate(heard) if h.place is not None]
    high = [i for i, h in enumerate(heard) if h.altitude_ft is not None]
    fast = [i for i, h in enumerate(heard) if h.groundspeed_kt is not None]
    named = [i for i, h in enumerate(heard) if h.callsign is not None]
    places = [h.place for h in heard if h.place is not None]
    nothing = np.full(len(fast), np.nan, np.float32)
    none, no = np.zeros(0, np.int32), np.zeros(0, np.int8)
    return ReportBatch(
        heard_at=np.array([h.at for h in heard]) + T0,
        slot=slot,
        address=(slot + 0x400000).astype(np.uint32),
        df=np.full(n, 17, np.uint8),
        typecode=np.zeros(n, np.uint8),
        on_ground=np.array([h.on_ground for h in heard], np.int8),
        frame_row=np.arange(n, dtype=np.int32),
        positions=Positions(
            np.array(placed, np.int32),
            np.array([lat for lat, _ in places]),
            np.array([lon for _, lon in places]),
            np.array([heard[i].surface for i in placed], np.bool_),
            np.full(len(placed), 8, np.int8),
            np.ones(len(placed), np.bool_),
        ),
        altitudes=Altitudes(
            np.array(high, np.int32),
            np.array([heard[i].altitude_ft for i in high], np.float32),
            np.zeros(len(high), np.bool_),
        ),
        velocities=Velocities(
            np.array(fast, np.int32),
            np.array([heard[i].groundspeed_kt for i in fast], np.float32),
            nothing,
            nothing,
            np.zeros(len(fast), np.bool_),
            nothing,
            nothing,
            np.zeros(len(fast), np.bool_),
            nothing,
            np.full(len(fast), -1, np.int8),
        ),
        idents=Idents(
            np.array(named, np.int32),
            np.array([heard[i].callsign for i in named], "S8"),
            np.array(["A3"] * len(named), "S2"),
        ),
        squawks=Squawks(none, none.astype(np.int16), no),
        statuses=OperationalStatuses(none, no, none.astype(np.bool_), no, no, no, no),
    )
