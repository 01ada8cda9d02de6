"""CRC-24 of Mode S over columns of frames (ICAO Annex 10 Vol IV 3.1.2.3.3; Doc 9871).

The code is linear, so the remainder of a frame is the XOR of the remainders of its parts. Two bytes at a time from
tables of 65,536 entries is the fastest way NumPy has: five look-ups and one of a byte for a long frame, two for a
short one.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

GENERATOR = 0xFFF409
"""x^24 + x^23 + ... + 1 without its leading term (Annex 10 Vol IV 3.1.2.3.3.1.2)."""

U16 = npt.NDArray[np.uint16]
U32 = npt.NDArray[np.uint32]


def _byte_table() -> U32:
    """Remainder of each byte value followed by 24 zero bits."""
    remainder = np.arange(256, dtype=np.uint32) << np.uint32(16)
    for _ in range(8):
        carry = (remainder & 0x800000) != 0
        shifted = (remainder << np.uint32(1)) & np.uint32(0xFFFFFF)
        remainder = shifted ^ np.where(carry, np.uint32(GENERATOR), np.uint32(0))
    return remainder


_BYTE = _byte_table()


def _advance(remainder: U32) -> U32:
    """The remainder after eight more zero bits."""
    advanced: U32 = ((remainder << np.uint32(8)) & np.uint32(0xFFFFFF)) ^ _BYTE[remainder >> np.uint32(16)]
    return advanced


def _pair_tables(count: int) -> list[U32]:
    """Tables for two bytes that are followed by 0, 2, 4 ... more data bytes and the 24 zero bits."""
    low, high = _BYTE, _advance(_BYTE)
    tables = []
    for _ in range(count):
        tables.append((high[:, None] ^ low[None, :]).reshape(-1))
        low, high = _advance(_advance(low)), _advance(_advance(high))
    return tables


_SHORT_PAIRS = _pair_tables(2)[::-1]
# In a long frame one odd byte (the eleventh) follows the five pairs, so each is advanced by eight bits.
_LONG_PAIRS = [_advance(table) for table in _pair_tables(5)[::-1]]


def words(payload: npt.NDArray[np.uint8]) -> U16:
    """Frames, uint8 (n, 14) and C-contiguous, as seven columns of 16 bits: uint16 (7, n), one contiguous row a word."""
    return np.ascontiguousarray(payload.view(">u2").T, dtype=np.uint16)


def residual_short(words: U16) -> U32:
    """Remainder XOR parity field of 56-bit frames in `words`. 0 = no error, or the address laid over the parity."""
    residual: U32 = _SHORT_PAIRS[0].take(words[0])
    residual ^= _SHORT_PAIRS[1].take(words[1])
    residual ^= (words[2].astype(np.uint32) << np.uint32(8)) | (words[3] >> np.uint16(8))
    return residual


def residual_long(words: U16) -> U32:
    """The same of 112-bit frames."""
    residual: U32 = _BYTE.take(words[5] >> np.uint16(8))
    residual ^= ((words[5] & np.uint16(0xFF)).astype(np.uint32) << np.uint32(16)) | words[6]
    for table, word in zip(_LONG_PAIRS, words, strict=False):
        residual ^= table.take(word)
    return residual
