from __future__ import annotations

import numpy as np
import pytest
from pyModeS._altcode import altcode_to_altitude
from pyModeS._callsign import decode_callsign
from pyModeS._idcode import idcode_to_squawk
from pyModeS.decoder.bds.bds06 import decode_bds06

from detector.decoding import codes

METRIC = 0x40


def test_every_altitude_code_is_that_of_pymodes_or_metric() -> None:
    for code in range(8192):
        theirs, ours = altcode_to_altitude(code), codes.ALTITUDE_FT[code]
        if code & METRIC:
            assert theirs is None
            assert ours == np.float32(((code >> 7) << 6 | code & 0x3F) / 0.3048)
        elif theirs is None:
            assert np.isnan(ours), code
        else:
            assert ours == theirs, code


def test_gillham_altitudes_run_from_1200_ft_below_zero_in_hundreds() -> None:
    gillham = [code for code in range(1, 8192) if not code & 0x50 and not np.isnan(codes.ALTITUDE_FT[code])]
    altitudes = sorted(codes.ALTITUDE_FT[gillham].tolist())
    assert altitudes == [-1200.0 + 100.0 * i for i in range(len(altitudes))]


def test_the_code_of_airborne_positions_lacks_the_metric_bit() -> None:
    for code in range(4096):
        theirs, ours = altcode_to_altitude((code >> 6) << 7 | code & 0x3F), codes.AIRBORNE_ALTITUDE_FT[code]
        assert np.isnan(ours) if theirs is None else ours == theirs


def test_every_squawk_is_that_of_pymodes() -> None:
    assert [f"{squawk:04d}" for squawk in codes.SQUAWK.tolist()] == [idcode_to_squawk(code) for code in range(8192)]


def test_every_movement_code_is_that_of_pymodes() -> None:
    for code in range(128):
        theirs, ours = decode_bds06(code << 44)["groundspeed"], codes.MOVEMENT_KT[code]
        assert np.isnan(ours) if theirs is None else ours == theirs


def test_every_character_is_that_of_pymodes() -> None:
    for code in range(64):
        assert chr(codes.CHARACTER[code]).strip() == decode_callsign(code << 42 | 0x820820820820 & (1 << 42) - 1)


@pytest.mark.parametrize(
    ("version", "typecode", "a", "other", "nic"),
    [
        (0, 11, 0, 0, 8),
        (0, 18, 0, 0, 0),
        (1, 7, 1, 0, 9),
        (1, 11, 0, 0, 8),
        (1, 16, 1, 0, 3),
        (2, 7, 1, 0, 9),
        (2, 8, 1, 1, 7),
        (2, 8, 1, 0, 6),
        (2, 8, 0, 1, 6),
        (2, 8, 0, 0, 0),
        (2, 11, 1, 1, 9),
        (2, 11, 0, 1, 8),
        (2, 13, 1, 1, 6),
        (2, 16, 1, 1, 3),
        (2, 16, 0, 0, 2),
        (2, 19, 0, 0, -1),
        (2, 22, 0, 0, 0),
    ],
)
def test_nic_follows_the_table_of_its_version(version: int, typecode: int, a: int, other: int, nic: int) -> None:
    assert codes.NIC[version, typecode, a, other] == nic
