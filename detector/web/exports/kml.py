"""One alert as KML 2.2 (OGC 07-147r2): lines with their spans of time, places with theirs.

KML has no dashes: what was not heard is thin and pale, and says so by name. Everything lies on the ground, because
pressure altitudes are no heights above it.
"""

from __future__ import annotations

from detector.domain.times import iso
from detector.web.exports.content import WHAT, Event, events, pieces, way
from detector.web.picture import palette
from detector.web.picture.case import PictureCase
from detector.web.replay_map.cards import headline
from detector.web.replay_map.lines import LEGS, Kind, Line, Way
from detector.web.replay_map.markup import Markup, element, join

NAMESPACE = "http://www.opengis.net/kml/2.2"
WIDTHS = {Kind.HEARD: "3", Kind.INFERRED: "1.5", Kind.GAP: "1"}
OPACITY = {Kind.HEARD: "ff", Kind.INFERRED: "99", Kind.GAP: "66"}
FOLDERS = (
    ("The stop", frozenset({"landed", "departed"})),
    ("Possible fields", frozenset({"candidate"})),
    ("Where lines begin and end", frozenset({"heard"})),
    ("Where it went then", frozenset({"journey_leg", "journey_stop"})),
)


def kml(case: PictureCase) -> bytes:
    """The document."""
    found = way(case)
    legs = [] if found is None else sorted({line.leg % LEGS for line in found.lines})
    styles = [_style(kind, leg) for leg in legs for kind in Kind]
    lines = [] if found is None else [_line(found, line) for line in found.lines]
    folders = [_folder("Flights", lines)] if lines else []
    told = events(case, found)
    for name, kinds in FOLDERS:
        places = [_place(event) for event in told if event.kind in kinds and event.latitude_deg is not None]
        folders += [_folder(name, places)] if places else []
    words = f"Recording: {case.recording}. Found by {case.program}. No borders are drawn. Times are UTC."
    document = element(
        "Document", element("name", headline(case.alert, case.airports)), element("description", words), *styles,
        *folders,
    )  # fmt: skip
    body = element("kml", document, xmlns=NAMESPACE)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'.encode()


def _style(kind: Kind, leg: int) -> Markup:
    red, green, blue = (palette.LEGS[leg][i : i + 2] for i in (1, 3, 5))
    colour = element("color", f"{OPACITY[kind]}{blue}{green}{red}")
    return element("Style", element("LineStyle", colour, element("width", WIDTHS[kind])), id=f"{kind}{leg}")


def _folder(name: str, placemarks: list[Markup]) -> Markup:
    return element("Folder", element("name", name), *placemarks)


def _line(way: Way, line: Line) -> Markup:
    name = f"Flight {line.leg + 1}: {WHAT[line.kind]}"
    parts = [
        element(
            "LineString",
            element("tessellate", "1"),
            element("altitudeMode", "clampToGround"),
            element("coordinates", " ".join(
                f"{lon:.5f},{lat:.5f}"
                for lon, lat in zip(piece.longitude_deg.tolist(), piece.latitude_deg.tolist(), strict=True)
            )),
        )
        for piece in pieces(way.track, line)
    ]  # fmt: skip
    geometry = parts[0] if len(parts) == 1 else element("MultiGeometry", *parts)
    return element(
        "Placemark", element("name", name), _span(line.at[0], line.at[1]),
        element("styleUrl", f"#{line.kind}{line.leg % LEGS}"), geometry,
    )  # fmt: skip


def _span(begin: float | None, end: float | None) -> Markup:
    """A span of time; open where an end is not known."""
    parts = [] if begin is None else [element("begin", iso(begin))]
    parts += [] if end is None else [element("end", iso(end))]
    return element("TimeSpan", *parts) if parts else Markup("")


def _place(event: Event) -> Markup:
    name = " ".join(part for part in (event.airport, event.kind.replace("_", " ")) if part)
    when = _span(event.earliest, event.latest)
    if not when and event.at is not None:
        when = element("TimeStamp", element("when", iso(event.at)))
    words = event.words
    words += "" if event.probability is None else f", probability {event.probability:.0%}"
    words += "" if event.at is None or not event.latest else f", about {iso(event.at)}"
    place = element("Point", element("coordinates", f"{event.longitude_deg:.5f},{event.latitude_deg:.5f}"))
    return join([element("Placemark", element("name", name), element("description", words), when, place)])
