"""Gaps as other programs read them."""

from __future__ import annotations

import json

import msgspec

from detector.domain.gap import Gap, GapClass, GapPlace
from detector.domain.times import parse_iso
from detector.domain.wire import gap_line

BEGIN = parse_iso("2024-11-07T01:30:12Z")
GAP = Gap(
    id="gap-1",
    revision=2,
    icao24="71c001",
    callsign="KOR151",
    begin=BEGIN + 0.9,
    end=BEGIN + 3_600.1,
    kind=GapClass.TRANSPONDER_OFF,
    reason="others were heard",
    lost=GapPlace(BEGIN, 39.123456, -125.98765, 34_012.4, 10.4, 449.6),
    found=GapPlace(BEGIN + 3_600.2, 40.0, 126.0, None, None, None),
    listened_s=3_580.7,
    stop_id="stop-1",
)


def test_a_gap_is_one_line_with_the_fields_of_its_contract_in_their_order() -> None:
    line = gap_line(GAP)
    assert b"\n" not in line
    assert list(json.loads(line).items()) == [
        ("schema", "detector.gap/1"),
        ("id", "gap-1"),
        ("revision", 2),
        ("icao24", "71c001"),
        ("callsign", "KOR151"),
        ("from", "2024-11-07T01:30:12Z"),
        ("until", "2024-11-07T02:30:13Z"),
        ("class", "transponder_off"),
        ("reason", "others were heard"),
        (
            "lost",
            {
                "at": "2024-11-07T01:30:12Z",
                "lat": 39.1235,
                "lon": -125.9877,
                "altitude_ft": 34_012,
                "track_deg": 10,
                "groundspeed_kt": 450,
            },
        ),
        (
            "found",
            {
                "at": "2024-11-07T02:30:12Z",
                "lat": 40.0,
                "lon": 126.0,
                "altitude_ft": None,
                "track_deg": None,
                "groundspeed_kt": None,
            },
        ),
        ("listened_s", 3_580),
        ("stop_id", "stop-1"),
    ]


def test_what_is_not_known_of_a_gap_is_null() -> None:
    still = msgspec.structs.replace(GAP, end=None, lost=None, found=None, listened_s=None, stop_id=None, callsign=None)
    record = json.loads(gap_line(still))
    assert {name for name, value in record.items() if value is None} == {
        "callsign", "until", "lost", "found", "listened_s", "stop_id",
    }  # fmt: skip


def test_a_gap_reads_the_same_after_a_pass_through_the_store() -> None:
    whole = msgspec.structs.replace(GAP, begin=BEGIN, listened_s=3_600.0)
    stored = msgspec.json.decode(msgspec.json.encode(whole), type=Gap)
    assert gap_line(stored) == gap_line(whole)
