"""URLs, read strictly: what two readers could understand in two ways is refused.

Whoever checks a URL and whoever connects must mean the same host. So this is the only place where one is read; what
it gives out is used for the check, the connection, TLS and the Host header alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from detector.net.addresses import literal
from detector.net.errors import ExchangeError, Failure

DEFAULT_PORTS = {"https": 443, "http": 80}
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^#]*)(?:#.*)?")
_AUTHORITY = re.compile(r"(?:\[([^\[\]@]*)\]|([^\[\]:@]*))(?::([0-9]{1,5}))?")
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LONGEST_NAME = 253


@dataclass(frozen=True, slots=True)
class Url:
    """`host`: lower-case ASCII name, or an address in its usual form without brackets; `target`: path and query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def where(self) -> str:
        """Host and port, for messages: a path may hold a secret."""
        return f"{self._bracketed}:{self.port}"

    @property
    def host_header(self) -> str:
        """The value of Host (RFC 9110 7.2)."""
        return self._bracketed if self.port == DEFAULT_PORTS[self.scheme] else self.where

    @property
    def _bracketed(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host


def parse(text: str) -> Url:
    """Read an http or https URL. Raises ExchangeError(REQUEST) for everything that is not plainly one."""
    if any(c <= " " or c == "\x7f" or c == "\\" for c in text):
        _refuse("it has blanks, control characters or backslashes")
    match = _URL.fullmatch(text)
    if match is None:
        _refuse("it is not of the form https://host/path")
    scheme, authority, target = match.group(1).lower(), match.group(2), match.group(3)
    if scheme not in DEFAULT_PORTS:
        _refuse("only https and http can be asked")
    if "@" in authority:
        _refuse("it holds a user name or a password; write them as a header")
    if not target.isascii():
        _refuse("its path has letters beyond ASCII; write them as %XX")
    parts = _AUTHORITY.fullmatch(authority)
    if parts is None:
        _refuse("its host or port cannot be read")
    port = int(parts.group(3)) if parts.group(3) else DEFAULT_PORTS[scheme]
    if not 0 < port < 65_536:
        _refuse("its port is not 1 to 65535")
    host = host_of(parts.group(2)) if parts.group(1) is None else _bracketed_host(parts.group(1))
    return Url(scheme, host, port, target if target.startswith("/") else "/" + target)


def host_of(text: str) -> str:
    """A host name in its one form, or an IPv4 address. Raises ExchangeError(REQUEST)."""
    try:
        # IDNA 2003 also makes plain digits and dots of their full-width and circled forms.
        name = text.encode("idna").decode("ascii").lower()
    except UnicodeError:
        _refuse("its host is no name")
    name = name.removesuffix(".")
    if not name:
        _refuse("it names no host")
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        _refuse("its host is no name")
    if _NUMBER.fullmatch(name.rpartition(".")[2]) and literal(name) is None:
        _refuse("its host is a number; write addresses as four decimal numbers")
    return name


def _bracketed_host(text: str) -> str:
    address = literal(text)
    if address is None or address.version != 6:
        _refuse("what stands in brackets is no IPv6 address")
    return str(address)


def _refuse(why: str) -> NoReturn:
    raise ExchangeError(Failure.REQUEST, "URL", why)
