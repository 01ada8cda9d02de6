"""The path of the service as it was when it ended: the stored state, and what the spool has behind it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path

import msgspec

from detector.app.path import build_pipeline
from detector.checkpoint import Journal
from detector.domain.errors import DetectorError, OutputError, StoreError
from detector.domain.live import Clock
from detector.feeds.spool import Position, SpoolReader, newest_stream, read_from
from detector.pipeline import Changes
from detector.service.core import Core, Onlooker
from detector.service.keeping import DOCUMENT, ServiceDocument
from detector.service.log import Log
from detector.service.service import MOST_AHEAD_S
from detector.settings import Configuration
from detector.sinks.spool import SpoolWriter

DAY_S = 86_400.0
MEGABYTE = 1_000_000
SPOOL_ID_BYTES = 16
BEGINNING = Position(0, 0)
MOST_LEFT_OUT = 10


class Recovery:
    """`core` is ready to be heard into; `writer`, None without a spool, goes on behind what was read.

    `onlooker` is told of all that had been found, and of what is found from there on.

    Raises StoreError where the state cannot be read, OutputError where the spool cannot be written.
    """

    def __init__(
        self,
        configuration: Configuration,
        state: Mapping[str, bytes],
        folder: Path,
        clock: Clock,
        log: Log,
        onlooker: Onlooker | None = None,
    ) -> None:
        self._configuration = configuration
        self._state = state
        self._folder = folder
        self._log = log
        self._onlooker = onlooker
        settings = configuration.settings
        document = self._document(enabled=settings.spool.enabled)
        self.spool_id = secrets.token_hex(SPOOL_ID_BYTES) if document is None else document.spool_id
        begin = None if document is None else document.position
        self.core, whole = self._restored(), True
        if begin is not None:
            self.core, whole = self._taken_up(begin)
        self.writer: SpoolWriter | None = None
        if settings.spool.enabled:
            self.writer = self._opened(self.core.position)
            if document is not None and (begin is None or not whole):
                # The state is of a time when nothing was recorded: the new segments do not join on to the old ones.
                self.writer.lost()
            if self.core.position is None or not whole:
                self.core.position = self.writer.position
            # Until the next checkpoint a crash needs what this one needed.
            self.writer.keep_from(begin or self.core.position)
            self.core.spool = self.writer
        lag_s = self.core.lag_s(clock.now())
        if lag_s is not None and lag_s < -MOST_AHEAD_S:
            log.error(
                "the state is ahead of the clock, what is heard until then is dropped: set the clock, or start over",
                ahead_s=round(-lag_s),
            )

    def _document(self, *, enabled: bool) -> ServiceDocument | None:
        if DOCUMENT in self._state:
            try:
                return msgspec.json.decode(self._state[DOCUMENT], type=ServiceDocument)
            except msgspec.DecodeError as error:
                raise StoreError(f"the stored place in the spool cannot be read ({error}); empty the store") from error
        if enabled and (found := newest_stream(self._folder)) is not None:
            self._log.warning("the store is empty; the state is made again from the spool", spool=str(self._folder))
            return ServiceDocument(found, BEGINNING.sequence, BEGINNING.offset)
        return None

    def _restored(self) -> Core:
        pipeline = build_pipeline(self._configuration)
        keep_s = self._configuration.settings.service.keep_days * DAY_S
        journal = Journal(pipeline, "service", keep_s=keep_s)
        found = journal.restore(self._state)[1] if "stream" in self._state else Changes()
        if self._onlooker is not None:
            self._onlooker.begin(pipeline, found)
        return Core(pipeline, journal, None, self._spool_lost, self._onlooker)

    def _taken_up(self, begin: Position) -> tuple[Core, bool]:
        """The path after what the spool has from there on; False if that does not join on to the state.

        An item that breaks the path is a defect of ours. It is left out, all else taken up anew without it: a service
        that dies of it again at each start would hear nothing more.
        """
        left_out: set[Position] = set()
        while True:
            core = self._restored()
            core.position = begin
            tail = read_from(self._folder, begin, self.spool_id)
            broken_at = self._run(core, tail, left_out)
            if broken_at is None:
                break
            left_out.add(broken_at)
        if not tail.whole:
            self._log.error("the spool does not join on to the state: what was heard in between is lost")
        for note in tail.notes:
            self._log.warning("the spool", note=note)
        if core.position != begin:
            self._log.info("taken up again from the spool", frames_in_all=core.pipeline.frames, alerts=core.found())
        return core, tail.whole

    def _run(self, core: Core, tail: SpoolReader, left_out: set[Position]) -> Position | None:
        """Where the path broke; None if it did not."""
        for item, end in tail:
            if end in left_out:
                core.position = end
                continue
            try:
                core.take_up(item, end)
            except DetectorError:
                raise
            except Exception as error:  # a defect may be of any kind; it is told, and raised where it goes on
                if len(left_out) >= MOST_LEFT_OUT:
                    raise
                self._log.error(
                    "defect: an item of the spool breaks the path; it is left out",
                    sequence=end.sequence,
                    offset=end.offset,
                    error=repr(error),
                )
                return end
        return None

    def _opened(self, after: Position | None) -> SpoolWriter:
        settings = self._configuration.settings.spool
        return SpoolWriter(
            self._folder,
            spool_id=self.spool_id,
            max_segment_bytes=int(settings.segment_mb * MEGABYTE),
            max_segment_age_s=settings.segment_age_s,
            keep_bytes=int(settings.keep_gb * 1000 * MEGABYTE),
            keep_s=settings.keep_hours * 3600.0,
            after=after,
        )

    def _spool_lost(self, error: OutputError) -> None:
        self._log.error("nothing is recorded any more; listening goes on", reason=str(error))
