from __future__ import annotations

import math
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.errors import InputError
from detector.reference.airport_rows import AirportRows, Form, RunwayRows, read_airports, read_runways
from detector.reference.refusals import Refusal
from detector.reference.table import Kind

STANDING = "Code,Name,ICAO,IATA,Location,CountryISO2,Latitude,Longitude,AltitudeFeet"
ROW = "ZKPY,Pyongyang Sunan,ZKPY,FNJ,Pyongyang,KP,39.224098,125.669998,117"
OUR = (
    "id,ident,type,name,latitude_deg,longitude_deg,elevation_ft,continent,iso_country,iso_region,municipality,"
    "scheduled_service,icao_code,iata_code,gps_code,local_code,home_link,wikipedia_link,keywords"
)
RUNWAYS = (
    "id,airport_ref,airport_ident,length_ft,width_ft,surface,lighted,closed,le_ident,le_latitude_deg,le_longitude_deg,"
    "le_elevation_ft,le_heading_degT,le_displaced_threshold_ft,he_ident,he_latitude_deg,he_longitude_deg,"
    "he_elevation_ft,he_heading_degT,he_displaced_threshold_ft"
)
RUNWAY = '1,2,"ZKPY",11490,200,"CON",1,0,"17",39.2,125.66,100,163.0,,"35",39.17,125.67,90,343.0,'


def ours(
    ident: str,
    kind: str = "small_airport",
    *,
    lat: str = "40.0",
    lon: str = "20.0",
    ft: str = "100",
    icao: str = "",
    gps: str = "",
) -> str:
    return f'1,"{ident}","{kind}","Some, Field",{lat},{lon},{ft},"EU","AL","AL-01","Town","no",{icao},,{gps},,,,"a, b"'


def standing(*rows: str, former_ft: dict[str, float] | None = None) -> AirportRows:
    return read_airports([STANDING, *rows], "airports.csv", former_ft)


def faults(read: AirportRows | RunwayRows) -> list[tuple[int, str, Refusal]]:
    return [(row.line, row.code, row.reason) for row in read.refused]


def test_standing_data_is_read_as_published() -> None:
    read = standing(ROW)
    (row,) = read.rows
    assert read.form is Form.STANDING_DATA
    assert (row.code, row.ident, row.icao, row.iata, row.place, row.country) == (
        "ZKPY", "ZKPY", "ZKPY", "FNJ", "Pyongyang", "KP",
    )  # fmt: skip
    assert (row.line, row.lat, row.lon, row.elevation_ft) == (2, 39.224098, 125.669998, 117.0)
    assert (row.kind, row.closed, read.refused) == (None, False, ())


def test_ourairports_is_told_by_its_columns_in_any_order_and_says_what_a_field_is() -> None:
    header = OUR.split(",")
    turned = [header[-1], *header[:-1]]
    lines = [ours("LATI", icao="LATI"), ours("AL-1", "heliport"), ours("AL-2", "seaplane_base"), ours("AL-3", "closed")]
    for columns, rows in (
        (header, lines),
        (turned, [f"x,{line.removesuffix(',' + chr(34) + 'a, b' + chr(34))}" for line in lines]),
    ):
        read = read_airports(["\ufeff" + ",".join(columns) + "\r\n", *(f"{row}\r\n" for row in rows)], "airports.csv")
        assert read.form is Form.OURAIRPORTS
        assert [row.kind for row in read.rows] == [None, Kind.HELIPORT, Kind.WATER, None]
        assert [row.closed for row in read.rows] == [False, False, False, True]
        assert read.rows[0].name == "Some, Field"
        assert (read.rows[0].place, read.rows[0].country, read.rows[0].icao) == ("Town", "AL", "LATI")


def test_an_older_ourairports_table_without_icao_codes_gives_its_gps_codes() -> None:
    header = OUR.replace("icao_code,", "")
    (row,) = read_airports([header, '1,"X1","closed","N",1,2,3,"EU","AL","AL-01","T","no",,"LAXX",,,,'], "a.csv").rows
    assert row.icao == "LAXX"


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (
            STANDING.replace("Latitude", "Lat"),
            r"^a\.csv: read as standing-data airports, it lacks the column `Latitude` ",
        ),
        (STANDING.replace("AltitudeFeet", "Altitude"), "the nearest there is `Altitude`"),
        (STANDING.replace("AltitudeFeet", "zzz"), "nothing like it is there"),
        (OUR.replace("latitude_deg", "latitude"), "lacks the column `latitude_deg` .the nearest there is `latitude`"),
        (OUR.replace("ident,", "").replace("iso_country", "country"), "`ident` .*, `iso_country` .*`country`"),
        (STANDING.lower(), "`Code` .the nearest there is `code`"),
        (STANDING.replace(",", ";"), "divided by commas"),
        (STANDING + ",Code", "`Code` is there twice"),
        ("id,title", "not a table of fields"),
        ("<!DOCTYPE html>", "not a table of fields"),
        ("", "first line should name the columns"),
    ],
)
def test_a_table_without_its_columns_is_refused_in_one_line(header: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_airports([header, ROW], "a.csv")
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("a.csv: ")


def test_an_empty_file_is_refused() -> None:
    for read in (read_airports, read_runways):
        with pytest.raises(InputError, match="first line"):
            read([], "a.csv")


@pytest.mark.parametrize(
    ("row", "fault", "text"),
    [
        (ROW.replace("39.224098", "nan"), Refusal.LATITUDE, "`nan`"),
        (ROW.replace("39.224098", "inf"), Refusal.LATITUDE, "`inf`"),
        (ROW.replace("39.224098", "90.01"), Refusal.LATITUDE, "`90.01`"),
        (ROW.replace("39.224098", "39N"), Refusal.LATITUDE, "`39N`"),
        (ROW.replace("39.224098", "3_9"), Refusal.LATITUDE, "`3_9`"),
        (ROW.replace("39.224098", ""), Refusal.LATITUDE, "empty"),
        (ROW.replace("125.669998", "-180.5"), Refusal.LONGITUDE, "`-180.5`"),
        (ROW.replace("39.224098,125.669998", "0,0.0"), Refusal.NO_PLACE, "0, 0"),
        (ROW.replace(",117", ",20001"), Refusal.ELEVATION, "`20001`"),
        (ROW.replace(",117", ",-nan"), Refusal.ELEVATION, "`-nan`"),
        (ROW.replace(",117", ","), Refusal.NO_ELEVATION, "the table in use has none either"),
        (ROW.replace("ZKPY,P", ",P"), Refusal.CODE, "empty"),
        (ROW.replace("ZKPY,P", "Z KPY,P"), Refusal.CODE, "`Z KPY`"),
        (ROW.replace("KP", "PRK"), Refusal.COUNTRY, "`PRK`"),
        (ROW + ",1", Refusal.COLUMNS, "not 9 values"),
        (ROW.replace(",117", ""), Refusal.COLUMNS, "not 9 values"),
        (ROW.replace("Pyongyang Sunan", '"Sunan'), Refusal.COLUMNS, "not 9 values"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_alone_with_its_line_and_reason(
    row: str, fault: Refusal, text: str
) -> None:
    good = ROW.replace("ZKPY", "ZKXX")
    read = standing(good, row, good.replace("ZKXX", "ZKYY"))
    assert [one.code for one in read.rows] == ["ZKXX", "ZKYY"]
    (refused,) = read.refused
    assert (refused.line, refused.reason) == (3, fault)
    assert text in refused.text


def test_of_two_rows_with_one_code_the_second_is_refused() -> None:
    read = standing(ROW, ROW.replace("Sunan", "Again").replace("ZKPY,P", "zkpy,P"))
    assert [row.name for row in read.rows] == ["Pyongyang Sunan"]
    assert faults(read) == [(3, "ZKPY", Refusal.DUPLICATE)]
    assert read.refused[0].text == "ZKPY is on line 2 too"


def test_a_missing_elevation_is_taken_from_the_table_in_use() -> None:
    read = standing(ROW.replace(",117", ","), former_ft={"ZKPY": 118.0})
    assert [row.elevation_ft for row in read.rows] == [118.0]
    assert (read.former_elevations, read.no_elevations) == (1, 0)
    both = read_airports([OUR, ours("AAAA", ft=""), ours("BBBB", ft=""), ours("CCCC")], "a.csv", {"AAAA": 7.0})
    assert [row.elevation_ft for row in both.rows] == [7.0, 0.0, 100.0]
    assert (both.former_elevations, both.no_elevations) == (1, 1)


def test_a_field_of_ourairports_keeps_the_code_that_the_table_in_use_has_for_it() -> None:
    lines = [
        OUR,
        ours("22W", gps="K22W", ft=""),
        ours("K33W"),
        ours("33W", gps="K33W"),
        ours("44W", gps="K44W", lat="x"),
    ]
    read = read_airports(lines, "a.csv", {"K22W": 9.0, "K33W": 8.0, "K44W": 7.0})
    assert [(row.code, row.ident, row.elevation_ft) for row in read.rows] == [
        ("K22W", "22W", 9.0), ("K33W", "K33W", 100.0), ("33W", "33W", 100.0),
    ]  # fmt: skip
    assert faults(read) == [(5, "K44W", Refusal.LATITUDE)]


def test_a_value_may_go_over_lines_and_a_quote_that_never_closes_costs_its_own_line_only() -> None:
    whole = ROW.replace("ZKPY", "ZKAA").replace("Pyongyang Sunan", '"Pyong\nyang"')
    broken = ROW.replace("ZKPY", "ZKBB").replace("Pyongyang Sunan", '"Sunan')
    after = [ROW.replace("ZKPY", f"ZK{a}{b}") for a in "CDEF" for b in "CDEF"]
    lines = [line + "\n" for line in "\n".join([STANDING, whole, "", broken, *after]).split("\n")]
    read = read_airports(lines, "a.csv")
    assert [row.code for row in read.rows] == ["ZKAA", *(row[:4] for row in after)]
    assert read.rows[0].name == "Pyong yang"
    assert faults(read) == [(5, "", Refusal.COLUMNS)]
    assert read.rows[1].line == 6


def test_a_name_cannot_command_a_terminal() -> None:
    read = standing(ROW.replace("Pyongyang Sunan", "Py\x1b[31m\u202eong"))
    assert read.rows[0].name == "Py[31mong"


def test_runways_are_read_as_published() -> None:
    short = '2,2,"ZKXX",,,,,1,"N",,,,,,"S",,,,,'
    read = read_runways([RUNWAYS, RUNWAY, short], "runways.csv")
    one, two = read.rows
    assert (one.airport_ident, one.length_ft, one.surface, one.closed) == ("ZKPY", 11490, "CON", False)
    assert (one.le_ident, one.le, one.he_ident, one.he) == ("17", (39.2, 125.66), "35", (39.17, 125.67))
    assert (one.le_elevation_ft, one.he_elevation_ft, one.le_heading_deg) == (100.0, 90.0, 163.0)
    assert (two.length_ft, two.closed, two.le, two.le_heading_deg) == (0, True, None, None)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (RUNWAY.replace("11490", "1149000"), Refusal.LENGTH),
        (RUNWAY.replace("11490", "nan"), Refusal.LENGTH),
        (RUNWAY.replace("39.2,", "139.2,"), Refusal.LATITUDE),
        (RUNWAY.replace("125.66", "east"), Refusal.LONGITUDE),
        (RUNWAY.replace("163.0", "363"), Refusal.HEADING),
        (RUNWAY.replace(",100,", ",1e9,"), Refusal.ELEVATION),
        (RUNWAY.replace(",1,0,", ",1,perhaps,"), Refusal.OPEN_OR_CLOSED),
        (RUNWAY.replace('"ZKPY"', ""), Refusal.CODE),
        (RUNWAY + ",", Refusal.COLUMNS),
    ],
)
def test_a_runway_that_cannot_be_used_is_refused_alone(row: str, fault: Refusal) -> None:
    read = read_runways([RUNWAYS, row, RUNWAY], "runways.csv")
    assert len(read.rows) == 1
    assert [(line, reason) for line, _, reason in faults(read)] == [(2, fault)]


def test_runways_without_their_columns_are_refused_in_one_line() -> None:
    with pytest.raises(InputError, match=r"^r\.csv: read as OurAirports runways\.csv, it lacks the column `length_ft`"):
        read_runways([RUNWAYS.replace("length_ft", "length"), RUNWAY], "r.csv")


PIECES = st.lists(st.sampled_from([*'",\n\r\x00a1.-', "ZKPY", ROW, "\u2028", "\x85"]), max_size=12).map("".join)
LINES = st.lists(PIECES, max_size=12)


@given(LINES)
def test_whatever_follows_the_columns_every_line_is_used_refused_or_empty(lines: list[str]) -> None:
    try:
        read = standing(*lines)
    except InputError as error:
        assert "breaks off" in str(error)  # noqa: PT017 # of a file it is right to
        return
    numbers = [*(row.line for row in read.rows), *(row.line for row in read.refused)]
    assert len(set(numbers)) == len(numbers)
    assert all(2 <= number <= len(lines) + 1 for number in numbers)
    for row in read.rows:
        assert math.isfinite(row.lat + row.lon + row.elevation_ft)
        assert "\n" not in row.name


@given(st.iterables(st.text(max_size=80), max_size=5))
def test_any_text_is_read_or_refused_in_one_line(lines: Iterable[str]) -> None:
    try:
        read_airports(lines, "a.csv")
    except InputError as error:
        assert len(str(error).splitlines()) == 1  # noqa: PT017 # both outcomes are right


def test_a_file_whose_last_line_breaks_off_is_no_whole_table() -> None:
    with pytest.raises(InputError, match=r"^a\.csv:3: the last line breaks off; the file is not whole"):
        read_airports([STANDING + "\n", ROW + "\n", ROW[:20]], "a.csv")
    with pytest.raises(InputError, match=r"^r\.csv:3: the last line breaks off"):
        read_runways([RUNWAYS + "\n", RUNWAY + "\n", RUNWAY[:9]], "r.csv")
    assert len(read_airports([STANDING + "\n", ROW], "a.csv").rows) == 1
