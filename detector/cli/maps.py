"""From a finished replay to the case that a map is drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from detector import __version__
from detector.app import Replay, ReplayResult
from detector.cli.tables import latest
from detector.domain.alert import Alert
from detector.domain.errors import UsageError
from detector.domain.stop import SEVERITY_ORDER
from detector.domain.track import Track
from detector.tracking.trails import TrackCollector
from detector.web.picture import HeardCell, PictureCase, Receiver, svg
from detector.web.picture.notes import is_simulated
from detector.web.replay_map import MapCase, render
from detector.web.replay_map.markup import Markup

PICTURES = 8
"""Alerts that the page also shows on a sheet of their own, some 100 kB each; the gravest first."""


def replay_map(run: Replay, result: ReplayResult, paths: list[str]) -> str:
    """The page as HTML text. Raises UsageError for a run that did not collect tracks."""
    if run.tracks is None:
        raise UsageError("--map: the replay kept no tracks")
    alerts = latest(result.alerts)
    fields = list(dict.fromkeys(alert.stop.airport for alert in alerts if alert.stop.airport))
    title = f"Unusual stops: {', '.join(fields)}" if fields else "Stops in this recording"
    if alerts and not fields:
        title = "Possible stops at fields not known"
    callsigns = {stop.icao24: stop.callsign_in or stop.callsign_out for stop in result.stops}
    tracks = run.tracks.tracks(callsigns=callsigns)
    recording = ", ".join(Path(path).name for path in paths)
    if is_simulated(recording):
        title = f"SIMULATED. {title}"
    return render(
        MapCase(
            title=title,
            generated_from=recording,
            tracks=tracks,
            stops=result.stops,
            alerts=alerts,
            airports=run.configuration.airports,
            notes=[*result.notes, *_left_out(run.tracks)],
            pictures=_pictures(run, result, alerts, tracks, recording),
        )
    )


def _pictures(
    run: Replay, result: ReplayResult, alerts: Sequence[Alert], tracks: Sequence[Track], recording: str
) -> dict[str, Markup]:
    """The sheets of the gravest alerts, by id."""
    by_aircraft = {track.icao24: track for track in tracks}
    silences = {gap.stop_id: gap for gap in result.gaps if gap.stop_id is not None}
    hearing = [HeardCell(*cell) for cell in run.pipeline.sky.coverage.lowest_heard()]
    receivers = [Receiver(r.name, r.lat, r.lon) for r in run.configuration.settings.placed_receivers()]
    gravest = sorted(alerts, key=lambda a: (-SEVERITY_ORDER[a.severity], a.stop.landed.estimate, a.id))[:PICTURES]
    pictures = {}
    for number, alert in enumerate(gravest):
        stop = alert.stop
        case = PictureCase(
            alert=alert,
            stops=[other for other in result.stops if other.icao24 == stop.icao24],
            track=by_aircraft.get(stop.icao24),
            airports=run.configuration.airports,
            silence=silences.get(stop.id),
            hearing=hearing,
            receivers=receivers,
            recording=recording,
            program=f"detector {__version__}",
        )
        pictures[alert.id] = svg(case, name=f"sheet{number}")
    return pictures


def _left_out(tracks: TrackCollector) -> list[str]:
    if not tracks.forgotten:
        return []
    return [f"{tracks.forgotten:,} aircraft with few positions are not drawn: there were too many"]
