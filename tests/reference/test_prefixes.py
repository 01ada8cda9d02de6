from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.errors import InputError
from detector.reference.blocks import AddressBlocks
from detector.reference.prefixes import GUARDIANS, WITHOUT_BLOCK, Prefixes
from tests.reference.standing_aircraft import aircraft

DATA = Path(__file__).parents[2] / "detector" / "reference" / "data"
TABLE = DATA / "registration_prefixes.csv.gz"
PREFIXES = Prefixes.from_bytes(TABLE.read_bytes())


@pytest.mark.parametrize(
    ("registration", "registers"),
    [
        ("RA-86572", ("RU",)),
        ("P-885", ("KP",)),
        ("EP-MNB", ("IR",)),
        ("N123AB", ("US",)),
        (" n123ab ", ("US",)),
        ("B-LBF", ("HK",)),
        ("B-MBS", ("MO",)),
        ("B-1234", ("CN",)),
        ("B-18778", ("CN", "TW")),
        ("G-ABCD", ("GB",)),
        ("VP-CAH", ("KY",)),
        ("9XR-WF", ("RW",)),
        ("F-OMER", ("MQ",)),
        ("UK32101", ("UZ",)),
        ("OK-YUA 75", ("CZ",)),
        ("4U-ABC", ()),
        ("165829", ()),
        ("ZK450", ()),
        ("NZ7015", ()),
        ("N-4012", ()),
        ("MM62346", ()),
        ("", ()),
        ("RA-86572" * 9, ()),
    ],
)
def test_a_registration_is_of_the_registers_whose_form_it_has(registration: str, registers: tuple[str, ...]) -> None:
    assert PREFIXES.register_of(registration) == registers


@pytest.mark.parametrize(
    ("registration", "country", "fits"),
    [
        ("RA-86572", "RU", True),
        ("RA-86572", "KP", False),
        ("RA-86572", None, False),
        ("M-ABCD", "GB", True),
        ("VP-CUY", "BM", True),
        ("2-ESKA", "GB", True),
        ("B-LBF", "CN", True),
        ("B-001A", "MO", True),
        ("B-18778", "TW", True),
        ("B-LBF", "TW", False),
        ("P4-JIM", "NL", True),
        ("F-OMER", "FR", True),
        ("V4-ABC", "FR", None),
        ("A6-MSD", "XA", None),
        ("10+01", "DE", None),
        ("10+01", None, None),
    ],
)
def test_a_registration_fits_the_blocks_that_its_register_gives_addresses_of(
    registration: str, country: str | None, fits: bool | None
) -> None:
    assert PREFIXES.block_fits(registration, country) is fits


def test_hardly_any_aircraft_of_the_table_has_a_registration_that_does_not_fit_its_block() -> None:
    blocks = AddressBlocks.from_bytes((DATA / "icao24_blocks.csv.gz").read_bytes())
    fits: dict[bool | None, list[str]] = {True: [], False: [], None: []}
    for address, registration in aircraft():
        block = blocks.block_of(address)
        assert block is not None
        fits[PREFIXES.block_fits(registration, block.country)].append(f"{address:06x} {registration}")
    n = sum(map(len, fits.values()))
    print(f"{len(fits[False])} of {n} do not fit, {len(fits[None])} unknown: {', '.join(fits[False])}")  # noqa: T201
    assert n == 16_873
    assert len(fits[True]) > 0.95 * n
    assert len(fits[False]) < 0.004 * n
    assert "a11ce7 I-CFAN" in fits[False]  # an Italian helicopter that kept the address of its American days


def test_every_register_has_a_block_or_a_guardian_or_is_known_to_have_none() -> None:
    lines = gzip.decompress(TABLE.read_bytes()).decode().splitlines()[1:]
    registers = {line.split(",")[1] for line in lines} - {"ZZ"}
    lines = gzip.decompress((DATA / "icao24_blocks.csv.gz").read_bytes()).decode().splitlines()[1:]
    with_block = {line.split(",")[6] for line in lines}
    assert registers - with_block - set(GUARDIANS) == WITHOUT_BLOCK
    assert all(guardian in with_block and guardian not in GUARDIANS and why for guardian, why in GUARDIANS.values())


@given(st.text(), st.none() | st.sampled_from(["RU", "XA", "QQ", ""]))
def test_no_text_makes_it_fail(registration: str, country: str | None) -> None:
    if not PREFIXES.register_of(registration):
        assert PREFIXES.block_fits(registration, country) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        TABLE.read_bytes()[:-9],
        gzip.compress(b"Prefix,CountryISO2\nN,US\n", mtime=0),
        gzip.compress(b"Prefix,CountryISO2,DecodeFullRegex\nN,US\n", mtime=0),
        gzip.compress(b"Prefix,CountryISO2,DecodeFullRegex\nG,GB,G-(?<code>[A-Z\n", mtime=0),
    ],
)
def test_a_damaged_table_is_an_input_error_that_names_it(data: bytes) -> None:
    with pytest.raises(InputError, match="table of registration prefixes"):
        Prefixes.from_bytes(data)
