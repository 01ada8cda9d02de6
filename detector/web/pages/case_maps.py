"""The maps of a case page: those of the picture one by one, each in a wide and in a narrow form, lettered to read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from detector.web.picture.case import PictureCase
from detector.web.picture.legend import ROW, SAMPLE, legend
from detector.web.picture.own import own_stops
from detector.web.picture.panel import Frame, Panel
from detector.web.picture.scene import Detail, drawn
from detector.web.picture.sheet import CLOSE, FLIGHTS, JOURNEY
from detector.web.picture.views import views
from detector.web.replay_map.fields import Field, fields_of
from detector.web.replay_map.lines import Way, way_of
from detector.web.replay_map.markup import Markup, element
from detector.web.replay_map.projection import Box, Mercator

WIDE = {"flights": (1_100, 620), "close": (540, 360), "journey": (540, 360)}
NARROW = {"flights": (366, 440), "close": (366, 300), "journey": (366, 300)}
"""Pixels; each is shown at about its own size."""
DETAILS = {"flights": FLIGHTS, "close": replace(CLOSE, name=""), "journey": replace(JOURNEY, name="")}
TITLES = {"flights": "The flights into and out of the stop", "close": CLOSE.name, "journey": JOURNEY.name}


def way_in(case: PictureCase) -> Way | None:
    """The lines of the aircraft; None where no track was kept."""
    track = case.track
    return None if track is None or not len(track) else way_of(track, own_stops(case), case.airports)


def maps(case: PictureCase, way: Way | None) -> Markup:
    """The figures, and what lines, rings and tints in them mean."""
    tracks = [] if way is None else [way.track]
    fields = fields_of(case.airports, [case.alert], own_stops(case), tracks)
    projection, boxes = views(case, way, fields)
    figures = []
    for key, title in TITLES.items():
        if key not in boxes:
            continue
        forms = (
            _map(f"{key}-wide", WIDE[key], projection, boxes[key], case, way, fields, DETAILS[key], title, "wide"),
            _map(
                f"{key}-narrow", NARROW[key], projection, boxes[key], case, way, fields, DETAILS[key], title, "narrow"
            ),
        )
        figures.append(element("figure", *forms, element("figcaption", title), class_=f"map-of-{key}"))
    wide = Panel("", Frame(0.0, 0.0, *WIDE["flights"]), projection, boxes["flights"])
    told = legend_list(case, way, wide.hearing(case.hearing))
    return element("div", element("div", *figures, class_="maps"), told)


def legend_list(case: PictureCase, way: Way | None, tints: Collection[str]) -> Markup:
    """A list of samples. `tints`: those that the maps have."""
    items = [
        element("li", element("svg", *sample, viewBox=f"0 0 {SAMPLE:.0f} {ROW:.0f}", width=SAMPLE, height=ROW,
                              aria_hidden="true", class_="drawing"), element("span", words))
        for sample, words in legend(case, way, tints)
    ]  # fmt: skip
    return element("ul", *items, class_="legend", aria_label="What the map shows")


def _map(
    name: str, size: tuple[int, int], projection: Mercator, box: Box, case: PictureCase, way: Way | None,
    fields: Sequence[Field], detail: Detail, title: str, form: str,
) -> Markup:  # fmt: skip
    width, height = size
    panel = Panel(name, Frame(0.0, 0.0, width, height), projection, box)
    cut, above = drawn(panel, case, way, fields, detail)
    tints = panel.hearing(case.hearing) if detail.hearing else {}
    base = panel.clipped(*panel.base(), *tints.values(), *panel.graticule(), *cut)
    return element(
        "svg", element("title", title), element("defs", panel.clip()), base, panel.clipped(*above),
        *panel.furniture(), panel.rim(), viewBox=f"0 0 {width} {height}", width=width, height=height, role="img",
        class_=f"drawing {form}",
    )  # fmt: skip
