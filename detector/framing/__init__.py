"""Wire formats: bytes to frames and back. One format per file; no I/O, no clock.

A new format is one file with a Framer, one line in FORMATS or TRACK_FORMATS, and one rule in `detect`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from detector.domain.decoded import DecodedBatch
from detector.domain.frame import RejectCounts
from detector.domain.ports import Framer
from detector.framing.avr import AvrFramer
from detector.framing.beast import BeastFramer
from detector.framing.csv import CsvFramer
from detector.framing.jet1090 import Jet1090Framer
from detector.framing.opensky import OpenSkyFramer
from detector.framing.readsb_json import ReadsbJsonFramer
from detector.framing.readsb_trace import ReadsbTraceFramer
from detector.framing.sbs import SbsFramer
from detector.framing.traffic_json import TrafficJsonFramer


class RecordingFramer(Framer, Protocol):
    """A Framer that says when it lacks a date."""

    @property
    def undated(self) -> bool:
        """Frames were dropped for want of a date, and there is none yet: the caller has to give `start_at`."""


class TrackFramer(Protocol):
    """The same contract for formats of decoded tracks: any cut of the bytes gives the same rows, nothing raises.

    Keeps at most one unfinished line, or, where a file is one document, that document up to its size limit.
    """

    rejects: RejectCounts

    @property
    def undated(self) -> bool:
        """As for a RecordingFramer."""

    def feed(self, data: bytes) -> DecodedBatch:
        """The rows that `data` completes, in order of arrival."""

    def finish(self) -> DecodedBatch:
        """The rows still held at the end of the input."""


FORMATS: dict[str, Callable[[int, float | None], RecordingFramer]] = {
    "beast": BeastFramer,
    "avr": AvrFramer,
    "csv": CsvFramer,
    "jet1090": Jet1090Framer,
}
"""Name on the command line -> Framer(receiver, start_at)."""
TRACK_FORMATS: dict[str, Callable[[int, float | None], TrackFramer]] = {
    "sbs": SbsFramer,
    "readsb-trace": ReadsbTraceFramer,
    "readsb-json": ReadsbJsonFramer,
    "opensky": OpenSkyFramer,
    "traffic-json": TrafficJsonFramer,
}
"""The same for decoded tracks."""
DOCUMENTS = frozenset({"readsb-trace", "traffic-json"})
"""Formats in which a file is read whole before its first row is known."""


def framer(name: str, receiver: int, start_at: float | None) -> RecordingFramer | TrackFramer:
    """The Framer of a format of either kind. Raises KeyError for an unknown name."""
    return (FORMATS | TRACK_FORMATS)[name](receiver, start_at)
