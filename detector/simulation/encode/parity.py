"""CRC-24 of Mode S (ICAO Annex 10 Vol IV, 3.1.2.3.3): generator 0x1FFF409, no inversion, initial value 0."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

GENERATOR = 0xFFF409
"""x^24 + x^23 + ... + x^10 + x^3 + 1, without its leading bit."""


def _byte_table() -> npt.NDArray[np.int64]:
    table = np.zeros(256, np.int64)
    for byte in range(256):
        remainder = byte << 16
        for _ in range(8):
            remainder = (remainder << 1) ^ (GENERATOR if remainder & 0x800000 else 0)
        table[byte] = remainder & 0xFFFFFF
    return table


_TABLE = _byte_table()


def crc24(octets: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Remainders (n,) of the rows of `octets` (n, k), multiplied by x^24 as the parity field wants it."""
    remainder = np.zeros(len(octets), np.int64)
    for column in octets.T:
        remainder = ((remainder << 8) & 0xFFFFFF) ^ _TABLE[(remainder >> 16) ^ column]
    return remainder
