"""Air data: what the aircraft measures by pitot tube, compass and gyroscope, and so without satellites."""

from __future__ import annotations

import msgspec


class AirData(msgspec.Struct, frozen=True):
    """Values of one Comm-B reply (BDS 5,0 or 6,0; ICAO Doc 9871 tables A-2-80, A-2-96). None = not in it.

    `at`: Unix s UTC; `tas_kt`, `ias_kt`, `mach`: true and indicated airspeed, Mach number; `heading_deg`: of the nose,
    magnetic; `roll_deg`: right wing down positive. `groundspeed_kt` and `track_deg` (true) are of BDS 5,0: they may
    come from satellites, and then are no second witness.
    """

    at: float
    tas_kt: float | None = None
    ias_kt: float | None = None
    mach: float | None = None
    heading_deg: float | None = None
    roll_deg: float | None = None
    groundspeed_kt: float | None = None
    track_deg: float | None = None
