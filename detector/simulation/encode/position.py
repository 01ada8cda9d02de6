"""Position messages: TC 5-8 on the surface, TC 9-18 and 20-22 in the air (DO-260B 2.2.3.2.3, 2.2.3.2.4).

airborne   TC 5 | surveillance status 2 | NIC-B 1 | altitude 12 | T 1 | F 1 | YZ 17 | XZ 17
surface    TC 5 | movement 7 | track status 1 | track 7         | T 1 | F 1 | YZ 17 | XZ 17
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detector.domain.units import FT_PER_M
from detector.simulation.encode.altitude import squitter_altitude_code
from detector.simulation.encode.cpr import encode_cpr

Ints = npt.NDArray[np.int64]

AIRBORNE_NIC: dict[int, tuple[int, int, int]] = {
    11: (9, 0, 0),
    10: (10, 0, 0),
    9: (11, 1, 1),
    8: (11, 0, 0),
    7: (12, 0, 0),
    6: (13, 0, 0),
    5: (14, 0, 0),
    4: (15, 0, 0),
    3: (16, 1, 1),
    2: (16, 0, 0),
    1: (17, 0, 0),
    0: (18, 0, 0),
}
"""NIC -> (type code, NIC supplement A, NIC supplement B), DO-260B table 2-16 (one of the rows where several exist)."""

SURFACE_NIC: dict[int, tuple[int, int, int]] = {
    11: (5, 0, 0),
    10: (6, 0, 0),
    9: (7, 1, 0),
    8: (7, 0, 0),
    7: (8, 1, 1),
    6: (8, 1, 0),
    0: (8, 0, 0),
}
"""NIC -> (type code, NIC supplement A, NIC supplement C) on the surface, same table."""

_MOVEMENT_CODE = np.array([2, 9, 13, 39, 94, 109, 124])
_MOVEMENT_KT = np.array([0.125, 1.0, 2.0, 15.0, 70.0, 100.0, 175.0])
"""DO-260B table 2-14: the code counts steps of 0.125, 0.25, 0.5, 1, 2 and 5 kt between these speeds."""


def surface_nic(nic: int) -> int:
    """The best NIC not above `nic` that a surface position can express."""
    return max(value for value in SURFACE_NIC if value <= nic)


def airborne_position(
    lat: npt.ArrayLike,
    lon: npt.ArrayLike,
    odd: npt.ArrayLike,
    altitude_baro_ft: npt.ArrayLike,
    *,
    type_code: npt.ArrayLike = 11,
    nic_b: npt.ArrayLike = 0,
    surveillance_status: npt.ArrayLike = 0,
    gillham: bool = False,
) -> Ints:
    """TC 9-18 (or 0 without a position: then pass any): 56-bit ME fields (n,)."""
    code = squitter_altitude_code(altitude_baro_ft, gillham=gillham)
    return _airborne(lat, lon, odd, code, type_code, nic_b, surveillance_status)


def airborne_position_gnss(
    lat: npt.ArrayLike,
    lon: npt.ArrayLike,
    odd: npt.ArrayLike,
    altitude_geom_ft: npt.ArrayLike,
    *,
    type_code: npt.ArrayLike = 20,
) -> Ints:
    """TC 20-22: GNSS height above the ellipsoid in whole metres (Doc 9871 table C-1, 12 bits)."""
    metres = np.clip(np.rint(np.asarray(altitude_geom_ft) / FT_PER_M), 0, 4095).astype(np.int64)
    return _airborne(lat, lon, odd, metres, type_code, 0, 0)


def surface_position(
    lat: npt.ArrayLike,
    lon: npt.ArrayLike,
    odd: npt.ArrayLike,
    groundspeed_kt: npt.ArrayLike,
    track_deg: npt.ArrayLike,
    *,
    type_code: npt.ArrayLike = 7,
    track_valid: npt.ArrayLike = True,
) -> Ints:
    """TC 5-8: 56-bit ME fields (n,). Track is rounded to 360/128 degrees, and sent as 0 where not valid."""
    yz, xz = encode_cpr(lat, lon, odd, surface=True)
    valid = np.asarray(track_valid, np.int64)
    track = np.rint(np.asarray(track_deg) * 128 / 360).astype(np.int64) % 128 * valid
    head = np.asarray(type_code, np.int64) << 51 | movement_code(groundspeed_kt) << 44 | valid << 43 | track << 36
    result: Ints = head | np.asarray(odd, np.int64) << 34 | yz << 17 | xz
    return result


def movement_code(groundspeed_kt: npt.ArrayLike) -> Ints:
    """7-bit movement codes: 1 stopped (under 0.125 kt), 124 from 175 kt on; between two steps the lower one."""
    speed = np.asarray(groundspeed_kt, np.float64)
    # A hair is added so that a speed exactly on a step keeps its own code in binary arithmetic.
    code = np.floor(np.interp(speed, _MOVEMENT_KT, _MOVEMENT_CODE) + 1e-9).astype(np.int64)
    return np.where(speed < _MOVEMENT_KT[0], 1, code)


def _airborne(
    lat: npt.ArrayLike,
    lon: npt.ArrayLike,
    odd: npt.ArrayLike,
    altitude: Ints,
    type_code: npt.ArrayLike,
    nic_b: npt.ArrayLike,
    surveillance_status: npt.ArrayLike,
) -> Ints:
    yz, xz = encode_cpr(lat, lon, odd, surface=False)
    head = (
        np.asarray(type_code, np.int64) << 51
        | np.asarray(surveillance_status, np.int64) << 49
        | np.asarray(nic_b, np.int64) << 48
    )
    result: Ints = head | altitude << 36 | np.asarray(odd, np.int64) << 34 | yz << 17 | xz
    return result
