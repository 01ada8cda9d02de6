from __future__ import annotations

from collections import Counter
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.errors import InputError
from detector.domain.times import parse_iso
from detector.domain.visit import Visit
from detector.history import bts, opensky_list
from detector.history.flights import Pairing
from detector.reference.airports import Airports
from detector.settings import load_configuration

OPENSKY = "callsign,number,icao24,registration,typecode,origin,destination,firstseen,lastseen,day,latitude_1\n"
FULL = (
    "FlightDate,Reporting_Airline,Tail_Number,Origin,Dest,CRSDepTime,DepTime,DepDelay,TaxiOut,WheelsOff,WheelsOn,"
    "TaxiIn,ArrTime,Cancelled,Diverted,ActualElapsedTime,\n"
)
CHOSEN = "FL_DATE,OP_UNIQUE_CARRIER,TAIL_NUM,ORIGIN,DEST,DEP_TIME,ARR_TIME\n"


@cache
def airports() -> Airports:
    return load_configuration().airports


def of_opensky(*rows: str) -> tuple[list[Visit], Counter[str]]:
    unused: Counter[str] = Counter()
    lines = [OPENSKY, *(row + "\n" for row in rows)]
    flights = opensky_list.flights(lines, "list", airports(), unused)
    return list(Pairing().visits(flights, "opensky", "list")), unused


def of_bts(header: str, *rows: str) -> tuple[list[Visit], Counter[str]]:
    unused: Counter[str] = Counter()
    flights = bts.flights([header, *(row + "\n" for row in rows)], "list", airports(), unused)
    return list(Pairing().visits(flights, "bts", "list")), unused


def flight(origin: str, destination: str, first: str, last: str, icao24: str = "4b1801", callsign: str = "SWR1") -> str:
    return f"{callsign},,{icao24},HB-JCA,BCS1,{origin},{destination},{first},{last},2019-12-31 00:00:00+00:00,47.4"


def test_two_flights_that_meet_at_a_field_are_a_visit() -> None:
    (one,), unused = of_opensky(
        flight("EGLL", "LSZH", "2019-12-31 20:00:00+00:00", "2019-12-31 21:30:00+00:00"),
        flight("LSZH", "LFPG", "2019-12-31 22:30:00", "2019-12-31 23:59:59", callsign="SWR2  "),
    )
    assert one == Visit(
        id=one.id,
        icao24="4b1801",
        airport="LSZH",
        landed_at=parse_iso("2019-12-31T21:30:00Z"),
        departed_at=parse_iso("2019-12-31T22:30:00Z"),
        ground_min_s=2400.0,
        ground_max_s=3600.0,
        level=4,
        registration="HB-JCA",
        type_code="BCS1",
        callsign_in="SWR1",
        callsign_out="SWR2",
        origin="EGLL",
        destination="LFPG",
        source="opensky list",
    )
    assert not unused


def test_the_time_on_the_ground_is_never_less_than_nothing() -> None:
    (one,), _ = of_opensky(
        flight("EGLL", "LSZH", "2019-12-31 20:00:00", "2019-12-31 21:30:00"),
        flight("LSZH", "LFPG", "2019-12-31 21:40:00", "2019-12-31 22:59:59"),
    )
    assert (one.ground_min_s, one.ground_max_s) == (0.0, 600.0)


@pytest.mark.parametrize(
    ("origin", "first", "last"),
    [
        ("LSGG", "2020-01-01 08:00:00", "2020-01-01 09:00:00"),
        ("", "2020-01-01 08:00:00", "2020-01-01 09:00:00"),
        ("LSZH", "2020-02-01 08:00:00", "2020-02-01 09:00:00"),
        ("LSZH", "2019-12-31 21:30:00", "2019-12-31 22:00:00"),
    ],
    ids=["from another field", "from nowhere", "after more than 30 days", "at once"],
)
def test_what_does_not_follow_is_no_visit(origin: str, first: str, last: str) -> None:
    inbound = flight("EGLL", "LSZH", "2019-12-31 20:00:00", "2019-12-31 21:30:00")
    assert of_opensky(inbound, flight(origin, "LFPG", first, last))[0] == []


def test_broken_rows_are_counted_and_cost_no_other() -> None:
    good = [
        flight("EGLL", "LSZH", "2019-12-31 20:00:00", "2019-12-31 21:30:00"),
        flight("LSZH", "LFPG", "2019-12-31 22:30:00", "2019-12-31 23:59:59"),
    ]
    visits, unused = of_opensky(
        "a,b",
        good[0],
        'SWR9,"open quote,,4b1801,,,,,,,',
        flight("LSZH", "LFPG", "soon", "2019-12-31 23:59:59"),
        flight("LSZH", "LFPG", "2019-12-31 23:59:59", "2019-12-31 21:59:59"),
        flight("LSZH", "LFPG", "1019-12-31 22:59:59", "2019-12-31 23:59:59"),
        flight("LSZH", "LFPG", "2019-12-31 22:59:59", "2019-12-31 23:59:59", icao24="nobody"),
        flight("QQQQQ", "", "2019-12-31 22:59:59", "2019-12-31 23:59:59", icao24="4b1802"),
        good[1],
    )
    assert len(visits) == 1
    assert unused == {"columns": 2, "time": 3, "address": 1, "unknown_field": 1}


def test_a_missing_column_is_named() -> None:
    with pytest.raises(InputError, match="lastseen"):
        list(opensky_list.flights(["callsign,icao24,firstseen\n"], "list", airports(), Counter()))
    with pytest.raises(InputError, match="ARR_TIME"):
        list(bts.flights(["FL_DATE,TAIL_NUM,ORIGIN,DEST,DEP_TIME\n"], "list", airports(), Counter()))


def test_visits_over_the_border_of_two_lists_are_found() -> None:
    pairing = Pairing()
    rows = [
        flight("EGLL", "LSZH", "2019-12-31 20:00:00", "2019-12-31 21:30:00"),
        flight("LSZH", "LFPG", "2020-01-01 08:00:00", "2020-01-01 09:00:00"),
    ]
    found = [
        list(pairing.visits(opensky_list.flights([OPENSKY, row + "\n"], "", airports(), Counter()), "opensky", "x"))
        for row in rows
    ]
    assert [len(visits) for visits in found] == [0, 1]


@given(st.permutations(range(5)))
def test_the_order_of_a_list_says_nothing(order: list[int]) -> None:
    fields = ["EGLL", "LSZH", "LFPG", "EGLL", "LSZH", "LFPG"]
    rows = [
        flight(fields[n], fields[n + 1], f"2020-01-01 {n * 3:02}:00:00", f"2020-01-01 {n * 3 + 1:02}:00:00")
        for n in range(5)
    ]
    assert of_opensky(*(rows[n] for n in order))[0] == of_opensky(*rows)[0]


def test_the_bts_list_over_midnight_is_by_the_clock_of_the_field() -> None:
    """JFK to Los Angeles in the evening; it lands before midnight there, leaves again after it, hours late."""
    (one, two), unused = of_bts(
        FULL,
        "2024-01-30,AA,N101NN,JFK,LAX,2045,2100,15,20,2120,2355,10,0005,0.00,0.00,365,",
        "2024-01-30,AA,N101NN,LAX,SFO,2359,0130,91,15,0145,0250,5,0255,0.00,0.00,85,",
        "2024-01-31,AA,N101NN,SFO,JFK,0800,0755,-5,15,0810,1600,5,1605,0.00,0.00,310,",
    )
    assert not unused
    assert (one.airport, one.origin, one.destination) == ("KLAX", "KJFK", "KSFO")
    assert one.ground_min_s == one.ground_max_s == (110 * 60)
    assert (one.icao24, one.registration, one.operator, one.level) == ("a009a4", "N101NN", "AA", 4)
    # 23:55 on the 30th in Los Angeles is 07:55 of the 31st in UTC; by the longitude 07:49.
    assert abs(one.landed_at - parse_iso("2024-01-31T07:55:00Z")) < 900
    assert one.departed_at is not None
    assert one.departed_at - one.landed_at == 110 * 60
    assert (two.airport, two.ground_max_s) == ("KSFO", (5 * 60 + 20) * 60)


def test_a_flight_half_a_day_late_leaves_on_the_day_its_delay_says() -> None:
    (one,), _ = of_bts(
        FULL,
        "2024-01-30,AA,N101NN,JFK,LAX,0600,0600,0,20,0620,0900,10,0910,0.00,0.00,370,",
        "2024-01-30,AA,N101NN,LAX,SFO,1000,0400,1080,15,0415,0525,5,0530,0.00,0.00,90,",
    )
    assert one.ground_min_s == one.ground_max_s == ((24 + 4) * 60 + 15 - 9 * 60) * 60


def test_midnight_is_2400() -> None:
    (one,), _ = of_bts(
        FULL,
        "1/30/2024 12:00:00 AM,AA,N101NN,SFO,LAX,2230,2230,0,10,2240,2400,10,0010,0.00,0.00,100,",
        "1/31/2024 12:00:00 AM,AA,N101NN,LAX,SFO,0100,2400,-60,30,0030,0130,5,0135,0.00,0.00,95,",
    )
    assert one.ground_max_s == 30 * 60


def test_times_at_the_gate_alone_give_wide_bounds() -> None:
    (one,), _ = of_bts(
        CHOSEN,
        '2024-01-30,AA,N101NN,JFK,LAX,"0900",1200',
        "2024-01-30,AA,N101NN,LAX,SFO,1300,1430",
    )
    assert (one.ground_min_s, one.ground_max_s) == (3600.0, 3600.0 + 2 * bts.MOST_TAXI_S)


def test_what_the_bts_list_cannot_say_is_counted_and_a_diverted_flight_ends_nowhere() -> None:
    visits, unused = of_bts(
        FULL,
        "2024-01-30,AA,N101NN,JFK,LAX,0600,0600,0,20,0620,0900,10,0910,0.00,0.00,370,",
        "2024-01-30,AA,N101NN,LAX,SFO,1000,1000,0,15,1015,,,,0.00,1.00,,",
        "2024-01-30,AA,N101NN,SFO,LAX,1500,1500,0,15,1515,1610,5,1615,0.00,0.00,75,",
        "2024-01-30,AA,N101NN,LAX,JFK,1800,,,,,,,,1.00,0.00,,",
        "2024-01-30,AA,,LAX,JFK,1800,1800,0,,,,,2300,0.00,0.00,,",
        "2024-01-30,AA,N101NN,LAX,JFK,1800,2561,0,,,,,2300,0.00,0.00,,",
        "2024-02-31,AA,N101NN,LAX,JFK,1800,1800,0,,,,,2300,0.00,0.00,,",
        "2024-01-30,AA,N101NN,QQQQ,JFK,1800,1800,0,,,,,2300,0.00,0.00,,",
        "2024-01-30,AA",
    )
    assert [(one.airport, one.destination) for one in visits] == [("KLAX", "")]
    assert unused == {"cancelled": 1, "registration": 1, "time": 2, "unknown_field": 1, "columns": 1}
