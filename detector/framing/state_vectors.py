"""State vectors, the OpenSky Network's form of a track, and what is not to be believed in them.

A vector is what was last known, once a second or every ten. So a speed of 0 in flight stands for one not yet heard,
and on the ground the altitude is the last one from the air, or one that the aircraft sends while taxiing: up to
38,000 ft have been seen. Source: OpenSky Network, documentation of the state vector.
"""

from __future__ import annotations

from typing import Any

from detector.framing.track_rows import number

_TRUE, _FALSE = frozenset({"true", "t", "1"}), frozenset({"false", "f", "0"})


def on_ground(value: object) -> int:
    """A truth value, also as text: 1, 0, or -1 where it is neither."""
    text = str(int(value) if isinstance(value, float) and value.is_integer() else value).strip().lower()
    return 1 if text in _TRUE else 0 if text in _FALSE else -1


def believed(
    on_ground: int, baro_ft: float, geom_ft: float, groundspeed_kt: float, track_deg: float, rate_fpm: float
) -> dict[str, Any]:
    """The columns of a vector, without what stands for a missing value."""
    if on_ground == 1:
        baro_ft = geom_ft = float("nan")
    elif groundspeed_kt == 0.0:
        groundspeed_kt = float("nan")
        track_deg = float("nan") if track_deg == 0.0 else track_deg
        rate_fpm = float("nan") if rate_fpm == 0.0 else rate_fpm
    return {
        "on_ground": on_ground,
        "altitude_baro_ft": baro_ft,
        "altitude_geom_ft": geom_ft,
        "groundspeed_kt": groundspeed_kt,
        "track_deg": track_deg,
        "vertical_rate_fpm": rate_fpm,
    }


def told(value: object) -> float:
    """A number; NaN also for the text `0`, which stands for a missing one where numbers are written as numbers."""
    return float("nan") if value == "0" else number(value)
