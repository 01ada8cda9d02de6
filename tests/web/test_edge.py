"""The page of the service: health for everybody, the rest for who has the token, and nothing stays open."""

from __future__ import annotations

import asyncio
import json

import pytest
from starlette.datastructures import URL
from starlette.requests import Request

from detector.domain.errors import UsageError
from detector.web.edge import bound
from tests.web.pages import Client, Page, asked

TOKEN = "correct horse"
SICK = Page(health={"ok": False})


def test_loopback_needs_no_token() -> None:
    async def work(ask: Client) -> None:
        answer = await ask("/metrics")
        assert (answer.status, answer.body) == (200, b"detector_frames_total 7\n")
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")

    asked(work)


@pytest.mark.parametrize("bearer", [None, "", "Bearer", "Bearer wrong", "Basic correct horse", "Bearer correct hors"])
def test_without_the_token_there_is_nothing_but_health(bearer: str | None) -> None:
    async def work(ask: Client) -> None:
        for path in ("/metrics", "/", "/docs", "/openapi.json", "/nothing"):
            assert (await ask(path, bearer=bearer)).status == 401
        assert (await ask("/health", bearer=bearer)).status == 200

    asked(work, token=TOKEN)


def test_with_the_token_the_rest_is_there() -> None:
    async def work(ask: Client) -> None:
        assert (await ask("/metrics", bearer=f"Bearer {TOKEN}")).status == 200
        assert (await ask("/nothing", bearer=f"Bearer {TOKEN}")).status == 404

    asked(work, token=TOKEN)


async def spoken(port: int, request: bytes) -> bytes:
    """What comes for bytes that no proper client would send."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer


@pytest.mark.parametrize("host", [b"x/health?", b"x/health#", b"127.0.0.1/health?a="])
def test_a_host_that_looks_like_the_open_path_opens_nothing(host: bytes) -> None:
    async def work(ask: Client) -> None:
        said = await spoken(ask.port, b"GET /metrics HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n\r\n")
        assert said.startswith((b"HTTP/1.1 401", b"HTTP/1.1 400"))
        assert b"detector_frames_total" not in said

    asked(work, token=TOKEN)


def test_the_path_is_that_of_the_request_and_not_of_its_url(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some versions of Starlette put the URL together from the Host header, whatever that is."""
    monkeypatch.setattr(Request, "url", property(lambda _: URL("http://x/health?/metrics")))

    async def work(ask: Client) -> None:
        assert (await ask("/metrics")).status == 401

    asked(work, token=TOKEN)


def test_the_first_page_is_the_map() -> None:
    async def work(ask: Client) -> None:
        answer = await ask("/")
        assert answer.status == 200
        assert answer.headers["content-type"].startswith("text/html")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert b'id="map"' in answer.body
        assert b'href="/cases"' in answer.body

    asked(work)


def test_bad_health_is_told_by_the_status_too() -> None:
    async def work(ask: Client) -> None:
        answer = await ask("/health")
        assert (answer.status, json.loads(answer.body)["ok"]) == (503, False)

    asked(work, SICK)


def test_every_answer_forbids_frames_scripts_and_guessing_of_types() -> None:
    async def work(ask: Client) -> None:
        for path in ("/health", "/metrics", "/nothing"):
            headers = (await ask(path)).headers
            assert "default-src 'none'" in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
            assert "server" not in headers

    asked(work)


def test_what_only_reads_cannot_be_written_to() -> None:
    async def work(ask: Client) -> None:
        for method in ("POST", "PUT", "DELETE"):
            assert (await ask("/health", method=method)).status == 405

    asked(work)


def test_an_address_that_is_taken_is_told_in_one_line() -> None:
    with bound("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError) as refused:
            bound("127.0.0.1", port)
    assert str(refused.value) == (
        f"http_port {port}: Address already in use; set service.http_port to another, or to 0 for no page"
    )
