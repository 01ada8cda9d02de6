"""Where the aircraft of alerts were heard, kept with the alerts: what a map of one is drawn from.

All aircraft are followed, coarsely, because nobody knows beforehand which of them will stop somewhere unusual. Only of
those under watch is the track written down, one document an alert. After a restart the others have no more past than
the points that the tracker keeps; a track that begins there is marked as cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
import numpy as np

from detector.decoding.addresses import FREE
from detector.domain.alert import Alert
from detector.domain.report import address_text
from detector.domain.track import Track
from detector.pipeline import Pipeline
from detector.tracking import TrackPoints
from detector.tracking.trails import TrackCollector

PREFIX = "track:"
POINTS_EACH = 120
"""Of an aircraft that nobody watches: an hour's flight at one in half a minute. 6 kB."""
POINTS_WATCHED = 1_500
"""Of one under watch: three days of journey. Some 30 kB written."""
KEPT_S = 86_400.0
"""What was heard longer ago, of an aircraft not heard since, led to no stop."""
BEFORE_S, AFTER_S = 86_400.0, 4 * 86_400.0
"""Around its stop, so much of a track belongs to an alert."""
ROWS_LIVE, ROWS_REPLAYED = 500, 100_000
"""Points are sorted by aircraft in parcels: live small ones, so that nobody waits; in a replay many at once, which is
less work."""
MS, PLACE = 1_000, 100_000
"""Steps of a second and of a degree on which tracks are written: a millisecond, a metre."""


class TrackDocument(msgspec.Struct, frozen=True):
    """`Track` in columns of whole numbers: ms since 1970, 1e-5 degrees, ft (None: not known), silences before the
    points in ms (None: nothing before). `every_s`: how widely it is thinned by now."""

    icao24: str
    at: list[int]
    latitude: list[int]
    longitude: list[int]
    altitude_ft: list[int | None]
    quiet: list[int | None]
    cut: bool
    every_s: float


class Trails:
    """The tracks of one stream."""

    def __init__(self, rows_at_a_time: int = ROWS_LIVE) -> None:
        self._collector = TrackCollector(points_each=POINTS_EACH, points_favoured=POINTS_WATCHED)
        self._waiting: list[TrackPoints] = []
        self._rows = 0
        self._most = rows_at_a_time
        self._written: dict[str, float] = {}
        """Time of the last point written, by stop id."""

    def note(self, points: TrackPoints) -> None:
        """Take in the points of a step."""
        if len(points.at) == 0:
            return
        self._waiting.append(points)
        self._rows += len(points.at)
        if self._rows >= self._most:
            self._sort_in()

    def track_of(self, alert: Alert) -> Track | None:
        """What is kept of the aircraft of an alert, around its stop; None where nothing is."""
        self._sort_in()
        track = self._collector.track(int(alert.stop.icao24, 16))
        track = None if track is None else around(track, alert)
        return track if track is not None and len(track) else None

    def changed(self, watched: Iterable[Alert], *, whole: bool = False) -> dict[str, TrackDocument]:
        """Documents by key of the alerts under watch that have new points since the last call; with `whole`, of all."""
        alerts = {alert.stop.id: alert for alert in watched}
        self._collector.favoured = {int(alert.stop.icao24, 16) for alert in alerts.values()}
        self._written = {stop_id: at for stop_id, at in self._written.items() if stop_id in alerts}
        if not alerts:
            return {}
        self._sort_in()
        documents = {}
        for stop_id, alert in alerts.items():
            key = int(alert.stop.icao24, 16)
            last_at = self._collector.last_at(key)
            track = self._collector.track(key) if last_at is not None else None
            if track is None or last_at is None or (self._written.get(stop_id) == last_at and not whole):
                continue
            document = document_of(around(track, alert), self._collector.every_s(key))
            if document.at:
                documents[f"{PREFIX}{stop_id}"] = document
                self._written[stop_id] = last_at
        return documents

    def restore(self, pipeline: Pipeline, stored: Mapping[str, bytes], watched: Iterable[Alert]) -> None:
        """Put back the tracks of alerts under watch, and of the others what the tracker has. Raises ValueError."""
        self._collector = TrackCollector(points_each=POINTS_EACH, points_favoured=POINTS_WATCHED)
        for key, track in _recent(pipeline):
            self._collector.put_back(key, track)
        for alert in watched:
            if (value := stored.get(f"{PREFIX}{alert.stop.id}")) is not None:
                document = _document(value)
                track = _track(document)
                key = int(alert.stop.icao24, 16)
                there = self._collector.track(key)
                # Of several alerts of an aircraft the one with the longest past.
                if len(track) and (there is None or there.cut or there.at[0] >= track.at[0]):
                    self._collector.favoured.add(key)
                    self._collector.put_back(key, track, document.every_s)
                    self._written[alert.stop.id] = float(track.at[-1])

    def _sort_in(self) -> None:
        if not self._waiting:
            return
        columns = (np.concatenate([getattr(p, name) for p in self._waiting]) for name in TrackPoints.__slots__)
        points = TrackPoints(*columns)
        self._waiting, self._rows = [], 0
        self._collector.add(points)
        self._collector.forget_before(float(points.at.max()) - KEPT_S)


def around(track: Track, alert: Alert) -> Track:
    """The part of a track that belongs to an alert."""
    stop = alert.stop
    left = stop.landed.latest if stop.departed is None else stop.departed.latest
    first = stop.landed.latest if stop.landed.earliest is None else stop.landed.earliest
    return track.rows(np.flatnonzero((track.at >= first - BEFORE_S) & (track.at <= left + AFTER_S)))


def document_of(track: Track, every_s: float) -> TrackDocument:
    """A track as it is written."""
    quiet = np.diff(track.at, prepend=-np.inf) if track.quiet_s is None else track.quiet_s
    return TrackDocument(
        icao24=track.icao24,
        at=np.floor(track.at * MS).astype(np.int64).tolist(),
        latitude=np.rint(track.latitude_deg * PLACE).astype(np.int64).tolist(),
        longitude=np.rint(track.longitude_deg * PLACE).astype(np.int64).tolist(),
        altitude_ft=[None if np.isnan(ft) else round(ft) for ft in track.altitude_ft.tolist()],
        quiet=[None if np.isinf(s) else round(s * MS) for s in quiet.tolist()],
        cut=track.cut,
        every_s=every_s,
    )


def track_of(value: bytes) -> Track:
    """What `document_of` gave, as JSON. Raises ValueError or DecodeError for anything else."""
    return _track(_document(value))


def _document(value: bytes) -> TrackDocument:
    document = msgspec.json.decode(value, type=TrackDocument)
    columns = (document.latitude, document.longitude, document.altitude_ft, document.quiet)
    if any(len(column) != len(document.at) for column in columns):
        raise ValueError(f"the track of {document.icao24} has columns of different lengths")
    return document


def _track(document: TrackDocument) -> Track:
    return Track(
        icao24=document.icao24,
        callsign=None,
        at=np.array(document.at, np.float64) / MS,
        latitude_deg=np.array(document.latitude, np.float64) / PLACE,
        longitude_deg=np.array(document.longitude, np.float64) / PLACE,
        altitude_ft=np.array([np.nan if ft is None else ft for ft in document.altitude_ft], np.float64),
        quiet_s=np.array([np.inf if ms is None else ms / MS for ms in document.quiet], np.float64),
        cut=document.cut,
    )


def _recent(pipeline: Pipeline) -> Iterable[tuple[int, Track]]:
    """What the tracker keeps of each aircraft: its latest points."""
    table = pipeline.tracker.table
    names = ("ring_at", "ring_latitude_deg", "ring_longitude_deg", "ring_altitude_ft")
    for slot, key in enumerate(pipeline.decoder.addresses.keys):
        if key == FREE:
            continue
        at = table["ring_at"][slot]
        rows = np.argsort(at, kind="stable")[: int(np.count_nonzero(~np.isnan(at)))]
        if len(rows):
            at, lat, lon, altitude = (table[name][slot][rows].astype(np.float64) for name in names)
            yield key, Track(address_text(key), None, at, lat, lon, altitude, cut=True)
