"""Connections go only to an address that was checked; TLS asks for the name."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from pathlib import Path

import httpcore2
import pytest

from detector.net.addresses import PRIVATE_NETWORKS
from detector.net.errors import ExchangeError, Failure
from detector.net.exchange import Answer, HttpClient
from detector.net.guard import Allowed, GuardedBackend, Resolver
from detector.net.urls import parse
from tests.net.servers import Server, answer, certificate, serving

LOOPBACK = "127.0.0.1/32"


class Names:
    """A resolver that gives one answer after the other, the last one for ever, and counts."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, name: str, port: int) -> list[str]:
        self.asked.append((name, port))
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


class Sockets(httpcore2.AsyncNetworkBackend):
    """Sockets that go nowhere and note where they were to go."""

    def __init__(self) -> None:
        self.to: list[tuple[str, int]] = []

    async def connect_tcp(self, host: str, port: int, *_: object) -> httpcore2.AsyncNetworkStream:
        self.to.append((host, port))
        raise httpcore2.ConnectError("nobody there")


def kind_of(url: str, resolver: Resolver, *allow: str) -> Failure:
    client = HttpClient(allow=allow, resolver=resolver)
    with pytest.raises(ExchangeError) as raised:
        asyncio.run(client.exchange("GET", url, {}, b"", timeout_s=10, max_bytes=10))
    return raised.value.kind


def test_a_name_that_changes_between_check_and_connect_leads_to_what_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = Names(["8.8.8.8"], ["127.0.0.1"])
    sockets = Sockets()
    monkeypatch.setattr(httpcore2, "AnyIOBackend", lambda: sockets)
    assert kind_of("https://rebind.example/", names) is Failure.CONNECT
    assert names.asked == [("rebind.example", 443)]
    assert sockets.to == [("8.8.8.8", 443)]


def test_the_connection_goes_to_the_resolved_address_without_another_look_up() -> None:
    async def run() -> tuple[Answer, Server]:
        async with serving(answer(b"here")) as server:
            # The name does not exist: only the given resolver knows it.
            client = HttpClient(allow=[LOOPBACK], resolver=Names(["127.0.0.1"], ["203.0.113.1"]))
            url = server.url("/x", host="feed.invalid")
            return await client.exchange("GET", url, {}, b"", timeout_s=10, max_bytes=10), server

    said, server = asyncio.run(run())
    assert said.body == b"here"
    assert f"Host: feed.invalid:{server.port}\r\n" in server.requests[0]


@pytest.mark.parametrize("addresses", [["8.8.8.8", "127.0.0.1"], ["10.0.0.1", "8.8.8.8"], ["2606:4700::1", "::1"]])
def test_a_name_with_a_private_address_among_public_ones_is_refused(addresses: list[str]) -> None:
    assert kind_of("https://mixed.example/", Names(addresses)) is Failure.REFUSED_ADDRESS


def test_every_address_is_tried_before_a_connection_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    sockets = Sockets()
    monkeypatch.setattr(httpcore2, "AnyIOBackend", lambda: sockets)
    assert kind_of("https://two.example/", Names(["8.8.8.8", "2606:4700::1"])) is Failure.CONNECT
    assert [host for host, _ in sockets.to] == ["8.8.8.8", "2606:4700::1"]


async def no_such_name(name: str, port: int) -> list[str]:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@pytest.mark.parametrize("resolver", [no_such_name, Names([]), Names(["nonsense"])], ids=["none", "empty", "nonsense"])
def test_a_name_without_a_usable_address_fails_as_such(resolver: Resolver) -> None:
    assert kind_of("https://nowhere.example/", resolver) is Failure.DNS


def test_a_public_target_is_asked_by_https_only() -> None:
    assert kind_of("http://plain.example/", Names(["8.8.8.8"]), LOOPBACK) is Failure.REFUSED_ADDRESS


def test_allowed_are_networks_and_services_by_host_and_port() -> None:
    allowed = Allowed.of(["10.1.0.0/16", "localhost:9093", "[fd00::1]:80", "192.168.1.5"])
    cases = {
        ("x.example", 443, "10.1.2.3"): True,
        ("x.example", 443, "10.2.2.3"): False,
        ("localhost", 9093, "127.0.0.1"): True,
        ("localhost", 9094, "127.0.0.1"): False,
        ("fd00::1", 80, "fd00::1"): True,
        ("fd00::1", 81, "fd00::1"): False,
        ("192.168.1.5", 1, "192.168.1.5"): True,
        ("192.168.1.6", 1, "192.168.1.6"): False,
    }
    found = {case: allowed.admits(case[0], case[1], ipaddress.ip_address(case[2])) for case in cases}
    assert found == cases


@pytest.mark.parametrize(
    "entry", ["10.1.2.3/16", "name", "name:", ":80", "name:0", "name:x", "a b:80", "[name]:80", ""]
)
def test_an_allow_entry_that_is_neither_network_nor_service_is_an_error(entry: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Allowed.of([entry])


@pytest.mark.parametrize("metadata", ["169.254.169.254", "fd00:ec2::254", "100.100.100.200", "168.63.129.16"])
def test_a_wide_network_never_allows_a_metadata_address(metadata: str) -> None:
    address = ipaddress.ip_address(metadata)
    wide = Allowed.of(["0.0.0.0/0", "::/0", "100.64.0.0/10", "cloud.example:80", *PRIVATE_NETWORKS])
    assert not wide.admits("cloud.example", 80, address)
    assert Allowed.of([metadata]).admits("cloud.example", 80, address)


def test_a_disguised_address_is_refused_although_the_plain_one_is_allowed() -> None:
    assert kind_of("http://[::ffff:127.0.0.1]/", Names([]), LOOPBACK) is Failure.REFUSED_ADDRESS


def test_a_guard_serves_the_allowed_by_http() -> None:
    async def run() -> None:
        async with serving(answer(b"")) as server:
            guard = GuardedBackend(parse(server.url()), Allowed.of([LOOPBACK]), Names([]))
            stream = await guard.connect_tcp("127.0.0.1", server.port)
            await stream.aclose()

    asyncio.run(run())


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls")


def over_tls(folder: Path, host: str, *, trusting: bool = True) -> tuple[Answer | ExchangeError, Server]:
    shown, trusted = certificate(folder, "hooks.example")

    async def run() -> tuple[Answer | ExchangeError, Server]:
        async with serving(answer(b"safe"), shown) as server:
            context = trusted if trusting else ssl.create_default_context()
            client = HttpClient(allow=[LOOPBACK], resolver=Names(["127.0.0.1"]), tls=context)
            url = server.url("/", host=host, scheme="https")
            try:
                return await client.exchange("GET", url, {}, b"", timeout_s=10, max_bytes=10), server
            except ExchangeError as error:
                return error, server

    return asyncio.run(run())


def test_tls_asks_for_the_name_and_takes_its_certificate(tls: Path) -> None:
    said, server = over_tls(tls, "HOOKS.example.")
    assert isinstance(said, Answer)
    assert said.body == b"safe"
    assert server.names == ["hooks.example"]
    assert f"Host: hooks.example:{server.port}\r\n" in server.requests[0]


@pytest.mark.parametrize(
    ("host", "trusting"),
    [("other.example", True), ("127.0.0.1", True), ("hooks.example", False)],
    ids=["another name", "the address", "an unknown authority"],
)
def test_a_certificate_that_is_not_good_for_the_host_ends_the_exchange(tls: Path, host: str, trusting: bool) -> None:
    said, server = over_tls(tls, host, trusting=trusting)
    assert isinstance(said, ExchangeError)
    assert said.kind is Failure.TLS
    assert not server.requests


def test_a_server_without_tls_fails_as_such() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        await reader.read()
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(plain, "127.0.0.1", 0)
        async with server:
            url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
            await HttpClient(allow=[LOOPBACK]).exchange("GET", url, {}, b"", timeout_s=10, max_bytes=10)

    with pytest.raises(ExchangeError) as raised:
        asyncio.run(run())
    assert raised.value.kind is Failure.TLS


def test_a_handshake_that_hangs_is_given_up_and_its_socket_closed() -> None:
    async def run() -> bytes:
        ended = asyncio.Event()
        heard = bytearray()

        async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heard.extend(await reader.read())
            ended.set()
            writer.close()

        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        async with server:
            url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
            with pytest.raises(ExchangeError) as raised:
                await HttpClient(allow=[LOOPBACK]).exchange("GET", url, {}, b"", timeout_s=0.3, max_bytes=10)
            assert raised.value.kind is Failure.TIMEOUT
            await asyncio.wait_for(ended.wait(), 10)
        return bytes(heard)

    assert asyncio.run(run()).startswith(b"\x16\x03")
