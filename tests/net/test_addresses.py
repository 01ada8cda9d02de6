"""Which addresses are public, and the forms in which a private one is hidden."""

from __future__ import annotations

import asyncio
import ipaddress
import socket

import pytest

from detector.net.addresses import PRIVATE_NETWORKS, refusal
from detector.net.errors import ExchangeError, Failure
from detector.net.exchange import HttpClient

PRIVATE = {
    "loopback": "127.0.0.1",
    "loopback, another one": "127.255.255.254",
    "this host": "0.0.0.0",
    "this network": "0.1.2.3",
    "private, 10": "10.0.0.1",
    "private, 172.16": "172.16.0.1",
    "private, end of 172.31": "172.31.255.255",
    "private, 192.168": "192.168.1.1",
    "carrier's own": "100.64.0.1",
    "carrier's own, end": "100.127.255.255",
    "link-local": "169.254.1.1",
    "metadata of most clouds": "169.254.169.254",
    "metadata of containers": "169.254.170.2",
    "metadata of Alibaba": "100.100.100.200",
    "metadata of Azure": "168.63.129.16",
    "metadata of Oracle": "192.0.0.192",
    "protocol assignments": "192.0.0.8",
    "documentation 1": "192.0.2.1",
    "documentation 2": "198.51.100.1",
    "documentation 3": "203.0.113.1",
    "6to4 relay": "192.88.99.1",
    "benchmarking": "198.18.0.1",
    "benchmarking, end": "198.19.255.255",
    "multicast": "224.0.0.1",
    "multicast, end": "239.255.255.255",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "v6 unspecified": "::",
    "v6 loopback": "::1",
    "v6 mapped loopback": "::ffff:127.0.0.1",
    "v6 mapped loopback in hex": "::ffff:7f00:1",
    "v6 mapped public": "::ffff:8.8.8.8",
    "v6 translated": "::ffff:0:127.0.0.1",
    "v6 compatible": "::127.0.0.1",
    "v6 NAT64": "64:ff9b::7f00:1",
    "v6 local NAT64": "64:ff9b:1::a00:1",
    "v6 6to4": "2002:7f00:1::",
    "v6 Teredo": "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "v6 ISATAP": "2606:4700::5efe:7f00:1",
    "v6 ISATAP, global bit": "2606:4700::200:5efe:10.0.0.1",
    "v6 unique local": "fd12:3456:789a::1",
    "v6 unique local, fc": "fc00::1",
    "v6 metadata of Amazon": "fd00:ec2::254",
    "v6 metadata of Google": "fd20:ce::254",
    "v6 link-local": "fe80::1",
    "v6 link-local, scoped": "fe80::1%eth0",
    "v6 public, scoped": "2606:4700::1%eth0",
    "v6 site-local": "fec0::1",
    "v6 multicast": "ff02::1",
    "v6 documentation": "2001:db8::1",
    "v6 documentation, new": "3fff::1",
    "v6 benchmarking": "2001:2::1",
    "v6 protocol assignments": "2001:1::1",
    "v6 discard": "100::1",
    "v6 not given out": "4000::1",
}
PUBLIC = ["8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1", "198.17.0.1"]
PUBLIC += ["198.20.0.1", "223.255.255.255", "2606:4700:4700::1111", "2001:4860:4860::8888", "2a00:1450::1"]

HOSTS = {
    "decimal": "2130706433",
    "decimal of metadata": "2852039166",
    "octal": "0177.0.0.1",
    "octal, one number": "017700000001",
    "hexadecimal": "0x7f.1",
    "hexadecimal, one number": "0x7f000001",
    "short": "127.1",
    "three parts": "127.0.1",
    "zero": "0",
    "leading zeros": "127.000.000.001",
    "trailing dot": "127.0.0.1.",
    "name": "localhost",
    "name in capitals": "LOCALHOST",
    "name with a trailing dot": "localhost.",
    "full-width digits": "\uff11\uff12\uff17.\uff10.\uff10.\uff11",
    "circled digits": "①②⑦.⓪.⓪.①",
    "ideographic full stop": "127。0。0。1",
    "percent-encoded": "%31%32%37.0.0.1",
    "user name": "example.com@127.0.0.1",
    "user name and password": "example.com:80@127.0.0.1",
    "backslash": "127.0.0.1\\@example.com",
    "fragment before the host": "127.0.0.1#@example.com",
    "mapped": "[::ffff:127.0.0.1]",
    "mapped, long": "[0:0:0:0:0:ffff:7f00:1]",
    "compatible": "[::127.0.0.1]",
    "v6 loopback": "[::1]",
    "v6 loopback, long": "[0000:0000:0000:0000:0000:0000:0000:0001]",
    "v6 scoped": "[fe80::1%25eth0]",
    "v6 without brackets": "::1",
    "v4 in brackets": "[127.0.0.1]",
    "line break": "127.0.0.1\r\n",
    "tab": "127.0.0\t.1",
    "null": "127.0.0.1\x00.example.com",
    "blank": "127.0.0.1 .example.com",
    "nothing": "",
    "dot": ".",
    "two dots": "localhost..",
    "port zero": "localhost:0",
    "port too high": "localhost:65616",
}


@pytest.mark.parametrize("text", PRIVATE.values(), ids=PRIVATE)
def test_an_address_that_is_not_public_is_refused_with_a_reason(text: str) -> None:
    assert refusal(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_has_nothing_against_it(text: str) -> None:
    assert refusal(ipaddress.ip_address(text)) is None


def test_what_stands_for_a_private_network_is_refused_without_leave() -> None:
    assert all(refusal(network.network_address) for network in PRIVATE_NETWORKS)


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_way_of_writing_a_host_leads_to_loopback(scheme: str, host: str) -> None:
    # Whatever a form of a number gets past the reading of the URL would be understood as the C library does.
    async def understand(name: str, port: int) -> list[str]:
        found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
        return [str(sockaddr[0]) for *_, sockaddr in found]

    client = HttpClient(resolver=understand, plain_http=True)
    with pytest.raises(ExchangeError) as raised:
        asyncio.run(client.exchange("GET", f"{scheme}://{host}/", {}, b"", timeout_s=10, max_bytes=10))
    assert raised.value.kind in (Failure.REQUEST, Failure.REFUSED_ADDRESS)
    assert "\n" not in str(raised.value)
