"""Altitude over time around a stop, with the silence shaded. Text is HTML, so that it stays readable when narrow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detector.domain.durations import duration_text
from detector.domain.stop import Level, Moment, Stop
from detector.reference.airports import Airports
from detector.web.replay_map.case import believed
from detector.web.replay_map.lines import LEGS, Kind, Way
from detector.web.replay_map.markup import Markup, element, join
from detector.web.replay_map.words import clock, day

AROUND_S = 3 * 3600.0
"""Of the flights before and after the stop, at most this much."""
MARGIN_S = 300.0
WIDTH, HEIGHT = 1000, 200
TICKS_S = (300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800)
MOST_TICKS = 9


@dataclass(frozen=True, slots=True)
class _Scale:
    since: float
    until: float
    top_ft: float

    def x(self, at: float) -> float:
        return (at - self.since) / (self.until - self.since) * WIDTH

    def y(self, altitude_ft: float) -> float:
        return HEIGHT - max(0.0, altitude_ft) / self.top_ft * HEIGHT

    def left(self, at: float) -> str:
        return f"left:{self.x(at) / WIDTH * 100:.2f}%"

    def top(self, altitude_ft: float) -> str:
        return f"top:{self.y(altitude_ft) / HEIGHT * 100:.2f}%"


def profile(way: Way, stop: Stop, stops: Sequence[Stop], airports: Airports) -> Markup:
    """A figure; nothing where no altitude was heard near the stop."""
    since, until = _span(way, stop, stops)
    at, altitude = way.track.at, way.track.altitude_ft
    inside = (at >= since) & (at <= until)
    if not (inside & ~np.isnan(altitude)).any():
        return Markup("")
    highest = float(np.nanmax(altitude[inside]))
    scale = _Scale(since, until, max(10_000.0, math.ceil((highest + 1_500) / 5_000) * 5_000))
    field = airports.index_of(stop.airport or "")
    ground_ft = 0.0 if field is None else float(airports.elevation_ft[field])
    shapes: list[Markup] = []
    words: list[Markup] = []
    for begin, end, hides in way.silences:
        if end > since and begin < until:
            _shade(scale, max(begin, since), min(end, until), hides, shapes, words)
    for level in range(0, int(scale.top_ft) + 1, 10_000 if scale.top_ft > 15_000 else 5_000):
        shapes.append(element("path", class_="rule", d=f"M0 {scale.y(level):.1f}H{WIDTH}"))
        words.append(element("span", f"{level:,} ft" if level else "0", class_="tick altitude", style=scale.top(level)))
    shapes += _curves(scale, way)
    shapes += _inferred(scale, way, stop, ground_ft)
    for moment, name in ((stop.landed, "landed"), (stop.departed, "left")):
        # A bar is a claim: none is made where nobody knows whether it landed at all.
        if moment is not None and stop.level is not Level.DARK:
            _bar(scale, moment, name, ground_ft, shapes, words)
    words += _ticks(scale)
    drawing = element(
        "svg",
        *shapes,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        preserveAspectRatio="none",
        aria_hidden="true",
        focusable="false",
    )
    key = "Solid: heard. Shaded: nothing heard. Dashed: inferred."
    caption = f"Altitude and time around the stop, UTC, from {day(since)}. {key}"
    return element(
        "figure", element("div", drawing, *words, class_="plot"), element("figcaption", caption), class_="profile"
    )


def _span(way: Way, stop: Stop, stops: Sequence[Stop]) -> tuple[float, float]:
    landed = stop.landed.estimate
    left = stop.departed.estimate if stop.departed else max(landed, min(landed + AROUND_S, float(way.track.at[-1])))
    mine = [s for s in stops if s.icao24 == stop.icao24 and s.id != stop.id and believed(s)]
    before = [s.departed.estimate for s in mine if s.departed and s.departed.estimate <= landed]
    after = [s.landed.estimate for s in mine if s.landed.estimate >= left]
    since = max([landed - AROUND_S, float(way.track.at[0]), *before]) - MARGIN_S
    until = min([left + AROUND_S, float(way.track.at[-1]), *after]) + MARGIN_S
    return min(since, landed - MARGIN_S), max(until, left + MARGIN_S)


def _shade(scale: _Scale, begin: float, end: float, hides: bool, shapes: list[Markup], words: list[Markup]) -> None:
    x, width = scale.x(begin), scale.x(end) - scale.x(begin)
    name = "silence hides" if hides else "silence"
    shapes.append(element("rect", class_=name, x=f"{x:.1f}", y=0, width=f"{width:.1f}", height=HEIGHT))
    if width > WIDTH * 0.08:
        text = f"not heard, {duration_text(end - begin)}"
        words.append(element("span", text, class_="silence-text", style=scale.left((begin + end) / 2)))


def _curves(scale: _Scale, way: Way) -> list[Markup]:
    track = way.track
    found = []
    for line in way.lines:
        if line.kind is not Kind.HEARD or line.at[1] < scale.since or line.at[0] > scale.until:
            continue
        rows = np.flatnonzero(
            (track.at >= max(line.at[0], scale.since)) & (track.at <= min(line.at[1], scale.until))
            & ~np.isnan(track.altitude_ft)
        )  # fmt: skip
        if len(rows) > 1:
            places = (f"{scale.x(float(track.at[i])):.1f} {scale.y(float(track.altitude_ft[i])):.1f}" for i in rows)
            found.append(element("path", class_=f"line heard leg{line.leg % LEGS}", d="M" + "L".join(places)))
    return found


def _inferred(scale: _Scale, way: Way, stop: Stop, ground_ft: float) -> list[Markup]:
    """Down to the field at the estimated landing, up from it after the stay."""
    track = way.track
    if not believed(stop):
        return []
    known = ~np.isnan(track.altitude_ft)
    left = stop.departed.estimate if stop.departed else None
    ends = [stop.landed.estimate] if left is None else [stop.landed.estimate, left]
    on_ground = " ".join(f"{scale.x(at):.1f} {scale.y(ground_ft):.1f}" for at in ends)
    before = np.flatnonzero(known & (track.at <= stop.landed.estimate) & (track.at >= scale.since))
    after = np.flatnonzero(known & (track.at >= (left or math.inf)) & (track.at <= scale.until))
    d = "M"
    if len(before) and not stop.landed.observed:
        i = before[-1]
        d += f"{scale.x(float(track.at[i])):.1f} {scale.y(float(track.altitude_ft[i])):.1f} "
    d += on_ground
    if len(after) and stop.departed is not None and not stop.departed.observed:
        i = after[0]
        d += f" {scale.x(float(track.at[i])):.1f} {scale.y(float(track.altitude_ft[i])):.1f}"
    return [element("path", class_="line inferred ground", d=d)]


def _bar(scale: _Scale, moment: Moment, name: str, ground_ft: float, shapes: list[Markup], words: list[Markup]) -> None:
    earliest = scale.since if moment.earliest is None else max(moment.earliest, scale.since)
    latest = min(moment.latest, scale.until)
    row = HEIGHT - (5 if name == "landed" else 12)
    shapes.append(element("path", class_=f"interval {name}", d=f"M{scale.x(earliest):.1f} {row}H{scale.x(latest):.1f}"))
    about = "" if moment.observed else "about "
    style = f"{scale.left(moment.estimate)};{scale.top(ground_ft)}"
    words.append(element("span", f"{name} {about}{clock(moment.estimate)}", class_=f"moment {name}", style=style))


def _ticks(scale: _Scale) -> list[Markup]:
    step = next((s for s in TICKS_S if (scale.until - scale.since) / s <= MOST_TICKS), TICKS_S[-1])
    first = math.ceil(scale.since / step) * step
    times = range(int(first), int(scale.until) + 1, step)
    return [join([element("span", clock(at), class_="tick time", style=scale.left(at))]) for at in times]
