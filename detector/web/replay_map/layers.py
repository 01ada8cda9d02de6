"""The layers of the map as SVG: base, runways, lines, arrows, markers, labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from detector.domain.geo import bearing_deg, distances_nm
from detector.domain.stop import Stop
from detector.domain.track import Track
from detector.reference.airports import Airports
from detector.web.replay_map.fields import Field, field_of
from detector.web.replay_map.land import land_paths, path
from detector.web.replay_map.lines import LEGS, Kind, Line, Way, time_marks
from detector.web.replay_map.markup import Markup, element, join
from detector.web.replay_map.projection import UNITS_PER_DEG, Box, Mercator
from detector.web.replay_map.words import clock, day, interval_text, stands

F64 = npt.NDArray[np.float64]

FINE = 10
"""Lines are drawn on a grid of 1 / FINE map units, about 10 m."""
COARSE_GRID = 20
DETAIL_GRID = 5
RUNWAY_WIDTH_UNITS = 0.5
ARROW_EVERY_NM = 60.0
ARROW_SHARE = 0.3
"""Not in the middle of each stretch: on a way flown there and back the heads would meet."""
TIME_MARK_S = 1800.0


def base(projection: Mercator, window: Box, details: Sequence[Box]) -> Markup:
    """Sea, land and coast: coarse in the window, finer in the details."""
    parts = []
    for number, (box, grid) in enumerate([(window, COARSE_GRID), *((box, DETAIL_GRID) for box in details)]):
        land, coast = land_paths(projection, box, grid)
        rect = element("rect", class_="sea", **_rect(box))
        scale = f"scale({grid})"
        shapes = (
            element("path", class_="land", d=land, transform=scale),
            element("path", class_="coast", d=coast, transform=scale),
        )
        parts.append(element("g", rect, *shapes, id=f"base{number}"))
    return join(parts)


def graticule(projection: Mercator, window: Box, details: Sequence[Box]) -> Markup:
    """Every ten degrees, and every degree in the details (shown from near)."""
    parts = [element("path", class_="grid", d=_grid(projection, window, 10))]
    parts += [element("path", class_="grid near", d=_grid(projection, box, 1)) for box in details]
    return element("g", *parts)


def _grid(projection: Mercator, box: Box, step: int) -> str:
    meridians = projection.x(np.arange(-180, 180, step))
    parallels = projection.y(np.arange(-80, 81, step))
    down = [f"M{x:.0f} {box.top:.0f}V{box.bottom:.0f}" for x in np.sort(meridians) if box.left < x < box.right]
    across = [f"M{box.left:.0f} {y:.0f}H{box.right:.0f}" for y in parallels if box.top < y < box.bottom]
    return "".join(down + across)


def runways(projection: Mercator, airports: Airports, fields: Iterable[Field]) -> Markup:
    """Every open runway of the fields, both ends named; those laid by estimate are dashed."""
    parts = []
    for field in fields:
        for runway in airports.runways_of(field.index):
            x = [float(projection.x(end.lon)) for end in runway.ends]
            y = [float(projection.y(end.lat)) for end in runway.ends]
            d = f"M{x[0]:.2f} {y[0]:.2f}L{x[1]:.2f} {y[1]:.2f}"
            kind = "runway guessed" if runway.estimated else "runway"
            parts += [element("path", class_=kind, d=d), element("path", class_=f"{kind} thin", d=d)]
            for i, end in enumerate(runway.ends):
                # Just beyond the threshold, away from the other end.
                dx, dy = x[i] - x[1 - i], y[i] - y[1 - i]
                length = max(1e-6, float(np.hypot(dx, dy)))
                place = _fixed(x[i], y[i])
                offset = {"dx": f"{9 * dx / length:.1f}", "dy": f"{9 * dy / length + 3:.1f}"}
                parts.append(element("text", end.ident, class_="runway-end", style=place, **offset))
    return element("g", *parts, class_="runways", stroke_width=RUNWAY_WIDTH_UNITS)


def others(projection: Mercator, tracks: Iterable[Track]) -> Markup:
    """Tracks of aircraft that no alert is about."""
    parts = []
    for track in tracks:
        starts = np.flatnonzero(track.begins_after_silence)
        runs = np.split(np.arange(len(track)), starts[1:])
        d = "".join(
            _path(projection, track.latitude_deg[run], track.longitude_deg[run]) for run in runs if len(run) > 1
        )
        if d:
            title = element("title", track.callsign or track.icao24)
            parts.append(element("path", title, class_="other", d=d, transform=f"scale({1 / FINE})"))
    return element("g", *parts, class_="others")


def ways(projection: Mercator, found: Iterable[Way]) -> Markup:
    """Lines of the aircraft in question: what was heard lies above what was not."""
    parts = []
    drawn = [(way, line) for way in found for line in way.lines]
    for kind in (Kind.GAP, Kind.INFERRED, Kind.HEARD):
        for way, line in drawn:
            if line.kind is kind:
                d = _path(projection, line.latitude_deg, line.longitude_deg)
                name = f"line {kind} leg{line.leg % LEGS}"
                title = element("title", _line_title(way, line))
                parts.append(element("path", title, class_=name, d=d, transform=f"scale({1 / FINE})"))
    return element("g", *parts, class_="ways")


def _line_title(way: Way, line: Line) -> str:
    what = {Kind.HEARD: "heard", Kind.INFERRED: "not heard, inferred", Kind.GAP: "not heard"}[line.kind]
    since, until = line.at
    return f"{way.track.callsign or way.track.icao24}: {what} {day(since)} {clock(since)} to {clock(until)} UTC"


def arrows(projection: Mercator, found: Iterable[Way]) -> Markup:
    """Heads that point along the way, at equal distances; the page hides those that come too close."""
    parts = []
    for way in found:
        for line in way.lines:
            lat, lon = line.latitude_deg, line.longitude_deg
            if len(lat) < 2:
                continue
            along = np.concatenate([[0.0], np.cumsum(distances_nm(lat[:-1], lon[:-1], lat[1:], lon[1:]))])
            if along[-1] < 2.0:
                continue
            count = max(1, int(along[-1] // ARROW_EVERY_NM))
            for target in along[-1] * (np.arange(count) + ARROW_SHARE) / count:
                i = int(np.clip(np.searchsorted(along, target), 1, len(along) - 1))
                share = float((target - along[i - 1]) / max(along[i] - along[i - 1], 1e-9))
                x = projection.x(lon[i - 1 : i + 1])
                y = projection.y(lat[i - 1 : i + 1])
                if abs(x[1] - x[0]) > 90 * UNITS_PER_DEG:
                    continue
                heading = bearing_deg(float(lat[i - 1]), float(lon[i - 1]), float(lat[i]), float(lon[i]))
                place = _fixed(x[0] + share * (x[1] - x[0]), y[0] + share * (y[1] - y[0]), heading)
                name = f"arrow {line.kind} leg{line.leg % LEGS}"
                parts.append(element("path", class_=name, d="M0-6L4.5 5 0 2.5-4.5 5z", style=place))
    return element("g", *parts, class_="arrows")


def key_points(projection: Mercator, found: Iterable[Way]) -> Markup:
    """Where a line begins, ends or breaks, and every half hour between, with its time."""
    parts = []
    for way in found:
        marks = [*way.points, *time_marks(way, TIME_MARK_S)]
        for point in marks:
            x, y = float(projection.x(point.longitude_deg)), float(projection.y(point.latitude_deg))
            radius = 4 if point.rank == 0 else 2.5
            name = f"dot rank{point.rank} leg{point.leg % LEGS}"
            parts.append(element("circle", class_=name, r=radius, style=_fixed(x, y)))
            parts.append(label(x, y, [point.text], 1 if point.rank == 0 else point.rank + 4, f"leg{point.leg % LEGS}"))
    return element("g", *parts, class_="points")


def markers(projection: Mercator, airports: Airports, fields: Iterable[Field], stops: Sequence[Stop]) -> Markup:
    """Fields with code and name, and a ring for each with a stop: full where seen, broken where inferred."""
    parts = []
    for field in fields:
        x, y = float(projection.x(field.longitude_deg)), float(projection.y(field.latitude_deg))
        here = [stop for stop in stops if _at(stop, field, airports)]
        best = max((int(stop.level) for stop in here), default=None)
        if best is not None:
            parts.append(element("circle", class_=f"stop level{best} rank{field.rank}", r=11, style=_fixed(x, y)))
        parts.append(element("circle", class_=f"field rank{field.rank}", r=3.5, style=_fixed(x, y)))
        lines = [f"{field.code} {field.short}"]
        if field.rank == 0:
            for stop in here[:2]:
                would = "" if stands(stop) else "would have "
                lines.append(f"{would}landed {interval_text(stop.landed)}")
                lines += [f"{would}left {interval_text(stop.departed)}"] if stop.departed else []
        parts.append(label(x, y, lines, (0, 2, 4, 9)[field.rank], f"place rank{field.rank}"))
    return element("g", *parts, class_="fields")


def dot(projection: Mercator, field: Field) -> Markup:
    """A field without its name, for the small map."""
    x, y = float(projection.x(field.longitude_deg)), float(projection.y(field.latitude_deg))
    return element("circle", class_=f"field rank{field.rank}", r=3, style=_fixed(x, y))


def _at(stop: Stop, field: Field, airports: Airports) -> bool:
    found = field_of(airports, stop.airport)
    return found is not None and found.index == field.index


def label(x: float, y: float, lines: Sequence[str], rank: int, name: str) -> Markup:
    """Text that the page moves to where there is room; a lower rank is placed first."""
    spans = [element("tspan", text, x=0, dy=0 if i == 0 else 14) for i, text in enumerate(lines)]
    text = element("text", *spans, x=0, y=0)
    return element(
        "g", element("path", class_="leader"), text,
        class_=f"label {name}", style=_fixed(x, y), data_x=f"{x:.1f}", data_y=f"{y:.1f}", data_rank=rank,
    )  # fmt: skip


def _fixed(x: float, y: float, turned_deg: float | None = None) -> str:
    """Keeps its size on the screen whatever the zoom: --k is map units per pixel."""
    turn = "" if turned_deg is None else f" rotate({turned_deg:.0f}deg)"
    return f"transform:translate({x:.2f}px,{y:.2f}px) scale(var(--k)){turn}"


def _rect(box: Box) -> dict[str, str]:
    return {
        "x": f"{box.left:.0f}", "y": f"{box.top:.0f}", "width": f"{box.width:.0f}", "height": f"{box.height:.0f}",
    }  # fmt: skip


def _path(projection: Mercator, latitude_deg: F64, longitude_deg: F64) -> str:
    """Path data in 1 / FINE units, broken where the far side of the map is crossed."""
    x, y = projection.x(longitude_deg), projection.y(latitude_deg)
    grid_x, grid_y = np.rint(x * FINE).astype(np.int64), np.rint(y * FINE).astype(np.int64)
    torn = np.flatnonzero(np.abs(np.diff(x)) > 180.0 * UNITS_PER_DEG) + 1
    runs = zip(np.split(grid_x, torn), np.split(grid_y, torn), strict=True)
    return "".join(path(run_x, run_y) for run_x, run_y in runs)
