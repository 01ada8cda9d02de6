"""Who the aircraft is, each word with who says it; and the listings that findings rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from detector.domain.identity import Fact, Identity
from detector.web.replay_map.markup import Markup, element

NAMES = (("registration", "Registration"), ("type_code", "Type"), ("operator", "Operator"), ("serial", "Serial number"))
LINKED = ("https://", "http://")


def identity_section(identity: Identity | None) -> Markup:
    """A table of words and sources."""
    if identity is None:
        return Markup("")
    rows = [_row("Address", identity.icao24, _block(identity))]
    for attribute, name in NAMES:
        facts: Sequence[Fact] = getattr(identity, attribute)
        for number, fact in enumerate(facts):
            value = fact.value
            if attribute == "type_code" and number == 0 and identity.type_name:
                value = f"{identity.type_name} ({fact.value})"
            rows.append(_row(name if number == 0 else "", value, _source(fact)))
    if identity.military is not None:
        rows.append(_row("Military", "yes" if identity.military else "no", identity.military_source or ""))
    head = element("tr", *(element("th", name, scope="col") for name in ("What", "Value", "Who says so")))
    table = element("table", element("thead", head), element("tbody", *rows))
    remarks = [element("li", remark.text) for remark in identity.remarks]
    odd = [element("p", "What is odd about it:"), element("ul", *remarks)] if remarks else []
    return element("section", element("h2", "Who it is"), element("div", table, class_="scroll"), *odd, id="identity")


def listings_section(listings: Sequence[Mapping[str, Any]]) -> Markup:
    """Who published a reason to look."""
    if not listings:
        return Markup("")
    items = [element("li", *_listing(one)) for one in listings]
    note = element("p", "A listing is no legal finding about this flight.", class_="note")
    return element("section", element("h2", "Listings"), element("ul", *items), note, id="listings")


def _row(name: str, value: str, source: str) -> Markup:
    return element("tr", element("th", name, scope="row"), element("td", value), element("td", source))


def _block(identity: Identity) -> str:
    return f"in a block of {identity.country}" if identity.country else "in no state's block"


def _source(fact: Fact) -> str:
    parts = [fact.source]
    parts += [f"as of {fact.dated}"] if fact.dated else []
    if fact.valid_from or fact.valid_to:
        parts.append(f"for {_day(fact.valid_from)} to {_day(fact.valid_to)}")
    parts += ["worked out, not told"] if fact.weak else []
    return ", ".join(parts)


def _day(day: date | None) -> str:
    return "..." if day is None else day.isoformat()


def _listing(one: Mapping[str, Any]) -> list[Markup]:
    until = f" to {one['to']}" if one.get("to") else " until further notice"
    told = f"{one['authority']}, {one['programme']}, {one['identifier']}; in force from {one['from']}{until}. "
    matched = f" It names {one['matched']}." if one.get("matched") else ""
    unsure = "" if one.get("sure", True) else " It may mean another one."
    words = [element("b", str(one["list"])), element("span", f": {told}{one['reason']}{matched}{unsure} ")]
    link = str(one.get("link", ""))
    if link.startswith(LINKED):
        words.append(element("a", str(one["source"]), href=link, rel="noopener noreferrer", target="_blank"))
    else:
        words.append(element("span", str(one["source"])))
    return words
