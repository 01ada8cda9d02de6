"""Aircraft of the SDN list as listings: by registration, by address, and by the airframe's serial number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial

from detector.domain.identity import Identity
from detector.domain.listing import Listing
from detector.reference.aircraft_table import AircraftRow, AircraftTable
from detector.reference.aircraft_watch import AircraftWatch, Match, in_addresses, told_as
from detector.reference.ofac import SdnAircraft, SdnList

LIST = "us-ofac-sdn"
AUTHORITY = "US Treasury, Office of Foreign Assets Control"
LINK = "https://sanctionssearch.ofac.treas.gov/Details.aspx?id="
FAMILY = 3
"""The first so many letters and digits of a model and of a designator tell the family: B74 of B747-422 and B744."""
SHORTEST_SERIAL = 4
"""Shorter serial numbers fit too many airframes."""

_MAKERS = re.compile(r"^(?:AIRBUS|BOEING|ANTONOV|ILYUSHIN|TUPOLEV|AN ?(?=\d)|YAKOVLEV)\s*", re.I)


def watches(sdn: SdnList) -> Iterator[AircraftWatch]:
    """Every way in which each entry names an aircraft, each as a listing of its own."""
    for entry in sdn.entries:
        if entry.listed_from is None:
            continue
        listing = _listing(entry, sdn, entry.listed_from)
        if entry.tails:
            yield AircraftWatch(listing, (told_as("registration", "registration", entry.tails),))
        if entry.mode_s:
            yield AircraftWatch(listing, (in_addresses(entry.mode_s),))
        if len(_plain(entry.serial)) >= SHORTEST_SERIAL and family(entry.model):
            of_airframe = partial(_of_airframe, serial=_plain(entry.serial), model=entry.model)
            yield AircraftWatch(listing, (of_airframe,))


def aircraft(sdn: SdnList) -> AircraftTable:
    """What the list says of the few addresses that it names, as a table."""
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


def family(model: str) -> str:
    """`A34` of A340-642, A343 and Airbus A340: enough to tell whether two names mean the same family; "" of none."""
    letters = _plain(_MAKERS.sub("", model.strip()))
    return letters[:FAMILY] if len(letters) >= FAMILY and any(c.isdigit() for c in letters[:FAMILY]) else ""


def _listing(entry: SdnAircraft, sdn: SdnList, listed_from: date) -> Listing:
    linked = f", linked to {' and '.join(name.rstrip('.') for name in entry.linked_to)}" if entry.linked_to else ""
    whose = f", operated by {entry.operator}" if entry.operator and not entry.linked_to else ""
    gone = (
        f"; taken off on some day from {entry.last_seen} to {entry.listed_until}"
        if entry.listed_until is not None
        else ""
    )
    return Listing(
        list=LIST,
        programme=", ".join(entry.programmes) or "SDN",
        authority=AUTHORITY,
        identifier=f"SDN entry {entry.identifier}",
        source=f"{sdn.source}; listed from: {entry.dated_by}{gone}",
        link=f"{LINK}{entry.identifier}",
        valid_from=listed_from,
        valid_to=entry.listed_until,
        reason=f"{entry.name} ({entry.model or 'an aircraft'}){linked}{whose} is blocked property on the SDN list",
    )


def _of_airframe(identity: Identity, _: Sequence[str], *, serial: str, model: str) -> Match | None:
    """The airframe under whatever registration. Two makers may use one number, so it is never sure."""
    if not identity.type_code or family(identity.type_code[0].value) != family(model):
        return None
    for fact in identity.serial:
        if _plain(fact.value) == serial:
            return Match(f"serial number {fact.value} of {model}, whatever its registration is now", sure=False)
    return None


def _plain(text: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", text.upper())
