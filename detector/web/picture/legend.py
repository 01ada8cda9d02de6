"""What the lines, rings and tints of a picture mean: only those that are in it."""

from __future__ import annotations

from collections.abc import Iterable

from detector.domain.stop import Level
from detector.web.picture import palette
from detector.web.picture.case import PictureCase
from detector.web.picture.scene import DASHES, LINE_WIDTH, OPACITY
from detector.web.picture.shapes import circle, rectangle
from detector.web.replay_map.lines import LEGS, Kind, Way, leg_text
from detector.web.replay_map.markup import Markup, element
from detector.web.replay_map.words import stands

Row = tuple[list[Markup], str]
"""A sample of SAMPLE by ROW paper units, and what it means."""

SAMPLE, ROW = 40.0, 17.0
MOST_FLIGHTS = 5
KINDS = {
    Kind.HEARD: "heard: positions as the aircraft sent them",
    Kind.INFERRED: "not heard: inferred, drawn to the field",
    Kind.GAP: "not heard for over 5 min: shortest way",
}


def legend(case: PictureCase, way: Way | None, tints: Iterable[str]) -> list[Row]:
    """From top to bottom. `tints`: those that the maps have."""
    rows: list[Row] = []
    kinds = {Kind.HEARD, *(line.kind for line in way.lines)} if way is not None else set()
    for kind, words in KINDS.items():
        if kind in kinds:
            rows.append(([_line(kind, palette.INK)], words))
    rows += _rings(case)
    legs = [] if way is None else sorted({line.leg for line in way.lines})
    for leg in legs[:MOST_FLIGHTS]:
        assert way is not None
        rows.append(([_line(Kind.HEARD, palette.LEGS[leg % LEGS])], leg_text(way, leg)))
    lower = 0.0
    for limit, colour in palette.HEARD_BELOW:
        if colour in tints:
            words = f"{lower:,.0f} to {limit:,.0f} ft" if lower else f"below {limit:,.0f} ft"
            words = f"above {lower:,.0f} ft" if limit == float("inf") else words
            tint = rectangle(4, 3, SAMPLE - 8, ROW - 6, fill=colour, fill_opacity=palette.HEARD_OPACITY + 0.15)
            rows.append(([tint], f"lowest that anybody was heard here: {words}"))
        lower = limit
    return rows


def _rings(case: PictureCase) -> list[Row]:
    stop = case.alert.stop
    rows: list[Row] = []
    if stop.airport is not None:
        seen = stop.level is Level.OBSERVED
        words = "stop seen on the ground" if seen else "stop inferred" if stands(stop) else "stop that does not count"
        dashes = None if seen else "5 3.5" if stop.level > Level.DARK else "1.5 3"
        rows.append(([_ring(8, 2.4, dashes)], words))
    if stop.airport is None and stop.candidates:
        words = "field within reach" if stop.level is Level.DARK else "field that fits"
        rows.append(([_ring(7, 1.6, "1.5 3")], f"{words}: possible, not known"))
    return rows


def _ring(radius: float, weight: float, dashes: str | None) -> Markup:
    return circle(SAMPLE / 2, ROW / 2, radius, fill="none", stroke=palette.ALARM, stroke_width=weight,
                  stroke_dasharray=dashes)  # fmt: skip


def _line(kind: Kind, colour: str) -> Markup:
    return element(
        "path", d=f"M2 {ROW / 2}H{SAMPLE - 2}", fill="none", stroke=colour, stroke_width=LINE_WIDTH,
        stroke_linecap="butt" if kind is Kind.INFERRED else "round", stroke_dasharray=DASHES[kind],
        opacity=OPACITY[kind],
    )  # fmt: skip
