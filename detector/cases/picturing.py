"""From a stored alert, or one read from a file, to what a picture or an export is made of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from detector import __version__
from detector.cases.stored import StoredRun
from detector.domain.alert import Alert
from detector.domain.errors import UsageError
from detector.domain.wire_in import alert_from
from detector.settings import Configuration
from detector.web.picture import HeardCell, PictureCase, Receiver

PROGRAM = f"detector {__version__}"
MOST_FILES = 3


def picture_of(run: StoredRun, alert: Alert, configuration: Configuration) -> PictureCase:
    """The case of a stored alert. Raises StoreError where what is stored of it is damaged."""
    stop = alert.stop
    track = run.track_of(stop.id)
    if track is not None:
        track = track.rows(np.arange(len(track)), callsign=stop.callsign_in or stop.callsign_out)
    return PictureCase(
        alert=alert,
        stops=[other for other in run.stops if other.icao24 == stop.icao24],
        track=track,
        airports=configuration.airports,
        silence=run.silence_of(stop.id),
        hearing=[HeardCell(*cell) for cell in run.lowest_heard()],
        receivers=[Receiver(r.name, r.lat, r.lon) for r in configuration.settings.placed_receivers()],
        recording=_recording(run),
        program=PROGRAM if run.record is None else f"detector {run.record.version}",
    )


def picture_of_record(record: dict[str, Any], source: Path, configuration: Configuration) -> PictureCase:
    """The case of an alert from a file: it holds no track. Raises UsageError for what is no alert."""
    try:
        alert = alert_from(record)
    except (KeyError, TypeError, ValueError, msgspec.ValidationError) as error:
        raise UsageError(f"{source}: {record.get('id')}: not an alert as --alerts writes them ({error})") from error
    return PictureCase(
        alert=alert, stops=[], track=None, airports=configuration.airports, recording=source.name, program=PROGRAM
    )


def _recording(run: StoredRun) -> str:
    if run.record is None:
        return "what the service heard"
    names = [Path(name).name for name in run.record.files]
    more = f" and {len(names) - MOST_FILES} more" if len(names) > MOST_FILES else ""
    return ", ".join(names[:MOST_FILES]) + more
