"""readsb's aircraft.json and the aggregators' v2 form, asked for again and again."""

from __future__ import annotations

import asyncio
import gzip
from email.utils import formatdate
from typing import Any

import pytest

from detector.domain.decoded import NO_AIRCRAFT
from detector.feeds.live import live_feed
from detector.feeds.polling import LONGEST_WAIT_S, MAX_DOCUMENT_BYTES
from detector.feeds.readsb_http import ReadsbPoller
from detector.feeds.settings import FeedSettings
from tests.feeds.polled import NOW, Heard, Run, Sleeper, document, polled
from tests.net.servers import Handler, answer, answers

OK = "200 OK"


def one(**said: Any) -> dict[str, Any]:
    return {"hex": "a19702", "lat": 40.76, "lon": -119.19, "alt_baro": 4000, "seen": 0.2, "seen_pos": 0.2, **said}


def readsb(handler: Handler, polls: int = 1, **settings: Any) -> Run:
    return polled(polls, handler, ReadsbPoller, {"kind": "readsb", "allow_private": True, **settings})


def documents(*bodies: bytes) -> Handler:
    return answers(*((OK, {}, body) for body in bodies))


def fleet(now: float, *aircraft: object, **said: Any) -> bytes:
    return document(now=now, aircraft=aircraft, **said)


def test_a_document_is_rows_by_the_server_s_time() -> None:
    run = readsb(documents(fleet(NOW - 1.0, one(seen=0.5, seen_pos=2.0, flight="KOR123 "))))
    ((row,),) = run.heard.rows
    assert (row["heard_at"], row["position_at"], row["callsign"]) == (NOW - 1.5, NOW - 3.0, "KOR123")
    assert row["receiver"] == FeedSettings(name="sky", kind="readsb", url="http://x").number
    assert run.heard.told == [("connected", "")]
    assert "GET /data/aircraft.json HTTP/1.1\r\n" in run.server.requests[0]


def test_the_v2_form_has_ac_and_ms() -> None:
    body = document(ac=[one()], msg="No error", now=int(NOW * 1000), total=1, ctime=int(NOW * 1000), ptime=2)
    run = polled(1, documents(body), ReadsbPoller, {"kind": "v2", "allow_private": True})
    assert run.heard.rows[0][0]["heard_at"] == NOW - 0.2
    assert run.heard.rows[0][0]["address"] == 0xA19702


def test_a_document_written_over_several_lines_is_read() -> None:
    body = fleet(NOW, one()).replace(b", ", b",\r\n    ").replace(b"{", b"{\n")
    assert len(readsb(documents(body)).heard.rows) == 1


def test_the_same_document_again_is_no_news_and_no_sign_of_life() -> None:
    body = fleet(NOW - 1, one())
    run = readsb(documents(body), polls=40, silent_after_s=30.0)
    assert len(run.heard.rows) == 1
    assert run.heard.statuses == ["connected", "silent"]


def test_a_position_is_news_once() -> None:
    bodies = [fleet(NOW + k, one(seen=0.1, seen_pos=0.1 + k)) for k in range(4)]
    rows = [row for batch in readsb(documents(*bodies), polls=4).heard.rows for row in batch]
    assert [row["heard_at"] for row in rows] == [NOW - 0.1, NOW + 0.9, NOW + 1.9, NOW + 2.9]
    assert [row.get("latitude_deg") for row in rows] == [40.76, None, None, None]


def test_old_positions_and_those_not_heard_lately_are_left_out() -> None:
    old = [one(hex="a00001", seen=44.0, seen_pos=58.0), one(hex="a00002", seen=61.0), one(hex="a00003", seen_pos=15.5)]
    rows = readsb(documents(fleet(NOW, *old, one()))).heard.rows[0]
    assert [row["address"] for row in rows] == [0xA00001, 0xA00003, 0xA19702]
    assert [row.get("latitude_deg") for row in rows] == [40.76, None, 40.76]


def test_silence_ends_with_the_next_aircraft() -> None:
    quiet = [fleet(NOW + k, messages=7) for k in range(1, 13)]
    run = readsb(documents(fleet(NOW, one(), messages=7), *quiet, fleet(NOW + 13, one())), polls=14, silent_after_s=5.0)
    assert run.heard.statuses == ["connected", "silent", "heard"]


def test_a_count_of_messages_that_grows_is_a_sign_of_life() -> None:
    bodies = [fleet(NOW + k, messages=7 + k) for k in range(30)]
    assert readsb(documents(*bodies), polls=30, silent_after_s=5.0).heard.statuses == ["connected"]


def test_an_aggregator_that_hears_nobody_where_we_look_is_alive() -> None:
    bodies = [document(ac=None, now=(NOW + 5 * k) * 1000) for k in range(10)]
    settings = {"kind": "v2", "allow_private": True, "silent_after_s": 6.0}
    run = polled(10, documents(*bodies), ReadsbPoller, settings)
    assert run.heard.statuses == ["connected"]
    assert run.heard.rows == []


def test_rows_never_tell_the_time_alone() -> None:
    run = readsb(documents(fleet(NOW), fleet(NOW + 20, one()), fleet(NOW + 60)), polls=3)
    assert all(row["address"] != NO_AIRCRAFT for batch in run.heard.rows for row in batch)


@pytest.mark.parametrize(("off_s", "side"), [(-3600.0, "behind"), (5.0, "ahead of"), (86_400.0, "ahead of")])
def test_times_of_a_server_with_a_wrong_clock_are_shifted_and_that_is_told_once(off_s: float, side: str) -> None:
    bodies = [fleet(NOW + k + off_s, one(seen=0.0, seen_pos=0.0, lat=40.0 + k / 100)) for k in range(4)]
    run = readsb(documents(*bodies), polls=4)
    rows = [row for batch in run.heard.rows for row in batch]
    assert all(abs(row["heard_at"] - (NOW + k)) < 1.0 for k, row in enumerate(rows, start=4 - len(rows)))
    assert all(row["heard_at"] <= run.clock.at for row in rows)
    told = [reason for _, reason in run.heard.told if reason]
    assert told == [f"the server's clock is {abs(off_s):.0f} s {side} ours; its times are shifted"]


def test_a_document_that_nobody_writes_any_more_is_never_taken_for_new() -> None:
    run = readsb(documents(fleet(NOW - 600, one())), polls=5)
    assert run.heard.rows == []


def test_an_older_copy_from_a_cache_is_passed_over() -> None:
    run = readsb(documents(fleet(NOW, one()), fleet(NOW - 10, one(lat=40.5)), fleet(NOW + 2, one(lat=40.9))), polls=3)
    assert [row["latitude_deg"] for batch in run.heard.rows for row in batch] == [40.76, 40.9]


BAD = {
    "no JSON": b"<html>",
    "nothing": b"",
    "cut off": fleet(NOW, one())[:-5],
    "a list": b"[]",
    "too deep": b"[" * 100_000,
    "deep within": b'{"now":' + b'{"a":' * 100_000,
    "NaN": b'{"now": NaN, "aircraft": []}',
    "Infinity": b'{"now": Infinity, "aircraft": []}',
    "no text": b'\xff\xfe{"now": 1}',
    "half a surrogate": b'{"now": "\\ud800", "aircraft": []}',
    "huge number": b'{"now": 1e999, "aircraft": []}',
    "long number": b'{"now": ' + b"9" * 400 + b', "aircraft": []}',
    "no time": document(aircraft=[]),
    "time of 1960": fleet(-3e8),
    "true for a time": document(now=True, aircraft=[]),
    "no aircraft": document(now=NOW),
    "aircraft of another kind": document(now=NOW, aircraft="many"),
    "aircraft by name": document(now=NOW, aircraft={"a": one()}),
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
def test_what_is_no_such_document_is_told_and_does_not_stop_the_next(body: bytes) -> None:
    run = readsb(documents(body, fleet(NOW + 2, one())), polls=2)
    assert run.heard.told == [("lost", "the answer is no such document"), ("connected", "")]
    assert len(run.heard.rows) == 1
    assert sum(run.rejects.values()) == 1


ODD: dict[str, Any] = {
    "null": None,
    "a text": "a19702",
    "a number": 5,
    "a list": [one()],
    "empty": {},
    "no address": {"lat": 1.0, "lon": 1.0},
    "address of another kind": one(hex=[1]),
    "address too long": one(hex="a19702a19702"),
    "address of markup": one(hex="<script>"),
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_what_is_no_aircraft_is_counted_and_costs_no_other(odd: object) -> None:
    run = readsb(documents(fleet(NOW, odd, one())))
    assert [row["address"] for row in run.heard.rows[0]] == [0xA19702]
    assert sum(run.rejects.values()) == 1


@pytest.mark.parametrize("value", [None, True, "", "x", [], {}, 1e308, -1e308, 10**30, "1e999", "nan", "inf"])
def test_a_field_that_cannot_be_is_not_told(value: object) -> None:
    names = ("lat", "lon", "alt_baro", "alt_geom", "gs", "track", "baro_rate", "nic", "nac_p", "tas", "mag_heading")
    texts = ("flight", "squawk", "category", "type", "seen_pos", "tisb")
    said = one() | dict.fromkeys((*names, *texts), value)
    ((row,),) = readsb(documents(fleet(NOW, said))).heard.rows
    assert not row.keys() - {"heard_at", "address", "receiver", "callsign", "vertical_rate_is_baro", "airspeed_is_true"}
    assert row.get("callsign", "X").isalnum()


def test_a_number_as_a_text_is_a_number() -> None:
    ((row,),) = readsb(documents(fleet(NOW, one(lat="40.5", lon="-119.1", alt_baro="4000", gs="250")))).heard.rows
    assert (row["latitude_deg"], row["altitude_baro_ft"], row["groundspeed_kt"]) == (40.5, 4000.0, 250.0)


def test_a_document_over_the_limit_is_refused_packed_or_not() -> None:
    big = b" " * (MAX_DOCUMENT_BYTES + 1)
    packed = gzip.compress(big)
    handler = answers((OK, {}, big), (OK, {"content-encoding": "gzip"}, packed), (OK, {}, fleet(NOW + 3, one())))
    run = readsb(handler, polls=3)
    assert run.heard.statuses == ["lost", "connected"]
    assert "longer than 16777216 bytes" in run.heard.told[0][1]
    assert len(run.heard.rows) == 1


def test_a_large_document_is_read_beside_the_loop() -> None:
    many = [one(hex=f"{k:06x}", lat=k / 1000) for k in range(1, 4001)]
    run = readsb(answer(gzip.compress(fleet(NOW, *many)), Content_Encoding="gzip"))
    assert len(run.heard.rows[0]) == 4000


def test_failures_are_told_once_and_asked_after_ever_more_slowly() -> None:
    run = readsb(answer(status="500 Internal Server Error"), polls=12)
    assert run.heard.told == [("lost", "HTTP 500")]
    assert run.clock.waits[0] == 1.0
    assert 15.0 <= run.clock.waits[-1] <= 30.0


@pytest.mark.parametrize(
    ("headers", "low_s", "high_s"),
    [
        ({"Retry-After": "120"}, 120.0, 132.0),
        ({"X-Rate-Limit-Retry-After-Seconds": "300"}, 300.0, 330.0),
        ({"Retry-After": formatdate(NOW + 200, usegmt=True)}, 200.0, 220.0),
        ({"Retry-After": "99999999999999"}, LONGEST_WAIT_S, LONGEST_WAIT_S * 1.1),
        ({"Retry-After": "-5"}, 1.0, 1.0),
        ({"Retry-After": "soon"}, 1.0, 1.0),
        ({"Retry-After": "٣٣"}, 1.0, 1.0),
        ({}, 1.0, 1.0),
    ],
)
def test_429_is_asked_again_when_the_server_says(headers: dict[str, str], low_s: float, high_s: float) -> None:
    headers = {name: text.encode().decode("latin-1") for name, text in headers.items()}
    run = readsb(answers(("429 Too Many Requests", headers, b"")))
    assert low_s <= run.clock.waits[0] <= high_s
    assert run.heard.told[0][1].startswith("HTTP 429: we ask too often")


def test_polls_are_moved_by_a_tenth_of_the_interval() -> None:
    run = readsb(documents(fleet(NOW, one())), polls=50, poll_s=10.0)
    assert 9.0 <= min(run.clock.waits) < 9.5
    assert 10.5 < max(run.clock.waits) <= 11.0


def test_a_redirect_is_told_and_not_followed() -> None:
    run = readsb(answer(status="302 Found", Location="http://169.254.169.254/"), polls=3)
    assert len(run.heard.told) == 1
    assert "redirects are not followed" in run.heard.told[0][1]


def test_a_private_address_is_asked_only_where_the_settings_allow_it() -> None:
    feed = live_feed(FeedSettings(name="sky", kind="readsb", url="http://127.0.0.1:1/"))
    assert isinstance(feed, ReadsbPoller)

    async def run() -> list[tuple[str, str]]:
        heard, clock = Heard(), Sleeper(1)
        task = asyncio.create_task(feed.run(heard, clock))
        await asyncio.wait_for(clock.done.wait(), 30)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return heard.told

    ((status, reason),) = asyncio.run(run())
    assert status == "lost"
    assert "loopback" in reason


def test_a_type_of_another_kind_tells_nothing_and_costs_no_aircraft() -> None:
    odds: tuple[Any, ...] = ([], {}, True, 10**30)
    for odd in odds:
        ((row,),) = readsb(documents(fleet(NOW, one(type=odd)))).heard.rows
        assert "on_ground" not in row


def test_a_document_of_too_many_values_is_refused_whole_and_one_of_too_many_aircraft_is_cut() -> None:
    crowd = b'{"now": %d, "aircraft": [' % NOW
    run = readsb(documents(crowd + b"{}," * 5_000_000 + b"{}]}", crowd + b"1," * 60_000 + b"1]}"), polls=2)
    assert run.heard.statuses == ["lost", "connected"]
    assert run.rejects == {"garbage": 50_001, "overlong": 10_001}
