"""Who an aircraft is and where it is listed, line by line, from their records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Record = dict[str, Any]
FACTS = {"registration": "registration", "type_code": "type", "operator": "operator", "serial": "serial number"}


class Sources:
    """The sources that were named, each with a number, told once at the end."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def mark(self, fact: Record) -> str:
        """`[1]`: the number of the fact's source."""
        dated = f", of {fact['dated']}" if fact.get("dated") else ""
        number = self._known.setdefault(f"{fact['source']}{dated}", len(self._known) + 1)
        return f"[{number}]"

    def lines(self) -> Iterator[str]:
        """Each number with its source."""
        for source, number in self._known.items():
            yield f"  [{number}] {source}"


def known(icao24: str, identity: Record, sources: Sources) -> Iterator[str]:
    """The address with its state, then every fact with its source and days, then what is odd."""
    if not identity:
        return
    country = identity.get("country")
    block = f"in the block of {country}" if country else "in the block of no state"
    place = f" ({identity['block']})" if identity.get("block") else ""
    military = f", military ({identity['military_source']})" if identity.get("military") else ""
    yield f"  address {icao24}, {block}{place}{military}"
    for name, words in FACTS.items():
        facts = identity.get(name, ())
        for fact in facts:
            differ = " (sources differ)" if sum(not one.get("weak") for one in facts) > 1 else ""
            weak = ", worked out" if fact.get("weak") else ""
            yield f"  {words}{differ}: {fact['value']}{weak}{days(fact)} {sources.mark(fact)}"
    for remark in identity.get("remarks", ()):
        yield f"  note: {remark['text']}"


def days(record: Record) -> str:
    """`, from 2019-01-24 to 2025-06-30`, as far as they are known."""
    since = f", from {record['from']}" if record.get("from") else ""
    return since + (f"{'' if since else ','} to {record['to']}" if record.get("to") else "")


def listed(listing: Record) -> str:
    """A listing in one line: what it names, by whom, where, since when, and why."""
    doubt = "" if listing.get("sure", True) else "; not sure"
    names = f" (by {listing['matched']}{doubt})" if listing.get("matched") else ""
    until = f" to {listing['to']}" if listing.get("to") else ""
    return (
        f"{listing['list']}{names}: {listing['programme']} ({listing['authority']}), {listing['identifier']}, from "
        f"{listing['from']}{until}: {listing['reason']}. {listing['source']}. {listing['link']}"
    )
