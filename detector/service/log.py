"""What the service says of itself: one line of JSON an event, on standard error.

Whatever a line holds came from us, from a server or from the radio. What is not printable ASCII is escaped, so no value
can begin a line of its own, or reach a terminal as a control sequence.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any, Protocol, TextIO, cast

import structlog


class Log(Protocol):
    """Where events go. `event`: a short fixed text; the rest in fields."""

    def info(self, event: str, **fields: Any) -> None: ...

    def warning(self, event: str, **fields: Any) -> None: ...

    def error(self, event: str, **fields: Any) -> None: ...


def json_log(stream: TextIO) -> Log:
    """Lines of JSON with time (UTC) and level. A stream that nobody reads any more is no reason to stop."""
    log: Log = structlog.wrap_logger(
        structlog.WriteLogger(cast(TextIO, _Unbreakable(stream))),  # it writes and flushes, and no more is asked
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
