"""OpenSky's state vectors, with tokens."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from detector.feeds.opensky_http import OpenSkyPoller, states_url
from detector.feeds.settings import FeedSettings
from tests.feeds.polled import NOW, Run, document, polled
from tests.net.servers import Handler, Said, answer, answers

OK = "200 OK"
CLIENT: dict[str, Any] = {"client_id": "me", "client_secret_env": "OPENSKY_SECRET"}


def vector(*, icao24: object = "71be19", position: object = NOW - 1, contact: object = NOW, **said: Any) -> list[Any]:
    values = {
        "icao24": icao24, "callsign": "KOR123  ", "country": "Republic of Korea", "position": position,
        "contact": contact, "lon": 125.7, "lat": 39.2, "baro": 3048.0, "ground": False, "velocity": 100.0,
        "track": 90.0, "rate": -5.08, "sensors": None, "geo": 3078.48, "squawk": "1000", "spi": False,
        "source": 0, "category": 6, **said,
    }  # fmt: skip
    return list(values.values())


def states(at: float, *vectors: object) -> bytes:
    return document(time=int(at), states=vectors)


def opensky(handler: Handler, polls: int = 1, **settings: Any) -> Run:
    whole = {"kind": "opensky", "allow_private": True, **settings}
    return polled(
        polls, handler, OpenSkyPoller, whole,
        path="/api/states/all", at_server=lambda server: {"token_url": server.url("/token")},
    )  # fmt: skip


def with_tokens(*said: Said, expires_s: float = 1800) -> Handler:
    """A server of both: tokens T1, T2 ..., and one answer after the other."""
    given: list[str] = []
    rest = answers(*said)

    async def handle(request: str, writer: asyncio.StreamWriter) -> None:
        if request.startswith("POST /token"):
            given.append(f"T{len(given) + 1}")
            await answer(document(access_token=given[-1], expires_in=expires_s))(request, writer)
        else:
            await rest(request, writer)

    return handle


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENSKY_SECRET", "s&cret=1")


def test_a_vector_is_a_row_in_the_units_of_the_field() -> None:
    ((row,),) = opensky(answer(states(NOW, vector()))).heard.rows
    row.pop("receiver")
    assert row == {
        "heard_at": NOW, "address": 0x71BE19, "latitude_deg": 39.2, "longitude_deg": 125.7, "position_at": NOW - 1,
        "on_ground": 0, "altitude_baro_ft": pytest.approx(10_000.0), "altitude_geom_ft": pytest.approx(10_100.0),
        "groundspeed_kt": pytest.approx(194.384, abs=0.001), "track_deg": 90.0, "category": "A5", "squawk": 1000,
        "vertical_rate_fpm": pytest.approx(-1_000.0), "callsign": "KOR123",
    }  # fmt: skip


def test_nobody_in_the_sky_is_null_and_a_sign_of_life() -> None:
    bodies: list[Said] = [(OK, {}, document(time=int(NOW - 20 + 27 * k), states=None)) for k in range(5)]
    run = opensky(answers(*bodies), polls=5, silent_after_s=40.0)
    assert run.heard.told == [("connected", "")]


def test_stale_vectors_and_positions_are_left_out() -> None:
    vectors = [vector(icao24="71be01", position=NOW - 16), vector(icao24="71be02", contact=NOW - 61)]
    vectors += [vector(icao24="71be03", position=None), vector(icao24="71be04")]
    rows = opensky(answer(states(NOW, *vectors))).heard.rows[0]
    found = {row["address"]: row.get("latitude_deg") for row in rows}
    assert found == {0x71BE01: None, 0x71BE03: None, 0x71BE04: 39.2}


def test_a_vector_repeated_is_no_news() -> None:
    bodies: list[Said] = [(OK, {}, states(NOW + 10 * k, vector())) for k in range(3)]
    run = opensky(answers(*bodies), polls=3)
    assert len(run.heard.rows) == 1


def test_times_of_a_wrong_clock_are_shifted() -> None:
    def at(k: int) -> bytes:
        return states(NOW + 500 + 30 * k, vector(contact=NOW + 500 + 30 * k, position=NOW + 499 + 30 * k))

    run = opensky(answers((OK, {}, at(0)), (OK, {}, at(1))), polls=2)
    first = run.heard.rows[0][0]
    assert (first["heard_at"], first["position_at"]) == (NOW, NOW - 1)
    assert run.heard.told == [("connected", "the server's clock is 500 s ahead of ours; its times are shifted")]


ODD: dict[str, Any] = {
    "null": None, "a text": "71be19", "short": vector()[:13], "empty": [], "an object": {"icao24": "71be19"},
    "no address": vector(icao24=None), "zeros": vector(icao24="000000"),
}  # fmt: skip


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_what_is_no_vector_is_counted_and_costs_no_other(odd: object) -> None:
    run = opensky(answer(states(NOW, odd, vector())))
    assert [row["address"] for row in run.heard.rows[0]] == [0x71BE19]
    assert sum(run.rejects.values()) == 1


@pytest.mark.parametrize("value", [None, True, "x", [], {}, 1e308, 10**30, -1])
def test_a_field_that_cannot_be_is_not_told(value: object) -> None:
    names = ("callsign", "lat", "lon", "baro", "ground", "velocity", "track", "rate", "geo", "squawk", "category")
    odd = vector(**dict.fromkeys(names, value))
    rows = opensky(answer(states(NOW, odd, vector(icao24="71be20")))).heard.rows[0]
    assert len(rows) == 2
    assert "latitude_deg" not in rows[0] or value == -1


@pytest.mark.parametrize("body", [b"[]", b"{}", b"[" * 100_000, document(time=1, states={}), document(states=[])])
def test_what_is_no_answer_is_told_and_counted(body: bytes) -> None:
    run = opensky(answers((OK, {}, body), (OK, {}, states(NOW + 20, vector(contact=NOW + 20)))), polls=2)
    assert run.heard.told == [("lost", "the answer is no such document"), ("connected", "")]
    assert sum(run.rejects.values()) == 1


def test_the_box_of_the_settings_is_asked_for() -> None:
    settings = FeedSettings(name="sky", kind="opensky", bbox=(37.5, 124.0, 43.0, 131.0))
    assert states_url(settings) == (
        "https://opensky-network.org/api/states/all?extended=1&lamin=37.5&lomin=124.0&lamax=43.0&lomax=131.0"
    )


def test_without_a_client_it_asks_without_a_token() -> None:
    run = opensky(answer(states(NOW, vector())))
    assert "authorization" not in run.server.requests[0].lower()


def test_a_token_is_asked_for_once_and_sent_with_each_poll() -> None:
    run = opensky(with_tokens((OK, {}, states(NOW, vector()))), polls=3, **CLIENT)
    token, *polls = run.server.requests
    assert token.startswith("POST /token ")
    assert token.endswith("\r\n\r\ngrant_type=client_credentials&client_id=me&client_secret=s%26cret%3D1")
    assert len(polls) == 3
    assert all("authorization: Bearer T1\r\n" in poll for poll in polls)


def test_a_token_is_renewed_before_it_ends() -> None:
    run = opensky(with_tokens((OK, {}, states(NOW, vector())), expires_s=1800), polls=20, poll_s=100.0, **CLIENT)
    asked = [request.split(" ")[1].split("?")[0] for request in run.server.requests]
    first, second = (k for k, path in enumerate(asked) if path == "/token")
    assert first == 0
    # The second token after 1,680 s: 16 or 17 polls of some 100 s.
    assert 15 <= second <= 19
    assert "Bearer T2" in run.server.requests[-1]


def test_a_token_taken_back_is_renewed_once_within_the_poll() -> None:
    no: Said = ("401 Unauthorized", {}, b"")
    yes: Said = (OK, {}, states(NOW, vector()))
    run = opensky(with_tokens(yes, no, yes), polls=2, **CLIENT)
    assert run.heard.statuses == ["connected"]
    assert [request.split(" ")[1].split("?")[0] for request in run.server.requests] == [
        "/token", "/api/states/all", "/api/states/all", "/token", "/api/states/all",
    ]  # fmt: skip


def test_a_server_that_takes_no_token_is_not_asked_on_and_on() -> None:
    run = opensky(with_tokens(("401 Unauthorized", {}, b"")), polls=3, **CLIENT)
    assert run.heard.told == [("lost", "HTTP 401: the server wants credentials")]
    assert len(run.server.requests) == 6


def test_a_wrong_secret_is_told_without_telling_it() -> None:
    run = opensky(answer(b"{}", status="401 Unauthorized"), **CLIENT)
    ((status, reason),) = run.heard.told
    assert (status, reason) == ("lost", "no token, HTTP 401: client_id or its secret is wrong")


@pytest.mark.parametrize("body", [b"", b"[]", b'{"access_token": 5}', b'{"access_token": "a\\r\\nb"}', b"[" * 9999])
def test_an_answer_that_is_no_token_is_told(body: bytes) -> None:
    assert opensky(answer(body), **CLIENT).heard.told == [("lost", "no token: the answer is none")]


def test_a_secret_may_stand_in_a_file_and_be_changed_there(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    client: dict[str, Any] = {"client_id": "me", "client_secret_file": str(path)}
    (status, reason), *_ = opensky(answer(b""), **client).heard.told
    assert status == "lost"
    assert "cannot be read" in reason
    path.write_text("\n")
    assert "is empty" in opensky(answer(b""), **client).heard.told[0][1]
    path.write_text("from-file\n")
    run = opensky(with_tokens((OK, {}, states(NOW, vector()))), **client)
    assert run.server.requests[0].endswith("client_secret=from-file")


def test_429_is_asked_again_when_opensky_says() -> None:
    handler = answer(status="429 Too Many Requests", X_Rate_Limit_Retry_After_Seconds="1234")
    run = opensky(handler)
    assert 1234.0 <= run.clock.waits[0] <= 1234.0 * 1.1
    assert run.heard.told == [("lost", "HTTP 429: we ask too often, wait 1234 s")]
