"""Airspeed, heading and roll from Comm-B replies (DF20, DF21), decoded by pyModeS.

A reply does not tell which register it carries. pyModeS infers it from status bits and ranges; of what it finds
possible, a reply is used only if exactly one reading is also consistent with itself and with the altitude of the
moment. What stays ambiguous is left out.

pyModeS takes no BDS 5,0 in which true airspeed and ground speed differ by more than 200 kt, which is just what false
positions bring about; BDS 6,0 knows no ground speed and stays.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyModeS
from pyModeS.decoder.bds.bds50 import decode_bds50
from pyModeS.decoder.bds.bds60 import decode_bds60

from detector.domain.airdata import AirData
from detector.domain.observation import Heard

LONG_HEX = 28
ALTITUDE_FRESH_S = 60.0
"""A DF20 altitude serves the replies this long before and after it: at most some thousands of feet."""
SLOWEST_KT, FASTEST_KT = 50.0, 500.0
"""Airspeeds; BDS 6,0 counts on above 500 kt IAS, which pyModeS does not believe either."""
MACH_TOLERANCE = 0.12
"""Between Mach number and indicated airspeed at an altitude: instrument error, equivalent for calibrated airspeed
(0.06 at Mach 0.8), and an altitude up to a minute old."""
RATES_FPM = 3_000.0
"""Barometric and inertial vertical rate agree to this; the barometric one is noisy in gusts."""
TURN_DEG_S = 1.5
"""Track rate and the one that follows from roll and airspeed agree to this while a turn begins or ends."""
SPEED_OF_SOUND_KT = 661.4788
SEA_LEVEL_RATIO = 5.2558797
"""ICAO standard atmosphere (Doc 7488): speed of sound at sea level, exponent of the pressure ratio."""


def air_data(heard: Sequence[Heard]) -> tuple[AirData, ...]:
    """What the replies among the frames say, in their order; frames that are no DF20 or DF21, or tell nothing, give
    nothing. The frames are those of one aircraft, checked already."""
    replies = [(h.at, h.frame) for h in heard if len(h.frame) == LONG_HEX and int(h.frame[:2], 16) >> 3 in (20, 21)]
    decoded = [(at, frame, pyModeS.decode(frame)) for at, frame in replies]
    altitudes = [(at, float(says["altitude"])) for at, _, says in decoded if says.get("altitude") is not None]
    found = (_reading(at, frame, says, _altitude(altitudes, at)) for at, frame, says in decoded)
    return tuple(one for one in found if one is not None)


def _reading(at: float, frame: str, says: Mapping[str, Any], altitude_ft: float | None) -> AirData | None:
    possible = says.get("bds_candidates") or [says.get("bds")]
    register = int(frame[8:22], 16)
    consistent = []
    for code in possible:
        if code not in _READINGS:
            if code is not None:
                return None  # it may as well be something else altogether
            continue
        decode, read = _READINGS[code]
        one = read(at, decode(register), altitude_ft)
        if one is not None:
            consistent.append(one)
    return consistent[0] if len(consistent) == 1 else None


def _track_and_turn(at: float, v: Mapping[str, Any], altitude_ft: float | None) -> AirData | None:  # noqa: ARG001
    roll, airspeed, speed, track = (v.get(k) for k in ("roll", "true_airspeed", "groundspeed", "true_track"))
    if roll is None or airspeed is None or speed is None or track is None or airspeed < SLOWEST_KT:
        return None
    rate = v.get("track_rate")
    if rate is not None and abs(rate - _turn_deg_s(roll, float(airspeed))) > TURN_DEG_S:
        return None
    return AirData(
        at, tas_kt=float(airspeed), roll_deg=float(roll), groundspeed_kt=float(speed), track_deg=float(track)
    )


def _heading_and_speed(at: float, v: Mapping[str, Any], altitude_ft: float | None) -> AirData | None:
    heading, ias, mach = (v.get(k) for k in ("magnetic_heading", "indicated_airspeed", "mach"))
    if heading is None or ias is None or mach is None or not SLOWEST_KT <= ias <= FASTEST_KT:
        return None
    # Without an altitude: some altitude between sea level and the highest flights must fit.
    heights = (altitude_ft,) if altitude_ft is not None else (0.0, 50_000.0)
    expected = [mach_of(float(ias), height) for height in heights]
    if not min(expected) - MACH_TOLERANCE <= mach <= max(expected) + MACH_TOLERANCE:
        return None
    baro, inertial = v.get("baro_vertical_rate"), v.get("inertial_vertical_rate")
    if baro is not None and inertial is not None and abs(baro - inertial) > RATES_FPM:
        return None
    return AirData(at, ias_kt=float(ias), mach=float(mach), heading_deg=float(heading))


Read = Callable[[float, Mapping[str, Any], float | None], AirData | None]
_READINGS: dict[str, tuple[Callable[[int], dict[str, Any]], Read]] = {
    "5,0": (decode_bds50, _track_and_turn),
    "6,0": (decode_bds60, _heading_and_speed),
}


def mach_of(cas_kt: float, altitude_ft: float) -> float:
    """Mach number at a calibrated airspeed and pressure altitude (compressible flow, standard atmosphere)."""
    impact = (1.0 + 0.2 * (cas_kt / SPEED_OF_SOUND_KT) ** 2) ** 3.5 - 1.0
    return math.sqrt(5.0 * ((impact / _pressure_ratio(altitude_ft) + 1.0) ** (2.0 / 7.0) - 1.0))


def _pressure_ratio(altitude_ft: float) -> float:
    """Of the standard atmosphere, to the tropopause at 36,089 ft and above it."""
    if altitude_ft <= 36_089.0:
        return float((1.0 - 6.8755856e-6 * altitude_ft) ** SEA_LEVEL_RATIO)
    return 0.2233609 * math.exp(-(altitude_ft - 36_089.0) / 20_805.8)


def _turn_deg_s(roll_deg: float, airspeed_kt: float) -> float:
    """Rate of a level, coordinated turn: g tan(roll) / v."""
    return math.degrees(9.80665 * math.tan(math.radians(roll_deg)) / (airspeed_kt * 1852.0 / 3600.0))


def _altitude(altitudes: Sequence[tuple[float, float]], at: float) -> float | None:
    near = min(altitudes, key=lambda pair: abs(pair[0] - at), default=None)
    return near[1] if near is not None and abs(near[0] - at) <= ALTITUDE_FRESH_S else None
