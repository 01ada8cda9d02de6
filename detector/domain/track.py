"""A track as it is kept and drawn: where an aircraft was heard, thinned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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
    cut                           what was heard before the first point has not been kept
    """

    icao24: str
    callsign: str | None
    at: F64
    latitude_deg: F64
    longitude_deg: F64
    altitude_ft: F64
    quiet_s: F64 | None = None
    cut: bool = False

    def __len__(self) -> int:
        return len(self.at)

    def rows(self, rows: npt.NDArray[np.intp], *, callsign: str | None = None) -> Track:
        """Some of its points, ascending; under another call sign, if that is given."""
        quiet = None if self.quiet_s is None else self.quiet_s[rows]
        begun = bool(len(rows)) and not bool(self.begins_after_silence[rows[0]])
        return Track(
            self.icao24, callsign or self.callsign, self.at[rows], self.latitude_deg[rows], self.longitude_deg[rows],
            self.altitude_ft[rows], quiet, self.cut or begun,
        )  # fmt: skip

    @property
    def begins_after_silence(self) -> npt.NDArray[np.bool_]:
        """Points that a silence comes before; (n,). The first point is one."""
        quiet = np.diff(self.at, prepend=-np.inf) if self.quiet_s is None else self.quiet_s
        result: npt.NDArray[np.bool_] = quiet > SILENCE_S
        result[:1] = True
        return result
