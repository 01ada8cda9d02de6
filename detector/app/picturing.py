"""Pictures for the messages of a running service: made beside the path, from what the service remembers."""

from __future__ import annotations

import asyncio

import msgspec
import numpy as np

from detector import __version__
from detector.alerting.entries import DIGEST, TEST, Entry
from detector.domain.alert import Alert
from detector.domain.track import Track
from detector.domain.wire_in import alert_from
from detector.service.core import Core
from detector.service.log import Log
from detector.settings import Configuration
from detector.web.picture import PictureCase, Receiver, svg
from detector.web.picture.png import png

WIDTH = 1_200
MOST_BYTES = 1_000_000
"""Chat services refuse more, or shrink it."""
TIMEOUT_S = 30.0


class Pictures:
    """Gives pictures once it is told of the core. A message never waits long for one, and goes without if it must."""

    def __init__(self, configuration: Configuration, log: Log) -> None:
        self._configuration = configuration
        self._log = log
        self.core: Core | None = None

    async def of(self, entry: Entry) -> bytes | None:
        """The PNG that goes with a message: the alert as the message tells it. None for digests and tests, and where
        none can be made in time and size."""
        if self.core is None or entry.event in (DIGEST, TEST):
            return None
        (made,) = await asyncio.gather(self._made(self.core, entry), return_exceptions=True)
        if isinstance(made, BaseException):
            self._log.error("no picture could be made; the message goes without", id=entry.id, error=repr(made))
            return None
        if len(made) > MOST_BYTES:
            self._log.warning("a picture is too large; the message goes without", id=entry.id, bytes=len(made))
            return None
        return made

    async def _made(self, core: Core, entry: Entry) -> bytes:
        case = self._case(core, alert_from(msgspec.json.decode(entry.items[0].line)))
        # Drawing takes some tenths of a second: not where frames are waiting.
        return await asyncio.wait_for(asyncio.to_thread(_drawn, case), TIMEOUT_S)

    def _case(self, core: Core, alert: Alert) -> PictureCase:
        """What is known when the message says it is."""
        stop = alert.stop
        callsign = stop.callsign_in or stop.callsign_out
        receivers = self._configuration.settings.placed_receivers()
        return PictureCase(
            alert=alert,
            stops=core.journal.stops_of(stop.icao24),
            track=_until(core.journal.track_of(alert), alert.at, callsign),
            airports=self._configuration.airports,
            receivers=[Receiver(one.name, one.lat, one.lon) for one in receivers],
            recording="what the service heard",
            program=f"detector {__version__}",
        )


def _drawn(case: PictureCase) -> bytes:
    return png(svg(case), WIDTH)


def _until(track: Track | None, at: float, callsign: str | None) -> Track | None:
    """What had been heard by then: a second attempt at a message sends the same picture."""
    if track is None:
        return None
    rows = np.flatnonzero(track.at <= at)
    return track.rows(rows, callsign=callsign) if len(rows) else None
