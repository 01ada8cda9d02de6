"""What one map of a picture shows: flights, fields, candidates, and the words beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.domain.stop import Level, Moment, Stop
from detector.domain.units import FT_PER_M
from detector.reference.airports import Airports
from detector.web.picture import palette
from detector.web.picture.case import PictureCase
from detector.web.picture.orientation import last_heard, towns
from detector.web.picture.own import own_stops
from detector.web.picture.panel import Panel
from detector.web.picture.placing import Placer, Words
from detector.web.picture.shapes import circle, number
from detector.web.replay_map.case import believed
from detector.web.replay_map.fields import Field
from detector.web.replay_map.lines import LEGS, KeyPoint, Kind, Line, Way, time_marks
from detector.web.replay_map.markup import Markup, element
from detector.web.replay_map.projection import MAX_LATITUDE_DEG, UNITS_PER_DEG
from detector.web.replay_map.words import interval_text, probability_text, stands

F64 = npt.NDArray[np.float64]

LINE_WIDTH = 2.4
DASHES = {Kind.HEARD: None, Kind.INFERRED: "8 5", Kind.GAP: "0.1 5"}
OPACITY = {Kind.HEARD: None, Kind.INFERRED: None, Kind.GAP: 0.8}
ARROW_EVERY = 110.0
"""Paper units between the arrow heads of a line."""
ARROW_SHARE = 0.42
SHORTEST_WITH_ARROW = 26.0
TIME_STEPS_S = (600.0, 1800.0, 3600.0, 7200.0, 14_400.0, 21_600.0, 43_200.0, 86_400.0)
TIME_APART, MOST_TIMES = 70.0, 12
"""Paper units between the times on a line, or so; and how many there are on all lines."""
RUNWAY_LINES = 3
RUNWAYS_UNTIL_NM = 120.0
"""On a map wider than this a runway is a dot."""


@dataclass(frozen=True, slots=True)
class Detail:
    """How much a map of the picture tells.

    ends     where lines begin and end around the stop; times: full hours and half hours on the lines
    stops    when it landed and left, beside the field; towns: places for orientation
    hearing  where others are heard; last: where the journey led; runways: their names
    name     of the map, in its upper left corner; none for the first one
    """

    ends: bool
    times: bool
    stops: bool
    towns: bool
    hearing: bool
    last: bool
    runways: bool
    name: str


def drawn(
    panel: Panel, case: PictureCase, way: Way | None, fields: Sequence[Field], detail: Detail
) -> tuple[list[Markup], list[Markup]]:
    """(what is cut at the frame, what lies above it: marks and words)."""
    lines = [] if way is None else [line for line in way.lines if _meets(panel, line)]
    shapes = [panel.xy(line.latitude_deg, line.longitude_deg) for line in lines]
    placer = Placer(panel.frame, shapes)
    frame = panel.frame
    placer.keep_free(frame.x + 4, frame.y + frame.height - 66, 150, 62)
    if detail.name:
        placer.keep_free(frame.x, frame.y, 150, 22)
    near = panel.nm_across < RUNWAYS_UNTIL_NM
    inside = [field for field in fields if panel.shows(field.latitude_deg, field.longitude_deg, 2.0)]
    cut = [*(_runways(panel, case.airports, inside) if near else []), *_ways(panel, lines), *_arrows(panel, lines)]
    for x, y in _marks(panel, inside):
        placer.keep_free(x - 5, y - 5, 10, 10)
    marks, words = _fields(panel, case, inside, placer, detail, near=near)
    if detail.last:
        more_marks, more_words = last_heard(panel, case, placer)
        marks, words = marks + more_marks, words + more_words
    if way is not None:
        more_marks, more_words = _points(panel, case, way, placer, detail)
        marks, words = marks + more_marks, words + more_words
    for receiver in case.receivers:
        if panel.shows(receiver.latitude_deg, receiver.longitude_deg, 8.0):
            x, y = panel.point(receiver.latitude_deg, receiver.longitude_deg)
            d = f"M{number(x)} {number(y - 5)}l5 9h-10z"
            marks.append(element("path", d=d, fill=palette.PAPER, stroke=palette.INK, stroke_width=1.1))
            words += placer.place(x, y, Words(((f"receiver {receiver.name}", False),), 9.5, palette.SOFT))
    if detail.towns:
        words += towns(panel, case.airports, inside, placer)
    return cut, marks + words


def _meets(panel: Panel, line: Line) -> bool:
    """Whether some of a line may lie in the panel."""
    x, y = panel.xy(line.latitude_deg, line.longitude_deg)
    frame = panel.frame
    return bool(
        x.max() > frame.x and x.min() < frame.x + frame.width and y.max() > frame.y and y.min() < frame.y + frame.height
    )


def _ways(panel: Panel, lines: Iterable[Line]) -> list[Markup]:
    """What was heard lies above what was not."""
    parts = []
    drawn = list(lines)
    for kind in (Kind.GAP, Kind.INFERRED, Kind.HEARD):
        for line in drawn:
            d = _path(panel, line) if line.kind is kind else ""
            if d:
                parts.append(
                    element(
                        "path", d=d, fill="none", stroke=palette.LEGS[line.leg % LEGS], stroke_width=LINE_WIDTH,
                        stroke_linejoin="round", stroke_linecap="butt" if kind is Kind.INFERRED else "round",
                        stroke_dasharray=DASHES[kind], opacity=OPACITY[kind],
                    )
                )  # fmt: skip
    return parts


def _path(panel: Panel, line: Line) -> str:
    """Path data, without points that fall on the one before. Torn where the far side of the map is crossed, and where
    the map ends towards a pole."""
    x, y = panel.xy(line.latitude_deg, line.longitude_deg)
    beyond = np.abs(line.latitude_deg) > MAX_LATITUDE_DEG
    torn = (np.abs(np.diff(x)) > 180.0 * UNITS_PER_DEG * panel.scale) | beyond[1:] | beyond[:-1]
    parts = []
    for run in np.split(np.arange(len(x)), np.flatnonzero(torn) + 1):
        places = [(number(float(x[i])), number(float(y[i]))) for i in run.tolist()]
        kept = [place for i, place in enumerate(places) if i == 0 or place != places[i - 1]]
        if len(kept) > 1:
            parts.append("M" + "L".join(f"{a} {b}" for a, b in kept))
    return "".join(parts)


def _arrows(panel: Panel, lines: Iterable[Line]) -> list[Markup]:
    """Heads that point along the way, at equal distances on the paper."""
    parts = []
    for line in lines:
        x, y = panel.xy(line.latitude_deg, line.longitude_deg)
        if len(x) < 2:
            continue
        steps = np.hypot(np.diff(x), np.diff(y))
        beyond = np.abs(line.latitude_deg) > MAX_LATITUDE_DEG
        steps[(steps > 180.0 * UNITS_PER_DEG * panel.scale) | beyond[1:] | beyond[:-1]] = 0.0
        along = np.concatenate([[0.0], np.cumsum(steps)])
        if along[-1] < SHORTEST_WITH_ARROW:
            continue
        count = max(1, int(along[-1] // ARROW_EVERY))
        for target in along[-1] * (np.arange(count) + ARROW_SHARE) / count:
            i = int(np.clip(np.searchsorted(along, target), 1, len(along) - 1))
            if steps[i - 1] <= 0.0:
                continue
            share = (target - along[i - 1]) / steps[i - 1]
            at_x, at_y = x[i - 1] + share * (x[i] - x[i - 1]), y[i - 1] + share * (y[i] - y[i - 1])
            turn = float(np.degrees(np.arctan2(x[i] - x[i - 1], -(y[i] - y[i - 1]))))
            move = f"translate({number(at_x)} {number(at_y)}) rotate({turn:.0f})"
            parts.append(
                element("path", d="M0-6L4.5 5 0 2.5-4.5 5z", transform=move, fill=palette.LEGS[line.leg % LEGS])
            )
    return parts


def _marks(panel: Panel, fields: Iterable[Field]) -> list[tuple[float, float]]:
    return [panel.point(field.latitude_deg, field.longitude_deg) for field in fields]


def _points(
    panel: Panel, case: PictureCase, way: Way, placer: Placer, detail: Detail
) -> tuple[list[Markup], list[Markup]]:
    """Dots with their times, the ends of the silence around the stop first."""
    ends = [point for point in around_stop(way, case.alert.stop) if detail.ends]
    times = _times(panel, way) if detail.times else []
    shown = [p for p in [*ends, *times] if panel.shows(p.latitude_deg, p.longitude_deg, 1.0)]
    places = [panel.point(point.latitude_deg, point.longitude_deg) for point in shown]
    for x, y in places:
        placer.keep_free(x - 4, y - 4, 8, 8)
    marks, words = [], []
    for number_of, (point, (x, y)) in enumerate(zip(shown, places, strict=True)):
        first = number_of < len(ends) and point in ends
        colour = palette.LEGS[point.leg % LEGS]
        marks.append(circle(x, y, 3.8 if first else 2.6, fill=colour, stroke=palette.PAPER, stroke_width=1.1))
        words += placer.place(x, y, Words(((point.text, first),), 11.5 if first else 10.5, colour), must=first)
    return marks, words


def around_stop(way: Way, stop: Stop) -> list[KeyPoint]:
    """Where it was last heard before a stop and first heard after it; nothing where both were seen."""
    left = stop.landed.latest if stop.departed is None else stop.departed.estimate
    spans = [(since, until) for since, until, _ in way.silences if since <= left and stop.landed.estimate <= until]
    before = max((point for point in way.points if point.at <= stop.landed.latest), key=_at, default=None)
    edges = {at for span in spans for at in span}
    if before is not None and before.at >= float(way.track.at[-1]) and not stop.landed.observed:
        edges.add(before.at)
    if not stop.landed.observed and float(way.track.at[0]) >= stop.landed.estimate:
        edges.add(float(way.track.at[0]))
    return sorted((point for point in way.points if point.at in edges), key=_at)


def _at(point: KeyPoint) -> float:
    return point.at


def _times(panel: Panel, way: Way) -> list[KeyPoint]:
    """Full half hours, or hours, so that they do not crowd."""
    inside = [line for line in way.lines if line.kind is Kind.HEARD and _meets(panel, line)]
    length = sum(_length(panel, line) for line in inside)
    lasting = sum(line.at[1] - line.at[0] for line in inside)
    wanted_s = max(lasting * TIME_APART / max(length, 1.0), lasting / MOST_TIMES)
    steps = TIME_STEPS_S if lasting < TIME_STEPS_S[2] else TIME_STEPS_S[1:]
    every_s = next((s for s in steps if s >= wanted_s), steps[-1])
    return [point for point in time_marks(way, every_s) if panel.shows(point.latitude_deg, point.longitude_deg, 4.0)]


def _length(panel: Panel, line: Line) -> float:
    x, y = panel.xy(line.latitude_deg, line.longitude_deg)
    return float(np.hypot(np.diff(x), np.diff(y)).sum())


def _runways(panel: Panel, airports: Airports, fields: Iterable[Field]) -> list[Markup]:
    """Open runways to scale, but never thinner than can be seen; those laid by estimate are dashed."""
    parts = []
    for field in fields:
        for runway in airports.runways_of(field.index):
            (x1, y1), (x2, y2) = (panel.point(end.lat, end.lon) for end in runway.ends)
            d, dashes = f"M{x1:.2f} {y1:.2f}L{x2:.2f} {y2:.2f}", "4 2" if runway.estimated else None
            parts.append(
                element("path", d=d, fill="none", stroke=palette.INK, stroke_width=2.6, stroke_dasharray=dashes)
            )
    return parts


def _fields(
    panel: Panel, case: PictureCase, fields: Sequence[Field], placer: Placer, detail: Detail, *, near: bool
) -> tuple[list[Markup], list[Markup]]:
    """Marks and names of fields: a ring for each with a stop, full where it was seen, broken where inferred."""
    marks: list[Markup] = []
    words: list[Markup] = []
    stop = case.alert.stop
    others = {other.airport: other for other in own_stops(case) if believed(other)}
    shares = {candidate.airport: candidate.probability for candidate in stop.candidates}
    for field in fields:
        x, y = panel.point(field.latitude_deg, field.longitude_deg)
        about = field.rank == 0
        candidate = field.rank == 2 and field.code in shares
        colour = palette.ALARM if about or candidate else palette.INK
        if about or candidate or field.code in others:
            told = stop if about or candidate else others[field.code]
            dashes = "1.5 3" if candidate or told.level <= Level.DARK else None if _seen(told) else "5 3.5"
            weight = 2.4 if about else 1.6
            ring = circle(x, y, 13 if about else 9, fill="none", stroke=colour, stroke_width=weight,
                          stroke_dasharray=dashes)  # fmt: skip
            marks.append(ring)
        if not (near and about):
            marks.append(circle(x, y, 3.4 if about else 2.8, fill=colour if about else palette.PAPER,
                                stroke=palette.PAPER if about else colour, stroke_width=1.4))  # fmt: skip
        lines = [(f"{field.short} ({field.code})", True)]
        if candidate and stop.airport is None:
            lines[0] = (f"{field.short} ({field.code}) {probability_text(shares[field.code], stop)}", False)
        if about and detail.runways and near:
            lines += [(line, False) for line in runway_lines(case.airports, field)]
        if about and detail.stops:
            lines += [(line, False) for line in stop_lines(stop)]
        size = 12.5 if about else 10.5
        if about or field.rank < 3 or detail.towns:
            words += placer.place(x, y, Words(tuple(lines), size, palette.INK), must=about)
    return marks, words


def stop_lines(stop: Stop) -> list[str]:
    """`landed 01:29 to 02:10, about 01:29 UTC`, and the same of leaving."""
    would = "" if stands(stop) else "would have "
    lines = [f"{would}landed {_interval(stop.landed)}"]
    return lines + ([f"{would}left {_interval(stop.departed)}"] if stop.departed else ["not heard leaving"])


def _interval(moment: Moment) -> str:
    words = interval_text(moment)
    return f"{words.removesuffix(', seen')} UTC" + (", seen" if words.endswith(", seen") else "")


def runway_lines(airports: Airports, field: Field) -> list[str]:
    """`runway 17/35, 3,800 m`, of the longest ones."""
    runways = sorted(airports.runways_of(field.index), key=lambda r: (-r.length_ft, r.low.ident))
    guessed = (" (laid by estimate)" if r.estimated else "" for r in runways)
    lengths = (f"runway {r.low.ident}/{r.high.ident}, {r.length_ft / FT_PER_M:,.0f} m" for r in runways)
    return [length + guess for length, guess in zip(lengths, guessed, strict=True)][:RUNWAY_LINES]


def _seen(stop: Stop) -> bool:
    return stop.level is Level.OBSERVED
