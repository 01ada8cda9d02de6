from __future__ import annotations

import gzip
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.errors import InputError
from detector.reference import registrations
from detector.reference.blocks import CORRECTIONS, END, AddressBlocks, Block, placeholder
from detector.reference.prefixes import Prefixes
from tests.reference.standing_aircraft import aircraft

TABLE = Path(__file__).parents[2] / "detector" / "reference" / "data" / "icao24_blocks.csv.gz"
FRENCH_MILITARY = re.compile("F-[MRUXZ]")
BLOCKS = AddressBlocks.from_bytes(TABLE.read_bytes())


@pytest.mark.parametrize(
    ("address", "country", "military"),
    [
        (0x15522C, "RU", False),
        (0x720000, "KP", False),
        (0x727FFF, "KP", False),
        (0x730421, "IR", False),
        (0x43C04E, "GB", True),
        (0xAE1313, "US", True),
        (0x4D03C0, "XB", True),
        (0xF00000, "XA", False),
        (0x424134, "KY", False),
    ],
)
def test_known_addresses_lie_in_the_block_of_their_state(address: int, country: str, military: bool) -> None:
    block = BLOCKS.block_of(address)
    assert block is not None
    assert (block.country, block.military) == (country, military)
    assert block.first <= address <= block.last


@pytest.mark.parametrize("address", [0x000000, 0x003FFF, 0x222222, 0x9FFFFF, 0xFFFFFF, -1, END])
def test_what_is_in_no_states_block_has_none(address: int) -> None:
    assert BLOCKS.block_of(address) is None


def test_the_narrowest_block_counts_and_a_correction_counts_most() -> None:
    wide, narrow = Block(0x10, 0x5F, "AA", False), Block(0x20, 0x2F, "BB", True)
    right = Block(0x28, 0x3F, "CC", False)
    blocks = AddressBlocks([narrow, wide], [right])
    assert [blocks.block_of(address) for address in (0x0F, 0x10, 0x20, 0x27, 0x28, 0x3F, 0x40, 0x60)] == [
        None,
        wide,
        narrow,
        narrow,
        right,
        right,
        wide,
        None,
    ]


@given(st.lists(st.integers(0, 0xFFFFFF), max_size=30))
def test_many_addresses_at_once_give_what_each_gives_alone(addresses: list[int]) -> None:
    column = np.array(addresses, np.uint32)
    alone = [BLOCKS.block_of(address) for address in addresses]
    assert BLOCKS.countries(column).tolist() == [None if block is None else block.country for block in alone]
    assert BLOCKS.military(column).tolist() == [block is not None and block.military for block in alone]


def test_every_border_of_the_table_is_on_the_right_side() -> None:
    columns = [line.split(",") for line in gzip.decompress(TABLE.read_bytes()).decode().splitlines()[1:]]
    rows = [(int(row[0], 16), int(row[1], 16), row[6], row[5] == "1") for row in columns]
    assert len(rows) == 811
    borders = {address for first, last, _, _ in rows for address in (first - 1, first, last, last + 1)}
    for address in borders - {-1, END}:
        if any(correction.first <= address <= correction.last for correction in CORRECTIONS):
            continue
        around = [
            (last - first, country, military) for first, last, country, military in rows if first <= address <= last
        ]
        _, country, military = min(around)
        block = BLOCKS.block_of(address)
        assert (("ZZ", False) if block is None else (block.country, block.military)) == (country, military)


def test_no_corrected_range_holds_an_aircraft_that_is_not_of_a_civil_register() -> None:
    civil = {"GG": "2-", "NO": "LN-", "AU": "VH-", "CL": "CC-"}
    for correction in CORRECTIONS:
        found = [mark for address, mark in aircraft() if correction.first <= address <= correction.last]
        assert len(found) >= 3
        assert all(mark.startswith(civil[correction.country]) for mark in found)


def test_hardly_any_aircraft_with_a_civil_registration_is_called_military() -> None:
    prefixes = Prefixes.from_bytes((TABLE.parent / "registration_prefixes.csv.gz").read_bytes())
    # French military aircraft have registrations of the common form: F-M, F-R, F-U, F-X, F-Z.
    civil = [(a, mark) for a, mark in aircraft() if prefixes.register_of(mark) and not FRENCH_MILITARY.match(mark)]
    called = BLOCKS.military(np.array([address for address, _ in civil], np.uint32))
    assert len(civil) > 16_000
    # 163 before the corrections. None of these stands for a range: single aircraft among military ones.
    assert [mark for (_, mark), yes in zip(civil, called, strict=True) if yes] == [
        "D-KOBN",
        "S5-DUB",
        "N469TN",
        "T7-ESPRT",
        "PT-MSP",
        "PR-JFD",
    ]


@pytest.mark.parametrize(
    "address", [0x000000, 0xFFFFFF, 0x000001, 0x00000F, 0x000FFF, 0x111111, 0x444444, 0xEEEEEE, 0x123456, 0x654321]
)
def test_an_address_that_nobody_set_up_is_called_a_placeholder(address: int) -> None:
    assert placeholder(address)


@pytest.mark.parametrize("address", [0xAAAAAA, 0xABCDEF, 0x001000, 0x15522C, 0xA00001, 0x012345])
def test_an_address_that_an_aircraft_can_have_is_not(address: int) -> None:
    assert placeholder(address) is None


def test_no_placeholder_is_an_aircraft_of_the_table_or_computed_by_a_register() -> None:
    assert [mark for address, mark in aircraft() if placeholder(address)] == []
    suspects = [*range(0x1000), *(digit * 0x111111 for digit in range(1, 16)), 0x123456, 0x654321, 0xFEDCBA, 0xABCDEF]
    found = [address for address in suspects if placeholder(address)]
    assert len(found) == 0x1000 + 13 + 1 + 3
    assert [address for address in found if registrations.registration_of(address)] == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not gzipped",
        gzip.compress(b"Start,Finish,CountryISO2\n004000,0043FF,ZW\n", mtime=0),
        gzip.compress(b"Start,Finish,CountryISO2,IsMilitary\n004000,0043FF\n", mtime=0),
        gzip.compress(b"Start,Finish,CountryISO2,IsMilitary\n00400G,0043FF,ZW,0\n", mtime=0),
        gzip.compress(b"Start,Finish,CountryISO2,IsMilitary\n004400,0043FF,ZW,0\n", mtime=0),
        gzip.compress(b"Start,Finish,CountryISO2,IsMilitary\n004000,1000000,ZW,0\n", mtime=0),
        gzip.compress(b"\xff\xfe", mtime=0),
        TABLE.read_bytes()[:-20],
        TABLE.read_bytes()[:1000] + b"\0" * 100 + TABLE.read_bytes()[1100:],
    ],
)
def test_a_damaged_table_is_an_input_error_that_names_it(data: bytes) -> None:
    with pytest.raises(InputError, match="table of address blocks"):
        AddressBlocks.from_bytes(data)
