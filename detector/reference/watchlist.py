"""Fields and aircraft to watch, from the entries of all lists, with the days on which each is in force.

A listing says that somebody published a reason to look at stops there. It is no legal finding about a flight.
"""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from detector.domain.errors import ConfigError
from detector.domain.identity import Identity
from detector.domain.listing import Listing
from detector.reference.aircraft_watch import AircraftWatch
from detector.reference.airports import Airports
from detector.reference.watch_entry import WatchEntry, words


class WatchList:
    """All listings of all fields and aircraft; several lists may name one of them."""

    def __init__(
        self, airports: Airports, listings: dict[int, tuple[Listing, ...]], aircraft: Sequence[AircraftWatch] = ()
    ) -> None:
        """`aircraft`: listings of aircraft, each with what it names of them."""
        self._airports = airports
        self._listings = listings
        self.aircraft = tuple(aircraft)
        self.indices: tuple[int, ...] = tuple(sorted(listings))
        """Every field that is on a list at any time."""

    @staticmethod
    def from_entries(
        entries: Iterable[tuple[str, WatchEntry]], airports: Airports, aircraft: Iterable[AircraftWatch] = ()
    ) -> WatchList:
        """From entries, each with the place it was written at (`file:line`), and listings of aircraft from elsewhere.

        Raises ConfigError for an unknown field, and for a country or an outline without fields: an entry that can never
        match must not look like one that does.
        """
        collected: dict[int, list[Listing]] = defaultdict(list)
        watched = []
        for where, entry in entries:
            if entry.airport is None and entry.country is None and entry.polygon is None:
                watched.append(AircraftWatch.of(entry))
                continue
            for i in _fields(where, entry, airports):
                collected[i].append(entry.listing())
        ordered = {i: tuple(sorted(mine, key=_order)) for i, mine in collected.items()}
        return WatchList(airports, ordered, [*watched, *aircraft])

    def entries_for(self, field: int | str, at: float) -> tuple[Listing, ...]:
        """Listings in force at Unix time `at` for a field, by index or code, oldest first; () if there are none."""
        return tuple(listing for listing in self.all_of(field) if listing.in_force(at))

    def all_of(self, field: int | str) -> tuple[Listing, ...]:
        """Listings of a field, of whatever days, oldest first."""
        i = self._airports.index_of(field) if isinstance(field, str) else field
        return () if i is None else self._listings.get(i, ())

    def of_aircraft(self, identity: Identity, callsigns: Iterable[str], at: float | None) -> tuple[Listing, ...]:
        """Listings of an aircraft in force at Unix time `at` (None: of whatever days), oldest first.

        Each says what it named of the aircraft; an entry that names it in several ways is given once.
        """
        heard = tuple(callsigns)
        found: dict[tuple[object, ...], Listing] = {}
        for watch in self.aircraft:
            if at is not None and not watch.listing.in_force(at):
                continue
            listing = watch.match(identity, heard)
            if listing is None:
                continue
            key = listing.list, listing.programme, listing.identifier, listing.valid_from
            known = found.get(key)
            if known is None or (listing.sure and not known.sure):
                found[key] = listing
        return tuple(sorted(found.values(), key=_order))

    @property
    def lists(self) -> tuple[str, ...]:
        """The names of all lists."""
        fields = (listing.list for mine in self._listings.values() for listing in mine)
        return tuple(sorted({*fields, *(watch.listing.list for watch in self.aircraft)}))


def _order(listing: Listing) -> tuple[object, ...]:
    return listing.valid_from, listing.list, listing.programme, listing.identifier


def _fields(where: str, entry: WatchEntry, airports: Airports) -> list[int]:
    if entry.airport is not None:
        return [_index(where, code, airports) for code in words(entry.airport)]
    if entry.country is not None:
        found: Sequence[int] = airports.in_country(entry.country)
        what = f"of country {entry.country} is in the airports table; is the code ISO 3166?"
    else:
        found = _within(np.array(entry.polygon), airports)
        what = "lies within `polygon`; are its points [latitude, longitude]?"
    if not found:
        raise ConfigError(f"{where}: no field {what}")
    spared = {_index(where, code, airports) for code in entry.exceptions}
    if stray := sorted(airports.codes[i] for i in spared.difference(found)):
        area = f"in country {entry.country}" if entry.country is not None else "within `polygon`"
        raise ConfigError(f"{where}: {', '.join(stray)} under `except` is not {area}")
    return [i for i in found if i not in spared]


def _within(corners: np.ndarray, airports: Airports) -> list[int]:
    """Fields inside an outline of [latitude, longitude], by the even-odd rule; it must not cross the date line."""
    lat, lon = airports.lat, airports.lon
    inside = np.zeros(len(airports), np.bool_)
    for (lat_a, lon_a), (lat_b, lon_b) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if lat_a != lat_b:
            crosses = (lat_a > lat) != (lat_b > lat)
            inside ^= crosses & (lon < lon_a + (lat - lat_a) * (lon_b - lon_a) / (lat_b - lat_a))
    return np.flatnonzero(inside).tolist()


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
