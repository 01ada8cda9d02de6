"""Files of tables that a person downloaded, packed or not, read as text or bytes to the end or not at all."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from detector.domain.errors import InputError
from detector.editions import Original
from detector.feeds.compression import CompressedFile

CHUNK_BYTES = 1 << 20
MOST_BYTES = 1 << 30
"""Unpacked. The largest of these files, OFAC's XML, has 0.12 GB; half a million aircraft have 0.06."""
MOST_CHARACTERS = 1 << 20
"""Of a line."""


class _Unpacked(io.RawIOBase):
    """What is in a file, unpacked, as something to read from."""

    def __init__(self, file: CompressedFile) -> None:
        self._file = file
        self._chunks = file.chunks(CHUNK_BYTES)
        self._rest = b""
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # io's own stubs say Buffer
        if not self._rest:
            self._rest = next(self._chunks, b"")
            self._given += len(self._rest)
            if not self._rest and self._file.damaged:
                raise EOFError
            if self._given > MOST_BYTES:
                raise OverflowError
        given = self._rest[: len(buffer)]
        buffer[: len(given)] = given
        self._rest = self._rest[len(given) :]
        return len(given)


@contextmanager
def opened(path: Path) -> Iterator[io.BufferedReader]:
    """The content of a file, unpacked. Raises InputError, in one line, where it cannot be read to its end."""
    try:
        with path.open("rb") as file:
            yield io.BufferedReader(_Unpacked(CompressedFile(file, str(path))), CHUNK_BYTES)
    except OverflowError as error:
        raise InputError(f"{path}: larger than {MOST_BYTES >> 20:,} MB unpacked; no table is") from error
    except EOFError as error:
        raise InputError(f"{path}: the packed file is damaged or cut off; load it again") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from error


@contextmanager
def text(path: Path) -> Iterator[Iterator[str]]:
    """Its lines as UTF-8. Raises InputError where it is no text."""
    with opened(path) as file:
        try:
            yield _lines(io.TextIOWrapper(file, encoding="utf-8-sig", newline=""), path)
        except UnicodeDecodeError as error:
            raise InputError(f"{path}: not UTF-8 text ({error.reason}); is it the right file?") from error


def _lines(file: io.TextIOWrapper, path: Path) -> Iterator[str]:
    number = 0
    while line := file.readline(MOST_CHARACTERS):
        number += 1
        if len(line) == MOST_CHARACTERS:
            raise InputError(
                f"{path}:{number}: a line of more than {MOST_CHARACTERS:,} characters; is it the right file?"
            )
        yield line


def original(path: Path) -> Original:
    """The file by its name and its hash, as it was given."""
    try:
        with path.open("rb") as file:
            return Original(path.name, hashlib.file_digest(file, "sha256").hexdigest())
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from error


def changed_on(path: Path) -> date:
    """The day, UTC, on which the file was last changed: that of its download, most often."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
