from __future__ import annotations

import io
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.errors import InputError
from detector.reference.aircraft_table import AircraftRow, AircraftTable

ROWS = st.lists(
    st.builds(
        AircraftRow,
        address=st.integers(0, 2**24 - 1),
        registration=st.sampled_from(["", "RA-86572", "N1"]),
        type_code=st.sampled_from(["", "IL62"]),
        operator=st.sampled_from(["", "Väldigt Snabbt Flyg"]),
        serial=st.sampled_from(["", "001"]),
        told_by=st.sampled_from(["", "another source"]),
        built=st.one_of(st.none(), st.integers(1903, 2100)),
        military=st.sampled_from([None, True, False]),
        valid_from=st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2030, 1, 1))),
        valid_to=st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2030, 1, 1))),
    ),
    max_size=12,
)


@given(ROWS, st.booleans())
def test_what_is_written_is_read_again_row_by_row(rows: list[AircraftRow], compressed: bool) -> None:
    table = AircraftTable.of(rows, "somebody", date(2024, 1, 2))
    again = AircraftTable.from_bytes(table.to_bytes(compressed=compressed))
    assert (again.source, again.dated, len(again)) == ("somebody", date(2024, 1, 2), len(rows))
    for address in {row.address for row in rows}:
        mine = [again.row(i) for i in again.rows_of(address)]
        assert sorted(mine, key=repr) == sorted((row for row in rows if row.address == address), key=repr)
        assert [row.valid_from or date.min for row in mine] == sorted(row.valid_from or date.min for row in mine)


def test_equal_tables_give_equal_bytes() -> None:
    rows = [AircraftRow(address=2, registration="B"), AircraftRow(address=1, registration="A")]
    assert AircraftTable.of(rows, "s", None).to_bytes() == AircraftTable.of(rows[::-1], "s", None).to_bytes()


def test_an_address_that_is_not_there_has_no_rows() -> None:
    table = AircraftTable.of([AircraftRow(address=5, registration="A")], "s", None)
    assert [list(table.rows_of(address)) for address in (0, 4, 5, 6, 2**24 - 1)] == [[], [], [0], [], []]
    assert list(AircraftTable.of([], "s", None).rows_of(5)) == []


def damaged(change: str) -> bytes:
    good = AircraftTable.of([AircraftRow(address=n, registration=f"R{n}") for n in range(3)], "s", None).to_bytes()
    with np.load(io.BytesIO(good)) as columns:
        parts = dict(columns)
    if change == "cut off":
        return good[: len(good) // 2]
    if change == "no file":
        return b"registration,icao24\n"
    if change == "later format":
        parts["head"] = np.frombuffer(b'{"format":99,"source":"s","dated":null}', np.uint8)
    elif change == "missing column":
        del parts["address"]
    elif change == "shorter column":
        parts["built"] = parts["built"][:1]
    elif change == "other type":
        parts["address"] = parts["address"].astype(np.float64)
    elif change == "number without a text":
        parts["registration_number"] = parts["registration_number"] + 9
    elif change == "out of order":
        parts["address"] = parts["address"][::-1].copy()
    elif change == "huge":
        parts["from_day"] = np.zeros((1000, 1000), np.int32)
    buffer = io.BytesIO()
    np.savez(buffer, **parts)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "change",
    ["cut off", "no file", "later format", "missing column", "shorter column", "other type", "number without a text",
     "out of order", "huge"],
)  # fmt: skip
def test_a_damaged_table_is_refused_in_one_line(change: str) -> None:
    with pytest.raises(InputError) as caught:
        AircraftTable.from_bytes(damaged(change), "mine.npz")
    assert str(caught.value).startswith("mine.npz: ")
    assert "\n" not in str(caught.value)
