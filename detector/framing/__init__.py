"""Wire formats: bytes to frames and back. One format per file; no I/O, no clock.

A new format is one file with a Framer, one line in FORMATS, and one rule in `detect`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from detector.domain.ports import Framer
from detector.framing.avr import AvrFramer
from detector.framing.beast import BeastFramer
from detector.framing.csv import CsvFramer
from detector.framing.jet1090 import Jet1090Framer


class RecordingFramer(Framer, Protocol):
    """A Framer that says when it lacks a date."""

    @property
    def undated(self) -> bool:
        """Frames were dropped for want of a date, and there is none yet: the caller has to give `start_at`."""


FORMATS: dict[str, Callable[[int, float | None], RecordingFramer]] = {
    "beast": BeastFramer,
    "avr": AvrFramer,
    "csv": CsvFramer,
    "jet1090": Jet1090Framer,
}
"""Name on the command line -> Framer(receiver, start_at)."""
