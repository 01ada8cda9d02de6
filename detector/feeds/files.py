"""Recordings: files, folders and globs to one stream of frames and decoded tracks in order of time.

Compression and format are told from content. Each file has its own reader, its own clock and its own receiver number
(1, 2, ... in the order given), so two receivers recorded into two files are never taken for one. Files that follow
one another (rotated segments) need no other treatment. The segments of a spool are one source: what was heard live,
with its heartbeats and with the receivers it was heard by, in the order in which it was heard.
"""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

from detector.domain.decoded import Batch
from detector.domain.errors import InputError, Reject, UsageError
from detector.domain.frame import RejectCounts, Tick
from detector.feeds.compression import CompressedFile
from detector.feeds.merge import Call, merged, rows, skipping
from detector.feeds.spool import calls, chain_notes
from detector.framing import DOCUMENTS, FORMATS, TRACK_FORMATS, framer
from detector.framing.detect import HEAD_BYTES, SPOOL, detect
from detector.framing.spool import LOCK_NAME, Header, SegmentReader, named

CHUNK_BYTES = 262_144
_GLOB_SIGNS = "*?["
_MAX_OPEN_FILES = 200
_MAX_DOCUMENTS = 5_000
"""Files that are one document each are not held open, but their rows are held until their time comes."""


@dataclass(frozen=True, slots=True)
class RecordingFile:
    """One file of a replay: where it is, its format (as `framing` names them, or SPOOL), its size on disk in bytes.

    `undated`: its beginning holds frames but no date. `segment`: which one of a spool it is; None where its beginning
    is damaged.
    """

    path: str
    format: str
    size: int
    undated: bool
    segment: Header | None = None


class Recordings:
    """The frames and tracks of one or more files, and heartbeats; iterate once. Counters grow while iterating.

    files        what is read, in the order given (globs and folders in order of name)
    notes        what a person should know about how they were chosen
    bytes_read   bytes read so far, as on disk (compressed); bytes_total their sum over all files
    rejects      what was dropped so far, over all files
    frames       frames, or rows of tracks, given out so far, without those skipped and without heartbeats

    Raises InputError if a file breaks while being read, UsageError at the first frames of a file without any date.
    """

    def __init__(
        self, files: list[RecordingFile], notes: list[str], *, start_at: float | None, chunk_bytes: int, skip: int
    ) -> None:
        self.files = files
        self.notes = notes
        self.bytes_total = sum(file.size for file in files)
        self.frames = 0
        self._start_at = start_at
        self._chunk_bytes = chunk_bytes
        self._skip = skip
        self._counts = [RejectCounts() for _ in files]
        self._bytes_read = [0] * len(files)
        for counts, file in zip(self._counts, files, strict=True):
            counts.add(Reject.TRUNCATED, file.format == SPOOL and file.segment is None)

    @property
    def bytes_read(self) -> int:
        """Bytes read so far, as on disk."""
        return sum(self._bytes_read)

    @property
    def live(self) -> bool:
        """Whether all of it was written down while it was heard: then nothing is told at its end that was not told
        at that moment."""
        return all(file.format == SPOOL for file in self.files)

    @property
    def rejects(self) -> RejectCounts:
        """What was dropped so far, by reason."""
        total = RejectCounts()
        for counts in self._counts:
            total.merge(counts)
        return total

    def __iter__(self) -> Iterator[Call]:
        self.frames = 0
        sources: dict[bool, list[Iterator[Batch]]] = {False: [], True: []}
        for place, file in enumerate(self.files):
            if file.format != SPOOL:
                sources[file.format in TRACK_FORMATS].append(self._read(place))
        spools = [self._read_spool(places) for places in _chains(self.files)]
        for call in skipping(merged(sources[False], sources[True], spools), self._skip):
            if not isinstance(call, Tick):
                self.frames += rows(call)
            yield call

    def _read(self, place: int) -> Iterator[Batch]:
        file = self.files[place]
        reader = framer(file.format, place + 1, self._start_at)
        self._counts[place] = reader.rejects
        with _open(file.path) as raw:
            content = CompressedFile(raw, file.path)
            for chunk in content.chunks(self._chunk_bytes):
                self._bytes_read[place] = content.bytes_read
                batch: Batch = reader.feed(chunk)
                if len(batch):
                    yield batch
                elif reader.undated:
                    raise _undated(file.path)
            self._bytes_read[place] = content.bytes_read
            if content.damaged:
                reader.rejects.add(Reject.DAMAGED_FILE)
        batch = reader.finish()
        if not len(batch) and reader.undated:
            raise _undated(file.path)
        yield batch

    def _read_spool(self, places: list[int]) -> Iterator[Call]:
        """The segments of one stream, one after the other."""
        for place in places:
            file = self.files[place]
            assert file.segment is not None
            reader = SegmentReader(file.segment)
            self._counts[place] = reader.rejects
            with _open(file.path) as raw:
                content = CompressedFile(raw, file.path)
                for chunk in content.chunks(self._chunk_bytes):
                    self._bytes_read[place] = content.bytes_read
                    yield from calls(reader.feed(chunk))
                self._bytes_read[place] = content.bytes_read
                if content.damaged:
                    reader.rejects.add(Reject.DAMAGED_FILE)
            yield from calls(reader.finish())


def open_recordings(
    paths: Sequence[str],
    *,
    format: str = "auto",  # noqa: A002  the name of the option on the command line
    start_at: float | None = None,
    chunk_bytes: int = CHUNK_BYTES,
    skip: int = 0,
) -> Recordings:
    """Find the files, look at the beginning of each, and make them ready to be read.

    paths        files, folders (all files in them that are in a known format), or globs (`*`, `?`, `[`; a file that
                 exists by that very name is taken as it is)
    format       a name of `framing.FORMATS` or `TRACK_FORMATS`, "spool", or "auto": each file by its content
    start_at     Unix s of the first frame of the one file without a date
    chunk_bytes  decompressed bytes framed at a time; no result depends on it
    skip         frames and heartbeats to drop at the head of the merged stream (to resume)

    Raises InputError for what cannot be opened or recognised, UsageError for an unknown format name or too many files.
    """
    known = ("auto", *FORMATS, *TRACK_FORMATS, SPOOL)
    if format not in known:
        raise UsageError(f"--format {format}: unknown; choose one of {', '.join(known)}")
    if not paths:
        raise UsageError("no recording given; name at least one file")
    files: list[RecordingFile] = []
    notes: list[str] = []
    for path in chain.from_iterable(_expanded(path) for path in paths):
        if os.path.isdir(path):
            files += _in_folder(path, format, notes)
        else:
            files.append(_examined(path, format))
    _check_count(files)
    notes += _spool_notes(files)
    undated = [file.path for file in files if file.undated]
    if start_at is not None and len(undated) > 1:
        raise UsageError(
            f"{len(undated)} recordings carry no date ({undated[0]}, ...), and one --start-time cannot date them all; "
            "replay them one by one, or join the segments of one recording first"
        )
    return Recordings(files, notes, start_at=start_at, chunk_bytes=max(1, chunk_bytes), skip=skip)


def _expanded(path: str) -> list[str]:
    if os.path.lexists(path) or not any(sign in path for sign in _GLOB_SIGNS):
        return [path]
    matches = sorted(match for match in glob.glob(path, recursive=True) if not os.path.isdir(match))
    if not matches:
        raise InputError(f"{path}: no file matches; check the pattern")
    return matches


def _in_folder(folder: str, format_name: str, notes: list[str]) -> list[RecordingFile]:
    """The recordings in a folder and in those within, in order of name; of `format_name` alone unless that is auto."""
    paths = sorted(
        os.path.join(place, name)
        for place, _, names in os.walk(folder)
        for name in names
        if os.path.isfile(os.path.join(place, name)) and name != LOCK_NAME
    )
    chosen, others = [], []
    for path in paths:
        found = _format_of(path)
        if found is not None and format_name in ("auto", found):
            chosen.append(_examined(path, found))
        else:
            others.append(path)
    what = "in a known format" if format_name == "auto" else f"in the format {format_name}"
    if not chosen:
        looked_at = f" ({len(others)} looked at)" if others else ""
        raise InputError(f"{folder}: no file {what} in this folder{looked_at}; name one with --format")
    if others:
        first = os.path.basename(others[0])
        notes.append(f"{folder}: left out, as not {what}: {len(others)} of {len(paths)} files ({first}, ...)")
    return chosen


def _format_of(path: str) -> str | None:
    with _open(path) as raw:
        return detect(next(CompressedFile(raw, path).chunks(HEAD_BYTES), b""))


def _check_count(files: list[RecordingFile]) -> None:
    documents = sum(file.format in DOCUMENTS for file in files)
    # Segments of a spool are read one after the other.
    if sum(file.format not in {*DOCUMENTS, SPOOL} for file in files) > _MAX_OPEN_FILES:
        raise UsageError(f"{len(files)} recordings at once; give at most {_MAX_OPEN_FILES}, or join the segments first")
    if documents > _MAX_DOCUMENTS:
        raise UsageError(f"{documents} tracks at once; give at most {_MAX_DOCUMENTS}, a folder of them at a time")


def _chains(files: list[RecordingFile]) -> list[list[int]]:
    """Of each spool the places of its segments, by sequence; one that is given twice is read once."""
    spools: dict[str, dict[int, int]] = {}
    for place, file in enumerate(files):
        if file.segment is not None:
            spools.setdefault(file.segment.spool_id, {}).setdefault(file.segment.sequence, place)
    return [[places[sequence] for sequence in sorted(places)] for places in spools.values()]


def _spool_notes(files: list[RecordingFile]) -> list[str]:
    """What a person should know of the spools. Raises InputError where no segment at all can be read."""
    damaged = [file.path for file in files if file.format == SPOOL and file.segment is None]
    if damaged and not any(file.segment for file in files):
        raise InputError(f"{damaged[0]}: is no segment of a spool, or its beginning is damaged; leave it out")
    notes = [f"{path}: the beginning of this segment is damaged; it was left out" for path in damaged]
    chains = _chains(files)
    if len(chains) > 1:
        notes.append(
            f"{len(chains)} spools of different runs, merged by time; name the segments of one to read it alone"
        )
    for places in chains:
        notes += chain_notes([header for place in places if (header := files[place].segment) is not None])
    return notes


def _examined(path: str, format_name: str) -> RecordingFile:
    with _open(path) as raw:
        size = os.fstat(raw.fileno()).st_size
        if size == 0 and named(os.path.basename(path)) is not None:
            return RecordingFile(path, SPOOL, size, undated=False)
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
            raise InputError(
                f"{path}: in no format known here; name it with --format ({', '.join(FORMATS | TRACK_FORMATS)})"
            )
        format_name = detected
    if format_name == SPOOL:
        return RecordingFile(path, SPOOL, size, undated=False, segment=Header.parsed(head))
    reader = framer(format_name, 1, None)
    reader.feed(head)
    reader.finish()
    return RecordingFile(path, format_name, size, reader.undated)


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
