from __future__ import annotations

from typing import Any

import msgspec
import pytest

from detector.domain.errors import ConfigError
from detector.reference.aircraft_corrections import AircraftCorrection, tables_of

SOURCE = "somebody, somewhere"


def correction(**given: Any) -> AircraftCorrection:
    plain = {"address": "15522c", "registration": "RA-86572", "source": SOURCE}
    return msgspec.convert(plain | given, AircraftCorrection)


def test_entries_become_a_table_for_each_source() -> None:
    told = [
        correction(type="IL62", military=True),
        correction(address="731821", registration="ep-faa", source="another source"),
    ]
    tables = tables_of([(f"f:{line}", one) for line, one in enumerate(told, 1)])
    assert [table.source for table in tables] == [SOURCE, "another source"]
    (i,) = tables[0].rows_of(0x15522C)
    row = tables[0].row(i)
    assert (row.registration, row.type_code, row.military) == ("RA-86572", "IL62", True)
    assert [tables[1].row(i).registration for i in tables[1].rows_of(0x731821)] == ["EP-FAA"]


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
