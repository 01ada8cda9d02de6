from __future__ import annotations

from datetime import date

import pytest

from detector.domain.errors import InputError
from detector.reference.aircraft_rows import AircraftRows
from detector.reference.aircraft_table import AircraftRow
from detector.reference.refusals import Refusal, RefusedRow, by_reason

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
        ("", "the first line should name the columns, and is empty"),
        ("PK\x03\x04", "no column `icao24`"),
    ],
)
def test_another_file_is_refused_whole_in_one_line(head: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        AircraftRows([f"{head}\n"], "mine.csv")
    assert str(caught.value).startswith("mine.csv:")
    assert words in str(caught.value)


def rows_around(broken: str, *, head: str = "icao24,registration,operator") -> tuple[list[str], list[RefusedRow]]:
    lines = [head, *(f"4b{k:04x},HB-{k},Somebody" for k in range(20)), broken,
             *(f"4b{k:04x},HB-{k},Somebody" for k in range(20, 40))]  # fmt: skip
    rows = AircraftRows((f"{line}\n" for line in lines), "mine.csv")
    return [row.registration for row in rows], rows.refused


ALL = [f"HB-{k}" for k in range(40)]


@pytest.mark.parametrize(
    "broken", ['4c0000,HB-X,"open', '4c0000,"HB-X,open', f"4c0000,HB-X,{'long' * 100}", f"4c0000,HB-X,{'x' * 200_000}"]
)
def test_a_quote_that_never_closes_and_an_endless_value_cost_their_own_row_alone(broken: str) -> None:
    told, refused = rows_around(broken)
    assert told == ALL
    assert [(row.line, row.reason) for row in refused] == [(22, Refusal.COLUMNS)]


def test_two_stray_quotes_far_apart_swallow_nothing_between_them() -> None:
    lines = ["icao24,registration,operator\n", *(f"4b{k:04x},HB-{k},Somebody\n" for k in range(200))]
    lines[20], lines[180] = '4b1000,HB-A,"one\n', '4b1001,HB-B,"two\n'
    rows = AircraftRows(lines, "mine.csv")
    assert len(list(rows)) == 198
    assert [row.line for row in rows.refused] == [21, 181]


def test_a_value_may_go_over_a_line_in_quotes() -> None:
    told, refused = rows_around('4c0000,HB-X,"One\nAir"')
    assert told == [*ALL[:20], "HB-X", *ALL[20:]]
    assert refused == []


def test_a_backslash_at_the_end_of_a_line_is_no_reason_to_read_on() -> None:
    lines = [
        "4B0001;HB-A;A320;00;AIRBUS;2010;One\\;Air;",
        "4B0002;HB-B;A320;00;AIRBUS;2010;Two\\",
        "4B0003;HB-C;;00;;;;",
    ]
    _, told = read("".join(f"{line}\n" for line in lines))
    assert [(row.registration, row.operator) for row in told] == [("HB-A", "One;Air"), ("HB-B", "Two"), ("HB-C", "")]


def test_nothing_in_a_row_commands_a_terminal() -> None:
    _, told = read("icao24,registration,operator\n4b0001,HB-A,\x1b[2Jred\u202eair\x07\n")
    assert told[0].operator == "[2Jredair"


@pytest.mark.parametrize("registration", ["-", "?", "..."])
def test_a_registration_without_a_letter_or_digit_is_none(registration: str) -> None:
    _, told = read(f"icao24,registration,type\n4b0001,{registration},A320\n")
    assert told[0].registration == ""


@pytest.mark.parametrize("row", ["4b0001,,,1234,", "4b0001,,,,no"])
def test_a_serial_number_or_not_being_military_is_something_told(row: str) -> None:
    _, told = read(f"icao24,registration,type,serial,military\n{row}\n")
    assert len(told) == 1


def test_when_a_certificate_expires_is_not_when_a_registration_ends() -> None:
    head = "icao24,registration,typecode,operatoricao,registered,reguntil"
    _, told = read(f"{head}\na00002,N1A,C172,,2021-03-01,2024-01-31\n")
    assert (told[0].valid_from, told[0].valid_to) == (date(2021, 3, 1), None)


def test_columns_of_ones_own_that_are_not_used_are_named_and_a_day_is_asked_for_as_one() -> None:
    lines = ["icao24,registration,remarks,from\n", "440001,OE-IAA,sold,01/02/2023\n", "440002,OE-IAB,,2023-02-01\n"]
    rows = AircraftRows(lines, "mine.csv")
    assert [row.registration for row in rows] == ["OE-IAB"]
    assert rows.unused == ("remarks",)
    assert [row.text for row in rows.refused] == ["'01/02/2023' is no day; write it as 2024-11-07"]
