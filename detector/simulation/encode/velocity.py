"""Airborne velocity, TC 19 subtypes 1-4 (DO-260B 2.2.3.2.6).

    TC 5 | subtype 3 | intent 1 | IFR 1 | NACv 3 | 22 bits by subtype |
    rate source 1 (1 = barometric) | sign 1 | rate 9 | reserved 2 | difference sign 1 | difference 7

    subtypes 1, 2   west 1 | east-west 10 | south 1 | north-south 10
    subtypes 3, 4   heading valid 1 | heading 10 | true airspeed 1 | airspeed 10

A magnitude of 0 means "no information", so every value is sent plus one. Supersonic subtypes (2, 4) count in 4 kt.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def ground_velocity(
    groundspeed_kt: npt.ArrayLike,
    track_deg: npt.ArrayLike,
    vertical_rate_fpm: npt.ArrayLike,
    geom_minus_baro_ft: npt.ArrayLike,
    *,
    nac_v: npt.ArrayLike = 1,
    baro_rate: npt.ArrayLike = True,
    supersonic: bool = False,
) -> Ints:
    """Subtype 1, or 2 if `supersonic`. NaN rate or difference is sent as "no information"."""
    speed, track = np.asarray(groundspeed_kt, np.float64), np.radians(np.asarray(track_deg, np.float64))
    unit = 4 if supersonic else 1
    west, east_west = _signed(speed * np.sin(track), unit, 10)
    south, north_south = _signed(speed * np.cos(track), unit, 10)
    middle = west << 21 | east_west << 11 | south << 10 | north_south
    return _message(2 if supersonic else 1, nac_v, middle, baro_rate, vertical_rate_fpm, geom_minus_baro_ft)


def air_velocity(
    airspeed_kt: npt.ArrayLike,
    heading_deg: npt.ArrayLike,
    vertical_rate_fpm: npt.ArrayLike,
    geom_minus_baro_ft: npt.ArrayLike,
    *,
    true_airspeed: npt.ArrayLike = False,
    nac_v: npt.ArrayLike = 0,
    baro_rate: npt.ArrayLike = True,
    supersonic: bool = False,
) -> Ints:
    """Subtype 3, or 4 if `supersonic`: airspeed (indicated, or true) and heading. NaN is sent as "no information"."""
    _, airspeed = _signed(airspeed_kt, 4 if supersonic else 1, 10)
    heading = np.asarray(heading_deg, np.float64)
    valid = ~np.isnan(heading)
    code = np.rint(np.where(valid, heading, 0.0) * 1024 / 360).astype(np.int64) % 1024
    middle = valid.astype(np.int64) << 21 | code << 11 | np.asarray(true_airspeed, np.int64) << 10 | airspeed
    return _message(4 if supersonic else 3, nac_v, middle, baro_rate, vertical_rate_fpm, geom_minus_baro_ft)


def _message(
    subtype: int,
    nac_v: npt.ArrayLike,
    middle: Ints,
    baro_rate: npt.ArrayLike,
    vertical_rate_fpm: npt.ArrayLike,
    geom_minus_baro_ft: npt.ArrayLike,
) -> Ints:
    down, rate = _signed(vertical_rate_fpm, 64, 9)
    # 127 is not a value but "more than 3,137.5 ft", which pyModeS gives as unknown.
    below, difference = _signed(geom_minus_baro_ft, 25, 7)
    head = 19 << 51 | subtype << 48 | np.asarray(nac_v, np.int64) << 43 | middle << 21
    tail = np.asarray(baro_rate, np.int64) << 20 | down << 19 | rate << 10 | below << 7 | difference
    return np.asarray(head | tail, np.int64)


def _signed(value: npt.ArrayLike, unit: int, bits: int) -> tuple[Ints, Ints]:
    """(sign bit, magnitude in `unit` plus one, saturated); magnitude 0 where the value is NaN."""
    number = np.asarray(value, np.float64)
    known = ~np.isnan(number)
    steps = np.rint(np.where(known, number, 0.0) / unit).astype(np.int64)
    magnitude = np.minimum(np.abs(steps) + 1, 2**bits - 1)
    return (steps < 0).astype(np.int64), np.where(known, magnitude, 0)
