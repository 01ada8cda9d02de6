"""What the model looks at: one row of numbers for a stop, by the baselines. docs/model.md has the table in words.

A rarity is the negative decimal logarithm of a share, counted from history: 2 is one visit in a hundred, 4 one in ten
thousand. A share of few visits leans on that of the group around, as if `LEAN` visits of it had been added:

    share of a field among the visits of who = (visits there + LEAN * share around) / (visits of who + LEAN)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from detector.domain.geo import distances_nm
from detector.domain.visit import Coded, VisitColumns
from detector.scoring.baselines import Baselines, Who, numbers_in
from detector.scoring.ground_times import MEDIAN, QUANTILES
from detector.scoring.patterns import local_times
from detector.scoring.places import Places

F64 = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

VERSION = 1
"""Of the table. Another meaning, order or number of columns is another version, and needs a model of its own."""
MEANINGS = {
    "ground_time_log10_s": "decimal logarithm of the seconds on the ground, best guess",
    "ground_time_ratio_log2": "that time against the usual one (the median of the type there), in doublings; "
    "of the times that it can have been the one nearest to the usual",
    "level": "2 to 4: how sure the stop is",
    "unseen_share": "share of the longest possible time on the ground that is not proven",
    "field_rarity": "rarity of the field among all visits",
    "field_rarity_type": "rarity of the field among the visits of the type",
    "field_rarity_operator": "rarity of the field among the visits of the operator",
    "field_rarity_fleet": "rarity of the field among the visits of military aircraft of the state",
    "field_rarity_aircraft": "rarity of the field among the visits of the aircraft",
    "route_in_log10_nm": "decimal logarithm of the distance from the field before, NM",
    "route_in_rarity": "rarity of that field among those that flights come from",
    "route_out_log10_nm": "decimal logarithm of the distance to the field after, NM",
    "route_out_rarity": "rarity of that field among those that flights leave for",
    "out_and_back": "1 where the field after is the field before",
    "hour_rarity": "rarity of the hour of landing at the field",
    "weekday_rarity": "rarity of the weekday of landing at the field",
    "local_hour": "hour of landing by the sun, 0 to 23",
    "weekday": "weekday of landing by the sun, 0 is Monday",
    "military": "1 for a military aircraft",
    "field_class": "0 without an IATA code, 1 with one, 2 with one and a runway of 6,000 ft or more",
}
"""What each column of the table is, in order."""
NAMES = tuple(MEANINGS)
LEAN = 10.0
LEAST_VISITS = 30
"""A group of fewer does not tell how long is usual."""
LEAST_NM = 1.0


@dataclass(frozen=True, eq=False)
class Shares:
    """Of a group of visits by who, field, ...: `visits` there, of `of` in all, float64 (n,) each."""

    visits: F64
    of: F64

    def leaning_on(self, around: F64) -> F64:
        """The share, (n,); NaN where nothing is known of the group."""
        share: F64 = np.where(self.of > 0.0, (self.visits + LEAN * around) / (self.of + LEAN), np.nan)
        return share


def features(visits: VisitColumns, usual: Baselines, places: Places, *, in_history: bool) -> F64:
    """The table of `NAMES` for visits, float64 (n, 20); NaN where something is not known.

    `in_history`: the baselines were learned from these visits among others, as far as they had landed by then: each is
    judged as if they had not been.
    """
    learned_from = visits.landed_at <= usual.head.until if in_history else np.zeros(len(visits))
    known = _Known(visits, usual, places, learned_from.astype(np.float64))
    table: F64 = np.column_stack([*known.ground(), *known.fields(), *known.routes(), *known.times(), *known.others()])
    return table


class _Known:
    """Visits with the numbers that the baselines know them by. `own` (n,): 1 where they have the visit itself."""

    def __init__(self, visits: VisitColumns, usual: Baselines, places: Places, own: F64) -> None:
        self.visits, self.usual, self.places, self.own = visits, usual, places, own
        names = usual.names
        self.n_fields = len(names["airport"])
        self.field = numbers_in(names["airport"], visits.airport)
        self.kind = numbers_in(names["type"], visits.type_code)
        self.operator = numbers_in(names["operator"], visits.operator)
        self.fleet = np.where(visits.military == 1, numbers_in(names["state"], visits.state), -1)
        self.row = places.rows(visits.airport.names)[visits.airport.codes]

    def ground(self) -> list[F64]:
        """Time on the ground, against what is usual; how much of it, and of the stop, is known."""
        low, high = self.visits.ground_min_s, self.visits.ground_max_s
        with np.errstate(invalid="ignore", divide="ignore"):
            middle = np.log(np.maximum((low + high) / 2.0, 1.0))
            shortest, longest = np.log(np.maximum(low, 1.0)), np.log(np.maximum(high, 1.0))
            usual = self.usual_log_s()[:, MEDIAN]
            # Of the times that it can have been, the one that is nearest to the usual.
            ratio = (np.clip(usual, shortest, longest) - usual) / np.log(2.0)
            unseen = np.clip(1.0 - low / np.where(high > 0.0, high, np.nan), 0.0, 1.0)
        return [middle / np.log(10.0), ratio, self.visits.level.astype(np.float64), unseen]

    def usual_log_s(self) -> F64:
        """Quantiles of the time on the ground in the narrowest group of the type that is known well, (n, 7)."""
        at_field = self._pair(self.kind, self.field)
        flown = at_field * len(self.usual.names["operator"]) + self.operator
        of_class = np.where(self.kind < 0, -1, self.usual.classes[self.kind])
        keys = (
            np.zeros(len(at_field), np.int64),
            of_class,
            self.kind,
            at_field,
            np.where((at_field < 0) | (self.operator < 0), -1, flown),
        )
        found = np.full((len(at_field), len(QUANTILES)), np.nan)
        for depth, key in zip(self.usual.ground, keys, strict=True):
            if not len(depth.key):
                continue
            row = np.minimum(depth.key.searchsorted(key), len(depth.key) - 1)
            there = (depth.key[row] == key) & (depth.visits[row] >= LEAST_VISITS)
            found[there] = depth.log_s[row[there]]
        return found

    def fields(self) -> list[F64]:
        """How rare the field is: for anybody, the type, the operator, the fleet, the aircraft."""
        everybody = self._everywhere(self.field, self.own)
        of_type = self._shares_of_type().leaning_on(everybody)
        by_operator = self._shares(Who.OPERATOR, self.operator).leaning_on(everybody)
        by_fleet = self._shares(Who.FLEET, self.fleet).leaning_on(everybody)
        around = _first(by_operator, by_fleet, of_type, everybody)
        aircraft = self.visits.icao24.astype(np.int64)
        by_aircraft = self._shares(Who.AIRCRAFT, aircraft).leaning_on(around)
        return [-np.log10(share) for share in (everybody, of_type, by_operator, by_fleet, by_aircraft)]

    def _everywhere(self, field: Ints, own: F64 | float = 0.0) -> F64:
        """Share of fields among all visits, with half a visit for one without; `own` of them do not count."""
        there = np.maximum(self._landings(field) - own, 0.0)
        share: F64 = (there + 0.5) / (self.usual.head.visits - own + 0.5 * (self.n_fields + 1))
        return share

    def _landings(self, field: Ints) -> F64:
        return _at(self.usual.patterns.landings, field)

    def _pair(self, who: Ints, field: Ints) -> Ints:
        """The key of a group and a field, -1 where either is not known."""
        pair: Ints = np.where((who < 0) | (field < 0), -1, who * self.n_fields + field)
        return pair

    def _shares(self, who: Who, number: Ints) -> Shares:
        of, there = self.usual.visitors[who], self.usual.visits[who]
        return self._less_own(there.visits_of(self._pair(number, self.field)), of.visits_of(number))

    def _shares_of_type(self) -> Shares:
        patterns = self.usual.patterns
        return self._less_own(patterns.by_type.at(self._pair(self.kind, self.field)), _at(patterns.of_types, self.kind))

    def _less_own(self, there: F64, of: F64) -> Shares:
        return Shares(np.maximum(there - self.own, 0.0), np.maximum(of - self.own, 0.0))

    def routes(self) -> list[F64]:
        """Distance and rarity of the way in and of the way out, and whether it went back."""
        visits = self.visits
        before, after = (np.array(column.names)[column.codes] for column in (visits.origin, visits.destination))
        back = np.where((before == "") | (after == ""), np.nan, before == after)
        origin = numbers_in(self.usual.names["airport"], visits.origin)
        destination = numbers_in(self.usual.names["airport"], visits.destination)
        way_in = self._ways(origin, self.field, origin)
        way_out = self._ways(self.field, destination, destination)
        return [
            self._way_nm(visits.origin),
            np.where(before == "", np.nan, way_in),
            self._way_nm(visits.destination),
            np.where(after == "", np.nan, way_out),
            back,
        ]

    def _way_nm(self, other: Coded) -> F64:
        row = self.places.rows(other.names)[other.codes]
        lat, lon = self.places.lat, self.places.lon
        nm = distances_nm(lat[row], lon[row], lat[self.row], lon[self.row])
        way: F64 = np.where((row < 0) | (self.row < 0), np.nan, np.log10(np.maximum(nm, LEAST_NM)))
        return way

    def _ways(self, start: Ints, end: Ints, other: Ints) -> F64:
        """How rare the `other` end of a flight is among the flights of the field."""
        flown = np.maximum(self.usual.patterns.routes.at(self._pair(start, end)) - self.own, 0.0)
        of = np.maximum(self._landings(self.field) - self.own, 0.0)
        rarity: F64 = -np.log10((flown + LEAN * self._everywhere(other)) / (of + LEAN))
        return rarity

    def times(self) -> list[F64]:
        """How rare the hour and the weekday are at the field, and they themselves, by the sun."""
        longitude = np.where(self.row < 0, np.nan, self.places.lon[self.row])
        hour, weekday = local_times(self.visits.landed_at, longitude)
        return [
            self._time_rarity(self.usual.patterns.hours, self.usual.patterns.at_hours, hour),
            self._time_rarity(self.usual.patterns.weekdays, self.usual.patterns.on_weekdays, weekday),
            hour.astype(np.float64),
            weekday.astype(np.float64),
        ]

    def _time_rarity(self, counts: Ints, everywhere: Ints, at: Ints) -> F64:
        bins = len(everywhere)
        around = (everywhere[at] + 0.5) / (everywhere.sum() + 0.5 * bins)
        there = np.where(self.field < 0, 0.0, counts[self.field, at] if len(counts) else 0.0)
        of = np.maximum(self._landings(self.field) - self.own, 0.0)
        rarity: F64 = -np.log10((np.maximum(there - self.own, 0.0) + bins * around) / (of + bins))
        return rarity

    def others(self) -> list[F64]:
        """Whether it is military, and what sort of field it is."""
        military = np.where(self.visits.military < 0, np.nan, self.visits.military)
        return [military, self.places.classes(self.row)]


def _at(values: npt.NDArray[Any], numbers: Ints) -> F64:
    """Values at numbers, 0 where a number is below 0, (n,)."""
    found: F64 = np.where(numbers < 0, 0.0, values[numbers] if len(values) else 0.0)
    return found


def _first(*shares: F64) -> F64:
    """The first that is known, (n,)."""
    found = shares[0]
    for share in shares[1:]:
        found = np.where(np.isnan(found), share, found)
    return found
