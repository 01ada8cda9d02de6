"""A server asked again and again for a document: politely, patiently, and with an eye on whether it is alive."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from random import Random

from detector import __version__
from detector.domain.live import Clock, FeedEvent, FeedStatus, Inlet
from detector.feeds.backoff import Backoff
from detector.feeds.settings import FeedSettings
from detector.framing.live_documents import Document, DocumentReader
from detector.net.addresses import PRIVATE_NETWORKS
from detector.net.errors import ExchangeError, printable
from detector.net.exchange import Answer, HttpClient

MAX_DOCUMENT_BYTES = 16 * 1024 * 1024
"""Unpacked; ten thousand aircraft are some 8 MB."""
IN_A_THREAD_BYTES = 256 * 1024
"""A longer document is read beside the loop, which would stand still meanwhile."""
TIMEOUT_S = 15.0
LONGEST_WAIT_S = 3600.0
"""However long a server asks us to wait."""
JITTER = 0.1
"""Share of the interval by which polls are moved, so that many clients do not ask as one."""
HEADERS = {"user-agent": f"stop-detector/{__version__}", "accept": "application/json"}
OK, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TOO_MANY, UNAVAILABLE = 200, 401, 403, 404, 429, 503
_WAIT_HEADERS = ("retry-after", "x-rate-limit-retry-after-seconds")
_REMEDIES = {
    UNAUTHORIZED: "the server wants credentials",
    FORBIDDEN: "the server refuses us",
    NOT_FOUND: "is the path of the URL right?",
    TOO_MANY: "we ask too often",
}


class RefusedError(Exception):
    """The server, or what it says, is of no use now. `wait_s`: not to be asked again before; `status`: HTTP's."""

    def __init__(self, reason: str, wait_s: float = 0.0, status: int = OK) -> None:
        super().__init__(reason)
        self.wait_s = wait_s
        self.status = status


def client_of(settings: FeedSettings) -> HttpClient:
    """A client that reaches what the settings allow."""
    return HttpClient(PRIVATE_NETWORKS if settings.allow_private else ())


def refused(answer: Answer, now: float) -> RefusedError:
    """What an answer that is not 200 means; a wait that it names (RFC 9110 10.2.3) is kept, up to 1 h."""
    words = _REMEDIES.get(answer.status, "")
    wait_s = _wait_s(answer.headers, now) if answer.status in (TOO_MANY, UNAVAILABLE) else 0.0
    words += f", wait {wait_s:.0f} s" if wait_s else ""
    return RefusedError(f"HTTP {answer.status}{': ' if words else ''}{words.removeprefix(', ')}", wait_s, answer.status)


def _wait_s(headers: Mapping[str, str], now: float) -> float:
    wait_s = 0.0
    for text in (headers.get(name, "").strip() for name in _WAIT_HEADERS):
        if text.isascii() and text.isdigit():
            wait_s = max(wait_s, min(float(text[:9]), LONGEST_WAIT_S))
            continue
        try:
            wait_s = max(wait_s, parsedate_to_datetime(text).timestamp() - now)
        except (ValueError, OverflowError):
            continue
    return min(wait_s, LONGEST_WAIT_S)


class Poller:
    """A Feed that asks for documents. A source says what to ask (`_ask`) and how to read it.

    The status LOST is told when it begins and when its reason changes, CONNECTED when a document is understood again,
    SILENT and HEARD by signs of life in the documents.
    """

    raw = False

    def __init__(
        self,
        settings: FeedSettings,
        reader: DocumentReader,
        *,
        client: HttpClient | None = None,
        random: Random | None = None,
    ) -> None:
        self.name = settings.name
        self.kind: str = settings.kind
        self.receiver = settings.number
        self.rejects = reader.rejects
        self._settings = settings
        self._reader = reader
        self._client = client
        self._random = random or Random()  # noqa: S311 - jitter is no secret
        self._backoff = Backoff(self._random)
        self._status: FeedStatus | None = None
        self._reason = ""
        self._good_since: float | None = None
        self._heard_at = 0.0

    async def run(self, inlet: Inlet, clock: Clock) -> None:
        """Ask, and ask again, until cancelled."""
        self._status, self._reason, self._good_since = None, "", None
        if self._client is None:
            self._client = await asyncio.to_thread(client_of, self._settings)
        while True:
            began_at = clock.now()
            wait_s = await self._poll(self._client, inlet, clock)
            await clock.sleep(max(0.0, wait_s - (clock.now() - began_at)))

    async def _ask(self, client: HttpClient, clock: Clock) -> bytes:
        """The next document. Raises ExchangeError or RefusedError."""
        return await self._get(client, clock, self._settings.url or "", {})

    async def _get(self, client: HttpClient, clock: Clock, url: str, headers: Mapping[str, str]) -> bytes:
        answer = await client.exchange(
            "GET", url, {**HEADERS, **headers}, b"",
            timeout_s=TIMEOUT_S, max_bytes=MAX_DOCUMENT_BYTES, whole=True, gzip=True,
        )  # fmt: skip
        if answer.status != OK:
            raise refused(answer, clock.now())
        return answer.body

    async def _poll(self, client: HttpClient, inlet: Inlet, clock: Clock) -> float:
        """Ask once; gives after how many seconds, counted from the beginning, to ask again."""
        try:
            data = await self._ask(client, clock)
            document = await self._read(data, clock.now())
        except (ExchangeError, RefusedError) as error:
            return self._failed(error, inlet, clock)
        self._take_note(document, inlet, clock.now())
        if len(document.rows):
            await inlet.hear(self.name, document.rows)
        return self._settings.every_s * self._random.uniform(1.0 - JITTER, 1.0 + JITTER)

    async def _read(self, data: bytes, at: float) -> Document:
        if len(data) > IN_A_THREAD_BYTES:
            document = await asyncio.to_thread(self._reader.read, data, at)
        else:
            document = self._reader.read(data, at)
        if not document.understood:
            raise RefusedError("the answer is no such document")
        return document

    def _failed(self, error: ExchangeError | RefusedError, inlet: Inlet, clock: Clock) -> float:
        now = clock.now()
        lasted_s = 0.0 if self._good_since is None else now - self._good_since
        self._good_since = None
        reason = printable(str(error))
        if self._status is not FeedStatus.LOST or reason != self._reason:
            self._tell(inlet, FeedStatus.LOST, now, reason)
        wait_s = max(self._settings.every_s, self._backoff.after(lasted_s))
        # Not before the time that the server has named, and not all at that time either.
        asked_s = error.wait_s * self._random.uniform(1.0, 1.0 + JITTER) if isinstance(error, RefusedError) else 0.0
        return max(wait_s, asked_s)

    def _take_note(self, document: Document, inlet: Inlet, now: float) -> None:
        if self._good_since is None:
            self._good_since = self._heard_at = now
            self._tell(inlet, FeedStatus.CONNECTED, now, document.remark)
        elif document.remark:
            self._tell(inlet, FeedStatus.CONNECTED, now, document.remark)
        if document.heard:
            self._heard_at = now
            if self._status is FeedStatus.SILENT:
                self._tell(inlet, FeedStatus.HEARD, now)
        elif now - self._heard_at > self._settings.silent_after_s and self._status is not FeedStatus.SILENT:
            self._tell(inlet, FeedStatus.SILENT, now, f"nothing new for {now - self._heard_at:.0f} s")

    def _tell(self, inlet: Inlet, status: FeedStatus, at: float, reason: str = "") -> None:
        self._status, self._reason = status, reason
        inlet.tell(FeedEvent(self.name, status, at, reason))
