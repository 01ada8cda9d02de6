"""Who the aircraft in the list are, and whether they are listed: looked up once a day for each, a few at a time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import msgspec
import numpy as np

from detector.domain.identity import Identities
from detector.domain.report import NAMESPACE_SHIFT, address_text
from detector.domain.times import day_of
from detector.reference import WatchList
from detector.reference.directory import Directory

AT_ONCE = 4
"""So many are held against the watch lists before anything else gets its turn: some 1 ms each with a long list."""

MOST_WAITING = 20_000
"""Call signs can be invented without end; whoever finds no place here is asked for again."""


class Label(msgspec.Struct, frozen=True):
    """What the tables say; None where they say nothing."""

    icao24: str
    registration: str | None = None
    type_code: str | None = None
    operator: str | None = None
    country: str | None = None
    military: bool | None = None


class Labels:
    """Labels by address key, and listings by key and call sign."""

    def __init__(self, identities: Identities, watch_list: WatchList) -> None:
        self._identities = identities
        self._watch_list = watch_list
        self._day = 0
        self._labels: dict[int, Label] = {}
        self._listed: dict[tuple[int, str], bool] = {}
        self._waiting: dict[tuple[int, str], None] = {}

    def of(self, keys: Sequence[int], at: float) -> list[Label]:
        """The labels of aircraft on the day of Unix time `at`."""
        self._begin_day(at)
        strangers = [key for key in keys if key not in self._labels]
        if strangers:
            self._look_up(strangers, at)
        return [self._labels[key] for key in keys]

    def listed(self, keys: Sequence[int], callsigns: Sequence[str]) -> list[bool | None]:
        """Whether they are on a list today; None while that was not looked up yet."""
        found = []
        for one in zip(keys, callsigns, strict=True):
            answer = self._listed.get(one)
            if answer is None and len(self._waiting) < MOST_WAITING:
                self._waiting.setdefault(one)
            found.append(answer)
        return found

    def look_up_some(self, at: float) -> int:
        """Hold a few of those that wait against the lists; how many are left."""
        self._begin_day(at)
        for key, callsign in list(islice(self._waiting, AT_ONCE)):
            del self._waiting[key, callsign]
            self._listed[key, callsign] = self._is_listed(key, callsign, at)
        return len(self._waiting)

    def forget_others(self, keys: Sequence[int]) -> None:
        """Keep those of these aircraft only, where there are many others."""
        if len(self._labels) <= 2 * len(keys) + 1_000 and len(self._listed) <= 4 * len(keys) + 10_000:
            return
        kept = set(keys)
        self._labels = {key: label for key, label in self._labels.items() if key in kept}
        self._listed = {one: answer for one, answer in self._listed.items() if one[0] in kept}
        self._waiting = {one: None for one in self._waiting if one[0] in kept}
        if len(self._listed) > 2 * len(keys) + 5_000:  # many call signs each: they are looked up again
            self._listed = {}

    def _begin_day(self, at: float) -> None:
        day = day_of(at).toordinal()
        if day != self._day:
            # What was found yesterday is told until it is looked up anew.
            self._day, self._labels, self._waiting = day, {}, dict.fromkeys(islice(self._listed, MOST_WAITING))

    def _look_up(self, keys: Sequence[int], at: float) -> None:
        of_icao = [key for key in keys if not key >> NAMESPACE_SHIFT]
        for key in keys:
            self._labels[key] = Label(address_text(key))
        if not isinstance(self._identities, Directory):
            return
        told = self._identities.labels(np.array(of_icao, np.uint32), at)
        columns = told.registration, told.type_code, told.operator, told.country, told.military.tolist()
        for key, registration, type_code, operator, country, military in zip(of_icao, *columns, strict=True):
            self._labels[key] = Label(
                address_text(key), registration or None, type_code or None, operator or None, country or None, military
            )

    def _is_listed(self, key: int, callsign: str, at: float) -> bool:
        if key >> NAMESPACE_SHIFT:
            return False
        signs = (callsign,) if callsign else ()
        identity = self._identities.identity(address_text(key), at, signs)
        return bool(self._watch_list.of_aircraft(identity, signs, at))
