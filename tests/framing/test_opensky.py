"""State vectors of the OpenSky Network as CSV."""

from __future__ import annotations

import pytest

from tests.framing.tracks import DAY, column, rows, told

HEADER = (
    "time,icao24,lat,lon,velocity,heading,vertrate,callsign,onground,alert,spi,squawk,"
    "baroaltitude,geoaltitude,lastposupdate,lastcontact"
)


def vectors(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *lines, ""]).encode()


def vector(
    at: float = DAY, *, lat: float = 47.45, velocity: str = "100.0", onground: str = "False", baro: str = "3048.0",
    position: float | None = None, contact: float | None = None, heading: str = "90.0", rate: str = "-5.08",
) -> str:  # fmt: skip
    position, contact = at if position is None else position, at if contact is None else contact
    return (
        f"{at},4b18b8,{lat},8.56,{velocity},{heading},{rate},EDW229  ,{onground},False,False,1000,"
        f"{baro},3078.48,{position},{contact}"
    )


def test_a_vector_is_given_in_the_units_of_the_field() -> None:
    (row,) = rows("opensky", vectors(vector()))
    assert row == {
        "heard_at": float(DAY), "address": 0x4B18B8, "latitude_deg": 47.45, "longitude_deg": 8.56,
        "position_at": float(DAY), "on_ground": 0, "altitude_baro_ft": pytest.approx(10_000.0),
        "altitude_geom_ft": pytest.approx(10_100.0), "groundspeed_kt": pytest.approx(194.384, abs=0.001),
        "track_deg": 90.0, "vertical_rate_fpm": pytest.approx(-1_000.0), "callsign": "EDW229", "squawk": 1000,
    }  # fmt: skip


def test_a_stale_position_is_no_position() -> None:
    found = rows("opensky", vectors(vector(position=DAY - 15.0), vector(DAY + 10, lat=47.46, position=DAY - 5.5)))
    assert column(found, "latitude_deg") == [47.45, None]


def test_a_repeated_position_is_given_once() -> None:
    found = rows("opensky", vectors(*(vector(DAY + k, position=DAY) for k in range(4))))
    assert column(found, "latitude_deg") == [47.45, None, None, None]


def test_a_vector_repeated_without_a_new_contact_is_left_out() -> None:
    lines = [vector(), vector(DAY + 10, contact=DAY), vector(DAY + 20, contact=DAY), vector(DAY + 30)]
    assert column(rows("opensky", vectors(*lines)), "heard_at") == [float(DAY), DAY + 30.0]


def test_0_kt_in_flight_stands_for_a_missing_velocity() -> None:
    (row,) = rows("opensky", vectors(vector(velocity="0.0", heading="0.0", rate="0.0")))
    assert (row.get("groundspeed_kt"), row.get("track_deg"), row.get("vertical_rate_fpm")) == (None, None, None)


def test_0_kt_on_the_ground_is_standing_still() -> None:
    (row,) = rows("opensky", vectors(vector(velocity="0.0", onground="True")))
    assert (row["groundspeed_kt"], row["on_ground"], row["surface"]) == (0.0, 1, True)


def test_the_altitude_of_one_on_the_ground_is_not_believed() -> None:
    (row,) = rows("opensky", vectors(vector(onground="true", baro="11000.0")))
    assert (row["on_ground"], row.get("altitude_baro_ft"), row.get("altitude_geom_ft")) == (1, None, None)


def test_missing_values_are_missing() -> None:
    line = f"{DAY},4b18b8,47.45,8.56,,nan,NULL,,False,,,,,,,"
    assert rows("opensky", vectors(line)) == [
        {"heard_at": float(DAY), "address": 0x4B18B8, "latitude_deg": 47.45, "longitude_deg": 8.56, "on_ground": 0}
    ]


def test_columns_may_come_in_any_order_and_number() -> None:
    found = rows("opensky", vectors(f"8.56;47.45;4b18b8;{DAY}", header="lon;lat;icao24;time"))
    assert (found[0]["latitude_deg"], found[0]["longitude_deg"], found[0].get("on_ground")) == (47.45, 8.56, None)


def test_the_impala_shells_table_is_read() -> None:
    text = f"+----+\n| time | icao24 | lat | lon |\n+----+\n| {DAY} | 4b18b8 | 47.45 | 8.56 |\n+----+\n"
    assert column(rows("opensky", text.encode()), "latitude_deg") == [47.45]


def test_a_header_met_again_and_broken_lines_cost_no_good_one() -> None:
    data = vectors(vector(), HEADER, "1,2", vector("soon"), vector(DAY + 1).replace("4b18b8", "none"), vector(DAY + 2))  # type: ignore[arg-type]
    found, rejects = told("opensky", b"hello\n", data)
    assert column(found, "heard_at") == [float(DAY), DAY + 2.0]
    assert rejects == {"garbage": 2, "bad_time": 1, "bad_hex": 1}
