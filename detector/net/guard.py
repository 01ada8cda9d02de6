"""Connections only to where they may go: resolve once, check every address, connect to the one that was checked.

A name may have a public address when it is checked and a private one when it is connected to. So there is one look-up,
and the connection goes to the very address that was looked at; TLS still asks for the name and verifies it.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpcore2

from detector.net.addresses import Address, Network, is_metadata, literal, refusal
from detector.net.errors import ExchangeError, Failure
from detector.net.urls import Url, host_of, parse

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""(name, port) -> addresses as text, best first. Raises OSError where there are none."""

TRIED = 4
"""Addresses of one name that are tried, one after the other."""
ATTEMPT_S = 5.0
"""An address that lets a connection wait for longer is passed over where there is another."""
_LOOPBACK: tuple[Address, ...] = (ipaddress.IPv4Address("127.0.0.1"), ipaddress.IPv6Address("::1"))


async def system_resolver(name: str, port: int) -> Sequence[str]:
    """The machine's own look-up, in a thread."""
    found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]


@dataclass(frozen=True, slots=True)
class Allowed:
    """Targets that may be reached although they are not public: networks, and services by host and port.

    A metadata address counts as allowed only where it is named itself: a wide network never means it.
    """

    networks: tuple[Network, ...] = ()
    services: frozenset[tuple[str, int]] = field(default_factory=frozenset)

    @staticmethod
    def of(entries: Iterable[str | Network]) -> Allowed:
        """Entries like `127.0.0.1`, `10.1.0.0/16`, `fd00::/8`, `localhost:9093`, `[::1]:9093`. Raises ValueError."""
        networks: list[Network] = []
        services: set[tuple[str, int]] = set()
        for entry in entries:
            if not isinstance(entry, str):
                networks.append(entry)
                continue
            try:
                networks.append(ipaddress.ip_network(entry))
            except ValueError:
                services.add(_service(entry))
        return Allowed(tuple(networks), frozenset(services))

    def admits(self, host: str, port: int, address: Address) -> bool:
        """Whether `address` may be reached; `host`: the name it was asked for by."""
        if is_metadata(address):
            return self._is_named(host, port, address)
        named = (host, port) in self.services
        return named or any(address.version == n.version and address in n for n in self.networks)

    def _is_named(self, host: str, port: int, address: Address) -> bool:
        alone = any(n.num_addresses == 1 and n.network_address == address for n in self.networks)
        return alone or (literal(host) == address and (host, port) in self.services)


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why a URL can never be asked; `why` follows the words "its url". `plain`: only for being http, not https."""

    why: str
    plain: bool = False


def complaint(url: str, allowed: Allowed, *, plain_http: bool = False) -> Complaint | None:
    """Why a URL can never be asked; None where it can, or where only a look-up will tell. Nothing is looked up.

    `plain_http` as for `GuardedBackend`. Raises ExchangeError for what is no URL at all.
    """
    parsed = parse(url)
    address = literal(parsed.host)
    known = _LOOPBACK if _is_localhost(parsed.host) else () if address is None else (address,)
    if any(allowed.admits(parsed.host, parsed.port, each) for each in known):
        return None
    reason = refusal(known[0]) if known else None
    if reason is not None:
        return Complaint(f"leads to an address that is {reason}")
    # A name may still lead into an allowed network; with none of these, it can only be public, or refused.
    may_be_allowed = not known and (allowed.networks or (parsed.host, parsed.port) in allowed.services)
    if parsed.scheme == "https" or plain_http or may_be_allowed:
        return None
    return Complaint("is http; public addresses are asked by https", plain=True)


def _is_localhost(host: str) -> bool:
    """Names that are this machine everywhere (RFC 6761 6.3)."""
    return host.rpartition(".")[2] == "localhost"


def _service(entry: str) -> tuple[str, int]:
    host, _, port = entry.rpartition(":")
    if not port.isdecimal() or not 0 < int(port) < 65_536 or not host:
        raise ValueError(f"{entry!r} is neither a network like 10.1.0.0/16 nor host:port")
    if host.startswith("[") and host.endswith("]"):
        return str(ipaddress.IPv6Address(host[1:-1])), int(port)
    try:
        return host_of(host), int(port)
    except ExchangeError as error:
        raise ValueError(f"{entry!r} is neither a network like 10.1.0.0/16 nor host:port") from error


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Opens the connections for one URL. Raises ExchangeError DNS, REFUSED_ADDRESS or CONNECT.

    `plain_http`: whether an http URL may lead to a public address.
    """

    def __init__(self, url: Url, allowed: Allowed, resolver: Resolver, *, plain_http: bool = False) -> None:
        self._url = url
        self._allowed = allowed
        self._resolver = resolver
        self._plain = plain_http or url.scheme == "https"
        self._sockets = httpcore2.AnyIOBackend()
        self._opened: httpcore2.AsyncNetworkStream | None = None

    async def aclose(self) -> None:
        """Close what was opened: whoever is cancelled amid the TLS handshake leaves its socket behind."""
        if self._opened is not None:
            await self._opened.aclose()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to a checked address of `host`."""
        addresses = [str(address) for address in await self._checked(host, port)]
        for address in addresses:
            wait_s = timeout if address == addresses[-1] else ATTEMPT_S
            try:
                stream = await self._sockets.connect_tcp(address, port, wait_s, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                why = f"no connection to {address}: {error}"
            else:
                self._opened = stream
                return stream
        raise ExchangeError(Failure.CONNECT, self._url.where, why)

    async def _checked(self, host: str, port: int) -> list[Address]:
        """The addresses of the host, looked up once; raises unless every one of them may be reached."""
        addresses = await self._addresses(host, port)
        for address in addresses:
            if self._allowed.admits(host, port, address):
                continue
            why = refusal(address)
            if why is not None:
                raise ExchangeError(Failure.REFUSED_ADDRESS, self._url.where, f"{address} is {why}, and not allowed")
            if not self._plain:
                raise ExchangeError(Failure.REFUSED_ADDRESS, self._url.where, "is public: ask it by https, not http")
        return addresses[:TRIED]

    async def _addresses(self, host: str, port: int) -> list[Address]:
        itself = literal(host)
        if itself is not None:
            return [itself]
        try:
            found = await self._resolver(host, port)
            addresses = list(dict.fromkeys(ipaddress.ip_address(text) for text in found))
        except (OSError, UnicodeError, ValueError) as error:
            raise ExchangeError(Failure.DNS, self._url.where, f"the name has no usable address: {error}") from error
        if not addresses:
            raise ExchangeError(Failure.DNS, self._url.where, "the name has no address")
        return addresses
