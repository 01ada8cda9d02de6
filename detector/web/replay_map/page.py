"""The whole page: one HTML file that loads nothing."""

from __future__ import annotations

import base64
import hashlib
import importlib.resources
from collections.abc import Sequence

import numpy as np

from detector.domain.alert import Alert
from detector.domain.stop import SEVERITY_ORDER, Stop
from detector.domain.track import Track
from detector.reference.airports import Airports
from detector.web.replay_map import layers
from detector.web.replay_map.cards import alert_card, stop_table
from detector.web.replay_map.case import MapCase, believed
from detector.web.replay_map.fields import Field, field_of, fields_of
from detector.web.replay_map.lines import LEGS, Kind, Line, Way, flights, leg_text, way_of
from detector.web.replay_map.markup import Markup, element, join, json_text
from detector.web.replay_map.profile import profile
from detector.web.replay_map.projection import UNITS_PER_DEG, Box, Mercator, central_meridian
from detector.web.replay_map.unknowns import unknowns

ALERTS = 40
"""Alerts with a card and a line; the gravest first."""
WAYS = 60
"""Aircraft drawn in colour where nothing was alerted."""
OTHERS = 200
"""Other aircraft drawn; a map of more is grey all over, so then none is."""
DETAILS = 4
DETAIL_MOST_DEG = 24.0
STOP_VIEW_DEG = 0.9
BASE_NOTES = (
    "Land and coast: Natural Earth, 1:50 million, public domain. From near, the coast is coarser than the runways.",
    "No borders are drawn, because several are disputed. Lakes are left out.",
    "Positions are drawn as they were sent, those that were found false among them.",
    "Altitudes are pressure altitudes (1013.25 hPa): near the ground they may be some hundred feet off.",
    "Mercator projection: the scale bar holds in the middle of the map. All times are UTC.",
)
CORNER = "times UTC, pressure altitude"
CORNER_STYLE = (
    "position:absolute;left:12px;top:8px;font-size:11.5px;pointer-events:none;text-shadow:0 0 3px var(--halo)"
)
SCRIPT_NOTICE = "Moving and zooming needs JavaScript, which is in this file; nothing is loaded."


def render(case: MapCase) -> str:
    """The page. The same case gives the same bytes."""
    alerts = sorted(case.alerts, key=lambda a: (-SEVERITY_ORDER[a.severity], a.stop.landed.estimate, a.id))
    shown = alerts[:ALERTS]
    stops = sorted(case.stops, key=lambda s: (s.landed.estimate, s.id))
    found = _ways(case, shown, stops)
    about = {way.track.icao24 for way in found}
    rest = [track for track in sorted(case.tracks, key=lambda t: t.icao24) if len(track) and track.icao24 not in about]
    # Many aircraft would hide what the page is about.
    drawn = rest if len(rest) <= OTHERS else []
    alerted = [alert.stop for alert in shown]
    subject = [s for s in stops if s.icao24 in about]
    fields = fields_of(case.airports, shown, subject if shown else subject + alerted, [way.track for way in found])
    projection, views = _views(case.airports, shown, found, fields, drawn)
    cards = _cards(case, shown, found, stops)
    ids = {alert.stop.id for alert in alerts}
    left = stop_table("Other stops" if shown else "Stops", [s for s in stops if s.id not in ids], case.airports)
    notes = [*case.notes, *_left_out(alerts, rest), *BASE_NOTES]
    body = [
        element("header", element("h1", case.title), element("p", f"From {case.generated_from}", class_="source")),
        _map(case.airports, projection, views, fields, found, drawn, alerted or subject),
        _legend(found),
        *cards,
        left,
        element("footer", element("h2", "Notes"), element("ul", *(element("li", note) for note in notes))),
    ]
    data = {"views": {name: _rounded(box) for name, box in views.items()}, "meridian": projection.meridian_deg,
            "ways": [_readout(projection, way) for way in found]}  # fmt: skip
    return _document(case.title, body, json_text(data))


def _ways(case: MapCase, alerts: Sequence[Alert], stops: Sequence[Stop]) -> list[Way]:
    tracks = {track.icao24: track for track in case.tracks if len(track)}
    # Where nothing was alerted, those that stopped; where nobody did, those that only seemed to.
    names = [alert.stop.icao24 for alert in alerts]
    names = names or ([s.icao24 for s in stops if believed(s)] or [s.icao24 for s in stops])[:WAYS]
    known = {stop.id: stop for stop in [*(alert.stop for alert in alerts), *stops]}.values()
    return [
        way_of(tracks[name], [s for s in known if s.icao24 == name], case.airports)
        for name in dict.fromkeys(names)
        if name in tracks
    ]


def _views(
    airports: Airports, alerts: Sequence[Alert], found: Sequence[Way], fields: Sequence[Field], drawn: Sequence[Track]
) -> tuple[Mercator, dict[str, Box]]:
    """The projection and the named rectangles of the map: `all`, `window`, and of alert i `flight<i>` and `stop<i>`."""
    tracks = [way.track for way in found] or list(drawn)
    # Where nothing else is known, the whole world.
    lat = np.concatenate([*(t.latitude_deg for t in tracks), [f.latitude_deg for f in fields]])
    lon = np.concatenate([*(t.longitude_deg for t in tracks), [f.longitude_deg for f in fields]])
    projection = Mercator(central_meridian(lon))
    if len(lat) == 0:
        return projection, {"all": projection.world, "window": projection.world}
    views = {"all": projection.box(lat, lon).grown(0.06, UNITS_PER_DEG)}
    ways = {way.track.icao24: way for way in found}
    for number, alert in enumerate(alerts):
        way, field = ways.get(alert.stop.icao24), field_of(airports, alert.stop.airport)
        if field is not None:
            place = projection.box(np.array([field.latitude_deg]), np.array([field.longitude_deg]))
            views[f"stop{number}"] = place.grown(0, STOP_VIEW_DEG * UNITS_PER_DEG)
        flight = None if way is None else _flight(projection, flights(way, alert.stop), field)
        views[f"flight{number}"] = flight or views.get(f"stop{number}") or views["all"]
    # Room for maps of any shape that show all of it.
    least = max(40 * UNITS_PER_DEG, 1.3 * views["all"].width, 1.3 * views["all"].height)
    views["window"] = views["all"].grown(1.0, least).within(projection.world)
    return projection, views


def _flight(projection: Mercator, lines: Sequence[Line], field: Field | None) -> Box | None:
    """Around the flights into and out of a stop."""
    lat = [line.latitude_deg for line in lines] + ([] if field is None else [np.array([field.latitude_deg])])
    lon = [line.longitude_deg for line in lines] + ([] if field is None else [np.array([field.longitude_deg])])
    return projection.box(np.concatenate(lat), np.concatenate(lon)).grown(0.1, UNITS_PER_DEG) if lat else None


def _map(
    airports: Airports, projection: Mercator, views: dict[str, Box], fields: Sequence[Field], found: Sequence[Way],
    drawn: Sequence[Track], stops: Sequence[Stop],
) -> Markup:  # fmt: skip
    window, whole = views["window"], views["all"]
    first = views.get("flight0", whole)
    details = _details(views)
    parts = [
        layers.base(projection, window, details),
        layers.graticule(projection, window, details),
        layers.runways(projection, airports, fields),
        layers.others(projection, drawn),
        layers.ways(projection, found),
        layers.arrows(projection, found),
        layers.markers(projection, airports, fields, stops),
        layers.key_points(projection, found),
    ]
    scene = element("g", *parts[:5], id="scene")
    # Degrees at the rim lie below the names, what the pointer asks for above.
    drawing = [scene, parts[5], element("g", id="frame"), *parts[6:], element("g", id="readout")]
    told = "Map of the tracks; arrow keys move it, plus and minus zoom"
    svg = element(
        "svg", *drawing, id="map", viewBox=_viewbox(first), style=f"--k:{first.width / 1000:.3f}",
        role="img", tabindex=0, preserveAspectRatio="xMidYMid meet", aria_label=told,
    )  # fmt: skip
    controls = [("in", "+", "Zoom in"), ("out", "\u2212", "Zoom out")]
    buttons = [element("button", text, type="button", data_zoom=name, aria_label=told) for name, text, told in controls]
    named = [("flight0", "Flights"), ("stop0", "Stop"), ("all", "All")]
    buttons += [element("button", text, type="button", data_view=name) for name, text in named if name in views]
    inner = [svg, element("div", *buttons, class_="controls"), element("div", class_="scale", id="scale")]
    inner.append(element("div", CORNER, class_="corner", style=CORNER_STYLE))
    outer: list[Markup] = []
    if whole.width > 1.8 * first.width or whole.height > 1.8 * first.height:
        wide = whole.grown(0.04, 30 * UNITS_PER_DEG)
        dots = [layers.dot(projection, field) for field in fields if field.rank < 2]
        inset = element(
            "svg", element("use", href="#scene"), *dots, element("rect", id="here"), viewBox=_viewbox(wide), id="inset",
            style=f"--k:{wide.width / 260:.3f}", role="img", aria_label="The whole journey",
        )  # fmt: skip
        outer.append(element("div", inset, element("p", "The whole journey"), class_="inset", data_view="all"))
    sheet = element("div", element("div", *inner, class_="map"), *outer, class_="sheet")
    return Markup(sheet + element("noscript", SCRIPT_NOTICE))


def _details(views: dict[str, Box]) -> list[Box]:
    """Where the coast is worth its finer form: around the flights of the first alerts."""
    most = DETAIL_MOST_DEG * UNITS_PER_DEG
    found: list[Box] = []
    for name in sorted(name for name in views if name.startswith(("flight", "all"))):
        box = views[name].grown(0.4, 6 * UNITS_PER_DEG).within(views["window"])
        if box.width <= most and box.height <= most and not any(box.meets(other) for other in found):
            found.append(box)
    return found[:DETAILS]


def _legend(found: Sequence[Way]) -> Markup:
    samples = [
        ("heard", "heard: positions as the aircraft sent them, true or false"),
        ("inferred", "inferred: not heard; drawn to the field of the stop and on from it"),
        ("gap", "gap: out of hearing for over 5 minutes, shortest way"),
    ]
    items = [element("li", _sample(f"line {kind} plain"), element("span", text)) for kind, text in samples]
    rings = [("level4", "stop seen on the ground"), ("level3", "stop inferred"), ("level1", "silence, or rejected")]
    items += [element("li", _ring(kind), element("span", text)) for kind, text in rings]
    legs = []
    for way in found[:6]:
        for leg in sorted({line.leg for line in way.lines}):
            text = leg_text(way, leg, several=len(found) > 1)
            legs.append(element("li", _sample(f"line heard leg{leg % LEGS}"), element("span", text)))
    lists = [element("ul", *items), element("ul", *legs)] if legs else [element("ul", *items)]
    return element("section", *lists, class_="legend", aria_label="Legend")


def _sample(kind: str) -> Markup:
    return element(
        "svg", element("path", class_=kind, d="M1 6H43"), viewBox="0 0 44 12", class_="sample", aria_hidden="true"
    )


def _ring(kind: str) -> Markup:
    ring = element("circle", class_=f"stop {kind} rank0", r=8, cx=22, cy=10)
    return element("svg", ring, viewBox="0 0 44 20", class_="sample ring", aria_hidden="true")


def _cards(case: MapCase, alerts: Sequence[Alert], found: Sequence[Way], stops: Sequence[Stop]) -> list[Markup]:
    airports = case.airports
    ways = {way.track.icao24: way for way in found}
    cards = []
    for number, alert in enumerate(alerts):
        way = ways.get(alert.stop.icao24)
        figure = Markup("") if way is None else profile(way, alert.stop, stops, airports)
        if alert.id in case.pictures:
            figure = join([figure, _picture(case.pictures[alert.id])])
        cards.append(alert_card(alert, number, figure, unknowns(alert, way, airports), airports))
    return cards


def _picture(drawing: Markup) -> Markup:
    """Folded up: it tells what the page tells, on one sheet."""
    return element("details", element("summary", "The case on one sheet, to print"), drawing, class_="picture")


def _left_out(alerts: Sequence[Alert], rest: Sequence[Track]) -> list[str]:
    notes = []
    if len(alerts) > ALERTS:
        notes.append(f"{len(alerts) - ALERTS} further alerts are not shown; the JSON of the replay has them.")
    if len(rest) > OTHERS:
        notes.append(f"Tracks of {len(rest):,} other aircraft are not drawn.")
    return notes


def _readout(projection: Mercator, way: Way) -> dict[str, object]:
    """For the pointer, in tenths of map units; `between`, in map units: lines that labels keep off."""
    track = way.track
    return {
        "name": track.callsign or track.icao24,
        "x": np.rint(projection.x(track.longitude_deg) * 10).astype(int).tolist(),
        "y": np.rint(projection.y(track.latitude_deg) * 10).astype(int).tolist(),
        "at": np.floor(track.at).astype(int).tolist(),
        "between": [
            [
                np.rint(projection.x(line.longitude_deg)).astype(int).tolist(),
                np.rint(projection.y(line.latitude_deg)).astype(int).tolist(),
            ]
            for line in way.lines
            if line.kind is not Kind.HEARD
        ],
        "ft": [None if np.isnan(ft) else round(ft) for ft in track.altitude_ft.tolist()],
    }


def _rounded(box: Box) -> list[int]:
    return [round(box.left), round(box.top), round(box.right), round(box.bottom)]


def _viewbox(box: Box) -> str:
    return f"{box.left:.0f} {box.top:.0f} {box.width:.0f} {box.height:.0f}"


def _document(title: str, body: Sequence[Markup], data: Markup) -> str:
    style, script = _asset("map.css"), _asset("map.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )
    head = [
        Markup('<meta charset="utf-8">'),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Markup('<meta name="color-scheme" content="light dark">'),
        Markup('<meta name="referrer" content="no-referrer">'),
        element("title", title),
        Markup(f"<style>{style}</style>"),
    ]
    scripts = [
        Markup(f'<script type="application/json" id="case">{data}</script>'),
        Markup(f"<script>{script}</script>"),
    ]
    page = element("html", element("head", *head), element("body", element("main", *body), *scripts), lang="en")
    return f"<!DOCTYPE html>\n{page}\n"


def _asset(name: str) -> str:
    return importlib.resources.files("detector.web").joinpath(f"assets/{name}").read_text(encoding="utf-8")
