"""Airfields as the simulator needs them: plain values, passed in by the caller."""

from __future__ import annotations

from dataclasses import dataclass

from detector.domain.errors import UsageError
from detector.domain.geo import angle_between_deg


@dataclass(frozen=True, slots=True)
class RunwayEnd:
    """The threshold from which a runway is used in direction `heading_deg` (true)."""

    ident: str
    lat: float
    lon: float
    heading_deg: float
    length_ft: float


@dataclass(frozen=True, slots=True)
class Field:
    """An airfield: reference point, elevation, and its runway ends with known thresholds."""

    code: str
    lat: float
    lon: float
    elevation_ft: float
    runways: tuple[RunwayEnd, ...]

    def runway(self, ident: str | None, course_deg: float) -> RunwayEnd:
        """The end named `ident`; else of the longest runway the end closest to `course_deg`. Raises UsageError."""
        if not self.runways:
            raise UsageError(f"{self.code}: no runway with a known threshold in the airports table")
        if ident is not None:
            for end in self.runways:
                if end.ident == ident:
                    return end
            known = ", ".join(end.ident for end in self.runways)
            raise UsageError(f"{self.code}: no runway {ident}; known: {known}")
        longest = max(end.length_ft for end in self.runways)
        ends = [end for end in self.runways if end.length_ft >= 0.9 * longest]
        return min(ends, key=lambda end: (round(angle_between_deg(end.heading_deg, course_deg)), end.ident))
