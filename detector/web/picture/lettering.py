"""How long words are, and where a line of them ends: widths of the font that pictures bring along."""

from __future__ import annotations

import importlib.resources
import json
from functools import cache, lru_cache

FAMILY = "DejaVu Sans, Verdana, sans-serif"
"""Verdana is as wide. Where a viewer has neither, words may be shorter than the room they have."""
UNKNOWN_WIDTH = 1000
"""Of characters that the font lacks: those of East Asia are as wide as they are high."""
ELLIPSIS = "\u2026"


@cache
def _widths() -> dict[str, dict[str, int]]:
    text = importlib.resources.files("detector.web").joinpath("assets/fonts/widths.json").read_text(encoding="utf-8")
    table: dict[str, dict[str, int]] = json.loads(text)
    return table


@lru_cache(maxsize=8192)
def width(text: str, size: float, *, bold: bool = False) -> float:
    """Of one line, in the unit of `size`."""
    table = _widths()["bold" if bold else "regular"]
    return sum(table.get(character, UNKNOWN_WIDTH) for character in text) * size / 1000.0


def fitted(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """The text, or as much of its beginning as there is room for, with an ellipsis."""
    if width(text, size, bold=bold) <= room:
        return text
    kept = text
    while kept and width(kept + ELLIPSIS, size, bold=bold) > room:
        kept = kept[:-1]
    return kept.rstrip() + ELLIPSIS


def wrapped(text: str, size: float, room: float, *, bold: bool = False, most: int = 99) -> list[str]:
    """Lines that fit, broken between words; a word that is too long, or what goes beyond `most` lines, is cut."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size, bold=bold) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return [fitted(line, size, room, bold=bold) for line in lines]
