"""Flights of a list, and the visits between them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import NamedTuple, cast

import numpy as np

from detector.domain.visit import Visit

LONGEST_S = 30 * 86_400.0
"""Two flights that lie further apart are not taken for neighbours: most likely flights between them are missing."""
LISTED_LEVEL = 4
"""The airline, or the network, says that it was there."""


class Flight(NamedTuple):
    """One flight, by its two ends. Times Unix s UTC; fields by their code here, "" = not known.

    began_local_s, ended_local_s
                   the same moments by the clock of the field, for lists that have nothing better; else the UTC ones.
                   Differences at one field are taken from these.
    unheard_s      at either end so much of the flight may be missing: the time on the ground was shorter
    late_s, early_s
                   so much later may it have taken off, so much earlier have landed: the time on the ground was longer
    """

    began_at: float
    ended_at: float
    began_local_s: float
    ended_local_s: float
    unheard_s: float
    late_s: float
    early_s: float
    icao24: str
    origin: str
    destination: str
    callsign: str
    registration: str
    type_code: str
    operator: str


NUMBERS, TEXTS = 7, 7
"""Of a flight, in this order."""


class Flights:
    """Flights kept closely, some 90 bytes each: a month of the world has three million."""

    def __init__(self, flights: Iterable[Flight]) -> None:
        self._codes: dict[str, int] = {}
        numbers, texts = array("d"), array("I")
        for flight in flights:
            numbers.extend(cast(tuple[float, ...], flight[:NUMBERS]))
            words = cast(tuple[str, ...], flight[NUMBERS:])
            texts.extend([self._codes.setdefault(word, len(self._codes)) for word in words])
        self._numbers = np.frombuffer(numbers, np.float64).reshape(-1, NUMBERS)
        self._texts = np.frombuffer(texts, np.uint32).reshape(-1, TEXTS)

    def ordered(self) -> Iterator[Flight]:
        """By aircraft, and by when they began."""
        names = list(self._codes)
        rank = np.empty(len(names), np.int64)
        rank[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
        for i in np.lexsort((self._numbers[:, 0], rank[self._texts[:, 0]])).tolist():
            texts = [names[code] for code in self._texts[i].tolist()]
            yield Flight(*self._numbers[i].tolist(), *texts)


class Pairing:
    """Pairs flights into visits, file after file: the last flight of each aircraft is kept for the next file.

    So lists by month are given in the order of their months, or the visits over their borders are lost; no visit comes
    to be by another order.
    """

    def __init__(self) -> None:
        self._last: dict[str, Flight] = {}

    def visits(self, flights: Iterable[Flight], kind: str, name: str) -> Iterator[Visit]:
        """Of all flights of a file (`kind` opensky or bts, `name` for the visits' source), in any order.

        A visit is made of two flights of one aircraft that follow each other, where the second begins at the field
        where the first ended, after it and at most 30 days later. A flight that the list lacks in between goes
        unnoticed if it was there and back: then one visit stands for two.
        """
        for flight in Flights(flights).ordered():
            before = self._last.get(flight.icao24)
            if before is not None and flight.began_at < before.began_at:
                continue  # of a file out of order: its neighbours are unknown
            self._last[flight.icao24] = flight
            if before is not None and (visit := _between(before, flight, kind, name)) is not None:
                yield visit


def _between(before: Flight, after: Flight, kind: str, name: str) -> Visit | None:
    between_s = after.began_local_s - before.ended_local_s
    if not before.destination or after.origin != before.destination or not 0.0 < between_s <= LONGEST_S:
        return None
    return Visit(
        id=f"{kind}:{before.icao24}:{before.destination}:{int(before.ended_at)}",
        icao24=before.icao24,
        airport=before.destination,
        landed_at=before.ended_at,
        departed_at=before.ended_at + between_s,
        ground_min_s=max(0.0, between_s - before.unheard_s - after.unheard_s),
        ground_max_s=between_s + before.early_s + after.late_s,
        level=LISTED_LEVEL,
        registration=before.registration,
        type_code=before.type_code,
        operator=before.operator,
        callsign_in=before.callsign,
        callsign_out=after.callsign,
        origin=before.origin,
        destination=after.destination,
        source=f"{kind} {name}",
    )
