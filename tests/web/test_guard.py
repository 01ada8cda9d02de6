"""Who may ask: by which name, from which page, with which token."""

from __future__ import annotations

import asyncio
import json
from http.cookies import SimpleCookie

from detector.net.exchange import Answer
from detector.web.problems import MEDIA_TYPE
from detector.web.sessions import SESSION_S, Sessions
from tests.web.pages import Client, Page, asked

TOKEN = "correct horse"
ALERTS = "/api/v1/alerts"


async def spoken(port: int, head: str, body: bytes = b"") -> str:
    """The answer to a request with just these headers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
    answer = await reader.read()
    writer.close()
    return answer.decode()


def by_name(host: str) -> str:
    return f"GET {ALERTS} HTTP/1.1\nHost: {host}\nConnection: close"


OURS = "127.0.0.1:8090", "localhost", "LOCALHOST:8090", "[::1]:8090", "192.168.1.20", "desk.example:8090"
THEIRS = (
    "evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "desk.example.evil.example", "[", "a@b",
)  # fmt: skip


def test_addresses_localhost_and_named_names_are_ours() -> None:
    async def work(ask: Client) -> None:
        for host in OURS:
            assert (await spoken(ask.port, by_name(host))).startswith("HTTP/1.1 200"), host

    asked(work, names=("desk.example",))


def test_a_page_that_lets_its_own_name_point_here_is_refused() -> None:
    """DNS rebinding: the browser takes us for the page's own server, and says so in Host."""

    async def work(ask: Client) -> None:
        for host in THEIRS:
            for path in (ALERTS, "/metrics", "/health", "/"):
                answer = await spoken(ask.port, f"GET {path} HTTP/1.1\nHost: {host}\nConnection: close")
                assert answer.startswith("HTTP/1.1 421"), host
                assert "http_names" in answer

    asked(work, names=("desk.example",))


def test_with_a_token_any_name_will_do() -> None:
    """No other page has the token, nor the cookie, which a browser sends to this host alone."""

    async def work(ask: Client) -> None:
        assert (await spoken(ask.port, by_name("proxy.example"))).startswith("HTTP/1.1 401")
        allowed = await spoken(ask.port, by_name("proxy.example") + f"\nAuthorization: Bearer {TOKEN}")
        assert allowed.startswith("HTTP/1.1 200")

    asked(work, token=TOKEN)


CASES: list[tuple[dict[str, str], int]] = [
    ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}, 403),
    ({"sec-fetch-site": "same-site", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}, 403),
    ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}, 403),
    ({"origin": "https://evil.example"}, 403),
    ({"origin": "null"}, 403),
    ({"origin": "http://127.0.0.1:1"}, 403),
    ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}, 200),
    ({"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}, 200),
    ({"sec-fetch-site": "same-origin", "origin": "https://desk.example"}, 200),
    ({"sec-fetch-site": "none", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}, 200),
    ({}, 200),
]


def test_other_sites_may_link_here_and_do_nothing_else() -> None:
    async def work(ask: Client) -> None:
        for headers, status in CASES:
            for path in (ALERTS, "/api/v1/health"):
                assert (await ask(path, headers=headers)).status == status, headers
            if status == 403:
                assert (await ask("/api/v1/events", headers=headers)).status == 403, headers

    asked(work)


def test_a_page_of_our_own_origin_may_ask_with_it() -> None:
    async def work(ask: Client) -> None:
        origin = f"http://127.0.0.1:{ask.port}"
        assert (await ask("/logout", method="POST", headers={"origin": origin})).status == 204
        crossing = {"origin": "https://evil.example"}
        assert (await ask("/logout", method="POST", headers=crossing)).status == 403

    asked(work)


async def log_in(ask: Client, token: str) -> Answer:
    body = json.dumps({"token": token}).encode()
    return await ask("/login", method="POST", headers={"content-type": "application/json"}, body=body)


def test_a_browser_shows_the_token_once_and_a_cookie_from_then_on() -> None:
    page = Page()

    async def work(ask: Client) -> None:
        assert (await ask(ALERTS)).status == 401
        wrong = await log_in(ask, "wrong")
        assert (wrong.status, wrong.headers["content-type"]) == (401, MEDIA_TYPE)
        assert "set-cookie" not in wrong.headers
        right = await log_in(ask, TOKEN)
        cookie = right.headers["set-cookie"]
        assert right.status == 204
        assert TOKEN not in cookie
        for word in ("HttpOnly", "SameSite=strict", "Path=/", f"Max-Age={SESSION_S}"):
            assert word in cookie, word
        shown = {"cookie": f"theme=dark; {cookie.partition(';')[0]}"}
        assert (await ask(ALERTS, headers=shown)).status == 200
        assert (await ask("/metrics", headers=shown)).status == 200
        assert (await ask(ALERTS, headers=shown | {"origin": "https://evil.example"})).status == 403
        page.clock.at += SESSION_S + 1.0
        assert (await ask(ALERTS, headers=shown)).status == 401
        gone = (await ask("/logout", method="POST")).headers["set-cookie"]
        assert 'detector_session=""' in gone

    asked(work, page, token=TOKEN)


BODIES = [
    ("application/x-www-form-urlencoded", b"token=correct+horse", 415),
    ("application/json", b'{"token": 1}', 400),
    ("application/json", b"{", 400),
    ("application/json", b" " * 5_000, 413),
]


def test_what_is_no_token_logs_nobody_in() -> None:
    async def work(ask: Client) -> None:
        for kind, body, status in BODIES:
            answer = await ask("/login", method="POST", headers={"content-type": kind}, body=body)
            assert (answer.status, answer.headers["content-type"]) == (status, MEDIA_TYPE)

    asked(work, token=TOKEN)


def test_a_cookie_is_of_one_token_and_cannot_be_made_longer() -> None:
    sessions = Sessions(TOKEN, lambda: 1_000.0)
    cookie = sessions.opened(TOKEN)
    assert cookie is not None
    assert sessions.holds(cookie)
    assert not Sessions("another", lambda: 1_000.0).holds(cookie)
    assert not Sessions(None, lambda: 1_000.0).holds(cookie)
    until, rest = cookie.split(".", 1)
    assert not sessions.holds(f"{int(until) + 1}.{rest}")
    for nonsense in ("", ".", "a.b.c", "\xff.\xff", cookie[:-1], cookie + "0"):
        assert not sessions.holds(nonsense)


def test_cookies_of_any_form_open_nothing() -> None:
    async def work(ask: Client) -> None:
        for cookie in ("detector_session=x.y.z", "detector_session", "=;;=", "\x80=\x81", "a" * 8_000):
            head = f"GET {ALERTS} HTTP/1.1\nHost: 127.0.0.1\nConnection: close\nCookie: "
            reader, writer = await asyncio.open_connection("127.0.0.1", ask.port)
            writer.write(head.replace("\n", "\r\n").encode() + cookie.encode("latin-1") + b"\r\n\r\n")
            assert (await reader.read()).startswith(b"HTTP/1.1 401"), cookie
            writer.close()

    asked(work, token=TOKEN)


def test_errors_of_every_kind_have_one_form() -> None:
    async def work(ask: Client) -> None:
        for path, method, status in (
            ("/nothing", "GET", 404),
            ("/api/v1/alerts/none", "GET", 404),
            ("/api/v1/alerts", "DELETE", 405),
            ("/api/v1/alerts?x=1", "GET", 400),
            ("/health", "POST", 405),
        ):
            answer = await ask(path, method=method)
            told = json.loads(answer.body)
            assert (answer.status, answer.headers["content-type"], told["status"]) == (status, MEDIA_TYPE, status)
            assert told.keys() >= {"type", "title", "status", "detail"}
            if status == 405:
                assert answer.headers["allow"] == "GET"

    asked(work)


def test_the_cookie_is_for_encrypted_connections_where_it_was_asked_for_by_one() -> None:
    async def work(ask: Client) -> None:
        body = json.dumps({"token": TOKEN}).encode()
        headers = {"content-type": "application/json", "x-forwarded-proto": "https"}
        answer = await ask("/login", method="POST", headers=headers, body=body)
        assert SimpleCookie(answer.headers["set-cookie"])["detector_session"]["secure"] is True

    asked(work, token=TOKEN)
