"""Messages about the aircraft: identification TC 1-4, status TC 28, target state TC 29, operational status TC 31.

Source: DO-260B 2.2.3.2.5, 2.2.3.2.7.8, 2.2.3.2.7.1, 2.2.3.2.7.2 (ICAO Doc 9871 tables B-2-8, C-2-9 and following).
"""

from __future__ import annotations

import numpy as np

CATEGORY_TYPE_CODE = {"A": 4, "B": 3, "C": 2, "D": 1}


def callsign_code(callsign: str) -> int:
    """48 bits: eight characters of 6 bits, A-Z 0-9 and space, padded right. Raises ValueError."""
    if len(callsign) > 8 or any(not (c in " 0123456789" or "A" <= c <= "Z") for c in callsign):
        raise ValueError(f"not a call sign of at most eight characters A-Z, 0-9: {callsign!r}")
    code = 0
    for character in callsign.ljust(8):
        code = code << 6 | (ord(character) & 0x3F)
    return code


def identification(callsign: str, category: str = "A0") -> int:
    """TC 1-4: call sign and emitter category such as `A5`. Raises ValueError."""
    letter, digit = category[:1], category[1:]
    if letter not in CATEGORY_TYPE_CODE or digit not in tuple("01234567"):
        raise ValueError(f"not an emitter category A0..D7: {category!r}")
    return CATEGORY_TYPE_CODE[letter] << 51 | int(digit) << 48 | callsign_code(callsign)


def emergency_status(identity_code: int, emergency_state: int = 0) -> int:
    """TC 28 subtype 1: emergency state 0-7 (0 none, 1 general ... 5 unlawful interference) and identity code."""
    return 28 << 51 | 1 << 48 | emergency_state << 45 | identity_code << 32


def target_state(
    *,
    selected_altitude_ft: float | None,
    qnh_hpa: float | None,
    selected_heading_deg: float | None,
    nac_p: int,
    sil: int,
    nic_baro: int = 1,
    autopilot: bool = True,
    approach: bool = False,
) -> int:
    """TC 29 subtype 1 (version 2)."""
    altitude = 0 if selected_altitude_ft is None else int(np.clip(round(selected_altitude_ft / 32) + 1, 1, 2047))
    pressure = 0 if qnh_hpa is None else int(np.clip(round((qnh_hpa - 800) / 0.8) + 1, 1, 511))
    heading = 0 if selected_heading_deg is None else 1 << 9 | round(selected_heading_deg * 512 / 360) % 512
    modes = 1 << 9 | int(autopilot) << 8 | int(approach) << 4 | 1 << 3
    return (
        29 << 51
        | 1 << 49
        | altitude << 36
        | pressure << 27
        | heading << 17
        | nac_p << 13
        | nic_baro << 12
        | sil << 10
        | modes
    )


def operational_status(
    *,
    version: int,
    on_ground: bool,
    nac_p: int,
    sil: int,
    nic_a: int = 0,
    nic_c: int = 0,
    nac_v: int = 1,
    nic_baro: int = 1,
    gva: int = 2,
    sil_supplement: int = 0,
) -> int:
    """TC 31 subtype 0 (airborne) or 1 (surface).

    Version 0 knows no surface subtype and none of these values: its message is the type code with zeros.
    Version 2 sends NIC supplement C and NACv in the surface capability class; version 1 sends NACv there too.
    """
    if version == 0:
        return 31 << 51
    quality = version << 13 | nic_a << 12 | nac_p << 8 | sil << 4 | nic_baro << 3
    if version == 2:
        quality |= sil_supplement << 1
    if on_ground:
        # Capability class: 1090ES in, low power, UAT in, NACv, NIC-C; then length/width code 0.
        capability = nac_v << 1 | (nic_c if version == 2 else 0)
        # The bit that means NIC(baro) in the air says on the surface what the track angle is: 0 = track.
        quality &= ~(1 << 3)
        return 31 << 51 | 1 << 48 | capability << 36 | quality
    acas_operational = 1 << 45 if version == 2 else 0  # version 1 sends "not ACAS", 0 = operational
    return 31 << 51 | acas_operational | quality | (gva << 6 if version == 2 else 0)
