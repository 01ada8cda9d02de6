"""Altitude over time around a stop, with the silence shaded. Text is HTML, so that it stays readable when narrow."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from detector.domain.durations import duration_text
from detector.domain.stop import Level, Moment, Stop
from detector.reference.airports import Airports
from detector.web.replay_map.case import believed
from detector.web.replay_map.lines import LEGS, Kind, Way
from detector.web.replay_map.markup import Markup, element
from detector.web.replay_map.plot_scale import HEIGHT, WIDTH, Scale
from detector.web.replay_map.speeds import speed_plot
from detector.web.replay_map.words import clock, day

AROUND_S = 3 * 3600.0
"""Of the flights before and after the stop, at most this much."""
MARGIN_S = 300.0
TICKS_S = (300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800)
MOST_TICKS = 9
OFFSETS = {"landed": {"dx": -8, "dy": -22}, "left": {"dx": 8, "dy": -40}}
"""Of the words beside a moment, in pixels: above the way down and up, and one above the other."""


def profile(way: Way, stop: Stop, stops: Sequence[Stop], airports: Airports) -> Markup:
    """A figure; nothing where no altitude was heard near the stop."""
    since, until = _span(way, stop, stops)
    at, altitude = way.track.at, way.track.altitude_ft
    inside = (at >= since) & (at <= until)
    if not (inside & ~np.isnan(altitude)).any():
        return Markup("")
    highest = float(np.nanmax(altitude[inside]))
    scale = Scale(since, until, max(10_000.0, math.ceil((highest + 1_500) / 5_000) * 5_000))
    field = airports.index_of(stop.airport or "")
    ground_ft = 0.0 if field is None else float(airports.elevation_ft[field])
    shapes: list[Markup] = []
    words: list[Markup] = []
    for begin, end, hides in way.silences:
        if end > since and begin < until:
            _shade(scale, max(begin, since), min(end, until), hides, shapes, words)
    for level in range(0, int(scale.top) + 1, 10_000 if scale.top > 15_000 else 5_000):
        shapes.append(element("path", class_="rule", d=f"M0 {scale.y(level):.1f}H{WIDTH}"))
        named = f"{level:,} ft" if level else "0"
        words.append(element("text", named, class_="tick altitude", x=0, y=scale.down(level), dx=-6, dy=4))
    shapes += _curves(scale, way)
    shapes += _inferred(scale, way, stop, ground_ft)
    for moment, name in ((stop.landed, "landed"), (stop.departed, "left")):
        # A bar is a claim: none is made where nobody knows whether it landed at all.
        if moment is not None and stop.level is not Level.DARK:
            _bar(scale, moment, name, ground_ft, shapes, words)
    words += _ticks(scale)
    altitude_plot = element("div", _drawing(shapes), _lettering(words), class_="plot")
    shades = [shape for shape in shapes if shape.startswith("<rect")]
    lines, lettering = speed_plot(since, until, way)
    key = "Solid: heard. Shaded: nothing heard. Dashed: inferred."
    caption = f"Altitude and time around the stop, UTC, from {day(since)}. {key}"
    if not lines:
        return element("figure", altitude_plot, element("figcaption", caption), class_="profile")
    under = element("div", _drawing([*shades, *lines]), _lettering(lettering), class_="plot speed")
    caption += " Below: speed over ground, as the positions tell it."
    return element("figure", altitude_plot, under, element("figcaption", caption), class_="profile")


def _drawing(shapes: Sequence[Markup]) -> Markup:
    """Stretched to whatever room there is."""
    return element(
        "svg",
        *shapes,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        preserveAspectRatio="none",
        aria_hidden="true",
        focusable="false",
    )


def _lettering(words: Sequence[Markup]) -> Markup:
    """Above it and not stretched. No style attributes: a strict policy of a page forbids them."""
    return element("svg", *words, class_="words", focusable="false")


def _span(way: Way, stop: Stop, stops: Sequence[Stop]) -> tuple[float, float]:
    landed = stop.landed.estimate
    left = stop.departed.estimate if stop.departed else max(landed, min(landed + AROUND_S, float(way.track.at[-1])))
    mine = [s for s in stops if s.icao24 == stop.icao24 and s.id != stop.id and believed(s)]
    before = [s.departed.estimate for s in mine if s.departed and s.departed.estimate <= landed]
    after = [s.landed.estimate for s in mine if s.landed.estimate >= left]
    since = max([landed - AROUND_S, float(way.track.at[0]), *before]) - MARGIN_S
    until = min([left + AROUND_S, float(way.track.at[-1]), *after]) + MARGIN_S
    return min(since, landed - MARGIN_S), max(until, left + MARGIN_S)


def _shade(scale: Scale, begin: float, end: float, hides: bool, shapes: list[Markup], words: list[Markup]) -> None:
    x, width = scale.x(begin), scale.x(end) - scale.x(begin)
    name = "silence hides" if hides else "silence"
    shapes.append(element("rect", class_=name, x=f"{x:.1f}", y=0, width=f"{width:.1f}", height=HEIGHT))
    if width > WIDTH * 0.08:
        text = f"not heard, {duration_text(end - begin)}"
        words.append(element("text", text, class_="silence-text", x=scale.left((begin + end) / 2), y=0, dy=16))


def _curves(scale: Scale, way: Way) -> list[Markup]:
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


def _inferred(scale: Scale, way: Way, stop: Stop, ground_ft: float) -> list[Markup]:
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


def _bar(scale: Scale, moment: Moment, name: str, ground_ft: float, shapes: list[Markup], words: list[Markup]) -> None:
    earliest = scale.since if moment.earliest is None else max(moment.earliest, scale.since)
    latest = min(moment.latest, scale.until)
    row = HEIGHT - (5 if name == "landed" else 12)
    shapes.append(element("path", class_=f"interval {name}", d=f"M{scale.x(earliest):.1f} {row}H{scale.x(latest):.1f}"))
    about = "" if moment.observed else "about "
    place = {"x": scale.left(moment.estimate), "y": scale.down(ground_ft)} | OFFSETS[name]
    words.append(element("text", f"{name} {about}{clock(moment.estimate)}", class_=f"moment {name}", **place))


def _ticks(scale: Scale) -> list[Markup]:
    step = next((s for s in TICKS_S if (scale.until - scale.since) / s <= MOST_TICKS), TICKS_S[-1])
    first = math.ceil(scale.since / step) * step
    times = range(int(first), int(scale.until) + 1, step)
    return [element("text", clock(at), class_="tick time", x=scale.left(at), y="100%", dy=16) for at in times]
