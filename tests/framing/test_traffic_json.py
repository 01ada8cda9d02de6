"""Documents of the Python library traffic."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.framing.tracks import DAY, column, rows, told

NEGATIVES = Path(__file__).parents[1] / "data" / "tracks" / "negatives"


def record(at: float = DAY, **more: Any) -> dict[str, Any]:
    values = {"latitude": 47.45, "longitude": 8.56, "altitude": 4500.0, "groundspeed": 140.0, "track": 276.1}
    return {"timestamp": round(at * 1000), "icao24": "4b18b8", **values, **more}


def document(*records: dict[str, Any]) -> bytes:
    return json.dumps(records).encode()


def test_a_record_gives_what_it_says_and_nothing_else() -> None:
    more = {"geoaltitude": 4700.0, "vertical_rate": -768.0, "onground": False, "callsign": "EDW229", "squawk": 7100.0}
    (row,) = rows("traffic-json", document(record(DAY + 0.5, last_position=DAY * 1000, alert=False, **more)))
    assert row == {
        "heard_at": DAY + 0.5, "address": 0x4B18B8, "latitude_deg": 47.45, "longitude_deg": 8.56,
        "position_at": float(DAY), "on_ground": 0, "altitude_baro_ft": 4500.0, "altitude_geom_ft": 4700.0,
        "groundspeed_kt": 140.0, "track_deg": pytest.approx(276.1), "vertical_rate_fpm": -768.0,
        "callsign": "EDW229", "squawk": 7100,
    }  # fmt: skip


def test_milliseconds_are_not_taken_for_seconds() -> None:
    assert column(rows("traffic-json", document(record())), "heard_at") == [float(DAY)]


def test_the_text_0_is_no_altitude_and_no_squawk_but_the_number_is() -> None:
    found = rows("traffic-json", document(record(altitude="0", squawk="0"), record(DAY + 1, altitude=0.0)))
    assert column(found, "altitude_baro_ft") == [None, 0.0]
    assert column(found, "squawk") == [None, None]


def test_0_kt_just_after_first_contact_is_a_missing_velocity() -> None:
    found = rows("traffic-json", document(record(groundspeed=0.0, track=0.0), record(DAY + 1, groundspeed=140.0)))
    assert column(found, "groundspeed_kt") == [None, 140.0]
    assert column(found, "track_deg") == [None, pytest.approx(276.1)]


def test_flights_one_after_the_other_come_in_order_of_time() -> None:
    found = rows("traffic-json", document(record(DAY + 9), record(DAY + 1, icao24="4d00c3"), record(DAY + 5)))
    assert column(found, "heard_at") == [DAY + 1.0, DAY + 5.0, DAY + 9.0]


def test_a_place_that_stands_still_in_flight_is_given_once() -> None:
    found = rows("traffic-json", document(*(record(DAY + k) for k in range(3)), record(DAY + 3, latitude=47.46)))
    assert column(found, "latitude_deg") == [47.45, None, None, 47.46]


def test_who_stands_on_the_ground_has_a_place_each_time() -> None:
    found = rows("traffic-json", document(*(record(DAY + k, onground=True, groundspeed=0.0) for k in range(3))))
    assert column(found, "latitude_deg") == [47.45] * 3


def test_an_address_of_digits_alone_may_have_become_a_number() -> None:
    assert column(rows("traffic-json", document(record(icao24=484506))), "address") == [0x484506]


def test_columns_and_rows_give_the_same() -> None:
    records = [record(DAY + k, latitude=47.0 + k, onground=bool(k % 2)) for k in range(5)]
    by_column = {name: {str(k): one[name] for k, one in enumerate(records)} for name in records[0]}
    assert rows("traffic-json", json.dumps(by_column).encode()) == rows("traffic-json", document(*records))


def test_what_came_before_a_break_is_used() -> None:
    whole = document(*(record(DAY + k) for k in range(10)))
    found, rejects = told("traffic-json", whole[:-200])
    assert 7 <= len(found) <= 9
    assert rejects == {"truncated": 1}


@pytest.mark.parametrize("data", [b"{}x", b"[", b"[1,2]", b'{"timestamp":5}', b"\xff", b"[" * 100_000])
def test_what_is_no_such_document_is_counted_and_nothing_more(data: bytes) -> None:
    assert told("traffic-json", data) == ([], {"garbage": 1})


def test_records_without_time_or_address_are_counted() -> None:
    found, rejects = told("traffic-json", document(record(timestamp=None), record(icao24=""), record()))
    assert (len(found), rejects) == (1, {"bad_time": 1, "bad_hex": 1})


def test_altitudes_to_38000_ft_while_taxiing_are_not_taken_over() -> None:
    with gzip.open(NEGATIVES / "noisy_takeoff.json.gz") as content:
        found = rows("traffic-json", content.read())
    taxiing = [row for row in found if row.get("on_ground") == 1]
    assert len(taxiing) == 216
    assert not any("altitude_baro_ft" in row for row in taxiing)


@pytest.mark.parametrize(
    ("name", "n", "aircraft"),
    [("aircraft_carrier", 9_024, 1), ("noisy_ground", 924, 1), ("rega_sg", 1_080, 1), ("zurich_airport", 17_132, 10)],
)
def test_the_recorded_sets_are_read_whole(name: str, n: int, aircraft: int) -> None:
    with gzip.open(NEGATIVES / f"{name}.json.gz") as content:
        found = rows("traffic-json", content.read())
    assert (len(found), len({row["address"] for row in found})) == (n, aircraft)
