"""SBS, as BaseStation, dump1090, ADSBHub and stratux write it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from detector.framing import TRACK_FORMATS
from tests.framing.tracks import batch_of, column, rows, told

RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"
AT = 1_771_945_056.0
"""2026-02-24T14:57:36Z."""
STARTED = 1_441_167_825.0
"""2015-09-02T04:23:45Z."""


def message(kind: int, address: str = "4B18B8", *, ground: str = "", date: str = "2026/02/24", **told: str) -> bytes:
    names = ("callsign", "alt", "speed", "track", "lat", "lon", "rate", "squawk")
    values = ",".join(told.get(name, "") for name in names)
    time = "14:57:36.000" if date else ""
    return f"MSG,{kind},1,1,{address},1,{date},{time},{date},{time},{values},0,0,0,{ground}\r\n".encode()


def test_each_kind_of_message_gives_what_it_says() -> None:
    found = rows(
        "sbs",
        message(1, callsign="EDW229  "),
        message(3, alt="37000", lat="50.690460", lon="3.128951", ground="0"),
        message(4, speed="476.917175", track="113.608742", rate="-64"),
        message(6, squawk="1000"),
    )
    common = {"heard_at": AT, "address": 0x4B18B8}
    assert found == [
        common | {"callsign": "EDW229"},
        common
        | {"latitude_deg": 50.69046, "longitude_deg": 3.128951, "position_at": AT}
        | {"altitude_baro_ft": 37000.0, "on_ground": 0},
        common
        | {
            "groundspeed_kt": pytest.approx(476.917175),
            "track_deg": pytest.approx(113.608742),
            "vertical_rate_fpm": -64.0,
        },
        common | {"squawk": 1000},
    ]


def test_addresses_without_leading_zeros_are_read() -> None:
    assert column(rows("sbs", message(8, "1"), message(8, "1012B")), "address") == [0x1, 0x1012B]


@pytest.mark.parametrize(
    ("kind", "ground", "word"),
    [(2, "", 1), (2, "0", 1), (3, "-1", 1), (3, "1", 1), (3, "0", 0), (3, "", None), (4, "0", None), (8, "0", None),
     (5, "-1", 1), (8, "-1", 1)],
)  # fmt: skip
def test_the_ground_flag_is_a_word_only_where_the_message_has_one(kind: int, ground: str, word: int | None) -> None:
    (row,) = rows("sbs", message(kind, ground=ground, lat="50.5", lon="3.5"))
    assert (row.get("on_ground"), row.get("surface", False)) == (word, word == 1)


def test_the_time_of_reception_is_taken_and_else_that_of_writing() -> None:
    times = [b"2026/02/24,14:57:36.000,2026/02/24,14:57:39.000", b",,2026/02/24,14:57:39.000"]
    found = rows("sbs", *(b"MSG,8,1,1,4B18B8,1," + time + b",,,,,,,,,,,,\n" for time in times))
    assert column(found, "heard_at") == [AT, AT + 3.0]


def test_an_uptime_counts_from_the_start_that_the_server_notes() -> None:
    lines = [b"START,Wed Sep 2 04:23:45 +0000 UTC 2015\n", b"2936535519,MSG,8,,,ABDF3F,,,,,,,,,,,,,,,,,\n"]
    (row,) = rows("sbs", *lines)
    assert (row["heard_at"], row["address"]) == (STARTED + 2.936535, 0xABDF3F)


def test_an_uptime_without_a_start_counts_from_start_at() -> None:
    lines = [b"%d,MSG,8,,,ABDF3F,,,,,,,,,,,,,,,,,\n" % at for at in (7_000_000_000, 9_500_000_000)]
    found, rejects = told("sbs", *lines, start_at=AT)
    assert (column(found, "heard_at"), rejects) == ([AT, AT + 2.5], {})


def test_lines_without_any_date_wait_for_one() -> None:
    framer = TRACK_FORMATS["sbs"](1, None)
    assert len(framer.feed(message(8, date=""))) == 0
    assert framer.undated
    assert len(framer.feed(message(8) + message(8, date=""))) == 2
    assert not framer.undated
    assert framer.rejects.counts == {"bad_time": 1}
    assert column(told("sbs", message(8, date=""), start_at=AT)[0], "heard_at") == [AT]


def test_what_no_aircraft_said_is_no_row_and_no_error() -> None:
    other = b"".join(b"%s,,1,1,4B18B8,1,2026/02/24,14:57:36.000,,\n" % kind for kind in (b"SEL", b"ID", b"AIR", b"STA"))
    assert rows("sbs", other) == []
    (tick,) = rows("sbs", b"CLK,,,,,,2026/02/24,14:57:36.000,2026/02/24,14:57:36.000\n")
    assert tick == {"heard_at": AT}


def test_broken_lines_cost_no_good_one() -> None:
    lines = [b"hello\n", b"MSG,9,1,1,4B18B8,1,2026/02/24,14:57:36.000,,\n", b"MSG,3,4\n", message(8, "ZZ"), message(8)]
    found, rejects = told("sbs", *lines)
    assert (len(found), rejects) == (1, {"garbage": 3, "bad_hex": 1})


def test_the_whole_world_of_one_network_is_read() -> None:
    with gzip.open(RECORDINGS / "adsbhub_sbs_2026-02-24.txt.gz") as content:
        framer = TRACK_FORMATS["sbs"](1, None)
        batch = batch_of(framer, content.read())
    assert (len(batch), len(set(batch.address.tolist())), framer.rejects.counts) == (38_112, 6_827, {})


def test_a_log_with_uptimes_gets_the_dates_of_its_starts() -> None:
    with gzip.open(RECORDINGS / "stratux_sbs_2015-09-02.log.gz") as content:
        framer = TRACK_FORMATS["sbs"](1, None)
        batch = batch_of(framer, content.read())
    assert (len(batch), len(set(batch.address.tolist()))) == (44_477, 216)
    assert batch.heard_at[0] == 1_441_167_817.0 + 2.936535
    # The server broke off in the middle of one line, and started anew.
    assert framer.rejects.counts == {"truncated": 1}
