"""Why an exchange over HTTP failed: few kinds, one line each."""

from __future__ import annotations

from enum import StrEnum

from detector.domain.errors import WorkError

LONGEST = 300
"""Characters of a line; what a server wrote may be part of it."""


class Failure(StrEnum):
    """What went wrong; the value is a label in logs and metrics."""

    REQUEST = "request"
    """The URL or a header cannot be sent as it is: asking again is of no use."""
    REFUSED_ADDRESS = "refused_address"
    """The target is, or may be, on a private network and is not on the allow list; or it is public, and not https."""
    REDIRECT = "redirect"
    """The server wants another URL to be asked. Never followed."""
    DNS = "dns"
    """The name has no address, or the name server does not answer."""
    CONNECT = "connect"
    """No address takes the connection, or it broke before the answer was there."""
    TLS = "tls"
    """The certificate is not good for the host, or there is no TLS."""
    TIMEOUT = "timeout"
    """Not done in the time given, whatever part of it took so long."""
    TOO_LARGE = "too_large"
    """The answer, or what it unpacks to, is longer than allowed."""
    PROTOCOL = "protocol"
    """What came is no HTTP, or is packed in a way that was not asked for."""


class ExchangeError(WorkError):
    """An exchange that failed. `kind` says what to do; the text is one line without the path of the URL."""

    def __init__(self, kind: Failure, where: str, why: str) -> None:
        super().__init__(printable(f"{where}: {why}"))
        self.kind = kind


def printable(text: str) -> str:
    """One line, of limited length, in which nothing can move a cursor or end the line."""
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
    return line if len(line) <= LONGEST else line[: LONGEST - 3] + "..."
