"""TCP client feeds: Beast, AVR or SBS from a dump1090, readsb or receiver that serves it."""

from __future__ import annotations

import asyncio
from random import Random

from detector.domain.frame import RejectCounts
from detector.domain.live import Clock, FeedEvent, FeedStatus, Inlet
from detector.feeds.backoff import Backoff
from detector.feeds.connection import READ_BYTES, Connection, reason_of
from detector.feeds.live_stream import LiveStream
from detector.feeds.settings import FeedSettings

CONNECT_S = 10.0
_NEXT_ADDRESS_S = 0.25
"""Where a name has several addresses, the next one is tried beside the first after this (RFC 8305)."""


class TcpFeed:
    """A `domain.live.Feed` for the kinds beast, avr and sbs. `random`: jitter of the waits between connections.

    Events: CONNECTED when a connection stands; LOST when it breaks, or cannot be had for another reason than the last
    time; SILENT when nothing of the format came for `silent_after_s`. The connection is given up then, too, but being
    connected again is no news after that: HEARD is told when frames, rows or heartbeats come again.
    """

    def __init__(self, settings: FeedSettings, random: Random | None = None) -> None:
        self.name = settings.name
        self.kind: str = settings.kind
        self.receiver = settings.number
        self.raw = settings.raw
        self.rejects = RejectCounts()
        self._settings = settings
        self._backoff = Backoff(random or Random())  # noqa: S311  jitter is no secret
        self._told: tuple[FeedStatus, str] | None = None

    async def run(self, inlet: Inlet, clock: Clock) -> None:
        self._told = None
        while True:
            lasted_s = await self._connect_once(inlet, clock)
            await clock.sleep(self._backoff.after(lasted_s))

    async def _connect_once(self, inlet: Inlet, clock: Clock) -> float:
        """One connection from its beginning to its end; how long it brought something, in s."""
        host, port = self._settings.tcp_address
        try:
            async with asyncio.timeout(CONNECT_S):
                reader, writer = await asyncio.open_connection(
                    host, port, limit=READ_BYTES, happy_eyeballs_delay=_NEXT_ADDRESS_S
                )
        except (OSError, UnicodeError) as error:  # UnicodeError: a name that no resolver can be asked for
            self._tell(inlet, clock, FeedStatus.LOST, f"{host} port {port}: {reason_of(error)}")
            return 0.0
        began = clock.now()
        stream = LiveStream(self._settings, self.rejects)
        connection = Connection(self.name, reader, writer, stream, self._settings.silent_after_s)
        try:
            if not self._is_silent:
                self._tell(inlet, clock, FeedStatus.CONNECTED, f"{host} port {port}")
            reason = await connection.hear_out(inlet, clock, lambda: self._heard(inlet, clock))
        finally:
            await connection.close()
        status = FeedStatus.SILENT if connection.silent else FeedStatus.LOST
        self._tell(inlet, clock, status, f"{host} port {port}: {reason}")
        return clock.now() - began if connection.heard else 0.0

    @property
    def _is_silent(self) -> bool:
        return self._told is not None and self._told[0] is FeedStatus.SILENT

    def _heard(self, inlet: Inlet, clock: Clock) -> None:
        if self._is_silent:
            self._tell(inlet, clock, FeedStatus.HEARD, "")

    def _tell(self, inlet: Inlet, clock: Clock, status: FeedStatus, reason: str) -> None:
        """Tell what is news."""
        if self._told != (status, reason):
            self._told = status, reason
            inlet.tell(FeedEvent(self.name, status, clock.now(), reason))
