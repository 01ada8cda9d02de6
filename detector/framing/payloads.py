"""What every format does with a frame once its bytes are known: hexadecimal to columns, and the one check on length.

The length of a Mode S frame follows from its downlink format, the first five bits: 56 bits below 16, 112 bits from 16
on (ICAO Annex 10 volume IV, 3.1.2.3.1).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from detector.domain.errors import Reject
from detector.domain.frame import LONG_BYTES, SHORT_BYTES, FrameBatch, RejectCounts
from detector.domain.times import EARLIEST, LATEST, from_microseconds

FRAME_HEX = re.compile(rb"(?:[0-9A-Fa-f]{14}){1,2}")
"""Use with `fullmatch`: exactly 14 or 28 ASCII digits. `bytes.fromhex` alone would let blanks pass."""

BAD_NIBBLE = 0xFF
NIBBLE = np.full(256, BAD_NIBBLE, np.uint8)
"""Value of an ASCII hexadecimal digit; BAD_NIBBLE for every other byte."""
for _digits in (b"0123456789abcdef", b"0123456789ABCDEF"):
    NIBBLE[np.frombuffer(_digits, np.uint8)] = np.arange(16, dtype=np.uint8)

FIRST_LONG_FORMAT = 16
MIN_MICROSECONDS = int(EARLIEST) * 1_000_000
MAX_MICROSECONDS = int(LATEST) * 1_000_000


def checked(frames: FrameBatch, rejects: RejectCounts) -> FrameBatch:
    """`frames` with lengths that fit their downlink format.

    A short format in 14 bytes is cut to its 7: some demodulators always write 14 (21,018 of the 57,793 frames of one
    recording by jet1090), and the parity of the first 7 holds. A long format in 7 bytes is no frame, counted LENGTH.
    """
    is_long = (frames.payload[:, 0] >> 3) >= FIRST_LONG_FORMAT
    told_long = frames.length == LONG_BYTES
    if bool((is_long == told_long).all()):
        return frames
    overfull = told_long & ~is_long
    if overfull.any():
        payload, length = frames.payload.copy(), frames.length.copy()
        payload[overfull, SHORT_BYTES:] = 0
        length[overfull] = SHORT_BYTES
        frames = replace(frames, payload=payload, length=length)
    fits = told_long | ~is_long
    rejects.add(Reject.LENGTH, int(len(fits) - np.count_nonzero(fits)))
    return frames if fits.all() else frames.take(fits)


def batch_of_rows(
    microseconds: Sequence[int],
    payloads: Sequence[bytes],
    receivers: Sequence[int],
    levels: Sequence[int],
) -> FrameBatch:
    """Frames gathered one at a time: time in us since 1970, 7 or 14 bytes, receiver, level."""
    n = len(payloads)
    joined = b"".join(payload.ljust(LONG_BYTES, b"\0") for payload in payloads)
    return FrameBatch(
        from_microseconds(np.array(microseconds, np.int64)),
        np.frombuffer(joined, np.uint8).reshape(n, LONG_BYTES).copy(),
        np.array([len(payload) for payload in payloads], np.uint8),
        np.array(receivers, np.uint64),
        np.array(levels, np.uint8),
        np.zeros(n, np.bool_),
    )


def hex_of(frames: FrameBatch) -> list[str]:
    """Each frame as 14 or 28 lower-case digits."""
    text = frames.payload.tobytes().hex()
    width = 2 * LONG_BYTES
    short = 2 * SHORT_BYTES
    return [
        text[at : at + (width if length == LONG_BYTES else short)]
        for at, length in zip(range(0, len(text), width), frames.length.tolist(), strict=True)
    ]
