"""What a case page of a running service is made of: out of memory, or out of the store where the watch is over."""

from __future__ import annotations

import json
from dataclasses import replace

import msgspec

from detector import __version__
from detector.checkpoint import track_of
from detector.domain.alert import Alert
from detector.domain.errors import StoreError
from detector.domain.stop import Stop
from detector.domain.track import Track
from detector.domain.wire_in import alert_from, stop_from
from detector.service.core import Core
from detector.service.keeping import Keeping
from detector.settings import Configuration
from detector.web.live import LiveModel
from detector.web.pages.view import CaseView
from detector.web.picture import HeardCell, PictureCase, Receiver


class CaseViews:
    """Cases of one service, as they are known at the moment they are asked for."""

    def __init__(self, core: Core, keeping: Keeping, model: LiveModel, configuration: Configuration) -> None:
        self._core = core
        self._keeping = keeping
        self._model = model
        self._configuration = configuration

    async def of(self, alert_id: str) -> CaseView | None:
        """The case of an alert. Raises StoreError where the store does not answer, or what it has is damaged."""
        record = self._model.alerts.get(alert_id)
        if record is None:
            return None
        lines = [json.loads(line) for line in record.revisions]
        revisions = [alert_from(line) for line in lines]
        watch = self._core.pipeline.alerts.watches.get(revisions[-1].stop.icao24, {}).get(revisions[-1].stop.id)
        if watch is not None and watch.alert.revision == revisions[-1].revision:
            revisions[-1] = watch.alert  # with what lines do not tell
        alert = revisions[-1]
        # In full while the alert is under watch; then as it was written down last.
        track = self._core.journal.track_of(alert)
        if watch is None:
            track = await self._stored(alert) or track
        silences = self._model.silences_of(alert.stop.id)
        receivers = self._configuration.settings.placed_receivers()
        picture = PictureCase(
            alert=alert,
            stops=self._stops(alert),
            track=None if track is None else replace(track, callsign=alert.stop.callsign_in or alert.stop.callsign_out),
            airports=self._configuration.airports,
            silence=silences[0] if silences else None,
            hearing=[HeardCell(*cell) for cell in self._core.pipeline.sky.coverage.lowest_heard()],
            receivers=[Receiver(one.name, one.lat, one.lon) for one in receivers],
            recording="what the service heard",
            program=f"detector {__version__}",
        )
        return CaseView(picture, revisions, lines[-1]["listings"])

    def _stops(self, alert: Alert) -> list[Stop]:
        """Those of the aircraft that are known still."""
        icao24 = alert.stop.icao24
        records = self._model.stops.newest(None, lambda record: icao24 in record.words["icao24"])
        return [stop_from(json.loads(record.line)) for record in records]

    async def _stored(self, alert: Alert) -> Track | None:
        key = f"track:{alert.stop.id}"
        value = (await self._keeping.read(key)).get(key)
        try:
            return None if value is None else track_of(value)
        except (ValueError, msgspec.DecodeError) as error:
            raise StoreError(f"the track of {alert.id} cannot be read ({error})") from error
