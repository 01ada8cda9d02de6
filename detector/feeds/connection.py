"""One TCP connection, heard out: bytes in, batches to the inlet, until it ends, is given up, or we are cancelled."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass

from detector.domain.live import Clock, Inlet
from detector.feeds.live_stream import LiveStream
from detector.feeds.signs_of_life import Signs

READ_BYTES = 65_536
PACE_S = 0.01
"""Real time left to bytes to gather: a hundred larger chunks a second cost a tenth of thousands of small ones."""
CLOSING_S = 1.0
_KEEPALIVE = (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3))
_LONGEST_REASON = 160


@dataclass(slots=True, eq=False)
class Connection:
    """An open connection of the feed `feed`. `heard` tells whether a sign of life has come, which garbage is not."""

    feed: str
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    stream: LiveStream
    silent_after_s: float
    heard: bool = False
    silent: bool = False
    """It was given up because no sign of life came for `silent_after_s`."""
    complaint: str = ""
    """What is wrong with all that came, once it has ended."""
    _last_at: float = 0.0
    _reading: bool = True

    async def hear_out(self, inlet: Inlet, clock: Clock, on_life: Callable[[], None]) -> str:
        """Give all it brings to the inlet; returns why it ended. `on_life` is called at every sign of life."""
        keep_alive(self.writer)
        signs = Signs(self.stream.kind)
        self._last_at = clock.now()
        watch = asyncio.get_running_loop().create_task(self._watch(clock))
        try:
            reason = await self._read_on(inlet, clock, signs, on_life)
        finally:
            watch.cancel()
        rest = self.stream.finish(clock.now())
        if rest is not None:
            await inlet.hear(self.feed, rest)
        self.complaint = signs.complaint(after_silence=self.silent) if rest is None else ""
        if self.silent:
            return self.complaint or f"nothing heard for {self.silent_after_s:g} s"
        return f"{reason}; it {self.complaint}" if self.complaint else reason

    async def close(self) -> None:
        """Let go of it, without waiting for a peer that does not answer."""
        self.writer.close()
        with contextlib.suppress(OSError):  # TimeoutError is one
            async with asyncio.timeout(CLOSING_S):
                await self.writer.wait_closed()
        self.writer.transport.abort()

    async def _read_on(self, inlet: Inlet, clock: Clock, signs: Signs, on_life: Callable[[], None]) -> str:
        while True:
            try:
                data = await self.reader.read(READ_BYTES)
            except OSError as error:
                return reason_of(error)
            if not data:
                return "closed by the other side"
            now = clock.now()
            batch = self.stream.hear(data, now)
            alive = signs.note(data, decoded=batch is not None)
            if alive:
                self.heard = True
                on_life()
            if batch is not None:
                # While the inlet lets us wait it is not the other side that is silent.
                self._reading = False
                await inlet.hear(self.feed, batch)
                self._reading = True
            if alive:
                self._last_at = clock.now()
            if len(data) < READ_BYTES // 2:
                await asyncio.sleep(PACE_S)

    async def _watch(self, clock: Clock) -> None:
        """Give the connection up when no life comes: a peer that has vanished looks like that, and does so for ever."""
        while True:
            left_s = self.silent_after_s - (clock.now() - self._last_at)
            if left_s <= 0.0 and self._reading:
                self.silent = True
                self.writer.transport.abort()
                return
            await clock.sleep(left_s if left_s > 0.0 else self.silent_after_s)


def keep_alive(writer: asyncio.StreamWriter) -> None:
    """Have the system ask a quiet peer whether it is still there; what it does not know of is left out."""
    opened = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _KEEPALIVE:
            if hasattr(socket, name):
                opened.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def reason_of(error: OSError | UnicodeError) -> str:
    """The error in one short line, without control characters."""
    if isinstance(error, TimeoutError) and not str(error):
        return "timed out"
    if isinstance(error, OSError) and (error.errno or 0) > 0 and not isinstance(error, socket.gaierror):
        said = os.strerror(error.errno or 0)  # asyncio's own text hides what the system said
    else:
        said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return "".join(c if c.isprintable() else " " for c in said)[:_LONGEST_REASON].lower()
