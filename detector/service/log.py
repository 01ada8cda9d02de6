"""What the service says of itself: one line of JSON an event, on standard error.

Whatever a line holds came from us, from a server or from the radio. What is not printable ASCII is escaped, so no value
can begin a line of its own, or reach a terminal as a control sequence.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import MutableMapping
from typing import Any, Protocol, TextIO, cast

import structlog

MOST_LINES = 10_000
CLOSE_S = 0.5


class Log(Protocol):
    """Where events go. `event`: a short fixed text; the rest in fields."""

    def info(self, event: str, **fields: Any) -> None: ...

    def warning(self, event: str, **fields: Any) -> None: ...

    def error(self, event: str, **fields: Any) -> None: ...


def json_log(stream: TextIO | BackgroundStream) -> Log:
    """Lines of JSON with time (UTC) and level. A stream that nobody reads any more is no reason to stop."""
    # It writes and flushes, and no more is asked.
    file = cast(TextIO, _Unbreakable(cast(TextIO, stream)))
    log: Log = structlog.wrap_logger(
        structlog.WriteLogger(file),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            _in_order,
            structlog.processors.JSONRenderer(sort_keys=False, default=str, ensure_ascii=True),
        ],
    )
    return log


def _in_order(_logger: object, _method: str, told: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The same fields first in every line."""
    first = {name: told.pop(name) for name in ("at", "level", "event")}
    return first | dict(told)


class BackgroundStream:
    """A text stream that is written to by a thread: whoever logs never waits for a reader that has stopped reading.

    Lines beyond MOST_LINES are dropped, and counted in `dropped`. None: nobody listens (a closed standard error).
    """

    def __init__(self, stream: TextIO | None) -> None:
        self.dropped = 0
        self._stream = None if stream is None else _Unbreakable(stream)
        self._lines: queue.Queue[str] = queue.Queue(MOST_LINES)
        threading.Thread(target=self._write, name="log", daemon=True).start()

    def write(self, text: str) -> None:
        try:
            self._lines.put_nowait(text)
        except queue.Full:
            self.dropped += 1

    def flush(self) -> None:
        """It is flushed when it is written."""

    def close(self) -> None:
        """Give what waits a moment to be written."""
        until = time.monotonic() + CLOSE_S
        while self._lines.unfinished_tasks and time.monotonic() < until:
            time.sleep(0.01)  # Queue.join has no time limit, and the reader may never read again

    def _write(self) -> None:
        while True:
            text = self._lines.get()
            if self._stream is not None:
                self._stream.write(text)
                self._stream.flush()
            self._lines.task_done()


class _Unbreakable:
    """A text stream whose end is no error of the writer's."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        try:
            # The one control character that JSON leaves as it is.
            self._stream.write(text.replace("\x7f", "\\u007f"))
        except (OSError, ValueError):
            return

    def flush(self) -> None:
        try:
            self._stream.flush()
        except (OSError, ValueError):
            return
