"""Writes a spool: a folder of segments (`framing.spool`), one writer at a time.

What `append` has returned from survives the death of the process: each call is one write to the file, unbuffered.
It survives the death of the machine once its segment is full or closed; a write to the disk for each call would cost
more than what it saves, a few seconds in years.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from detector.domain.errors import OutputError
from detector.framing.spool import HEADER_BYTES, LOCK_NAME, Header, Item, Position, named, records

__all__ = ["Item", "Position", "SpoolError", "SpoolWriter"]


class SpoolError(OutputError):
    """The spool cannot be written (disk full, read-only, not ours). What was appended before is sound and stays."""


@dataclass(frozen=True, slots=True)
class _Segment:
    path: Path
    sequence: int
    created_at: float
    size: int


class SpoolWriter:
    """The one writer of the folder; `append` it is. Files are made when there is something to write.

    folder             made where it is missing
    spool_id           32 hexadecimal digits, drawn by the caller: what is written under one id is one stream, and goes
                       through one pipeline; a later writer goes on with it in a new segment
    max_segment_bytes  a segment does not become larger, but for one that holds a single large item
    max_segment_age_s  a segment that is older is closed when the next item comes
    keep_bytes, keep_s the oldest segments are deleted when all of them together are larger, or when all that one holds
                       is older; None keeps them
    after              where this stream stood when it was written last; needed only where its segments may be gone

    Raises SpoolError if the folder cannot be made or another process writes to it.
    """

    def __init__(
        self,
        folder: Path,
        *,
        spool_id: str,
        max_segment_bytes: int,
        max_segment_age_s: float,
        keep_bytes: int | None = None,
        keep_s: float | None = None,
        after: Position | None = None,
    ) -> None:
        self.folder = folder
        self.spool_id = spool_id
        self._max_bytes = max_segment_bytes
        self._max_age_s = max_segment_age_s
        self._keep_bytes = keep_bytes
        self._keep_s = keep_s
        self._pinned = after
        self.written_bytes = 0
        """By this writer, over all segments."""
        self._fd: int | None = None
        self._size = 0
        self._header = Header(spool_id, 0, 0, 0.0)
        self._lock = _locked(folder)
        try:
            self._closed = _segments(folder)
            own = [one.sequence for one in self._closed if _spool_id(one.path) == spool_id]
        except OSError as error:
            os.close(self._lock)
            raise _refused(folder, error) from error
        # Before its first item a segment is not there yet.
        begun = 0 if after is None else after.sequence - (after.offset <= HEADER_BYTES)
        self._previous = max([0, begun, *own])
        self._next = max([one.sequence for one in self._closed] + [self._previous]) + 1

    @property
    def position(self) -> Position:
        """Behind the last item: where the next one begins."""
        if self._fd is None:
            return Position(self._next, HEADER_BYTES)
        return Position(self._header.sequence, self._size)

    @property
    def total_bytes(self) -> int:
        """The size of all segments in the folder."""
        return sum(one.size for one in self._closed) + (self._size if self._fd is not None else 0)

    def append(self, item: Item, now: float) -> Position:
        """Write one item; the position behind it. `now`: Unix s UTC, never falling.

        Raises SpoolError if it could not be written: then nothing of it is there, and a later call may succeed.
        """
        if self._fd is not None and now - self._header.created_at >= self._max_age_s:
            self._end_segment()
        fd = self._fd if self._fd is not None else self._begin_segment(now)
        data = records(item, self._header)
        if self._size > HEADER_BYTES and self._size + len(data) > self._max_bytes:
            self._end_segment()
            fd = self._begin_segment(now)
            data = records(item, self._header)
        try:
            _write(fd, data)
        except OSError as error:
            self._cut_back()
            raise _refused(self.folder, error) from error
        self._size += len(data)
        self.written_bytes += len(data)
        return self.position

    def keep_from(self, position: Position) -> None:
        """Nothing at or behind this position is deleted from now on."""
        self._pinned = position

    def lost(self) -> None:
        """The stream went on without what could not be appended: the next segment says that one is missing."""
        self._end_segment()
        self._previous, self._next = self._next, self._next + 1

    def close(self) -> None:
        """Put what was written on the disk, and let another process write."""
        self._end_segment()
        if self._lock >= 0:
            os.close(self._lock)
        self._lock = -1

    def __enter__(self) -> SpoolWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _begin_segment(self, now: float) -> int:
        header = Header(self.spool_id, self._next, self._previous, now)
        path = self.folder / header.file_name
        try:
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o666)
        except OSError as error:
            raise _refused(self.folder, error) from error
        try:
            _write(fd, header.encoded())
        except OSError as error:
            os.close(fd)
            with contextlib.suppress(OSError):
                path.unlink()
            raise _refused(self.folder, error) from error
        self._fd, self._header, self._size = fd, header, HEADER_BYTES
        self._previous, self._next = header.sequence, header.sequence + 1
        self.written_bytes += HEADER_BYTES
        self._sync_folder()
        self._retire(now)
        return fd

    def _end_segment(self) -> None:
        if self._fd is None:
            return
        fd, self._fd = self._fd, None
        header = self._header
        path = self.folder / header.file_name
        self._closed.append(_Segment(path, header.sequence, header.created_at, self._size))
        # A disk that fails here has what it has; the next write says so.
        with contextlib.suppress(OSError):
            os.fsync(fd)
        with contextlib.suppress(OSError):
            os.close(fd)

    def _cut_back(self) -> None:
        """Take away the part of a record that was written, or else never write behind it again."""
        assert self._fd is not None
        try:
            os.ftruncate(self._fd, self._size)
        except OSError:
            self._end_segment()

    def _sync_folder(self) -> None:
        with contextlib.suppress(OSError):
            fd = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(fd)
            finally:
                os.close(fd)

    def _retire(self, now: float) -> None:
        """Delete the oldest segments that are too much or too old, up to the one that is pinned."""
        while self._closed:
            oldest = self._closed[0]
            # All that a segment holds is older than the segment after it.
            ended_at = self._closed[1].created_at if len(self._closed) > 1 else self._header.created_at
            too_old = self._keep_s is not None and now - ended_at >= self._keep_s
            too_much = self._keep_bytes is not None and self.total_bytes > self._keep_bytes
            pinned = self._pinned is not None and oldest.sequence >= self._pinned.sequence
            if pinned or not (too_old or too_much):
                return
            try:
                oldest.path.unlink(missing_ok=True)
            except OSError:
                # Tried again at the next segment; a full disk is said where it hurts, at the next write.
                return
            del self._closed[0]


def _locked(folder: Path) -> int:
    """The lock of the folder, held until the descriptor is closed (or the process is gone)."""
    lock = -1
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if lock >= 0:
            os.close(lock)
        if error.errno in {errno.EWOULDBLOCK, errno.EACCES} and lock >= 0:
            raise SpoolError(f"{folder}: another process writes this spool; stop it, or name another folder") from error
        raise _refused(folder, error) from error
    return lock


def _segments(folder: Path) -> list[_Segment]:
    """The segments that are there, by sequence."""
    found = []
    for path in folder.iterdir():
        told = named(path.name)
        if told is not None:
            found.append(_Segment(path, *told, path.stat().st_size))
    return sorted(found, key=lambda one: one.sequence)


def _spool_id(path: Path) -> str | None:
    with path.open("rb") as file:
        header = Header.parsed(file.read(HEADER_BYTES))
    return None if header is None else header.spool_id


def _write(fd: int, data: bytes) -> None:
    """All of it: a disk that is filling up takes a part first, and refuses the rest."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]


def _refused(folder: Path, error: OSError) -> SpoolError:
    return SpoolError(
        f"{folder}: the spool cannot be written ({error.strerror or error}); check the disk and its rights"
    )
