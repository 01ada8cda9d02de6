"""A replay: recordings through the path, its state kept, its findings collected."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from detector import __version__
from detector.app.path import build_pipeline
from detector.checkpoint import Journal
from detector.domain.alert import Alert
from detector.domain.errors import StoreError
from detector.domain.frame import RejectCounts, Tick
from detector.domain.gap import Gap
from detector.domain.movement import Movement
from detector.domain.stop import Stop
from detector.feeds.files import Recordings, open_recordings
from detector.pipeline import Changes
from detector.settings import Configuration, load_configuration
from detector.settings.homes import replay_home
from detector.stores import OpenStore, open_store
from detector.tracking.interference import InterferenceArea
from detector.tracking.trails import TrackCollector

CHECKPOINT_EVERY_S = 1.0
"""At most one checkpoint a second of wall time: a replay runs faster than event time."""
RUN_PREFIX = "replay-"
RUN_INDEX = "replays"
"""Namespace in which a server of several replays lists them; the embedded store has a directory for each."""
BATCH_BYTES = 1 << 20
"""Bytes framed at a time: some 30,000 frames, past which columns fall out of the cache."""


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """What to replay, and how. `start_at`: Unix s of the first frame, for formats without a date."""

    paths: tuple[str, ...]
    format: str = "auto"
    start_at: float | None = None
    store: str = "embedded"
    config: Path | None = None
    decoder: str = "columnar"
    fresh: bool = False
    tracks: bool = False
    batch_bytes: int = BATCH_BYTES


@dataclass(slots=True)
class ReplayResult:
    """What a replay found. `alerts`: every revision in order; `stops`: the last revision of each, by landing time;
    `gaps` likewise, by begin; `areas`: cells and spells of disturbed satellite navigation, by begin."""

    stops: list[Stop] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    areas: list[InterferenceArea] = field(default_factory=list)
    frames: int = 0
    aircraft: int = 0
    first_at: float | None = None
    last_at: float | None = None
    rejects: RejectCounts = field(default_factory=RejectCounts)
    elapsed_s: float = 0.0
    notes: list[str] = field(default_factory=list)


class RunRecord(msgspec.Struct, frozen=True):
    """What a stored replay was. `configuration`: the hash of its settings and lists; `began_at`: wall time, Unix s."""

    version: str
    decoder: str
    configuration: str
    files: tuple[str, ...]
    began_at: float


Progress = Callable[[int, int, int, float | None], None]
"""Called with (bytes read, bytes in all, frames, event time)."""


class Replay:
    """One replay: made with everything checked, then run once. Use as a context manager: it holds the store."""

    def __init__(self, options: ReplayOptions) -> None:
        self.configuration = load_configuration(options.config)
        self.pipeline = build_pipeline(self.configuration, options.decoder)
        self._options = options
        # Looks at every file now, so that a wrong name costs nothing.
        recordings = self._recordings(skip=0)
        self._identity = _identity(options, recordings, self.configuration)
        self._name = f"{RUN_PREFIX}{self._identity[:16]}"
        self.store: OpenStore = open_store(options.store, namespace=self._name, data_dir=replay_home() / self._name)
        files = tuple(file.path for file in recordings.files)
        self._record = RunRecord(__version__, options.decoder, self.configuration.hash, files, time.time())
        self.journal = Journal(self.pipeline, self._identity)
        self.tracks = TrackCollector() if options.tracks else None

    def __enter__(self) -> Replay:
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()

    def run(self, progress: Progress | None = None) -> ReplayResult:
        """Read everything, and give what was found."""
        began = time.monotonic()
        result = ReplayResult(notes=[*self.configuration.notes, *self.store.notes])
        stops: dict[str, Stop] = {}
        skip = self._resume(result, stops)
        self._list_run()
        recordings = self._recordings(skip=skip)
        result.notes += recordings.notes
        due = began + CHECKPOINT_EVERY_S
        for call in recordings:
            changes = self.pipeline.tick(call) if isinstance(call, Tick) else self.pipeline.step(call)
            self._take_in(changes, result, stops)
            now = time.monotonic()
            if now >= due:
                self.store.checkpoint(*self.journal.changes())
                due = time.monotonic() + CHECKPOINT_EVERY_S
            if progress is not None:
                progress(recordings.bytes_read, recordings.bytes_total, self.pipeline.frames, self.pipeline.clock.now)
        if not recordings.live:
            self._take_in(self.pipeline.finish(), result, stops)
        self.store.checkpoint(*self.journal.changes(finished=True))
        result.stops = sorted(stops.values(), key=_by_landing)
        result.gaps = _last_revisions(result.gaps)
        result.areas = list(self.pipeline.sky.areas.reported)
        result.frames, result.aircraft = self.pipeline.frames, len(self.pipeline.decoder.addresses)
        result.first_at, result.last_at = self.pipeline.first_at, self.pipeline.clock.now
        result.rejects.merge(recordings.rejects)
        result.rejects.merge(self.pipeline.rejects)
        result.elapsed_s = time.monotonic() - began
        return result

    def _take_in(self, changes: Changes, result: ReplayResult, stops: dict[str, Stop]) -> None:
        self.journal.note(changes)
        _collect(changes, result, stops)
        if self.tracks is not None and changes.points is not None:
            self.tracks.add(changes.points)

    def _list_run(self) -> None:
        """Leave a note of what this run is, where `detector alerts` finds it."""
        record = msgspec.json.encode(self._record)
        self.store.checkpoint({"run": record})
        if "://" in self._options.store:
            index = open_store(self._options.store, namespace=RUN_INDEX, data_dir=replay_home())
            try:
                index.checkpoint({self._name: record})
            finally:
                index.close()

    def _recordings(self, skip: int) -> Recordings:
        options = self._options
        return open_recordings(
            options.paths,
            format=options.format,
            start_at=options.start_at,
            chunk_bytes=options.batch_bytes,
            skip=skip,
        )

    def _resume(self, result: ReplayResult, stops: dict[str, Stop]) -> int:
        """Take up an unfinished run of the same input and settings; frames and heartbeats to skip."""
        state = self.store.load("")
        if not state:
            return 0
        stream = None
        # The map needs every track point, and those are not in the state.
        if not self._options.fresh and self.tracks is None and "stream" in state:
            journal = Journal(build_pipeline(self.configuration, self._options.decoder), self._identity)
            try:
                stream, found = journal.restore(state)
            except StoreError as error:
                result.notes.append(str(error))
        if stream is None or stream.finished or stream.identity != self._identity:
            self.store.clear()
            return 0
        self.journal, self.pipeline = journal, journal.pipeline
        _collect(found, result, stops)
        result.notes.append(f"resumed an interrupted replay at frame {stream.frames:,}; --fresh starts over")
        return stream.frames + stream.ticks


def _collect(changes: Changes, result: ReplayResult, stops: dict[str, Stop]) -> None:
    for stop in changes.stops:
        stops[stop.id] = stop
    result.alerts += changes.alerts
    result.movements += changes.movements
    result.gaps += changes.gaps


def _last_revisions(gaps: list[Gap]) -> list[Gap]:
    return sorted({gap.id: gap for gap in gaps}.values(), key=lambda gap: (gap.begin, gap.id))


def _by_landing(stop: Stop) -> tuple[float, str]:
    return (stop.landed.earliest if stop.landed.earliest is not None else float("-inf"), stop.id)


def _identity(options: ReplayOptions, recordings: Recordings, configuration: Configuration) -> str:
    """Names a run by what its result depends on: the files (name, size, change), the options, the settings, us."""
    digest = hashlib.sha256()
    for part in (__version__, configuration.hash, options.decoder, options.start_at):
        digest.update(f"{part}\n".encode())
    for file in recordings.files:
        changed = Path(file.path).stat().st_mtime_ns
        digest.update(f"{Path(file.path).resolve()}|{file.format}|{file.size}|{changed}\n".encode())
    return digest.hexdigest()
