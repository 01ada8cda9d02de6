"""One request, one answer: bounded in time and size, to a target that may be reached; no redirects, no proxies."""

from __future__ import annotations

import asyncio
import ssl
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import httpcore2

from detector.net.addresses import Network
from detector.net.errors import ExchangeError, Failure
from detector.net.guard import Allowed, GuardedBackend, Resolver, system_resolver
from detector.net.urls import Url, parse

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GZIP_WBITS = 31


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers`: names in lower case, the values of one name joined by a comma (RFC 9110 5.3); `body`: unpacked.

    `truncated`: there was more of the body, or it broke off.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    truncated: bool = False


class HttpClient:
    """Sends requests. Each has a connection of its own; nothing is kept between them but the trusted certificates.

    `allow`: networks and `host:port` that may be reached although private (`Allowed.of`); they may be asked by http.
    `plain_http`: public targets may be asked by http, too. `tls`: other certificates to trust than the system's.
    """

    def __init__(
        self,
        allow: Iterable[str | Network] = (),
        resolver: Resolver = system_resolver,
        *,
        plain_http: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._allowed = Allowed.of(allow)
        self._resolver = resolver
        self._plain_http = plain_http
        self._tls = ssl.create_default_context() if tls is None else tls

    async def exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        timeout_s: float,
        max_bytes: int,
        whole: bool = False,
        gzip: bool = False,
    ) -> Answer:
        """Send a request and read the answer; raises ExchangeError and nothing else.

        `timeout_s` is for all of it: look-up, connection, TLS, sending, reading. Of the body at most `max_bytes` are
        read, packed and unpacked. With `whole` a longer or broken body raises (TOO_LARGE, TIMEOUT, PROTOCOL ...);
        without it the status counts, and the answer has what could be read and is marked `truncated`.
        `gzip`: the answer may be packed; otherwise the server is asked not to.
        """
        parsed = parse(url)
        reading = _Reading(parsed, max_bytes, whole=whole)
        try:
            async with asyncio.timeout(timeout_s):
                await self._converse(reading, self._request(method, parsed, headers, body, gzip=gzip))
        except TimeoutError as error:
            reading.broke(Failure.TIMEOUT, f"not done within {timeout_s:g} s", error)
        except (httpcore2.ProtocolError, httpcore2.UnsupportedProtocol) as error:
            reading.broke(Failure.PROTOCOL, str(error) or "the answer is no HTTP", error)
        except httpcore2.ConnectError as error:
            reading.broke(Failure.TLS, f"TLS failed: {str(error) or 'the connection was closed'}", error)
        except (httpcore2.NetworkError, httpcore2.TimeoutException, OSError) as error:
            reading.broke(Failure.CONNECT, f"the connection broke: {error}", error)
        return reading.answer()

    def _request(
        self, method: str, url: Url, headers: Mapping[str, str], body: bytes, *, gzip: bool
    ) -> httpcore2.Request:
        own = {"host", "connection", "accept-encoding", "content-length", "transfer-encoding"}
        lines = [(name, value) for name, value in headers.items() if name.lower() not in own]
        lines += [("Host", url.host_header), ("Connection", "close")]
        lines += [("Accept-Encoding", "gzip" if gzip else "identity")]
        if body or method.upper() in ("POST", "PUT", "PATCH"):
            lines.append(("Content-Length", str(len(body))))
        try:
            return httpcore2.Request(
                method,
                httpcore2.URL(scheme=url.scheme, host=url.host, port=url.port, target=url.target),
                headers=[(name.encode("ascii"), value.encode("utf-8")) for name, value in lines],
                content=body,
            )
        except (UnicodeError, TypeError) as error:
            raise ExchangeError(Failure.REQUEST, url.where, f"a header cannot be sent: {error}") from error

    async def _converse(self, reading: _Reading, request: httpcore2.Request) -> None:
        guard = GuardedBackend(reading.url, self._allowed, self._resolver, plain_http=self._plain_http)
        connection = httpcore2.AsyncHTTPConnection(request.url.origin, self._tls, network_backend=guard)
        try:
            try:
                response = await connection.handle_async_request(request)
            except httpcore2.LocalProtocolError as error:
                raise ExchangeError(Failure.REQUEST, reading.url.where, f"cannot be sent: {error}") from error
            reading.begin(response)
            async for chunk in response.aiter_stream():
                if not reading.take_in(chunk):
                    return
            reading.end()
        finally:
            await connection.aclose()
            await guard.aclose()


class _Reading:
    """The answer as far as it has come."""

    def __init__(self, url: Url, max_bytes: int, *, whole: bool) -> None:
        self.url = url
        self._max = max_bytes
        self._whole = whole
        self._status = 0
        self._headers: dict[str, str] = {}
        self._body = bytearray()
        self._taken = 0
        self._unpack: zlib._Decompress | None = None
        self._truncated = False

    def begin(self, response: httpcore2.Response) -> None:
        """Status and headers are there. Raises ExchangeError for a redirect."""
        for name, value in response.headers:
            key, text = name.decode("latin-1").lower(), value.decode("latin-1")
            self._headers[key] = f"{self._headers[key]}, {text}" if key in self._headers else text
        if response.status in REDIRECTS:
            target = _scheme_and_host(self._headers.get("location", ""))
            why = f"answers {response.status} and wants {target} to be asked; redirects are not followed"
            raise ExchangeError(Failure.REDIRECT, self.url.where, why)
        self._status = response.status
        packing = self._headers.get("content-encoding", "identity").strip().lower()
        if packing in ("gzip", "x-gzip"):
            self._unpack = zlib.decompressobj(_GZIP_WBITS)
        elif packing not in ("identity", "") and self._whole:
            raise ExchangeError(Failure.PROTOCOL, self.url.where, f"the answer is packed as {packing}")

    def take_in(self, chunk: bytes) -> bool:
        """The next bytes of the body; False when no more are wanted."""
        self._taken += len(chunk)
        room = self._max - len(self._body)
        if self._unpack is None:
            self._body += chunk[:room]
            fits = len(chunk) <= room
        else:
            try:
                # One byte more than there is room for tells whether there is more.
                unpacked = self._unpack.decompress(chunk, room + 1)
            except zlib.error as error:
                self.broke(Failure.PROTOCOL, f"the answer cannot be unpacked: {error}", error)
                return False
            self._body += unpacked[:room]
            fits = len(unpacked) <= room and self._taken <= self._max
        if not fits:
            self.broke(Failure.TOO_LARGE, f"the answer is longer than {self._max} bytes")
        return fits

    def end(self) -> None:
        """The body is complete as HTTP has it."""
        if self._unpack is not None and not self._unpack.eof and self._taken:
            self.broke(Failure.PROTOCOL, "the packed answer breaks off")

    def broke(self, kind: Failure, why: str, cause: BaseException | None = None) -> None:
        """No more will come. Raises ExchangeError unless the status alone is enough."""
        if self._whole or not self._status:
            raise ExchangeError(kind, self.url.where, why) from cause
        self._truncated = True

    def answer(self) -> Answer:
        return Answer(self._status, self._headers, bytes(self._body), self._truncated)


def _scheme_and_host(location: str) -> str:
    """Where a redirect leads, without the path, which may repeat a secret."""
    if location.startswith("/") and not location.startswith("//"):
        return "another path of its own"
    try:
        target = parse(location)
    except ExchangeError:
        return "another address"
    return f"{target.scheme}://{target.host_header}"
