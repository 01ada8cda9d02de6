"""HTML and SVG text in which nothing from the radio or a table can become markup."""

from __future__ import annotations

import html
import json
from typing import Any


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


def element(name: str, *children: str, **attributes: object) -> Markup:
    """An element; plain str children and all attribute values are escaped.

    `class_` is `class`; `_` in a name becomes `-`; an attribute that is None is left out.
    """
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(str(value), quote=True)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(child if isinstance(child, Markup) else escaped(child) for child in children)
    return Markup(f"<{name}{told}>{inner}</{name}>")


def join(parts: list[Markup]) -> Markup:
    """Markup after markup."""
    return Markup("".join(parts))


def escaped(text: str) -> Markup:
    """Text for between tags. Controls, which HTML forbids, become U+FFFD."""
    clean = "".join(c if c >= " " and not "\x7f" <= c <= "\x9f" else "\n" if c == "\n" else "\ufffd" for c in text)
    return Markup(html.escape(clean, quote=True))


def json_text(value: Any) -> Markup:
    """JSON for a script element: nothing in it can end the element or a line of it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)
