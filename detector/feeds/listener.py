"""A port on which remote receivers connect and send Beast, as readsb's net-connector and feeder programs do."""

from __future__ import annotations

import asyncio
from random import Random

from detector.domain.frame import RejectCounts
from detector.domain.live import Clock, FeedEvent, FeedStatus, Inlet
from detector.feeds.backoff import Backoff
from detector.feeds.connection import READ_BYTES, Connection, reason_of
from detector.feeds.live_stream import LiveStream
from detector.feeds.settings import FeedSettings

CONNECTIONS = 4


class BeastListener:
    """A `domain.live.Feed` that is connected to. Whoever is one too many is turned away and counted in `turned_away`.

    Each connection has a framer and a clock of its own. Frames carry the identity that the sender gives (0xe3), else
    the number of the feed. CONNECTED is told when the first sender is heard, LOST when the last one is gone (silent
    ones are sent away), and LOST, too, while the port cannot be opened, or when a sender alone brought something else.
    """

    def __init__(self, settings: FeedSettings, random: Random | None = None) -> None:
        self.name = settings.name
        self.kind: str = settings.kind
        self.receiver = settings.number
        self.raw = settings.raw
        self.rejects = RejectCounts()
        self.turned_away = 0
        self._settings = settings
        self._backoff = Backoff(random or Random())  # noqa: S311  jitter is no secret
        self._senders: set[Connection] = set()
        self._told: tuple[FeedStatus, str] | None = None

    async def run(self, inlet: Inlet, clock: Clock) -> None:
        self._told = None
        host, port = self._settings.tcp_address
        # Senders are tasks of the group: when we are cancelled, so are they.
        async with asyncio.TaskGroup() as senders:

            def welcome(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                senders.create_task(self._serve(reader, writer, inlet, clock))

            while True:
                try:
                    server = await asyncio.start_server(welcome, host, port, limit=READ_BYTES)
                except (OSError, UnicodeError) as error:
                    self._tell(
                        inlet, clock, FeedStatus.LOST, f"cannot listen on {host} port {port}: {reason_of(error)}"
                    )
                    await clock.sleep(self._backoff.after(0.0))
                    continue
                try:
                    await asyncio.Event().wait()
                finally:
                    server.close()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, inlet: Inlet, clock: Clock
    ) -> None:
        stream = LiveStream(self._settings, self.rejects)
        connection = Connection(self.name, reader, writer, stream, self._settings.silent_after_s)
        if len(self._senders) >= (self._settings.connections or CONNECTIONS):
            self.turned_away += 1
            await connection.close()
            return
        self._senders.add(connection)
        peer = _peer(writer)
        try:
            reason = await connection.hear_out(inlet, clock, lambda: self._tell_connected(peer, inlet, clock))
        finally:
            self._senders.discard(connection)
            await connection.close()
        if any(sender.heard for sender in self._senders):
            return
        if connection.heard:
            self._tell(inlet, clock, FeedStatus.LOST, f"{peer}: {reason}")
        elif connection.complaint:
            # Without its port, so that the same stranger again is no news.
            self._tell(inlet, clock, FeedStatus.LOST, f"{peer.partition(' port ')[0]}: {connection.complaint}")

    def _tell_connected(self, peer: str, inlet: Inlet, clock: Clock) -> None:
        if self._told is None or self._told[0] is not FeedStatus.CONNECTED:
            self._tell(inlet, clock, FeedStatus.CONNECTED, peer)

    def _tell(self, inlet: Inlet, clock: Clock, status: FeedStatus, reason: str) -> None:
        """Tell what is news."""
        if self._told != (status, reason):
            self._told = status, reason
            inlet.tell(FeedEvent(self.name, status, clock.now(), reason))


def _peer(writer: asyncio.StreamWriter) -> str:
    name = writer.get_extra_info("peername")
    return f"{name[0]} port {name[1]}" if name else "a sender that has gone"
