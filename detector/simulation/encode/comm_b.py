"""Comm-B registers, the 56-bit MB field of DF20 and DF21 (ICAO Doc 9871, tables A-2-32, A-2-64, A-2-80, A-2-96).

NaN means that the aircraft does not know: status bit and value are then zero.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detector.simulation.encode.status import callsign_code

Ints = npt.NDArray[np.int64]


def aircraft_identification(callsign: str) -> int:
    """BDS 2,0."""
    return 0x20 << 48 | callsign_code(callsign)


def selected_vertical_intention(selected_altitude_ft: npt.ArrayLike, qnh_hpa: npt.ArrayLike) -> Ints:
    """BDS 4,0: altitude selected on the panel in 16 ft, pressure setting in 0.1 hPa above 800."""
    altitude = _unsigned(selected_altitude_ft, 16.0, 12)
    pressure = _unsigned(np.asarray(qnh_hpa, np.float64) - 800.0, 0.1, 12)
    return np.asarray(altitude << 43 | pressure << 17, np.int64)


def track_and_turn(
    roll_deg: npt.ArrayLike,
    track_deg: npt.ArrayLike,
    groundspeed_kt: npt.ArrayLike,
    track_rate_deg_s: npt.ArrayLike,
    true_airspeed_kt: npt.ArrayLike,
) -> Ints:
    """BDS 5,0: roll right positive, true track, ground speed, track rate, true airspeed."""
    roll = _signed(roll_deg, 45 / 256, 9)
    track = _signed(_half_turn(track_deg), 90 / 512, 10)
    speed = _unsigned(groundspeed_kt, 2.0, 10)
    rate = _signed(track_rate_deg_s, 8 / 256, 9)
    airspeed = _unsigned(true_airspeed_kt, 2.0, 10)
    return np.asarray(roll << 45 | track << 33 | speed << 22 | rate << 11 | airspeed, np.int64)


def heading_and_speed(
    magnetic_heading_deg: npt.ArrayLike,
    indicated_airspeed_kt: npt.ArrayLike,
    mach: npt.ArrayLike,
    baro_rate_fpm: npt.ArrayLike,
    inertial_rate_fpm: npt.ArrayLike,
) -> Ints:
    """BDS 6,0: magnetic heading, indicated airspeed, Mach, two vertical rates."""
    heading = _signed(_half_turn(magnetic_heading_deg), 90 / 512, 10)
    airspeed = _unsigned(indicated_airspeed_kt, 1.0, 10)
    number = _unsigned(mach, 2.048 / 512, 10)
    baro = _signed(baro_rate_fpm, 32.0, 9)
    inertial = _signed(inertial_rate_fpm, 32.0, 9)
    return np.asarray(heading << 44 | airspeed << 33 | number << 22 | baro << 11 | inertial, np.int64)


def _half_turn(angle_deg: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Degrees in [-180, 180), on the grid of the registers: the last half step below 180 is -180."""
    steps = np.rint(np.asarray(angle_deg, np.float64) * (512 / 90))
    result: npt.NDArray[np.float64] = ((steps + 1024.0) % 2048.0 - 1024.0) * (90 / 512)
    return result


def _unsigned(value: npt.ArrayLike, unit: float, bits: int) -> Ints:
    """Status bit, then the value in `unit`, saturated at its `bits`."""
    number = np.asarray(value, np.float64)
    known = ~np.isnan(number)
    steps = np.clip(np.rint(np.where(known, number, 0.0) / unit), 0, 2**bits - 1).astype(np.int64)
    return np.where(known, 1 << bits | steps, 0)


def _signed(value: npt.ArrayLike, unit: float, bits: int) -> Ints:
    """Status bit, sign bit, then `bits` of two's complement."""
    number = np.asarray(value, np.float64)
    known = ~np.isnan(number)
    steps = np.rint(np.where(known, number, 0.0) / unit)
    steps = np.clip(steps, -(2**bits), 2**bits - 1).astype(np.int64) & (2 ** (bits + 1) - 1)
    return np.where(known, 1 << (bits + 1) | steps, 0)
