from __future__ import annotations

import gzip
import time
from pathlib import Path

import pytest

from detector.domain.errors import InputError
from detector.domain.identity import TypeClass
from detector.reference.type_table import TypeTable

TABLE = Path(__file__).parents[2] / "detector" / "reference" / "data" / "model_types.csv.gz"
PACKED = TABLE.read_bytes()
TYPES = TypeTable.from_bytes(PACKED)
HEAD = "ICAO,Manufacturer,Model,EngineTypeCode,SpeciesCode,WakeTurbulenceCode,IsActive\n"


def table(*lines: str) -> TypeTable:
    return TypeTable.from_bytes(gzip.compress((HEAD + "\n".join(lines)).encode()))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("IL62", TypeClass.HEAVY),
        ("A388", TypeClass.HEAVY),
        ("A124", TypeClass.HEAVY),
        ("B738", TypeClass.JET),
        ("H25B", TypeClass.JET),  # one of its rows in use has wake L
        ("C25A", TypeClass.LIGHT_JET),
        ("AN12", TypeClass.PROPELLER),
        ("B350", TypeClass.PROPELLER),  # wake L/M
        ("SR22", TypeClass.LIGHT),
        ("GLID", TypeClass.LIGHT),
        ("BALL", TypeClass.LIGHT),
        ("R44", TypeClass.ROTORCRAFT),
        ("V22", TypeClass.ROTORCRAFT),
        ("GYRO", TypeClass.ROTORCRAFT),
        ("il62 ", TypeClass.HEAVY),
        ("-GND", None),
        ("-TWR", None),
        ("ZZZZ", None),
        ("QQQQ", None),
        ("", None),
    ],
)
def test_types_are_classed_by_species_engines_and_wake(code: str, kind: TypeClass | None) -> None:
    assert TYPES.class_of(code) is kind


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("IL62", "Ilyushin Il-62"),
        ("B738", "Boeing 737-800"),  # the first row, a 737 MAX, is no longer in use
        ("AT45", "ATR-42-500"),  # the model begins with its maker
        ("CONC", "Aerospatiale - British Aerospace Concorde"),  # no row is in use
        ("GLID", "Glider"),
        ("QQQQ", None),
        ("", None),
    ],
)
def test_a_type_is_called_by_maker_and_model(code: str, name: str | None) -> None:
    assert TYPES.name_of(code) == name


def test_most_rows_in_use_decide_and_others_only_where_none_is() -> None:
    types = table(
        "AAAA,M,1,J,L,L,1",
        "AAAA,M,2,J,L,M,1",
        "AAAA,M,3,J,L,M,1",
        "AAAA,M,4,J,L,L,0",
        "AAAA,M,5,J,L,L,0",
        "BBBB,M,1,T,L,M,0",
        "CCCC,M,1,,,,1",
        "CCCC,M,2,P,L,L,0",
        "-CAR,M,1,J,L,H,1",
        "DDDD,M,1,R,L,M,1",
        "EEEE,M,1,J,L,,1",
    )
    assert types.class_of("AAAA") is TypeClass.JET
    assert types.class_of("BBBB") is TypeClass.PROPELLER
    assert types.class_of("CCCC") is TypeClass.LIGHT
    assert types.class_of("-CAR") is None
    assert types.class_of("DDDD") is None
    assert types.class_of("EEEE") is None


def test_reading_the_table_takes_milliseconds() -> None:
    best = 1.0
    for _ in range(5):
        begin = time.perf_counter()
        TypeTable.from_bytes(PACKED)
        best = min(best, time.perf_counter() - begin)
    print(f"{best * 1e3:.1f} ms")  # noqa: T201  by `pytest -s`
    assert best < 0.1  # 8 ms alone; room for a machine that does other work


@pytest.mark.parametrize(
    "data",
    [
        b"",
        PACKED[:-9],
        gzip.compress(b"ICAO,Manufacturer\n", mtime=0),
        gzip.compress((HEAD + "A,B\n").encode(), mtime=0),
    ],
)
def test_a_damaged_table_is_an_input_error_that_names_it(data: bytes) -> None:
    with pytest.raises(InputError, match="table of aircraft types"):
        TypeTable.from_bytes(data)
