"""Which IP addresses are public, and why the others are not.

A request that this program sends must not reach what only this machine can reach: its own services, the network around
it, the metadata service of a cloud. So an address counts as public only where the tables below say nothing against it.
They are written out because the answer of `ipaddress` has changed between releases of Python.

Sources: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890, RFC 8190), IANA IPv6 address space (only
2000::/3 is given out for global unicast), RFC 5214 (ISATAP), and the documentation of the clouds.
"""

from __future__ import annotations

import ipaddress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_V4 = {
    "0.0.0.0/8": "this host",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "shared by a carrier (CGNAT)",
    "127.0.0.0/8": "loopback",
    "169.254.0.0/16": "link-local",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "for protocol assignments",
    "192.0.2.0/24": "for documentation",
    "192.88.99.0/24": "a 6to4 relay",
    "192.168.0.0/16": "private",
    "198.18.0.0/15": "for benchmarking",
    "198.51.100.0/24": "for documentation",
    "203.0.113.0/24": "for documentation",
    "224.0.0.0/4": "multicast",
    "255.255.255.255/32": "broadcast",
    "240.0.0.0/4": "reserved",
}
_V6 = {
    "::/128": "unspecified",
    "::1/128": "loopback",
    "::ffff:0:0/96": "an IPv4 address in disguise (mapped)",
    "::ffff:0:0:0/96": "an IPv4 address in disguise (translated)",
    "::/96": "an IPv4 address in disguise (compatible)",
    "64:ff9b::/96": "an IPv4 address in disguise (NAT64)",
    "64:ff9b:1::/48": "an IPv4 address in disguise (local NAT64)",
    "100::/64": "discarded",
    "2001::/32": "an IPv4 address in disguise (Teredo)",
    "2001:2::/48": "for benchmarking",
    "2001:db8::/32": "for documentation",
    "2001::/23": "for protocol assignments",
    "2002::/16": "an IPv4 address in disguise (6to4)",
    "3fff::/20": "for documentation",
    "fc00::/7": "private (unique local)",
    "fe80::/10": "link-local",
    "fec0::/10": "private (site-local)",
    "ff00::/8": "multicast",
}
_METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in (
        "169.254.169.254",  # Amazon, Google, Azure, Oracle, Hetzner, DigitalOcean, OpenStack ...
        "169.254.170.2",  # Amazon ECS
        "100.100.100.200",  # Alibaba
        "168.63.129.16",  # Azure: in the midst of public addresses
        "192.0.0.192",  # Oracle
        "fd00:ec2::254",  # Amazon
        "fd20:ce::254",  # Google
        "fd00:c1::a9fe:a9fe",  # Oracle
    )
)
_TABLE: tuple[tuple[Network, str], ...] = tuple(
    (ipaddress.ip_network(text), reason) for text, reason in (_V4 | _V6).items()
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})
PRIVATE_NETWORKS: tuple[Network, ...] = tuple(
    ipaddress.ip_network(text)
    for text in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1/128", "fc00::/7")
)
"""Where a station's own machines are: what "private targets are fine" stands for. Link-local is not among them."""


def refusal(address: Address) -> str | None:
    """Why the address is not public, as a few words that follow "is"; None if it is public."""
    if is_metadata(address):
        return "the metadata service of a cloud"
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return "bound to one network interface"
    for network, reason in _TABLE:
        if address.version == network.version and address in network:
            return reason
    if isinstance(address, IPv6Address):
        if int(address) >> 32 & 0xFFFF_FFFF in _ISATAP:
            return "an IPv4 address in disguise (ISATAP)"
        if address not in _GLOBAL_UNICAST:
            return "reserved"
    return None


def is_metadata(address: Address) -> bool:
    """Whether a cloud keeps the keys of its machines there."""
    return address in _METADATA


def literal(host: str) -> Address | None:
    """The address that a host is, in its usual form; None for a name, and for 127.1, 0x7f.1, 0177.0.0.1, 2130706433."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
