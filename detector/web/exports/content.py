"""What all forms of an export tell: lines that were heard or not, and events at their places and times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.domain.stop import Level
from detector.domain.track import Track
from detector.web.picture.case import PictureCase
from detector.web.picture.own import own_stops
from detector.web.replay_map.fields import field_of
from detector.web.replay_map.lines import Kind, Line, Way, way_of
from detector.web.replay_map.words import stands

F64 = npt.NDArray[np.float64]

WHAT = {
    Kind.HEARD: "heard",
    Kind.INFERRED: "not heard, inferred",
    Kind.GAP: "not heard, shortest way between two fixes",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A line that nowhere crosses the antimeridian, all (n,); `at` and `altitude_ft`, NaN = not known, of its places.

    A line that is not heard has no times but those of its ends.
    """

    latitude_deg: F64
    longitude_deg: F64
    at: F64
    altitude_ft: F64


@dataclass(frozen=True, slots=True)
class Event:
    """Something that is told of one place or one time. Times are Unix s UTC; None = not known, or does not apply.

    kind   landed, departed, candidate, first or last of a line (`heard`), leg or stop of the journey
    """

    kind: str
    at: float | None
    latitude_deg: float | None
    longitude_deg: float | None
    earliest: float | None = None
    latest: float | None = None
    observed: bool | None = None
    altitude_ft: float | None = None
    airport: str | None = None
    probability: float | None = None
    words: str = ""


def way(case: PictureCase) -> Way | None:
    """The lines of the aircraft; None where no track was kept."""
    track = case.track
    return None if track is None or not len(track) else way_of(track, own_stops(case), case.airports)


def pieces(track: Track, line: Line) -> list[Piece]:
    """A line, cut at 180 degrees as RFC 7946 section 3.1.9 asks for."""
    count = len(line.latitude_deg)
    at, altitude = np.full(count, np.nan), np.full(count, np.nan)
    begin = np.searchsorted(track.at, line.at[0])
    if line.kind is Kind.HEARD:
        rows = slice(int(begin), int(begin) + count)
        at, altitude = track.at[rows], track.altitude_ft[rows]
    else:
        at[[0, -1]] = line.at
    lon = (line.longitude_deg + 180.0) % 360.0 - 180.0
    found = []
    first = 0
    head: tuple[F64, ...] | None = None
    for crossing in [*np.flatnonzero(np.abs(np.diff(lon)) > 180.0).tolist(), count - 1]:
        rows = slice(first, crossing + 1)
        columns = [line.latitude_deg[rows], lon[rows], at[rows], altitude[rows]]
        if head is not None:
            columns = [np.concatenate([h, column]) for h, column in zip(head, columns, strict=True)]
        if crossing < count - 1:
            east = 180.0 if lon[crossing] > 0 else -180.0
            step = (lon[crossing + 1] - lon[crossing] + 180.0) % 360.0 - 180.0
            share = 0.0 if step == 0.0 else (east - lon[crossing]) / step
            lat = line.latitude_deg[crossing] + share * (line.latitude_deg[crossing + 1] - line.latitude_deg[crossing])
            nan = np.array([np.nan])
            tail = (np.array([lat]), np.array([east]), nan, nan)
            columns = [np.concatenate([column, t]) for column, t in zip(columns, tail, strict=True)]
            head = (np.array([lat]), np.array([-east]), nan, nan)
        found.append(Piece(*columns))
        first = crossing + 1
    return [piece for piece in found if len(piece.at) > 1]


def events(case: PictureCase, way: Way | None) -> list[Event]:
    """The stop, the fields it may have been at, where lines begin and end, and the journey."""
    return [*_stop(case), *_candidates(case), *_ends(way), *_journey(case)]


def _stop(case: PictureCase) -> Iterator[Event]:
    stop = case.alert.stop
    lat, lon = _place(case, stop.airport)
    would = "" if stands(stop) and stop.level is not Level.DARK else "would have "
    for kind, moment in (("landed", stop.landed), ("departed", stop.departed)):
        if moment is not None:
            words = f"{would}{kind}, level {int(stop.level)} of 4, {stop.kind}"
            yield Event(
                kind, moment.estimate, lat, lon, moment.earliest, moment.latest, moment.observed, airport=stop.airport,
                words=words,
            )  # fmt: skip


def _candidates(case: PictureCase) -> Iterator[Event]:
    for one in case.alert.stop.candidates:
        lat, lon = _place(case, one.airport)
        words = f"possible field, {one.distance_nm:.1f} NM from the nearest fix"
        yield Event("candidate", None, lat, lon, airport=one.airport, probability=one.probability, words=words)


def _place(case: PictureCase, airport: str | None) -> tuple[float | None, float | None]:
    field = field_of(case.airports, airport)
    return (None, None) if field is None else (field.latitude_deg, field.longitude_deg)


def _ends(way: Way | None) -> Iterator[Event]:
    for point in () if way is None else way.points:
        yield Event("heard", point.at, point.latitude_deg, point.longitude_deg, observed=True,
                    altitude_ft=point.altitude_ft, words=point.text)  # fmt: skip


def _journey(case: PictureCase) -> Iterator[Event]:
    for step in case.alert.journey:
        if step.kind == "stop":
            lat, lon = _place(case, step.airport)
            words = "next stop" + ("" if step.level is None else f", level {step.level} of 4")
            yield Event("journey_stop", step.at, lat, lon, step.at, step.until, airport=step.airport, words=words)
        else:
            words = "in flight" + (f", last heard {step.near}" if step.near else "")
            yield Event(
                "journey_leg", step.until, step.latitude_deg, step.longitude_deg, step.at, step.until,
                altitude_ft=step.altitude_ft, words=words,
            )  # fmt: skip
