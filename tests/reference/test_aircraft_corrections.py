from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from detector.domain.errors import ConfigError
from detector.reference.aircraft_corrections import AircraftCorrection, tables_of

SOURCE = "somebody, somewhere"


def correction(**given: Any) -> AircraftCorrection:
    plain = {"address": "15522c", "registration": "RA-86572", "source": SOURCE}
    return msgspec.convert(plain | given, AircraftCorrection)


def test_entries_become_rows_that_name_their_sources() -> None:
    told = [
        correction(type="IL62", military=True),
        correction(address="731821", registration="ep-faa", source="another source"),
    ]
    (table,) = tables_of([(f"f:{line}", one) for line, one in enumerate(told, 1)])
    first, second = (table.row(i) for address in (0x15522C, 0x731821) for i in table.rows_of(address))
    assert (first.registration, first.type_code, first.military, first.told_by) == ("RA-86572", "IL62", True, SOURCE)
    assert (second.registration, second.told_by) == ("EP-FAA", "another source")


def test_entries_of_another_day_are_a_table_of_their_own() -> None:
    told = [("f:1", correction()), ("f:2", correction(address="731821", dated="2024-01-02"))]
    assert [table.dated for table in tables_of(told)] == [None, date(2024, 1, 2)]


def test_an_address_may_be_told_of_for_different_days_but_not_twice_for_one() -> None:
    first = correction(registration="EP-A", to="2020-05-31")
    tables_of([("f:1", first), ("f:2", correction(registration="EP-B", **{"from": "2020-06-01"}))])
    with pytest.raises(ConfigError, match=r"^f:2: 15522c is told of twice for the same days by one source"):
        tables_of([("f:1", first), ("f:2", correction(registration="EP-B", **{"from": "2020-05-31"}))])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"address": "15522C"}, "address"),
        ({"address": "15522"}, "address"),
        ({"source": "me"}, "source"),
        ({"type": "il62"}, "type"),
        ({"from": "2020-01-02", "to": "2020-01-01"}, "is before `from`"),
        ({"registration": None}, "tells nothing of the aircraft"),
        ({"color": "red"}, "color"),
    ],
)
def test_a_mistake_in_an_entry_is_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=words):
        correction(**given)
