"""Who an aircraft is and where it is listed, line by line, from their records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Record = dict[str, Any]
FACTS = {"registration": "registration", "type_code": "type", "operator": "operator", "serial": "serial number"}


def known(icao24: str, identity: Record) -> Iterator[str]:
    """The address with its state, then every fact with its source and days, then what is odd."""
    if not identity:
        return
    country = identity.get("country")
    block = f"in the block of {country}" if country else "in the block of no state"
    military = f", military ({identity['military_source']})" if identity.get("military") else ""
    yield f"  address {icao24}, {block}{military}"
    for name, words in FACTS.items():
        facts = identity.get(name, ())
        for fact in facts:
            differ = " (sources differ)" if len(facts) > 1 else ""
            yield f"  {words}{differ} {fact['value']}: {source(fact)}"
    for remark in identity.get("remarks", ()):
        yield f"  note: {remark['text']}"


def source(fact: Record) -> str:
    """Who says it, as of when, and for which days."""
    dated = f", of {fact['dated']}" if fact.get("dated") else ""
    return f"{fact['source']}{dated}{days(fact)}"


def days(record: Record) -> str:
    """`, from 2019-01-24 to 2025-06-30`, as far as they are known."""
    since = f", from {record['from']}" if record.get("from") else ""
    return since + (f"{'' if since else ','} to {record['to']}" if record.get("to") else "")


def listed(listing: Record) -> str:
    """A listing in one line: what it names, by whom, where, since when, and why."""
    names = f" (by {listing['matched']})" if listing.get("matched") else ""
    until = f" to {listing['to']}" if listing.get("to") else ""
    return (
        f"{listing['list']}{names}: {listing['programme']} ({listing['authority']}), {listing['identifier']}, from "
        f"{listing['from']}{until}: {listing['reason']}. {listing['source']}. {listing['link']}"
    )
