"""Numbers and words of a picture as SVG."""

from __future__ import annotations

from detector.web.picture import palette
from detector.web.picture.lettering import FAMILY
from detector.web.replay_map.markup import Markup, element


def number(value: float) -> str:
    """To a tenth of a paper unit, as short as SVG allows."""
    tenths = round(float(value) * 10)
    return str(tenths // 10) if tenths % 10 == 0 else f"{tenths / 10:.1f}"


def text(
    words: str, x: float, y: float, size: float, *, bold: bool = False, fill: str = palette.INK, anchor: str = "start",
    halo: bool = True,
) -> Markup:  # fmt: skip
    """A line of words; with a halo it can be read on lines."""
    around = {"stroke": palette.PAPER, "stroke_width": 3, "stroke_linejoin": "round", "paint_order": "stroke"}
    return element(
        "text", words, x=number(x), y=number(y), font_family=FAMILY, font_size=number(size),
        font_weight="bold" if bold else None, fill=fill, text_anchor=None if anchor == "start" else anchor,
        **(around if halo else {}),
    )  # fmt: skip


def rectangle(x: float, y: float, width: float, height: float, **attributes: object) -> Markup:
    """A rectangle."""
    return element("rect", x=number(x), y=number(y), width=number(width), height=number(height), **attributes)


def circle(x: float, y: float, radius: float, **attributes: object) -> Markup:
    """A circle."""
    return element("circle", cx=number(x), cy=number(y), r=number(radius), **attributes)
