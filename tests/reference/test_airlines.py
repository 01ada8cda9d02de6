from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.errors import InputError
from detector.reference.airlines import Airlines
from tests.reference.standing_aircraft import aircraft

TABLE = Path(__file__).parents[2] / "detector" / "reference" / "data" / "airlines.csv.gz"
AIRLINES = Airlines.from_bytes(TABLE.read_bytes())


@pytest.mark.parametrize(
    ("callsign", "name"),
    [
        ("RFF7092", "Russian Federation Air Force"),
        ("KLM1302", "KLM"),
        ("klm1302 ", "KLM"),
        ("EZY12AB", "easyJet"),
        ("AFR1", "Air France"),
        ("AFR12345", "Air France"),
    ],
)
def test_a_call_sign_of_a_flight_names_its_operator(callsign: str, name: str) -> None:
    assert AIRLINES.operator_of(callsign) == name


@pytest.mark.parametrize(
    "callsign",
    [
        "",
        "KLM",
        "KLMA12",
        "KL1302",
        "KLM 1302",
        "AFR123456",
        "GABCD",
        "N123AB",
        "DEABC",
        "QQQ123",
        "12345678",
        "RPC4136",
        "VHA54",
    ],
)
def test_other_forms_and_unknown_designators_name_nobody(callsign: str) -> None:
    assert AIRLINES.operator_of(callsign) is None


def test_hardly_any_registration_of_the_table_typed_in_as_a_call_sign_names_an_operator() -> None:
    named = {
        name: mark for _, mark in aircraft() if (name := AIRLINES.operator_of(mark.replace("-", "").replace(" ", "")))
    }
    # The air force is right; the other two write their marks as somebody writes flights.
    assert set(named) == {"Colombian Air Force", "SalamAir", "Orient Airways"}


@given(st.text())
def test_no_text_makes_it_fail(callsign: str) -> None:
    assert AIRLINES.operator_of(callsign) is None or callsign.strip()[3:4].isdigit()


@pytest.mark.parametrize(
    "data",
    [b"", TABLE.read_bytes()[:-9], gzip.compress(b"Code,Name\n", mtime=0), gzip.compress(b"ICAO,Name\nKLM\n", mtime=0)],
)
def test_a_damaged_table_is_an_input_error_that_names_it(data: bytes) -> None:
    with pytest.raises(InputError, match="table of airlines"):
        Airlines.from_bytes(data)
