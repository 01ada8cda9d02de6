"""Recordings: paths and globs to one stream of frames in order of time.

Compression and format are told from content. Each file has its own reader, its own clock and its own receiver number
(1, 2, ... in the order given), so two receivers recorded into two files are never taken for one. Files that follow
one another (rotated segments) need no other treatment.
"""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

from detector.domain.errors import InputError, Reject, UsageError
from detector.domain.frame import FrameBatch, RejectCounts
from detector.feeds.compression import CompressedFile
from detector.feeds.merge import merged, skipping
from detector.framing import FORMATS
from detector.framing.detect import HEAD_BYTES, detect

CHUNK_BYTES = 262_144
_GLOB_SIGNS = "*?["
_MAX_OPEN_FILES = 200


@dataclass(frozen=True, slots=True)
class RecordingFile:
    """One file of a replay: where it is, its format (a name of `framing.FORMATS`), its size on disk in bytes.

    `undated`: its beginning holds frames but no date.
    """

    path: str
    format: str
    size: int
    undated: bool


class Recordings:
    """The frames of one or more files; iterate once. Counters grow while iterating.

    files        what is read, in the order given (globs in order of name)
    bytes_read   bytes read so far, as on disk (compressed); bytes_total their sum over all files
    rejects      what was dropped so far, over all files
    frames       frames given out so far, without those skipped

    Raises InputError if a file breaks while being read, UsageError at the first frames of a file without any date.
    """

    def __init__(self, files: list[RecordingFile], *, start_at: float | None, chunk_bytes: int, skip: int) -> None:
        self.files = files
        self.bytes_total = sum(file.size for file in files)
        self.frames = 0
        self._start_at = start_at
        self._chunk_bytes = chunk_bytes
        self._skip = skip
        self._counts = [RejectCounts() for _ in files]
        self._bytes_read = [0] * len(files)

    @property
    def bytes_read(self) -> int:
        """Bytes read so far, as on disk."""
        return sum(self._bytes_read)

    @property
    def rejects(self) -> RejectCounts:
        """What was dropped so far, by reason."""
        total = RejectCounts()
        for counts in self._counts:
            total.merge(counts)
        return total

    def __iter__(self) -> Iterator[FrameBatch]:
        self.frames = 0
        sources = [self._read(place) for place in range(len(self.files))]
        for batch in skipping(merged(sources), self._skip):
            self.frames += len(batch)
            yield batch

    def _read(self, place: int) -> Iterator[FrameBatch]:
        file = self.files[place]
        framer = FORMATS[file.format](place + 1, self._start_at)
        self._counts[place] = framer.rejects
        with _open(file.path) as raw:
            content = CompressedFile(raw, file.path)
            for chunk in content.chunks(self._chunk_bytes):
                self._bytes_read[place] = content.bytes_read
                batch = framer.feed(chunk)
                if len(batch):
                    yield batch
                elif framer.undated:
                    raise _undated(file.path)
            self._bytes_read[place] = content.bytes_read
            if content.damaged:
                framer.rejects.add(Reject.DAMAGED_FILE)
        batch = framer.finish()
        if not len(batch) and framer.undated:
            raise _undated(file.path)
        yield batch


def open_recordings(
    paths: Sequence[str],
    *,
    format: str = "auto",  # noqa: A002  the name of the option on the command line
    start_at: float | None = None,
    chunk_bytes: int = CHUNK_BYTES,
    skip: int = 0,
) -> Recordings:
    """Find the files, look at the beginning of each, and make them ready to be read.

    paths        files, or globs (`*`, `?`, `[`; a file that exists by that very name is taken as it is)
    format       a name of `framing.FORMATS`, or "auto": each file by its content
    start_at     Unix s of the first frame of the one file without a date
    chunk_bytes  decompressed bytes framed at a time; no result depends on it
    skip         frames to drop at the head of the merged stream (to resume)

    Raises InputError for what cannot be opened or recognised, UsageError for an unknown format name or too many files.
    """
    if format != "auto" and format not in FORMATS:
        raise UsageError(f"--format {format}: unknown; choose one of auto, {', '.join(FORMATS)}")
    found = list(chain.from_iterable(_expanded(path) for path in paths))
    if not found:
        raise UsageError("no recording given; name at least one file")
    if len(found) > _MAX_OPEN_FILES:
        raise UsageError(f"{len(found)} recordings at once; give at most {_MAX_OPEN_FILES}, or join the segments first")
    files = [_examined(path, format) for path in found]
    undated = [file.path for file in files if file.undated]
    if start_at is not None and len(undated) > 1:
        raise UsageError(
            f"{len(undated)} recordings carry no date ({undated[0]}, ...), and one --start-time cannot date them all; "
            "replay them one by one, or join the segments of one recording first"
        )
    return Recordings(files, start_at=start_at, chunk_bytes=max(1, chunk_bytes), skip=skip)


def _expanded(path: str) -> list[str]:
    if os.path.lexists(path) or not any(sign in path for sign in _GLOB_SIGNS):
        return [path]
    matches = sorted(match for match in glob.glob(path, recursive=True) if not os.path.isdir(match))
    if not matches:
        raise InputError(f"{path}: no file matches; check the pattern")
    return matches


def _examined(path: str, format_name: str) -> RecordingFile:
    with _open(path) as raw:
        size = os.fstat(raw.fileno()).st_size
        if size == 0:
            raise InputError(f"{path}: the file is empty; record again or leave it out")
        content = CompressedFile(raw, path)
        head = next(content.chunks(HEAD_BYTES), b"")
    if not head:
        reason = "is damaged from its first byte on" if content.damaged else "holds nothing"
        raise InputError(f"{path}: the compressed file {reason}; record again or leave it out")
    if format_name == "auto":
        detected = detect(head)
        if detected is None:
            raise InputError(f"{path}: in no format known here; name it with --format ({', '.join(FORMATS)})")
        format_name = detected
    framer = FORMATS[format_name](1, None)
    framer.feed(head)
    framer.finish()
    return RecordingFile(path, format_name, size, framer.undated)


def _open(path: str) -> BinaryIO:
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            raise InputError(f"{path}: is a directory; name its files, for example {os.path.join(path, '*')}")
        if not stat.S_ISREG(mode):
            raise InputError(f"{path}: is no regular file; write the stream into a file first")
        return open(path, "rb")
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file; check the path") from error
    except PermissionError as error:
        raise InputError(f"{path}: not readable; check its permissions") from error
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be opened ({error}); check the path") from error


def _undated(path: str) -> UsageError:
    return UsageError(f"no date in {path}: give --start-time, the time of its first frame (2024-11-07T01:30:00Z)")
