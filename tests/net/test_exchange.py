"""One request, one answer, and what servers do to whoever asks them."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from typing import Any

import pytest

from detector.net.errors import ExchangeError, Failure
from detector.net.exchange import Answer, HttpClient
from tests.net.servers import Handler, Server, answer, serving

LIMIT = 10_000


def asked(handler: Handler, method: str = "GET", body: bytes = b"", **how: Any) -> tuple[Answer, Server]:
    headers = how.pop("headers", {})
    how = {"timeout_s": 10.0, "max_bytes": LIMIT, **how}

    async def run() -> tuple[Answer, Server]:
        async with serving(handler) as server:
            client = HttpClient(allow=["127.0.0.1"])
            return await client.exchange(method, server.url("/path?q=1"), headers, body, **how), server

    return asyncio.run(run())


def failure(handler: Handler, **how: Any) -> ExchangeError:
    with pytest.raises(ExchangeError) as raised:
        asked(handler, **how)
    assert "\n" not in str(raised.value)
    assert "path" not in str(raised.value)
    return raised.value


def says(*pieces: bytes, pause_s: float = 0.0, for_ever: bool = False) -> Handler:
    async def handle(request: str, writer: asyncio.StreamWriter) -> None:
        for piece in pieces[:-1]:
            writer.write(piece)
        while True:
            writer.write(pieces[-1])
            await writer.drain()
            await asyncio.sleep(pause_s)
            if not for_ever:
                return

    return handle


def test_a_request_has_its_own_headers_and_the_callers() -> None:
    said, server = asked(answer(b"ok", X_A="1"), "POST", b"body", headers={"X-Mine": "ü", "Host": "other"})
    assert said == Answer(200, {"content-length": "2", "x-a": "1"}, b"ok")
    head = server.requests[0]
    assert head.startswith("POST /path?q=1 HTTP/1.1\r\n")
    for line in (f"Host: 127.0.0.1:{server.port}", "Connection: close", "Accept-Encoding: identity", "X-Mine: Ã¼"):
        assert f"{line}\r\n" in head
    assert "other" not in head
    assert head.endswith("Content-Length: 4\r\n\r\nbody")


def test_a_status_that_is_no_success_is_an_answer() -> None:
    said, _ = asked(answer(b"later", status="429 Too Many Requests", Retry_After="7"))
    assert (said.status, said.headers["retry-after"]) == (429, "7")


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_a_redirect_to_the_metadata_service_is_told_and_not_followed(status: str) -> None:
    error = failure(answer(status=status, Location="http://169.254.169.254/latest/meta-data/"))
    assert error.kind is Failure.REDIRECT
    assert "wants http://169.254.169.254 to be asked" in str(error)
    assert "latest" not in str(error)


def test_of_a_body_of_10_gb_no_more_is_read_than_allowed() -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n"
    said, _ = asked(says(head, b"x" * 65_536, for_ever=True))
    assert (len(said.body), said.truncated) == (LIMIT, True)
    assert failure(says(head, b"x" * 65_536, for_ever=True), whole=True).kind is Failure.TOO_LARGE


def test_a_body_of_exactly_the_limit_is_whole() -> None:
    for body in (b"x" * LIMIT, gzip.compress(b"x" * LIMIT)):
        packing = {} if body[0] == 120 else {"Content_Encoding": "gzip"}
        said, _ = asked(answer(body, **packing), whole=True, gzip=True)
        assert (said.body, said.truncated) == (b"x" * LIMIT, False)


def test_chunks_without_end_are_cut_off() -> None:
    head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    said, _ = asked(says(head, b"4\r\nabcd\r\n", for_ever=True))
    assert (len(said.body), said.truncated) == (LIMIT, True)


def test_headers_without_end_are_no_answer() -> None:
    assert failure(says(b"HTTP/1.1 200 OK\r\n", b"x: y\r\n" * 1000, for_ever=True)).kind is Failure.PROTOCOL


def test_a_server_that_hangs_before_its_headers_is_given_up() -> None:
    assert failure(says(b"", pause_s=60.0), timeout_s=0.2).kind is Failure.TIMEOUT


def test_a_slow_drip_is_given_up_at_the_total_time() -> None:
    # Each byte comes in time; only the sum of the waits is too long.
    dripping = says(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n", b"x", pause_s=0.02, for_ever=True)
    assert failure(dripping, timeout_s=0.3, whole=True).kind is Failure.TIMEOUT
    in_headers = says(b"HTTP/1.1 200 OK\r\n", b"x", pause_s=0.02, for_ever=True)
    assert failure(in_headers, timeout_s=0.3).kind is Failure.TIMEOUT


def test_a_name_server_that_hangs_is_given_up() -> None:
    async def hang(name: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    client = HttpClient(resolver=hang)
    with pytest.raises(ExchangeError) as raised:
        asyncio.run(client.exchange("GET", "https://slow.example/", {}, b"", timeout_s=0.1, max_bytes=1))
    assert raised.value.kind is Failure.TIMEOUT


def test_where_the_status_is_enough_a_body_that_never_ends_does_no_harm() -> None:
    dripping = says(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n", b"x", pause_s=0.02, for_ever=True)
    said, _ = asked(dripping, timeout_s=0.3)
    assert (said.status, said.truncated) == (200, True)


def test_a_packed_answer_is_unpacked() -> None:
    body = b"text " * 1000
    said, server = asked(answer(gzip.compress(body), Content_Encoding="gzip"), whole=True, gzip=True)
    assert said.body == body
    assert "Accept-Encoding: gzip\r\n" in server.requests[0]


def bomb() -> bytes:
    """200 MB in 200 kB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(200)) + packer.flush()


def test_a_gzip_bomb_is_refused() -> None:
    bombs = answer(bomb(), Content_Encoding="gzip")
    assert failure(bombs, whole=True, gzip=True).kind is Failure.TOO_LARGE
    said, _ = asked(bombs)
    assert (len(said.body), said.truncated) == (LIMIT, True)


def test_packed_bytes_that_unpack_to_nothing_are_bounded_as_well() -> None:
    nothing = answer(b"\x1f\x8b\x08\x10" + bytes(6) + b"n" * 100_000, Content_Encoding="gzip")
    assert failure(nothing, whole=True, gzip=True).kind is Failure.TOO_LARGE


@pytest.mark.parametrize(
    ("body", "packing"),
    [
        (b"no gzip", "gzip"),
        (gzip.compress(b"text" * 100)[:-9], "gzip"),
        (b"\x1b\x00", "br"),
        (gzip.compress(gzip.compress(b"text")), "gzip, gzip"),
    ],
    ids=["no gzip", "broken off", "another packing", "packed twice"],
)
def test_an_answer_that_cannot_be_unpacked_is_refused(body: bytes, packing: str) -> None:
    handler = answer(body, Content_Encoding=packing)
    assert failure(handler, whole=True, gzip=True).kind is Failure.PROTOCOL
    assert asked(handler)[0].status == 200


@pytest.mark.parametrize(
    "said",
    [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200", b"HTTP/1.1 2x0 OK\r\n\r\n", b"\x00" * 100, b"HTTP/1.1 200 OK\r\na"],
)
def test_what_is_no_http_is_told_as_such(said: bytes) -> None:
    assert failure(says(said)).kind in (Failure.PROTOCOL, Failure.CONNECT)


def test_a_body_that_breaks_off_is_no_whole_answer() -> None:
    short = says(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc")
    assert failure(short, whole=True).kind in (Failure.PROTOCOL, Failure.CONNECT)
    said, _ = asked(short)
    assert (said.body, said.truncated) == (b"abc", True)


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", {"x": "a\r\nHost: other"}),
        ("GET", {"x\r\n": "a"}),
        ("GET", {"ü": "a"}),
        ("GET / HTTP/1.1\r\n", {}),
        ("GÉT", {}),
    ],
)
def test_a_request_that_would_be_two_is_not_sent(method: str, headers: dict[str, str]) -> None:
    with pytest.raises(ExchangeError) as raised:
        asked(answer(), method, headers=headers)
    assert raised.value.kind is Failure.REQUEST


def test_a_port_where_nobody_listens_is_a_failed_connection() -> None:
    async def run() -> None:
        async with serving(answer()) as server:
            url = server.url()
        await HttpClient(allow=["127.0.0.1"]).exchange("GET", url, {}, b"", timeout_s=5, max_bytes=1)

    with pytest.raises(ExchangeError) as raised:
        asyncio.run(run())
    assert raised.value.kind is Failure.CONNECT


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert asked(answer(b"direct"))[0].body == b"direct"


def test_an_error_is_one_line_whatever_the_server_says() -> None:
    error = failure(answer(status="302 Found", Location="http://x/\x1b[31m" + "y" * 5000))
    assert str(error).isprintable()
    assert len(str(error)) <= 300
