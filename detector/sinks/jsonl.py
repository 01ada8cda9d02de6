"""Alerts as lines of a file, as `detector replay --alerts` writes them.

A line is written before the outbox can know that it was: after a crash in between it is asked for again, and the end of
the file tells that it is there. The file may be moved away at any time (it is opened for each message). A test message
only tries whether it can be written.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import msgspec

from detector.alerting.entries import TEST, Entry, Item
from detector.alerting.outcome import Outcome, OutcomeKind
from detector.domain.alert import SCHEMA
from detector.domain.errors import ConfigError
from detector.sinks.means import Means
from detector.sinks.settings import EndpointSettings

TAIL_BYTES = 4_194_304
"""So much of the end of the file is looked at: more than the longest digest."""


BEGIN = f'{{"schema":"{SCHEMA}"'.encode()


class _Line(msgspec.Struct):
    id: str
    revision: int


class JsonlSink:
    """Adds to one file, which is made where missing."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def send(self, entry: Entry, now: float) -> Outcome:
        """Add the lines that are not there yet, in a thread."""
        try:
            await asyncio.to_thread(self._append, entry)
        except OSError as error:
            return Outcome(OutcomeKind.RETRY, reason=f"{self._path}: {error.strerror or error}")
        return Outcome(OutcomeKind.DELIVERED)

    def _append(self, entry: Entry) -> None:
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        try:
            size = os.fstat(file).st_size
            tail = os.pread(file, TAIL_BYTES, max(0, size - TAIL_BYTES))
            whole = tail[: tail.rfind(b"\n") + 1]
            broken = tail[len(whole) :]
            if broken and _is_ours(broken):
                # The last line broke off in a crash: it was not told to have arrived, and comes again.
                size -= len(broken)
                os.ftruncate(file, size)
                broken = b""
            there = _identities(whole)
            lines = b"".join(bytes(item.line) + b"\n" for item in entry.items if _identity(item) not in there)
            if entry.event == TEST:
                lines = b""  # whoever reads the file would take it for an alert
            elif broken and lines:
                lines = b"\n" + lines
            try:
                if os.write(file, lines) < len(lines):
                    raise OSError(None, "only a part of the line could be written")
                os.fsync(file)
            except OSError:
                os.ftruncate(file, size)
                raise
        finally:
            os.close(file)


def open_jsonl(settings: EndpointSettings, means: Means) -> JsonlSink:
    """Raises ConfigError for a file that cannot be written."""
    path = means.folder / settings.path
    if path.is_dir() or not path.parent.is_dir():
        raise ConfigError(f"path: {path} is no file in a directory that is there; make the directory first")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise ConfigError(f"path: {path} is not writable; check its permissions")
    return JsonlSink(path)


def _is_ours(broken: bytes) -> bool:
    return broken.startswith(BEGIN) or BEGIN.startswith(broken)


def _identity(item: Item) -> tuple[str, int]:
    return item.alert, item.revision


def _identities(tail: bytes) -> set[tuple[str, int]]:
    """Of the alerts in whole lines; what is no alert belongs to somebody else."""
    found = set()
    for line in tail.splitlines():
        try:
            read = msgspec.json.decode(line, type=_Line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
        found.add((read.id, read.revision))
    return found
