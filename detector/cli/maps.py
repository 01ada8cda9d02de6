"""From a finished replay to the case that a map is drawn from."""

from __future__ import annotations

from pathlib import Path

from detector.app import Replay, ReplayResult
from detector.cli.tables import latest
from detector.domain.errors import UsageError
from detector.web.replay_map import MapCase, TrackCollector, render


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
    return render(
        MapCase(
            title=title,
            generated_from=", ".join(Path(path).name for path in paths),
            tracks=run.tracks.tracks(callsigns=callsigns),
            stops=result.stops,
            alerts=alerts,
            airports=run.configuration.airports,
            notes=[*result.notes, *_left_out(run.tracks)],
        )
    )


def _left_out(tracks: TrackCollector) -> list[str]:
    if not tracks.forgotten:
        return []
    return [f"{tracks.forgotten:,} aircraft with few positions are not drawn: there were too many"]
