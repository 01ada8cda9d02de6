"""What a map is drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from detector.domain.alert import Alert
from detector.domain.stop import Level, Status, Stop
from detector.reference.airports import Airports

F64 = npt.NDArray[np.float64]

SILENCE_S = 300.0
"""Two points further apart than this are not joined as heard: twenty times what a receiver in range leaves out."""


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """Where an aircraft was heard; all columns (n,), times not falling.

    at                            Unix s UTC
    latitude_deg, longitude_deg   degrees
    altitude_ft                   barometric; NaN = not known, or on the ground
    quiet_s                       how long nothing was heard of its place before the point; None: the points are all
    """

    icao24: str
    callsign: str | None
    at: F64
    latitude_deg: F64
    longitude_deg: F64
    altitude_ft: F64
    quiet_s: F64 | None = None

    def __len__(self) -> int:
        return len(self.at)

    @property
    def begins_after_silence(self) -> npt.NDArray[np.bool_]:
        """Points that a silence comes before; (n,). The first point is one."""
        quiet = np.diff(self.at, prepend=-np.inf) if self.quiet_s is None else self.quiet_s
        result: npt.NDArray[np.bool_] = quiet > SILENCE_S
        result[:1] = True
        return result


@dataclass(frozen=True, slots=True, eq=False)
class MapCase:
    """One replay as a person should see it.

    title            of the page
    generated_from   names of the recordings
    tracks           of the aircraft of alerts and stops, and of others while they are few
    stops, alerts    the last revision of each
    notes            what else the reader must know: settings, receivers, what was left out
    """

    title: str
    generated_from: str
    tracks: Sequence[Track]
    stops: Sequence[Stop]
    alerts: Sequence[Alert]
    airports: Airports
    notes: Sequence[str] = field(default=())


def believed(stop: Stop) -> bool:
    """A stop that a line may be drawn to: at a named field, on evidence from one side at least, not taken back."""
    return stop.airport is not None and stop.level >= Level.ONE_SIDE and stop.status is not Status.RETRACTED
