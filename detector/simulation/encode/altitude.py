"""Altitude and identity codes (ICAO Annex 10 Vol IV, 3.1.2.6.5.4, 3.1.2.6.7.1; Vol IV Appendix to chapter 3).

Bit order of the 13-bit codes, first bit first:

    altitude   C1 A1 C2 A2 C4 A4  M B1  Q B2 D2 B4 D4
    identity   C1 A1 C2 A2 C4 A4  X B1 D1 B2 D2 B4 D4
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

Q_CODE_LIMIT_FT = 50_175
"""Above this the 25-ft code has no values left and the 100-ft Gillham code is used."""
GILLHAM_FLOOR_FT = -1_200
GILLHAM_CEILING_FT = 126_700


def altitude_code(altitude_ft: npt.ArrayLike, *, gillham: bool = False) -> Ints:
    """13-bit codes (n,) of pressure altitudes, to the nearest 25 ft; 100 ft if `gillham`, or where too high for 25."""
    altitude = np.atleast_1d(np.asarray(altitude_ft, np.float64))
    if gillham:
        return _gillham_code(altitude)
    return np.where(altitude > Q_CODE_LIMIT_FT, _gillham_code(altitude), _q_code(altitude))


def squitter_altitude_code(altitude_ft: npt.ArrayLike, *, gillham: bool = False) -> Ints:
    """12-bit codes (n,) of an airborne position message: the 13-bit code without its M bit (DO-260B 2.2.3.2.3.4)."""
    code = altitude_code(altitude_ft, gillham=gillham)
    return (code >> 7) << 6 | (code & 0x3F)


def identity_code(squawk: str) -> int:
    """13-bit code of four octal digits. Raises ValueError."""
    if len(squawk) != 4 or any(c not in "01234567" for c in squawk):
        raise ValueError(f"not a squawk of four octal digits: {squawk!r}")
    a, b, c, d = (int(digit) for digit in squawk)
    pulses = [c, a, c >> 1, a >> 1, c >> 2, a >> 2, 0, b, d, b >> 1, d >> 1, b >> 2, d >> 2]
    code = 0
    for pulse in pulses:
        code = code << 1 | (pulse & 1)
    return code


def _q_code(altitude_ft: Floats) -> Ints:
    n = np.clip(np.rint((altitude_ft + 1000) / 25), 0, 2047).astype(np.int64)
    q_bit = 0x10
    return (n & 0x7E0) << 2 | (n & 0x10) << 1 | q_bit | (n & 0xF)


def _gillham_code(altitude_ft: Floats) -> Ints:
    """500-ft steps in the Gray code D2 D4 A1 A2 A4 B1 B2 B4, 100-ft steps inside one in C1 C2 C4, reflected."""
    hundreds = np.rint(np.clip(altitude_ft, GILLHAM_FLOOR_FT, GILLHAM_CEILING_FT) / 100).astype(np.int64) + 12
    five_hundreds, within = hundreds // 5, hundreds % 5 + 1
    within = np.where(five_hundreds % 2, 6 - within, within)
    within = np.where(within == 5, 7, within)
    coarse, fine = five_hundreds ^ (five_hundreds >> 1), within ^ (within >> 1)
    d2, d4, a1, a2, a4, b1, b2, b4 = (coarse >> shift & 1 for shift in range(7, -1, -1))
    c1, c2, c4 = (fine >> shift & 1 for shift in range(2, -1, -1))
    zero = np.zeros_like(coarse)
    code = zero
    for bit in (c1, a1, c2, a2, c4, a4, zero, b1, zero, b2, d2, b4, d4):
        code = code << 1 | bit
    return code
