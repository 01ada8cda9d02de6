"""Traces of readsb and tar1090."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from detector.domain.report import ADSR, ANONYMOUS, NAMESPACE_SHIFT, TISB
from detector.framing.documents import MAX_DOCUMENT_BYTES
from tests.framing.tracks import DAY, column, rows, told

FOLDER = Path(__file__).parents[1] / "data" / "tracks" / "88nv_2023-08-30"


def trace(*points: list[Any], **head: Any) -> bytes:
    return json.dumps({"icao": "aa178d", "timestamp": float(DAY), **head, "trace": list(points)}).encode()


def point(at: float = 1.0, altitude: Any = 4500, kind: str = "adsb_icao", **more: Any) -> list[Any]:
    values = {
        "at": at, "lat": 40.76, "lon": -119.21, "altitude": altitude, "speed": 76.9, "track": 327.8, "flags": 0,
        "rate": 384, "details": None, "kind": kind, "geom": 4875, "geom_rate": 320, "ias": None, "roll": None,
    }  # fmt: skip
    return list((values | more).values())


def test_a_point_gives_what_it_says_and_nothing_else() -> None:
    details = {"flight": "N7499A  ", "squawk": "1200", "category": "A1", "nic": 8, "nac_p": 9, "mag_heading": 100.5}
    (row,) = rows("readsb-trace", trace(point(63544.71, details=details, ias=80)))
    assert row == {
        "heard_at": DAY + 63544.71, "address": 0xAA178D, "latitude_deg": 40.76, "longitude_deg": -119.21,
        "on_ground": 0, "altitude_baro_ft": 4500.0, "altitude_geom_ft": 4875.0,
        "groundspeed_kt": pytest.approx(76.9), "track_deg": pytest.approx(327.8), "airspeed_kt": 80.0,
        "heading_deg": 100.5, "vertical_rate_fpm": 384.0, "vertical_rate_is_baro": True,
        "callsign": "N7499A", "category": "A1", "squawk": 1200, "nic": 8, "nac_p": 9,
    }  # fmt: skip


def test_ground_in_place_of_an_altitude_is_a_word_and_no_altitude() -> None:
    (row,) = rows("readsb-trace", trace(point(altitude="ground", rate=None)))
    assert (row["on_ground"], row["surface"], row.get("altitude_baro_ft")) == (1, True, None)


def test_no_altitude_is_no_word_on_air_or_ground() -> None:
    (row,) = rows("readsb-trace", trace(point(altitude=None)))
    assert (row.get("on_ground"), row.get("surface"), row.get("altitude_baro_ft")) == (None, None, None)


def test_an_altitude_from_replies_alone_is_no_word_on_air_or_ground() -> None:
    assert column(rows("readsb-trace", trace(point(kind="mlat"), point(9.0, kind="mode_s"))), "on_ground") == [None] * 2


def test_flags_tell_geometric_altitudes_and_rates_from_barometric_ones() -> None:
    (row,) = rows("readsb-trace", trace(point(flags=12, geom=None)))
    assert (row.get("altitude_baro_ft"), row["altitude_geom_ft"]) == (None, 4500.0)
    assert "vertical_rate_is_baro" not in row


def test_points_out_of_order_come_in_order_of_time() -> None:
    found = rows("readsb-trace", trace(point(30.0, lat=40.3), point(10.0, lat=40.1), point(20.0, lat=40.2)))
    assert column(found, "heard_at") == [DAY + 10.0, DAY + 20.0, DAY + 30.0]
    assert column(found, "latitude_deg") == [40.1, 40.2, 40.3]


def test_short_points_of_older_files_are_read() -> None:
    (row,) = rows("readsb-trace", trace([5.0, 40.76, -119.21, 4500]))
    assert (row["heard_at"], row["altitude_baro_ft"], row.get("groundspeed_kt")) == (DAY + 5.0, 4500.0, None)


@pytest.mark.parametrize(
    ("icao", "kind", "namespace"),
    [
        ("aa178d", "adsb_icao_nt", 0),
        ("aa178d", "tisb_icao", TISB),
        ("~aa178d", "tisb_other", TISB),
        ("aa178d", "adsr_icao", ADSR),
        ("~aa178d", "adsb_other", ANONYMOUS),
        ("~aa178d", "unknown", ANONYMOUS),
    ],
)
def test_addresses_that_are_not_the_aircrafts_own_stay_apart(icao: str, kind: str, namespace: int) -> None:
    (row,) = rows("readsb-trace", trace(point(kind=kind), icao=icao))
    assert row["address"] == 0xAA178D | namespace << NAMESPACE_SHIFT


def test_a_broken_point_costs_no_other() -> None:
    found, rejects = told("readsb-trace", trace(point(1.0), [2.0], "x", point(3.0), [None, 1, 2, 3]))  # type: ignore[arg-type]
    assert column(found, "heard_at") == [DAY + 1.0, DAY + 3.0]
    assert rejects == {"garbage": 2, "bad_time": 1}


def test_what_came_before_a_break_is_used() -> None:
    whole = trace(*(point(float(k)) for k in range(10)))
    found, rejects = told("readsb-trace", whole[: len(whole) // 2])
    assert 3 <= len(found) <= 5
    assert column(found, "heard_at") == [DAY + float(k) for k in range(len(found))]
    assert rejects == {"truncated": 1}


@pytest.mark.parametrize("data", [b"{}", b"[]", b"x", b'{"trace":5}', b"[" * 100_000, b'{"icao":1,"trace":[1e999]}'])
def test_what_is_no_trace_is_counted_and_nothing_more(data: bytes) -> None:
    found, rejects = told("readsb-trace", data)
    assert found == []
    assert sum(rejects.values()) >= 1


def test_a_document_over_the_limit_is_dropped_and_counted() -> None:
    piece = b" " * (MAX_DOCUMENT_BYTES // 4)
    assert told("readsb-trace", *[piece] * 5, trace(point())) == ([], {"overlong": 1})


def test_gzip_inside_json_is_no_obstacle_to_the_recorded_traces() -> None:
    files = sorted(FOLDER.glob("*.json"))
    assert len(files) == 22
    for file in files:
        content = gzip.decompress(file.read_bytes())
        document = json.loads(content)
        found = rows("readsb-trace", content)
        assert column(found, "heard_at") == pytest.approx([DAY_OF_88NV + p[0] for p in document["trace"]], abs=1e-6)
        ground = [p[3] == "ground" for p in document["trace"]]
        assert [row.get("on_ground") == 1 for row in found] == ground
        assert [row.get("surface", False) for row in found] == ground


DAY_OF_88NV = 1_693_353_600.0
