"""What is known of a field or an aircraft, line by line, from its record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from detector.cli import who_words
from detector.domain.names import aircraft_name, field_name

Record = dict[str, Any]


def told(record: Record) -> Iterator[str]:
    """The lines that `detector reference show` prints of one name."""
    if record["airport"] is not None:
        yield from _field(record["airport"], record["on"])
    for number, aircraft in enumerate(record["aircraft"]):
        if number or record["airport"] is not None:
            yield ""
        yield from _aircraft(aircraft, record["on"])


def _field(field: Record, on: str) -> Iterator[str]:
    codes = ", ".join(dict.fromkeys(code for code in (field["code"], field["icao"], field["iata"]) if code))
    yield f"{field_name(field['name'], field['place'] or '')} ({codes}), {field['country'] or 'no country'}"
    kind = field["kind"].replace("_", " ")
    marks = [f"military ({field['military']})"] if field["military"] else []
    marks += [f"closed{' since ' + field['closed_from'] if field['closed_from'] else ''}"] if field["closed"] else []
    yield f"  {', '.join([kind, *marks])}; as of {on}"
    yield f"  {field['latitude_deg']:.6f} {field['longitude_deg']:.6f}, {field['elevation_ft']:,} ft"
    for runway in field["runways"]:
        low, high = runway["ends"]
        exact = "ends estimated" if runway["estimated"] else "ends as published"
        yield f"  runway {low['ident']}/{high['ident']}: {runway['length_ft']:,} ft, {runway['surface']}, {exact}"
        for end in (low, high):
            place = f"{end['latitude_deg']:.6f} {end['longitude_deg']:.6f}, {end['elevation_ft']:,} ft"
            yield f"    {end['ident']}: {place}, heading {end['heading_deg']:.1f} degrees true"
    if field["closed_runways"]:
        yield f"  closed runways, left out: {field['closed_runways']}"
    if not field["runways"]:
        yield "  no open runway is known"
    if field["outline"]:
        yield f"  outline of {len(field['outline'])} points"
    if field["corrected_by"]:
        yield f"  by the configuration: {field['corrected_by']}"
    yield from _listings(field["listings"], on)
    yield from _tables(field["tables"])


def _aircraft(aircraft: Record, on: str) -> Iterator[str]:
    def first(name: str) -> str | None:
        return aircraft[name][0]["value"] if aircraft[name] else None

    icao24 = aircraft["icao24"] or "address not known"
    type_name = aircraft["type_name"] or first("type_code")
    yield f"{aircraft_name(icao24, first('registration'), type_name, first('operator'))}; as of {on}"
    sources = who_words.Sources()
    if aircraft["icao24"]:
        yield from who_words.known(icao24, aircraft, sources)
    if aircraft["type_class"]:
        yield f"  used like: {aircraft['type_class'].replace('_', ' ')}"
    if aircraft["rows"]:
        yield "  all that the tables tell, of whatever days:"
    for row in aircraft["rows"]:
        names = (*who_words.FACTS, "built")
        parts = [str(row[name]) for name in names if name in row]
        parts += ["military" if row["military"] else "not military"] if "military" in row else []
        if not parts:
            continue
        yield f"    {', '.join(parts)}{who_words.days(row)} {sources.mark(row)}"
    yield from sources.lines()
    yield from _listings(aircraft["listings"], on, " by anything but its call sign")
    yield from _tables(aircraft["tables"])


def _listings(listings: list[Record], on: str, by: str = "") -> Iterator[str]:
    yield "  listed:" if listings else f"  on none of the lists in use{by}"
    for listing in listings:
        mark = "" if listing["in_force"] else f" NOT IN FORCE on {on}:"
        yield f"   {mark} {who_words.listed(listing)}"


def _tables(tables: list[Record]) -> Iterator[str]:
    for number, table in enumerate(tables):
        dated = f", of {table['dated']}" if table["dated"] else ""
        lead = "  from: " if not number else "        "
        yield f"{lead}{table['name']}: {table['source']}{dated} (SHA-256 {table['sha256'][:12]})"
