"""Look-up tables for the small codes of Mode S: every possible code decoded once, so that a column is one look-up."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detector.domain.units import FT_PER_M

F32 = npt.NDArray[np.float32]


def _bits(codes: npt.NDArray[np.int64], *positions: int) -> npt.NDArray[np.int64]:
    """Pick bits of 13-bit codes (0 = first transmitted) and join them, first named first."""
    value = np.zeros_like(codes)
    for position in positions:
        value = (value << 1) | ((codes >> (12 - position)) & 1)
    return value


def _gray_to_binary(code: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    for shift in (8, 4, 2, 1):
        code = code ^ (code >> shift)
    return code


def altitude_table() -> F32:
    """Altitude in ft for each 13-bit AC code, NaN where invalid (Annex 10 Vol IV 3.1.2.6.5.4 and appendix to ch. 3).

    Bits as sent: C1 A1 C2 A2 C4 A4 M B1 Q B2 D2 B4 D4. M = 1: metres in the other 12 bits; Q = 1: steps of 25 ft;
    else Gillham's code in steps of 100 ft.
    """
    codes = np.arange(1 << 13)
    metric, q = _bits(codes, 6), _bits(codes, 8)
    linear = _bits(codes, 0, 1, 2, 3, 4, 5, 7, 9, 10, 11, 12) * 25.0 - 1000.0
    metres = _bits(codes, 0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12) * FT_PER_M
    # D2 D4 A1 A2 A4 B1 B2 B4 count five hundreds, C1 C2 C4 hundreds that run back and forth.
    five_hundreds = _gray_to_binary(_bits(codes, 10, 12, 1, 3, 5, 7, 9, 11))
    hundreds = _gray_to_binary(_bits(codes, 0, 2, 4))
    illegal = np.isin(hundreds, (0, 5, 6))
    hundreds = np.where(hundreds == 7, 5, hundreds)
    hundreds = np.where(five_hundreds % 2 == 1, 6 - hundreds, hundreds)
    gillham = np.where(illegal, np.nan, five_hundreds * 500.0 + hundreds * 100.0 - 1300.0)
    altitude = np.where(metric == 1, metres, np.where(q == 1, linear, gillham))
    altitude[0] = np.nan
    return altitude.astype(np.float32)


def altitude_table_airborne_position() -> F32:
    """The same for the 12-bit code of TC 9-18, which has no M bit (DO-260B 2.2.3.2.3.4)."""
    codes = np.arange(1 << 12)
    altitude: F32 = altitude_table()[((codes >> 6) << 7) | (codes & 0x3F)]
    return altitude


def squawk_table() -> npt.NDArray[np.int16]:
    """The four octal digits ABCD, as a decimal number, for each 13-bit ID code (Annex 10 Vol IV 3.1.1.6)."""
    codes = np.arange(1 << 13)
    a, b = _bits(codes, 5, 3, 1), _bits(codes, 11, 9, 7)
    c, d = _bits(codes, 4, 2, 0), _bits(codes, 12, 10, 8)
    return (a * 1000 + b * 100 + c * 10 + d).astype(np.int16)


def movement_table() -> F32:
    """Ground speed in kt for each 7-bit movement code of TC 5-8; NaN = no information or reserved.

    DO-260B table 2-15; each row: first code, speed there, step.
    """
    speed = np.full(128, np.nan)
    speed[1] = 0.0
    for first, end, base, step in (
        (2, 9, 0.125, 0.125),
        (9, 13, 1.0, 0.25),
        (13, 39, 2.0, 0.5),
        (39, 94, 15.0, 1.0),
        (94, 109, 70.0, 2.0),
        (109, 124, 100.0, 5.0),
    ):
        codes = np.arange(first, end)
        speed[codes] = base + (codes - first) * step
    speed[124] = 175.0
    return speed.astype(np.float32)


def character_table() -> npt.NDArray[np.uint8]:
    """ASCII for each 6-bit character of an identification (Annex 10 Vol IV table 3-8); `#` where none is defined."""
    table = np.full(64, ord("#"), dtype=np.uint8)
    table[1:27] = np.arange(ord("A"), ord("Z") + 1)
    table[32] = ord(" ")
    table[48:58] = np.arange(ord("0"), ord("9") + 1)
    return table


def nic_table() -> npt.NDArray[np.int8]:
    """NIC by [version 0-2][type code][supplement A][supplement B airborne, C surface]; -1 where not a position.

    Versions 1 and 2: DO-260A 2.2.8.1.16 and DO-260B table 2-14. Version 0 sends NUCp; it is given here as the NIC
    whose containment radius is not smaller than its HPL (DO-260B appendix N, table N-2).
    """
    table = np.full((3, 32, 2, 2), -1, dtype=np.int8)
    plain = {9: 11, 10: 10, 12: 7, 13: 6, 14: 5, 15: 4, 17: 1, 18: 0, 20: 11, 21: 10, 22: 0, 5: 11, 6: 10}
    for typecode, nic in plain.items():
        table[1:, typecode] = nic
    table[1, 7, 0], table[1, 7, 1] = 8, 9
    table[1, 8] = 0
    table[1, 11, 0], table[1, 11, 1] = 8, 9
    table[1, 16, 0], table[1, 16, 1] = 2, 3
    table[2, 7] = 8
    table[2, 7, 1, 0] = 9
    table[2, 8] = [[0, 6], [6, 7]]
    table[2, 11] = 8
    table[2, 11, 1, 1] = 9
    table[2, 16] = 2
    table[2, 16, 1, 1] = 3
    version_0 = {5: 11, 6: 10, 7: 8, 8: 0, 9: 11, 10: 10, 11: 8, 12: 7, 13: 6, 14: 5, 15: 4, 16: 1, 17: 1, 18: 0}
    for typecode, nic in (version_0 | {20: 11, 21: 10, 22: 0}).items():
        table[0, typecode] = nic
    return table


ALTITUDE_FT = altitude_table()
AIRBORNE_ALTITUDE_FT = altitude_table_airborne_position()
SQUAWK = squawk_table()
MOVEMENT_KT = movement_table()
CHARACTER = character_table()
NIC = nic_table()
