"""HTML and SVG text in which nothing from the radio or a table can become markup."""

from __future__ import annotations

import html
import json
import re
from typing import Any

UNPRINTABLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
"""Controls, which HTML and XML forbid, and those that turn the direction of writing or hide letters."""


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


def element(name: str, *children: str, **attributes: object) -> Markup:
    """An element; plain str children and all attribute values are escaped.

    `class_` is `class`; `_` in a name becomes `-`; an attribute that is None is left out.
    """
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escaped(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(child if isinstance(child, Markup) else escaped(child) for child in children)
    return Markup(f"<{name}{told}>{inner}</{name}>")


def join(parts: list[Markup]) -> Markup:
    """Markup after markup."""
    return Markup("".join(parts))


def escaped(text: str) -> Markup:
    """Text for between tags or in quotes. What cannot or must not be printed becomes U+FFFD."""
    return Markup(html.escape(printable(text), quote=True))


def printable(text: str) -> str:
    """Text in which nothing is hidden and nothing turns the direction of what follows."""
    return UNPRINTABLE.sub("\ufffd", text)


def json_text(value: Any) -> Markup:
    """JSON for a script element: nothing in it can end the element or a line of it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)
