"""Aircraft of the SDN list as listings: by registration, by address, and by the airframe's serial number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial

from detector.domain.identity import Identity
from detector.domain.listing import Listing
from detector.reference.aircraft_table import AircraftRow, AircraftTable
from detector.reference.aircraft_watch import AircraftWatch, Criterion, Match, in_addresses, told_as
from detector.reference.model_families import designators, family
from detector.reference.ofac import SdnAircraft, SdnList

LIST = "us-ofac-sdn"
AUTHORITY = "US Treasury, Office of Foreign Assets Control"
LINK = "https://sanctionssearch.ofac.treas.gov/Details.aspx?id="
SHORTEST_SERIAL = 3
"""Letters and digits of a serial number that tells an airframe, together with the type.

Counted on the aircraft table and the list that ship: 4 and more find one aircraft, rightly. 3 find six: four rightly
(two A340-600 that went to Conviasa among them) and two wrongly, both of `NUMBERED_TWICE`. 1 and 2 find none at all, so
nothing speaks for them. Without the type, 47, 124 and 15 would be found wrongly.
"""
LONG_SERIAL = 4
"""From so many on, any version of the model will do; below, the very one that the entry names."""
NUMBERED_TWICE = frozenset({"F900", "F2TH"})
"""Designators whose versions were each numbered from 1: Falcon 900 and 900EX, Falcon 2000 and 2000EX."""


def watches(sdn: SdnList) -> Iterator[AircraftWatch]:
    """Every way in which each entry names an aircraft, each as a listing of its own."""
    for entry in sdn.entries:
        criteria = tuple(_criteria(entry))
        for listing, proved in _listings(entry, sdn):
            for criterion in criteria:
                yield AircraftWatch(listing, (criterion if proved else partial(_unsure, criterion=criterion),))


def aircraft(sdn: SdnList) -> AircraftTable:
    """What the list says of the few addresses that it names, as a table; of registrations, those of today alone."""
    rows = [
        AircraftRow(
            address=int(address, 16),
            registration=entry.tails[0] if len(entry.tails) == 1 else "",
            operator=entry.operator,
            serial=entry.serial,
        )
        for entry in sdn.current().values()
        for address in entry.mode_s
    ]
    return AircraftTable.of(rows, sdn.source, sdn.dated)


def _listings(entry: SdnAircraft, sdn: SdnList) -> Iterator[tuple[Listing, bool]]:
    """Spans of days, and whether it is proved that the entry was on the list then."""
    first, seen, last = entry.listed_from, entry.last_seen, entry.listed_until
    if first is None:
        return
    if seen is None or last is None or seen >= last:
        yield _listing(entry, sdn, first, last), True
        return
    gone = f" from {first} on; it is on the list of {seen}, and no longer on that of {last + timedelta(days=1)}"
    if first <= seen:
        yield _listing(entry, sdn, first, seen), True
    yield _listing(entry, sdn, max(first, seen + timedelta(days=1)), last, gone), False


def _listing(entry: SdnAircraft, sdn: SdnList, first: date, last: date | None, gone: str = "") -> Listing:
    linked = f", linked to {' and '.join(name.rstrip('.') for name in entry.linked_to)}" if entry.linked_to else ""
    whose = f", operated by {entry.operator}" if entry.operator and not entry.linked_to else ""
    what = f"{entry.name} ({entry.model or 'an aircraft'}){linked}{whose}"
    return Listing(
        list=LIST,
        programme=", ".join(entry.programmes) or "SDN",
        authority=AUTHORITY,
        identifier=f"SDN entry {entry.identifier}",
        source=f"{_list_of(entry, sdn)}; listed from: {entry.dated_by}",
        link=f"{LINK}{entry.identifier}",
        valid_from=first,
        valid_to=last,
        reason=f"{what}: blocked property on the SDN list{gone}",
    )


def _list_of(entry: SdnAircraft, sdn: SdnList) -> str:
    """The last list that has it."""
    if entry.listed_until is None:
        return f"{sdn.source}, of {sdn.dated}"
    return "an earlier OFAC SDN list" + (f", of {entry.last_seen}" if entry.last_seen else "")


def _criteria(entry: SdnAircraft) -> Iterator[Criterion]:
    if entry.tails:
        of_now = told_as("registration", "registration", entry.tails)
        yield partial(_unless_contradicted, criterion=of_now, entry=entry)
    if entry.previous_tails:
        of_then = partial(_once, criterion=told_as("registration", "registration", entry.previous_tails))
        yield partial(_unless_contradicted, criterion=of_then, entry=entry)
    if entry.mode_s:
        yield partial(_unless_contradicted, criterion=in_addresses(entry.mode_s), entry=entry)
    # OFAC's construction number is a line or fuselage number, unless it is the only one.
    types = {
        number: codes
        for text in _several(entry.serial or entry.construction_no)
        if (codes := _types(_plain(text), entry.model)) and (number := _number(text))
    }
    if types:
        yield partial(_of_airframe, types=types, model=entry.model)


def _types(serial: str, model: str) -> frozenset[str]:
    """Designators with which a serial number tells an airframe; none of one that is too short."""
    if len(serial) >= LONG_SERIAL:
        return family(model)
    return designators(model) - NUMBERED_TWICE if len(serial) >= SHORTEST_SERIAL else frozenset()


def _unsure(identity: Identity, callsigns: Sequence[str], *, criterion: Criterion) -> Match | None:
    match = criterion(identity, callsigns)
    return None if match is None else Match(f"{match.words}, if it was still listed", sure=False)


def _once(identity: Identity, callsigns: Sequence[str], *, criterion: Criterion) -> Match | None:
    """By what the airframe had before: whoever has it now may be another one."""
    match = criterion(identity, callsigns)
    return None if match is None else Match(f"{match.words}, which it had before", sure=False)


def _unless_contradicted(
    identity: Identity, callsigns: Sequence[str], *, criterion: Criterion, entry: SdnAircraft
) -> Match | None:
    """Registrations and addresses are given out again: what else is known may tell of another airframe."""
    match = criterion(identity, callsigns)
    if match is None or not (against := " and ".join(_contradictions(identity, entry))):
        return match
    return Match(f"{match.words}, though {against}", sure=False)


def _contradictions(identity: Identity, entry: SdnAircraft) -> Iterator[str]:
    """By any source: also where the most trusted one agrees, as that may be the list itself."""
    if any(len(_plain(text)) >= SHORTEST_SERIAL for text in _several(entry.serial)):
        listed = [_number(text) for text in (*_several(entry.serial), *_several(entry.construction_no))]
        for fact in identity.serial:
            told = _number(fact.value)
            if told and not any(_same(told, number) for number in listed):
                yield f"its serial number is {fact.value}, not {entry.serial}"
                break
    if types := family(entry.model):
        for fact in identity.type_code:
            if fact.value.upper() not in types:
                yield f"its type is {fact.value}, not {entry.model}"
                break


def _of_airframe(identity: Identity, _: Sequence[str], *, types: dict[str, frozenset[str]], model: str) -> Match | None:
    """The airframe under whatever registration. Two makers may use one number, so it is never sure."""
    codes = {fact.value.upper() for fact in identity.type_code}
    for fact in identity.serial:
        if codes & types.get(_number(fact.value), frozenset()):
            return Match(f"serial number {fact.value} of {model}, whatever its registration is now", sure=False)
    return None


def _several(text: str) -> list[str]:
    return text.split(";")


def _plain(text: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", text.upper())


def _number(text: str) -> str:
    """A serial number as compared: 0093421613 is 93421613, and E3162 (of the BAe 146) is 3162."""
    return re.sub(r"^E(?=\d{4}$)", "", _plain(text)).lstrip("0")


def _same(one: str, other: str) -> bool:
    """Whether they may be one number, of which a source leaves the beginning out, as in 45-389 and 389."""
    shorter, longer = sorted((one, other), key=len)
    return one == other or (len(shorter) >= SHORTEST_SERIAL and longer.endswith(shorter))
