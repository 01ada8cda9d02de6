from __future__ import annotations

from datetime import date

import pytest

from detector.domain.errors import InputError
from detector.reference.aircraft_rows import AircraftRows
from detector.reference.aircraft_table import AircraftRow
from detector.reference.refusals import Refusal, by_reason

STANDING = """\
ICAO,Registration,ModelICAO,Manufacturer,Model,ManufacturerAndModel,IsPrivateOperator,Operator,AirlineCode,SerialNumber,YearBuilt
155BE3,RA-89059,SU95,Sukhoi,Superjet 100 95 B,Sukhoi Superjet 100 95 B,0,Rossiya,SDM,95100,2015
"""
OPENSKY = """\
"icao24","registration","manufacturericao","manufacturername","model","typecode","serialnumber","operator","operatoricao","registered","reguntil","built"
"155be3","RA-89059","SUKHOI","Sukhoi","Superjet","SU95","95100","Rossiya","SDM","2015-03-01","2030-01-01","2015-01-01"
"aabbcc","","","","","","","","","","",""
"""
OPENSKY_2024 = """\
'icao24','timestamp','built','operator','operatorIcao','registered','registration','serialNumber','typecode'
'155be3','2024-01-01 00:00:00',2015-01-01,'Rossiya','SDM',,RA-89059,'95100',SU95
"""
TAR1090 = """\
155BE3;RA-89059;SU95;00;SUKHOI Superjet 100;2015;Rossiya\\; Airlines;
15522C;RA-86572;IL62;10;ILYUSHIN Il-62;;;
"""
PLAIN = """\
\ufefficao24,registration,type,operator,military,msn,from,to
155be3,ra-89059,su95,Rossiya,no,95100,2015-03-01,
155be3,RA-89001,SU95,Rossiya,,95100,,2015-02-28
"""


def read(text: str) -> tuple[AircraftRows, list[AircraftRow]]:
    rows = AircraftRows(text.splitlines(keepends=True), "mine.csv")
    return rows, list(rows)


@pytest.mark.parametrize(
    ("text", "form", "operator", "begin"),
    [
        (STANDING, "standing data", "Rossiya", None),
        (OPENSKY, "OpenSky", "Rossiya", date(2015, 3, 1)),
        (OPENSKY_2024, "OpenSky", "Rossiya", None),
        (TAR1090, "tar1090-db", "Rossiya; Airlines", None),
        (PLAIN, "plain", "Rossiya", date(2015, 3, 1)),
    ],
)
def test_each_form_tells_the_same_of_an_aircraft(text: str, form: str, operator: str, begin: date | None) -> None:
    rows, told = read(text)
    assert rows.form == form
    first = told[0]
    assert (first.address, first.registration, first.type_code) == (0x155BE3, "RA-89059", "SU95")
    assert (first.operator, first.valid_from) == (operator, begin)
    assert first.serial == ("" if form == "tar1090-db" else "95100")
    assert first.built == (None if form == "plain" else 2015)


def test_the_first_flag_of_tar1090_is_military_and_an_unset_one_says_nothing() -> None:
    assert [row.military for row in read(TAR1090)[1]] == [None, True]


def test_an_address_may_have_two_registrations_at_different_days() -> None:
    _, told = read(PLAIN)
    assert [(row.registration, row.valid_from, row.valid_to) for row in told] == [
        ("RA-89059", date(2015, 3, 1), None),
        ("RA-89001", None, date(2015, 2, 28)),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("xyz123,N1,,", Refusal.ADDRESS),
        ("a00001,,,", Refusal.NOTHING_TOLD),
        ("a00001,N1", Refusal.COLUMNS),
        ("a00001,N1,2020-13-01,", Refusal.DAY),
        ("a00001,N1,2020-02-01,2020-01-01", Refusal.DAY),
        ("a00002,N2,,", Refusal.DUPLICATE),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_with_its_line_and_the_rest_is_taken(row: str, reason: Refusal) -> None:
    rows, told = read(f"icao24,registration,from,to\na00002,N2,,\n{row}\na00003,N3,,\n")
    assert [one.registration for one in told] == ["N2", "N3"]
    assert [(one.line, one.reason) for one in rows.refused] == [(3, reason)]
    assert by_reason(one.reason for one in rows.refused) == f"1 {reason}"


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("icao24,registraton,type", "no column `registration` (there is `registraton`)"),
        ("address,tail,type", "no column `registration`"),
        ("", "no column `icao24` and no column `registration`"),
        ("PK\x03\x04", "no column `icao24`"),
    ],
)
def test_another_file_is_refused_whole_in_one_line(head: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        AircraftRows([f"{head}\n"], "mine.csv")
    assert str(caught.value).startswith("mine.csv:1: ")
    assert words in str(caught.value)
