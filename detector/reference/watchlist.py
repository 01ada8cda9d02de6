"""Fields to watch: who lists them, under which programme, on what document, and from when to when.

A listing says that somebody published a reason to look at stops there. It is no legal finding about a flight.
"""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from detector.domain.errors import ConfigError
from detector.reference.airports import Airports

Text = Annotated[str, Meta(min_length=1)]
SECONDS_PER_DAY = 86_400


class WatchEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An entry as written in a list: some fields (`airport`), or all of a country (`country`, less `except`).

    `from` and `to` are the first and the last day in force, UTC; without `to` it is in force until further notice.
    """

    list_id: Text = msgspec.field(name="list")
    programme: Text
    authority: Text
    source: Text
    reason: Text
    valid_from: date = msgspec.field(name="from")
    valid_to: date | None = msgspec.field(name="to", default=None)
    airport: Text | Annotated[tuple[Text, ...], Meta(min_length=1)] | None = None
    country: Annotated[str, Meta(pattern="^[A-Z]{2}$")] | None = None
    exceptions: tuple[Text, ...] = msgspec.field(name="except", default=())


@dataclass(frozen=True, slots=True)
class Listing:
    """Why one field is on one list. Days are UTC; `valid_to` is the last day in force, None = until further notice."""

    list: str
    programme: str
    authority: str
    source: str
    valid_from: date
    valid_to: date | None
    reason: str

    def in_force(self, at: float) -> bool:
        """Whether it is in force at Unix time `at`."""
        return self.valid_from <= _day(at) and (self.valid_to is None or _day(at) <= self.valid_to)


class WatchList:
    """All listings of all fields; several lists may name one field."""

    def __init__(self, airports: Airports, listings: dict[int, tuple[Listing, ...]]) -> None:
        self._airports = airports
        self._listings = listings
        self.indices: tuple[int, ...] = tuple(sorted(listings))
        """Every field that is on a list at any time."""

    @staticmethod
    def from_entries(entries: Iterable[tuple[str, WatchEntry]], airports: Airports) -> WatchList:
        """From entries, each with the place it was written at (`file:line`).

        Raises ConfigError for an unknown field, a country without fields, an entry that names neither or both, and
        for days the wrong way round: an entry that can never match must not look like one that does.
        """
        collected: dict[int, list[Listing]] = defaultdict(list)
        for where, entry in entries:
            if entry.valid_to is not None and entry.valid_to < entry.valid_from:
                raise ConfigError(f"{where}: `to` ({entry.valid_to}) is before `from` ({entry.valid_from})")
            listing = Listing(
                entry.list_id,
                entry.programme,
                entry.authority,
                entry.source,
                entry.valid_from,
                entry.valid_to,
                entry.reason,
            )
            for i in _fields(where, entry, airports):
                collected[i].append(listing)
        ordered = {
            i: tuple(sorted(mine, key=lambda listing: (listing.valid_from, listing.list, listing.programme)))
            for i, mine in collected.items()
        }
        return WatchList(airports, ordered)

    def entries_for(self, field: int | str, at: float) -> tuple[Listing, ...]:
        """Listings in force at Unix time `at` for a field, by index or code, oldest first; () if there are none."""
        i = self._airports.index_of(field) if isinstance(field, str) else field
        if i is None:
            return ()
        return tuple(listing for listing in self._listings.get(i, ()) if listing.in_force(at))


def _fields(where: str, entry: WatchEntry, airports: Airports) -> list[int]:
    if (entry.airport is None) == (entry.country is None):
        raise ConfigError(f"{where}: an entry names either `airport` or `country`")
    if entry.airport is not None:
        if entry.exceptions:
            raise ConfigError(f"{where}: `except` goes with `country` only")
        codes = (entry.airport,) if isinstance(entry.airport, str) else entry.airport
        return [_index(where, code, airports) for code in codes]
    country = entry.country or ""
    found = airports.in_country(country)
    if not found:
        raise ConfigError(f"{where}: no field of country {country} is in the airports table; is the code ISO 3166?")
    spared = {_index(where, code, airports) for code in entry.exceptions}
    if stray := sorted(airports.codes[i] for i in spared.difference(found)):
        raise ConfigError(f"{where}: {', '.join(stray)} under `except` is not in country {country}")
    return [i for i in found if i not in spared]


def _index(where: str, code: str, airports: Airports) -> int:
    i = airports.index_of(code)
    if i is None:
        near = ", ".join(_near_codes(code.upper(), airports))
        raise ConfigError(
            f"{where}: unknown airport {code!r} (table has {near} near it); "
            "correct it, or add the field to the airports file of the configuration"
        )
    return i


def _near_codes(code: str, airports: Airports) -> list[str]:
    """The codes before and after it in the alphabet: enough to see a slip of the finger."""
    codes = sorted(airports.codes)
    at = bisect.bisect(codes, code)
    return codes[max(0, at - 1) : at + 1]


def _day(at: float) -> date:
    return date.fromordinal(EPOCH_ORDINAL + int(at // SECONDS_PER_DAY))


EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
