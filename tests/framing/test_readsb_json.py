"""JSON lines of readsb: an aircraft a line, or all aircraft a line."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from detector.domain.decoded import NO_AIRCRAFT
from detector.domain.report import NAMESPACE_SHIFT, TISB
from tests.framing.tracks import DAY, column, rows, told

TRACKS = Path(__file__).parents[1] / "data" / "tracks"


def line(**said: Any) -> bytes:
    return json.dumps({"now": DAY, "hex": "a19702", **said}).encode() + b"\n"


def fleet(now: float, *aircraft: dict[str, Any]) -> bytes:
    return json.dumps({"now": now, "messages": 5, "aircraft": aircraft}).encode() + b"\n"


def one(**said: Any) -> dict[str, Any]:
    return {"hex": "a19702", "lat": 40.76, "lon": -119.19, "alt_baro": 4000, "seen": 0.0, "seen_pos": 0.0, **said}


def test_a_line_gives_what_it_says_and_nothing_else() -> None:
    said = {"type": "adsb_icao", "flight": "N201PC  ", "squawk": "1200", "category": "A1", "nic": 8, "nac_p": 9}
    said |= {"alt_baro": 3775, "alt_geom": 4000, "gs": 91.5, "track": 258.1, "baro_rate": -64, "tas": 100}
    (row,) = rows("readsb-json", line(**said, lat=40.765236, lon=-119.192047, mag_heading=250.5))
    assert row == {
        "heard_at": float(DAY), "address": 0xA19702, "latitude_deg": 40.765236, "longitude_deg": -119.192047,
        "on_ground": 0, "altitude_baro_ft": 3775.0, "altitude_geom_ft": 4000.0, "groundspeed_kt": 91.5,
        "track_deg": pytest.approx(258.1), "vertical_rate_fpm": -64.0, "vertical_rate_is_baro": True,
        "airspeed_kt": 100.0, "airspeed_is_true": True, "heading_deg": 250.5,
        "callsign": "N201PC", "category": "A1", "squawk": 1200, "nic": 8, "nac_p": 9,
    }  # fmt: skip


def test_altitude_0_means_on_the_ground_in_the_dialect_that_writes_gscp() -> None:
    (row,) = rows("readsb-json", line(alt_baro=0, gscp=12, lat=40.7, lon=-119.2, track=None))
    assert (row["on_ground"], row["surface"], row.get("altitude_baro_ft")) == (1, True, None)
    assert row["groundspeed_kt"] == 12.0


def test_altitude_0_is_an_altitude_where_the_source_has_a_word_for_the_ground() -> None:
    (row,) = rows("readsb-json", line(alt_baro=0, gs=120, lat=54.0, lon=8.0))
    assert (row["on_ground"], row["altitude_baro_ft"]) == (0, 0.0)
    (row,) = rows("readsb-json", line(alt_baro="ground", gs=12, lat=54.0, lon=8.0))
    assert (row["on_ground"], row.get("altitude_baro_ft")) == (1, None)


def test_altitude_0_at_a_speed_that_no_surface_message_has_says_nothing() -> None:
    (row,) = rows("readsb-json", line(alt_baro=0, gscp=240, lat=40.7, lon=-119.2))
    assert (row.get("on_ground"), row.get("surface"), row.get("altitude_baro_ft")) == (None, None, None)


def test_lines_without_an_aircraft_are_ticks_ten_seconds_apart() -> None:
    ticks = b"".join(b'{"flight": "N/A", "now": %d}\n' % (DAY + k) for k in range(25))
    found = rows("readsb-json", ticks)
    assert column(found, "heard_at") == [float(DAY), DAY + 10.0, DAY + 20.0]
    assert "address" not in found[0]
    assert NO_AIRCRAFT > 0xFFFFFF


def test_na_is_no_callsign() -> None:
    assert column(rows("readsb-json", line(flight="N/A"), line(flight=None)), "callsign") == [None, None]


def test_ages_of_message_and_position_are_taken_off() -> None:
    found = rows("readsb-json", fleet(DAY + 100.0, one(seen=1.5, seen_pos=3.0)))
    assert (found[0]["heard_at"], found[0]["position_at"]) == (DAY + 98.5, DAY + 97.0)


def test_an_aircraft_not_heard_anew_is_left_out() -> None:
    lines = [fleet(DAY + 10.0, one(seen=1.0)), fleet(DAY + 11.0, one(seen=2.1)), fleet(DAY + 12.0, one(seen=0.5))]
    assert column(rows("readsb-json", *lines), "heard_at") == [DAY + 9.0, DAY + 11.5]


def test_a_position_is_given_once_and_not_when_it_is_old() -> None:
    lines = [
        fleet(DAY + 10.0, one(seen_pos=1.0)),
        fleet(DAY + 11.0, one(seen_pos=2.1)),
        fleet(DAY + 12.0, one(lat=40.77, seen_pos=0.2)),
        fleet(DAY + 40.0, one(lat=40.78, seen_pos=20.0)),
    ]
    assert column(rows("readsb-json", *lines), "latitude_deg") == [40.76, None, 40.77, None]


def test_a_document_is_told_in_order_of_hearing() -> None:
    found = rows("readsb-json", fleet(DAY + 50.0, one(hex="a00001", seen=0.1), one(hex="a00002", seen=40.0)))
    assert column(found, "address") == [0xA00002, 0xA00001]


def test_addresses_of_other_kinds_stay_apart_and_retold_fields_are_left_out() -> None:
    (row,) = rows("readsb-json", line(hex="~2afc01", type="tisb_other", alt_baro=900))
    assert (row["address"], row.get("on_ground")) == (0x2AFC01 | TISB << NAMESPACE_SHIFT, None)
    (row,) = rows("readsb-json", line(type="adsb_icao", lat=40.0, lon=8.0, alt_baro=900, tisb=["lat", "lon"]))
    assert (row.get("latitude_deg"), row["altitude_baro_ft"]) == (None, 900.0)


def test_multilateration_gives_places_but_no_word_on_the_ground() -> None:
    (row,) = rows("readsb-json", line(type="mlat", lat=40.0, lon=8.0, alt_baro=900, mlat=["lat", "lon"]))
    assert (row["latitude_deg"], row.get("on_ground")) == (40.0, None)


def test_broken_lines_cost_no_good_one() -> None:
    lines = [b"{\n", b"[1,2]\n", b"\xff\xfe\n", b'{"hex":"a19702"}\n', line(hex="xyz"), line(hex="000000"), line()]
    found, rejects = told("readsb-json", *lines)
    assert column(found, "address") == [0xA19702]
    assert rejects == {"garbage": 3, "bad_time": 1, "bad_hex": 2}


def test_the_recorded_hour_is_read_as_its_notes_say() -> None:
    with gzip.open(TRACKS / "88nv_1hr_2023-08-29.jsonl.gz") as content:
        found = rows("readsb-json", content.read())
    told_place = [row for row in found if "address" in row]
    assert len(told_place) == 4_920
    assert len({row["address"] for row in told_place}) == 59
    # Of 1,028 reports with altitude 0, ten have a speed that nobody has on the ground.
    assert sum(row.get("on_ground") == 1 for row in told_place) == 1_018
    assert not any(row.get("altitude_baro_ft") == 0 for row in told_place)


@pytest.mark.parametrize("age", ["x", [], True, -1.0])
def test_a_position_whose_age_cannot_be_read_is_no_position(age: object) -> None:
    ((row),) = rows("readsb-json", line(lat=40.76, lon=-119.19, seen_pos=age))
    assert "latitude_deg" not in row
