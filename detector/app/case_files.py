"""The evidence of an alert in one file, from a running service: out of memory, or out of the store where it is over."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import msgspec

from detector.alerting.evidence import lines
from detector.checkpoint import Journal
from detector.domain.alert import Alert
from detector.domain.errors import StoreError
from detector.pipeline import Pipeline
from detector.service.core import Core
from detector.service.keeping import Keeping
from detector.settings import Configuration
from detector.web.live import LiveModel

Exporter = Callable[[Alert, Mapping[str, bytes], Configuration], bytes]
"""Makes a bundle of an alert and the stored keys of its frames and silence. Raises UsageError."""
MOST_WAITING = 8
"""pyModeS takes seconds for one, in a thread of its own; more than so many are not begun."""
REMEMBERED = 4
"""Bundles of the last revisions that were asked for; some 100 kB each."""


class CaseFiles:
    """Makes bundles, one at a time."""

    def __init__(
        self, core: Core, keeping: Keeping, model: LiveModel, configuration: Configuration, export: Exporter
    ) -> None:
        self._core = core
        self._keeping = keeping
        self._model = model
        self._configuration = configuration
        self._export = export
        self._thread = ThreadPoolExecutor(1, "bundles")
        self._waiting = 0
        self._made: OrderedDict[tuple[str, int], bytes] = OrderedDict()

    async def bundle(self, alert_id: str) -> bytes | None:
        """The bundle of an alert in its last revision, None where it is not known any more. Raises DetectorError."""
        record = self._model.alerts.get(alert_id)
        if record is None:
            return None
        stop_id = msgspec.json.decode(record.line, type=_Told).stop.id
        found = self._in_memory(alert_id, stop_id, record.words["icao24"][0]) or await self._stored(stop_id)
        if found is None:
            return None
        alert, state = found
        key = alert.id, alert.revision
        if key not in self._made:
            if self._waiting >= MOST_WAITING:
                raise StoreError(f"{self._waiting} bundles are being made; try again in a minute")
            self._waiting += 1
            try:
                work = asyncio.get_running_loop().run_in_executor(
                    self._thread, self._export, alert, state, self._configuration
                )
                self._made[key] = await work
            finally:
                self._waiting -= 1
            while len(self._made) > REMEMBERED:
                self._made.popitem(last=False)
        return self._made[key]

    def close(self) -> None:
        """What is not begun is left."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _in_memory(self, alert_id: str, stop_id: str, icao24: str) -> tuple[Alert, dict[str, bytes]] | None:
        """The alert with its frames and silence as they would be stored, while it is under watch."""
        pipeline: Pipeline = self._core.pipeline
        watch = pipeline.alerts.watches.get(icao24, {}).get(stop_id)
        if watch is None or watch.alert.id != alert_id:
            return None
        state = {f"evidence:{stop_id}": msgspec.json.encode(lines(pipeline.evidence.of(stop_id)))}
        return watch.alert, state | self._silences(stop_id)

    async def _stored(self, stop_id: str) -> tuple[Alert, dict[str, bytes]] | None:
        """The same out of the store."""
        journal: Journal = self._core.journal
        key = journal.last_alert_key(stop_id)
        told = {} if key is None else await self._keeping.read(key)
        if key is None or key not in told:
            return None
        evidence = await self._keeping.read(f"evidence:{stop_id}")
        return msgspec.json.decode(told[key], type=Alert), dict(evidence) | self._silences(stop_id)

    def _silences(self, stop_id: str) -> dict[str, bytes]:
        return {f"gap:{gap.id}": msgspec.json.encode(gap) for gap in self._model.silences_of(stop_id)}


class _Id(msgspec.Struct):
    id: str


class _Told(msgspec.Struct):
    stop: _Id
