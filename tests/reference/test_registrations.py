from __future__ import annotations

import time
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from detector.reference.registrations import REGISTERS, Register, address_of, registration_of
from detector.reference.registrations.stride import Series
from tests.reference.standing_aircraft import aircraft

EVERY = [pytest.param(register, id=f"{register.prefixes[0]} {register.first:06x}") for register in REGISTERS]

FITTING = {
    "9V-": 66,
    "AP-": 11,
    "C-F": 130,
    "C-G": 205,
    "CS-": 93,
    "D-A": 242,
    "D-B": 18,
    "D-C": 110,
    "D-E": 76,
    "D-F": 53,
    "D-G": 11,
    "D-H": 39,
    "D-I": 63,
    "D-K": 7,
    "EP-": 18,
    "F-G": 13,
    "F-H": 278,
    "HA-": 97,
    "HB-": 131,
    "HL": 156,
    "HS-": 87,
    "JA": 55,
    "JY-": 22,
    "LQ-": 7,
    "LV-": 85,
    "N": 3943,
    "OH-": 33,
    "OO-": 61,
    "OY-": 90,
    "RA-": 508,
    "SE-": 146,
    "SX-": 73,
    "TC-": 336,
    "TS-": 15,
    "VH-": 142,
    "YR-": 53,
    "YU-": 30,
}
"""Aircraft of the table whose address is what the rule gives for their registration."""
SHARE = 0.97
TWO_OF_ONE_OPERATOR = {"JA"}
"""JA900A and JA902A of one operator have addresses 242 and 240 below what the rule gives; nobody knows why. 55 fit."""

KNOWN = [
    ("N1", 0xA00001),
    ("N1A", 0xA00002),
    ("N1AA", 0xA00003),
    ("N1ZZ", 0xA00259),
    ("N10", 0xA0025A),
    ("N1000Z", 0xA00724),
    ("N12345", 0xA061D9),
    ("N86QU", 0xABCDEF),
    ("N99999", 0xADF7C7),
    ("RA-86572", 0x15522C),
    ("JA01WJ", 0x8406D0),
    ("JA146A", 0x8468EE),
    ("HL7645", 0x71BE45),
    ("HL8211", 0x71C211),
    ("VH-8AM", 0x7CAC2C),
    ("D-AVXH", 0x3C1236),
    ("EP-MJA", 0x733541),
    ("C-GEXB", 0xC05190),
]


@pytest.mark.parametrize(("registration", "address"), KNOWN)
def test_known_registrations_and_addresses_go_together(registration: str, address: int) -> None:
    forth, back = address_of(registration), registration_of(address)
    assert forth == back
    assert forth is not None
    assert (forth.address, forth.registration) == (address, registration)
    assert forth.source


def prefix_of(registration: str) -> str:
    return next(prefix for register in REGISTERS for prefix in register.prefixes if registration.startswith(prefix))


def test_every_rule_gives_at_least_97_of_100_aircraft_of_the_table_the_address_that_they_have() -> None:
    fitting: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for address, registration in aircraft():
        assigned = address_of(registration)
        if assigned is not None:
            assert assigned.registration == registration
            (fitting if assigned.address == address else others)[prefix_of(registration)] += 1
    assert fitting == FITTING
    assert set(FITTING) == {prefix for register in REGISTERS for prefix in register.prefixes}
    for prefix, n in fitting.items():
        assert n >= 5
        if prefix in TWO_OF_ONE_OPERATOR:
            assert others[prefix] == 2
        else:
            assert n / (n + others[prefix]) >= SHARE, prefix
    assert sum(fitting.values()) == 7503
    assert sum(others.values()) == 21


def test_an_address_with_a_computed_registration_hardly_ever_has_another_one() -> None:
    same = other = 0
    for address, registration in aircraft():
        assigned = registration_of(address)
        if assigned is not None:
            fits = registration in (assigned.registration, *assigned.also)
            same, other = same + fits, other + (not fits)
    print(f"{same} of {same + other} registrations as computed from the address")  # noqa: T201  by `pytest -s`
    assert same == 7503
    assert other / (same + other) < 0.005


def test_registers_stand_in_the_order_of_addresses_and_share_none() -> None:
    ends = [(register.first, register.last) for register in REGISTERS]
    assert all(first <= last for first, last in ends)
    assert all(last < first for (_, last), (first, _) in pairwise(ends))


@pytest.mark.parametrize("register", EVERY)
@given(data=st.data())
def test_an_address_comes_back_from_its_registration(register: Register, data: st.DataObject) -> None:
    address = data.draw(st.integers(register.first, register.last))
    assigned = registration_of(address)
    if assigned is not None:
        assert assigned.address == address
        assert assigned.country == register.country
        assert address_of(assigned.registration) == assigned
        for other in assigned.also:
            back = address_of(other)
            assert back is not None
            assert back.address == address
            assert assigned.registration in back.also


@pytest.mark.parametrize("register", EVERY)
def test_both_ends_of_a_range_have_registrations(register: Register) -> None:
    for address in (register.first, register.last):
        assigned = registration_of(address)
        assert assigned is not None
        assert address_of(assigned.registration) == assigned


ENDINGS = {
    "N": r"[1-9]([0-9]{0,4}|[0-9]{0,3}[A-HJ-NP-Z]|[0-9]{0,2}[A-HJ-NP-Z]{2})",
    "JA": r"[0-9]([0-9]{2}[0-9A-HJ-NP-Z]|[0-9][A-HJ-NP-Z]{2}|[A-HJ-NP-Z]{3})",
    "HL": r"(7[2-7]|8[0-7])[0-9]{2}",
    "RA-": r"[0-9]{5}",
}


@pytest.mark.parametrize("register", EVERY)
@given(data=st.data(), lower=st.booleans(), hyphen=st.booleans(), blanks=st.sampled_from(["", " ", "\t"]))
def test_a_registration_comes_back_from_its_address_however_it_was_written(
    register: Register, data: st.DataObject, lower: bool, hyphen: bool, blanks: str
) -> None:
    prefix = register.prefixes[0]
    if isinstance(register, Series):
        letters = register.alphabet
        low, high = letters.index(register.first_letter), letters.index(register.last_letter)
        ending = data.draw(st.sampled_from(letters[low : high + 1])) + data.draw(
            st.text(letters, min_size=2, max_size=2)
        )
    else:
        ending = data.draw(st.from_regex(ENDINGS[prefix], fullmatch=True))
    registration = prefix + ending
    written = registration if hyphen else registration.replace("-", "")
    assigned = address_of(blanks + (written.lower() if lower else written) + blanks)
    assert assigned is not None
    assert assigned.registration == registration
    assert registration_of(assigned.address) == assigned


@given(st.integers(-(2**40), 2**40) | st.integers(0, 0xFFFFFF))
def test_no_number_makes_it_fail(address: int) -> None:
    assigned = registration_of(address)
    assert assigned is None or assigned.address == address


@given(st.text() | st.text("-NRAJHLDEF0123456789", max_size=8))
@example("N\u0663")
@example("D-A\u017fss")
@example("N-4012")
def test_no_text_makes_it_fail(text: str) -> None:
    assigned = address_of(text)
    if assigned is not None:
        assert assigned.registration.replace("-", "") == text.strip().upper().replace("-", "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "N",
        "N0",
        "N01",
        "N1I",
        "N1O",
        "N1AAA",
        "N123456",
        "N1A1",
        "N1234AB",
        "N-4012",
        "NZ7015",
        "RA-1234",
        "RA-123456",
        "RA-0001A",
        "RA12-345",
        "DA-BCD",
        "D--ABCD",
        "D-ABC",
        "D-KOBN",
        "AP-XAJ",
        "D-AB1D",
        "HL7100",
        "HL8800",
        "HL72A0",
        "JA-146A",
        "JAI46A",
        "JA1A1A",
        "P-885",
    ],
)
def test_what_is_not_the_form_of_a_computing_register_has_no_address(text: str) -> None:
    assert address_of(text) is None


@pytest.mark.parametrize("address", [0xA00000, 0xADF7C8, 0x720000, 0x71BA0A, 0x448420, 0x448421 + 26, 0x3E801E])
def test_an_address_that_a_register_skips_has_no_registration(address: int) -> None:
    assert registration_of(address) is None


def test_a_registration_that_shares_its_address_says_so() -> None:
    assigned = registration_of(0xE0140C)
    assert assigned is not None
    assert (assigned.registration, assigned.also) == ("LV-APL", ("LQ-APL",))


def test_looking_up_an_address_takes_microseconds() -> None:
    addresses = range(0xA00001, 0xADF7C7, 101)
    best = min(_seconds(addresses) for _ in range(5)) / len(addresses)
    print(f"{best * 1e6:.1f} us an address")  # noqa: T201  by `pytest -s`
    assert best < 15e-6  # 1.3 us alone; room for a machine that does other work


def _seconds(addresses: range) -> float:
    begin = time.perf_counter()
    for address in addresses:
        registration_of(address)
    return time.perf_counter() - begin
