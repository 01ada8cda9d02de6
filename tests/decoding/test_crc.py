from __future__ import annotations

import numpy as np
import pyModeS
from hypothesis import given
from hypothesis import strategies as st

from detector.decoding import crc


def columns(frame: bytes) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    return np.frombuffer(frame, np.uint8).reshape(1, -1)


@given(st.binary(min_size=14, max_size=14))
def test_the_remainder_of_long_frames_is_that_of_pymodes(frame: bytes) -> None:
    frame = bytes([frame[0] | 0x80]) + frame[1:]
    assert crc.residual_long(crc.words(columns(frame)))[0] == pyModeS.Message(frame).crc


@given(st.binary(min_size=7, max_size=7))
def test_the_remainder_of_short_frames_is_that_of_pymodes(frame: bytes) -> None:
    frame = bytes([frame[0] & 0x7F]) + frame[1:]
    assert crc.residual_short(crc.words(columns(frame.ljust(14, b"\0"))))[0] == pyModeS.Message(frame).crc


def test_known_frames_have_no_remainder_and_one_turned_bit_has() -> None:
    frame = bytes.fromhex("8D406B902015A678D4D220AA4BDA")
    assert crc.residual_long(crc.words(columns(frame)))[0] == 0
    for bit in range(112):
        turned = (int.from_bytes(frame, "big") ^ 1 << bit).to_bytes(14, "big")
        assert crc.residual_long(crc.words(columns(turned)))[0] != 0, bit


def test_a_short_frame_padded_with_anything_has_the_same_remainder() -> None:
    frame = bytes.fromhex("5D4840D6F1E9D2")
    plain, padded = (crc.residual_short(crc.words(columns(frame.ljust(14, fill))))[0] for fill in (b"\0", b"\xff"))
    assert plain == padded == pyModeS.Message(frame).crc
