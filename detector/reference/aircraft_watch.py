"""Which aircraft a listing names: by address, registration, type, operator, call sign or serial number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import msgspec

from detector.domain.identity import Fact, Identity
from detector.domain.listing import Listing
from detector.reference.watch_entry import WatchEntry, words


class Match(msgspec.Struct, frozen=True):
    """What of an aircraft fits, in words; `sure` as in `Listing`."""

    words: str
    sure: bool = True


Criterion = Callable[[Identity, Sequence[str]], Match | None]
"""From what is known of an aircraft, and the call signs it used, to what fits of it."""


@dataclass(frozen=True, slots=True)
class AircraftWatch:
    """A listing, and the criteria that an aircraft has to fit, all of them; without any it fits every aircraft."""

    listing: Listing
    criteria: tuple[Criterion, ...]

    @staticmethod
    def of(entry: WatchEntry) -> AircraftWatch:
        """From an entry that names aircraft."""
        made: list[Criterion] = []
        if entry.address is not None:
            made.append(in_addresses(words(entry.address)))
        if entry.range is not None:
            first, last = (end.lower() for end in entry.range)
            made.append(lambda identity, _: _in_range(identity, first, last))
        for what, name in TOLD:
            if patterns := words(getattr(entry, what)):
                made.append(told_as(what, name, patterns))
        if signs := words(entry.callsign):
            made.append(lambda _, callsigns: _called(callsigns, signs))
        return AircraftWatch(entry.listing(), tuple(made))

    def match(self, identity: Identity, callsigns: Sequence[str]) -> Listing | None:
        """The listing with what it names of this aircraft; None where it does not."""
        if not self.criteria:
            return self.listing
        found = []
        for criterion in self.criteria:
            match = criterion(identity, callsigns)
            if match is None:
                return None
            found.append(match)
        said = ", ".join(match.words for match in found)
        return msgspec.structs.replace(self.listing, matched=said, sure=all(match.sure for match in found))


TOLD = (("registration", "registration"), ("type_code", "type"), ("operator", "operator"), ("serial", "serial number"))
"""What a source tells of an aircraft, and its name in words."""


def in_addresses(addresses: Iterable[str]) -> Criterion:
    """Being one of the addresses."""
    listed = frozenset(address.lower() for address in addresses)
    return lambda identity, _: Match(f"address {identity.icao24}") if identity.icao24 in listed else None


def _in_range(identity: Identity, first: str, last: str) -> Match | None:
    return Match(f"an address from {first} to {last}") if first <= identity.icao24 <= last else None


def told_as(what: str, name: str, patterns: tuple[str, ...]) -> Criterion:
    """Being told of, by any source, as one of the patterns."""

    def criterion(identity: Identity, _: Sequence[str]) -> Match | None:
        facts: tuple[Fact, ...] = getattr(identity, what)
        for i, fact in enumerate(facts):
            if any(fits(pattern, fact.value) for pattern in patterns):
                # Makers use each other's serial numbers, and sources write them in their own ways.
                sure = i == 0 and not fact.weak and what != "serial"
                doubt = "" if i == 0 else f", as {fact.source} has it, which other sources dispute"
                return Match(f"{name} {fact.value}{doubt}", sure)
        return None

    return criterion


def _called(callsigns: Sequence[str], patterns: tuple[str, ...]) -> Match | None:
    for callsign in callsigns:
        if any(fits(pattern, callsign) for pattern in patterns):
            # It is typed in by the crew.
            return Match(f"call sign {callsign}", sure=False)
    return None


def fits(pattern: str, value: str) -> bool:
    """Whether a text is of the pattern: * is any characters; case, blanks and hyphens do not count."""
    first, *others = _parts(pattern)
    text = _plain(value)
    if not others:
        return text == first
    *between, last = others
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in between:
        at = text.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True


@cache
def _parts(pattern: str) -> tuple[str, ...]:
    return tuple(_plain(part) for part in pattern.split("*"))


def _plain(text: str) -> str:
    """Letters and digits in capitals; there are many kinds of hyphens and blanks."""
    return "".join(c for c in text.upper() if c.isalnum())
