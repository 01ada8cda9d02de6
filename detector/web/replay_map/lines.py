"""Tracks to lines: solid where heard, dashed where inferred, dotted where a gap is merely bridged."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from detector.domain.geo import distance_nm
from detector.domain.stop import Stop
from detector.domain.track import Track
from detector.reference.airports import Airports
from detector.web.replay_map.case import believed
from detector.web.replay_map.projection import great_circle
from detector.web.replay_map.words import altitude_text, clock, day, day_clock

F64 = npt.NDArray[np.float64]

SAME_PLACE_NM = 1.5
"""No line is drawn between an aircraft at a field and the field."""
CONTACT_SLACK_S = 90.0
"""Times of a stop and of the thinned points around it differ by up to their spacing."""
LEGS = 6
"""Colours; a longer journey takes them again."""


class Kind(StrEnum):
    """How a line is drawn, and so what it claims."""

    HEARD = "heard"
    INFERRED = "inferred"
    GAP = "gap"


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A piece of way, (n,) degrees. `leg` counts from 0 and grows with every landing."""

    kind: Kind
    leg: int
    at: tuple[float, float]
    latitude_deg: F64
    longitude_deg: F64


@dataclass(frozen=True, slots=True)
class KeyPoint:
    """A place on a line that a reader asks about. `rank` 0 is told first when there is little room.

    `at`: when it was heard there; `altitude_ft`: barometric, None = not known.
    """

    latitude_deg: float
    longitude_deg: float
    text: str
    rank: int
    leg: int
    at: float
    altitude_ft: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """All that is drawn of one aircraft.

    stops      those that lines are drawn to, in order; leg i ends with stop i
    silences   of its track, as (from, until, hides a stop)
    """

    track: Track
    stops: tuple[Stop, ...]
    lines: tuple[Line, ...]
    points: tuple[KeyPoint, ...]
    silences: tuple[tuple[float, float, bool], ...]


def way_of(track: Track, stops: Sequence[Stop], airports: Airports) -> Way:
    """The lines of an aircraft with at least one point. `stops`: its own, in any order."""
    mine = sorted((s for s in stops if believed(s)), key=lambda s: (s.landed.estimate, s.id))
    landings = np.array([s.landed.estimate for s in mine])
    leg = np.searchsorted(landings, track.at, side="right")
    starts = np.flatnonzero(track.begins_after_silence).tolist()
    ends = [*starts[1:], len(track)]
    lines: list[Line] = []
    points: list[KeyPoint] = []
    silences: list[tuple[float, float, bool]] = []
    before = _hidden(mine, -math.inf, float(track.at[0]))[-1:]
    if before and _away(track, 0, before[0], airports):
        lines += _chain(track, None, 0, before, airports, leg)
        points.append(_point(track, 0, "track kept from" if track.cut else "first heard", 0, leg))
    else:
        points.append(_point(track, 0, "track kept from" if track.cut else "track begins", 1, leg))
    for begin, end in zip(starts, ends, strict=True):
        lines += _heard(track, begin, end, leg)
        if end == len(track):
            break
        if _parked(mine, float(track.at[end - 1]), float(track.at[end])):
            continue
        hidden = _hidden(mine, float(track.at[end - 1]), float(track.at[end]))
        silences.append((float(track.at[end - 1]), float(track.at[end]), bool(hidden)))
        lines += _chain(track, end - 1, end, hidden, airports, leg)
        apart = distance_nm(
            float(track.latitude_deg[end - 1]), float(track.longitude_deg[end - 1]),
            float(track.latitude_deg[end]), float(track.longitude_deg[end]),
        )  # fmt: skip
        if hidden or apart > SAME_PLACE_NM:
            rank = 0 if hidden else 3
            points.append(_point(track, end - 1, "last heard", rank, leg))
            points.append(_point(track, end, "heard again", rank, leg))
    last = len(track) - 1
    after = _hidden(mine, float(track.at[last]), math.inf)[:1]
    lines += _chain(track, last, None, after, airports, leg)
    if last > 0:
        points.append(_point(track, last, "last heard" if after else "track ends", 0 if after else 1, leg))
    return Way(track, tuple(mine), tuple(lines), tuple(points), tuple(silences))


def time_marks(way: Way, every_s: float) -> list[KeyPoint]:
    """Where it was at full half hours, hours ..., as far as it was heard then."""
    track = way.track
    number = np.floor(track.at / every_s)
    rows = np.flatnonzero((np.diff(number, prepend=number[:1]) > 0) & ~track.begins_after_silence).tolist()
    heard = [line for line in way.lines if line.kind is Kind.HEARD]
    marks = []
    for row in rows:
        when = float(track.at[row])
        leg = next((line.leg for line in heard if line.at[0] <= when <= line.at[1]), 0)
        marks.append(
            KeyPoint(float(track.latitude_deg[row]), float(track.longitude_deg[row]), clock(when), 4, leg, when)
        )
    return marks


def flights(way: Way, stop: Stop) -> list[Line]:
    """The lines of the flights into and out of a stop."""
    before = [line for line in way.lines if line.at[1] <= stop.landed.estimate + 1.0]
    after = [line for line in way.lines if line not in before]
    legs = {lines[i].leg for lines, i in ((before, -1), (after, 0)) if lines}
    return [line for line in way.lines if line.leg in legs]


def leg_text(way: Way, leg: int, *, several: bool = False) -> str:
    """`flight 2, ZKPY to UHWW: heard 7 Nov 2024 02:16 to 03:14`."""
    name = f"{way.track.callsign or way.track.icao24}, " if several else ""
    origin = way.stops[leg - 1] if 0 < leg <= len(way.stops) else None
    target = way.stops[leg] if leg < len(way.stops) else None
    ends = (f" from {origin.airport}" if origin else "") + (f" to {target.airport}" if target else "")
    heard = [line.at for line in way.lines if line.leg == leg and line.kind is Kind.HEARD]
    if not heard:
        return f"{name}flight {leg + 1}{ends}: not heard"
    since, until = heard[0][0], heard[-1][1]
    if origin is not None and origin.departed is None:
        return f"{name}after landing at {origin.airport}: heard {day(since)} {clock(since)} to {clock(until)}"
    if origin is not None and origin.departed is not None:
        # Points on the ground belong to the leg that follows.
        since = max(since, min(origin.departed.estimate, until))
    end = clock(until) if day(since) == day(until) else f"{day(until)} {clock(until)}"
    return f"{name}flight {leg + 1}{ends}: heard {day(since)} {clock(since)} to {end}"


def _hidden(stops: Sequence[Stop], since: float, until: float) -> list[Stop]:
    """Stops that began or ended between two fixes, unseen."""
    found = []
    for stop in stops:
        moments = [stop.landed.estimate] + ([stop.departed.estimate] if stop.departed else [])
        # The landing's estimate may stand for "some time before": a stop known by its take-off alone.
        if any(since - CONTACT_SLACK_S <= at <= until + CONTACT_SLACK_S for at in moments) and not _seen(
            stop, since, until
        ):
            found.append(stop)
    return found


def _parked(stops: Sequence[Stop], since: float, until: float) -> bool:
    """Whether a silence was spent standing at a field: it landed before and left after, both seen."""
    return any(
        stop.landed.observed
        and stop.departed is not None
        and stop.departed.observed
        and stop.landed.estimate <= since + CONTACT_SLACK_S
        and stop.departed.estimate >= until - CONTACT_SLACK_S
        for stop in stops
    )


def _seen(stop: Stop, since: float, until: float) -> bool:
    """Whether what happened of the stop between two fixes was seen from both of them: no line is needed."""
    landed_here = since + CONTACT_SLACK_S < stop.landed.estimate < until - CONTACT_SLACK_S
    left = stop.departed
    left_here = left is not None and since + CONTACT_SLACK_S < left.estimate < until - CONTACT_SLACK_S
    return not (landed_here or left_here) and stop.landed.observed and (left is None or left.observed)


def _away(track: Track, i: int, stop: Stop, airports: Airports) -> bool:
    place = _place(stop, airports)
    if place is None:
        return False
    return distance_nm(float(track.latitude_deg[i]), float(track.longitude_deg[i]), *place) > SAME_PLACE_NM


def _place(stop: Stop, airports: Airports) -> tuple[float, float] | None:
    field = airports.index_of(stop.airport or "")
    return None if field is None else (float(airports.lat[field]), float(airports.lon[field]))


def _heard(track: Track, begin: int, end: int, leg: npt.NDArray[np.intp]) -> list[Line]:
    """One run of points, parted where a leg ends; the parts share a point, so that no hole shows."""
    lines = []
    for part in np.split(np.arange(begin, end), np.flatnonzero(np.diff(leg[begin:end])) + 1):
        rows = np.arange(max(begin, part[0] - 1), part[-1] + 1)
        at = float(track.at[rows[0]]), float(track.at[rows[-1]])
        line = Line(Kind.HEARD, int(leg[part[0]]), at, track.latitude_deg[rows], track.longitude_deg[rows])
        lines.append(line)
    return lines


def _chain(
    track: Track, before: int | None, after: int | None, stops: Sequence[Stop], airports: Airports,
    leg: npt.NDArray[np.intp],
) -> list[Line]:  # fmt: skip
    """Lines from the fix before over the fields of unseen stops to the fix after; a plain gap where there are none."""
    here: list[tuple[float, float, float]] = []
    if before is not None:
        here.append((float(track.latitude_deg[before]), float(track.longitude_deg[before]), float(track.at[before])))
    for stop in stops:
        place = _place(stop, airports)
        if place is not None:
            here.append((*place, stop.landed.estimate))
    if after is not None:
        here.append((float(track.latitude_deg[after]), float(track.longitude_deg[after]), float(track.at[after])))
    first = int(leg[before]) if before is not None else max(0, int(leg[after or 0]) - 1)
    kind = Kind.INFERRED if stops else Kind.GAP
    lines = []
    for number, ((lat1, lon1, at1), (lat2, lon2, at2)) in enumerate(pairwise(here)):
        if distance_nm(lat1, lon1, lat2, lon2) < SAME_PLACE_NM:
            continue
        last_link = after is not None and number == len(here) - 2
        number_of_leg = int(leg[after]) if last_link and after is not None else first + number
        lines.append(Line(kind, number_of_leg, (at1, at2), *great_circle(lat1, lon1, lat2, lon2)))
    return lines


def _point(track: Track, i: int, what: str, rank: int, leg: npt.NDArray[np.intp]) -> KeyPoint:
    feet = float(track.altitude_ft[i])
    altitude = altitude_text(feet)
    at = float(track.at[i])
    several_days = day(float(track.at[0])) != day(float(track.at[-1]))
    text = f"{what} {day_clock(at) if several_days else clock(at)}" + (f", {altitude}" if altitude else "")
    place = float(track.latitude_deg[i]), float(track.longitude_deg[i])
    return KeyPoint(*place, text, rank, int(leg[i]), at, None if math.isnan(feet) else feet)
