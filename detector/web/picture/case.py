"""What a picture is drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detector.domain.alert import Alert
from detector.domain.gap import Gap
from detector.domain.stop import Stop
from detector.domain.track import Track
from detector.reference.airports import Airports


@dataclass(frozen=True, slots=True)
class HeardCell:
    """The lowest that any aircraft was heard at, in a cell of half a degree around a place."""

    latitude_deg: float
    longitude_deg: float
    lowest_ft: float


@dataclass(frozen=True, slots=True)
class Receiver:
    """A receiver whose place is known."""

    name: str
    latitude_deg: float
    longitude_deg: float


@dataclass(frozen=True, slots=True)
class PictureCase:
    """One alert as a newspaper would print it.

    stops       of the aircraft, the alert's own among them or not
    track       where it was heard; None where nothing was kept
    silence     that the stop was told from
    hearing     where others were heard, and how low; receivers: at known places
    recording   what it was found in, in words; program: name and version
    """

    alert: Alert
    stops: Sequence[Stop]
    track: Track | None
    airports: Airports
    silence: Gap | None = None
    hearing: Sequence[HeardCell] = ()
    receivers: Sequence[Receiver] = ()
    recording: str = ""
    program: str = ""
