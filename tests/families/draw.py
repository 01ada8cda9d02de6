"""The dice of a seed: which aircraft flies, between which fields, who hears it, in which weather."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from detector.domain.frame import FrameBatch
from detector.domain.geo import destination
from detector.domain.times import iso, parse_iso
from detector.reference.table import Kind
from detector.simulation import Field, Scenario
from detector.simulation.scenario import Aircraft, Flight, Receiver, Wind
from tests.movements.worlds import airports, far_from, real_field, scene

ONE = "4840d6"
"""The address that most families are about."""
START = parse_iso("2024-05-06T00:00:00Z")
LARGE = (
    "EHAM", "LFBO", "EDDF", "EGLL", "LFPG", "LSZH", "LEMD", "LIRF", "ENGM", "ESSA", "EPWA", "UUEE", "UUDD", "UUWW",
    "ULLI", "URSS", "UWKD", "USSS", "UNNT", "UIII", "UHHH", "UHWW", "ZKPY", "RKSI", "ZBAA", "ZSPD", "VHHH", "VTBS",
    "WSSS", "VIDP", "OPKC", "OIII", "OIIE", "ORBI", "OSDI", "OLBA", "LLBG", "OMDB", "LTFM", "UBBB", "UGTB", "HECA",
    "HAAB", "FAOR", "DNMM", "SBGR", "SKBO", "SEQM", "MMMX", "MUHA", "SVMI", "KJFK", "KLAX", "KDEN", "KORD", "CYYZ",
    "PANC", "YSSY", "NZAA",
)  # fmt: skip
"""High and low, single and in clusters around one city, listed and not."""
SMALL = ("EHRD", "EHGG", "LFBD", "LFMN", "EGNT", "EDDG", "EPGD", "KRNO", "KBUR", "LSGG", "ENBR", "EFTU", "LICJ")
LISTED = ("ZKPY", "ZKWS", "OIII", "OIIE", "OIFM", "OISS", "MUHA", "MUVR", "OSDI", "OSLK")
"""On the watch list in May 2024."""
CLASSES = {
    "jet_airliner": ("A3", 35_000.0, LARGE + SMALL),
    "heavy_old": ("A5", 34_000.0, LARGE),
    "turboprop": ("A2", 19_000.0, LARGE + SMALL),
    "light": ("A1", 6_500.0, SMALL),
}
CRUISE_KT = {"light": 105.0, "turboprop": 250.0}
JET_KT = 400.0
Change = Callable[[FrameBatch, np.random.Generator], FrameBatch]


@dataclass(frozen=True, slots=True)
class Case:
    """One seed of a family.

    judged       the addresses whose stops are compared with the truth; every other stop is false too
    false_field  where the aircraft is made to seem to be, though it is not
    facts        what was drawn, for reading and for tables
    fields       airfields that no table has
    change       what happens to the frames on the way
    """

    scenario: Scenario
    judged: tuple[str, ...] = (ONE,)
    false_field: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    fields: Mapping[str, Field] = field(default_factory=dict)
    change: Change | None = None
    listen_until: float | None = None


class Draw:
    """A class, a field, a direction, and the weather."""

    def __init__(
        self, seed: int, *, fast: bool = False, jet: bool = False, at: str | None = None, fields: Any = None
    ) -> None:
        """`fast`: no light aircraft; `jet`: no turboprop either; `at`: the field; `fields`: to choose it from."""
        self.dice = random.Random(seed)
        names = ["jet_airliner", "jet_airliner", "heavy_old"]
        names += ([] if jet else ["turboprop"]) + ([] if fast or jet else ["light"])
        self.performance = self.dice.choice(names)
        self.category, self.cruise_ft, usual = CLASSES[self.performance]
        low = [c for c in fields or usual if self.performance != "turboprop" or real_field(c).elevation_ft < 5_000]
        self.field = self.dice.choice(low)
        if at is not None:
            self.field = at
        if self.performance == "light":
            self.cruise_ft += real_field(self.field).elevation_ft
        self.home_nm = {"light": 70.0, "turboprop": 160.0}.get(self.performance, 320.0)
        self.bearing = self.dice.uniform(0, 360)

    def outside(self, nm: float | None = None, turn: float = 0.0) -> tuple[float, float]:
        """A point some way from the field."""
        there = real_field(self.field)
        return destination(there.lat, there.lon, self.bearing + turn, self.home_nm if nm is None else nm)

    def flight_in(self, **values: Any) -> Flight:
        """From a point at cruise to the field."""
        usual = {"off_block": iso(START + 600), "destination": self.field, "cruise_ft": self.cruise_ft}
        return Flight(**{**usual, "via": [self.outside(), self.outside(self.home_nm * 0.85)], **values})

    def arrival_s(self) -> float:
        """About when a flight from that point lands."""
        return START + 600 + self.home_nm / CRUISE_KT.get(self.performance, JET_KT) * 3600 + 600

    def flight_out(self, at: float, **values: Any) -> Flight:
        """From the field to a point at cruise."""
        turn = self.dice.uniform(-120, 120)
        ways = [self.outside(self.home_nm * 0.7, turn), self.outside(self.home_nm, turn)]
        usual = {"off_block": iso(at), "origin": self.field, "cruise_ft": self.cruise_ft, "via": ways}
        return Flight(**{**usual, **values})

    def scene(self, *flights: Flight, receivers: list[Receiver], **values: Any) -> Scenario:
        usual: dict[str, Any] = {
            "seed": self.dice.randrange(1 << 30),
            "performance": self.performance,
            "category": self.dice.choice([self.category, self.category, "A0"]),
            "qnh_hpa": self.dice.uniform(985, 1038),
            "wind": Wind(from_deg=self.dice.uniform(0, 360), speed_kt=self.dice.uniform(0, 50)),
            "adsb_version": self.dice.choice([0, 2, 2]),
        }
        return scene(*flights, receivers=receivers, **{**usual, **values})

    def deaf(self, **values: Any) -> Receiver:
        """A receiver 25 to 110 NM away that loses aircraft some hundreds to thousands of feet above the field."""
        low, high = (600, 2_500) if self.performance == "light" else (600, 6_500)
        usual = {"hears_down_to_ft": self.dice.uniform(low, high), "hills": self.dice.uniform(0.7, 1.0)}
        return far_from(self.field, **{**usual, "bearing_deg": self.dice.uniform(0, 360), **values})

    def stay_s(self) -> float:
        return self.dice.choice([35, 50, 75, 120, 200, 600]) * 60.0

    def two_flights(self) -> tuple[Flight, Flight]:
        return self.flight_in(), self.flight_out(self.arrival_s() + 900 + self.stay_s())

    def local_traffic(self, first: float, last: float, count: int) -> list[Aircraft]:
        """Turboprops that take off at the field, fly round it 6,000 to 12,000 ft up, and land there again.

        They begin between two times (Unix s) and show how low and how far aircraft are heard here.
        """
        found = []
        for k in range(count):
            begin = first + (last - first) * (k + self.dice.random()) / count
            turn, nm = self.dice.uniform(-180, 180), self.dice.uniform(25, 50)
            height = real_field(self.field).elevation_ft + self.dice.uniform(6_000, 12_000)
            flight = Flight(
                off_block=iso(begin),
                origin=self.field,
                destination=self.field,
                via=[self.outside(nm, turn), self.outside(nm, turn + 70)],
                cruise_ft=height,
                speed_kt=240,
            )
            address = f"3c{k:02x}{self.dice.randrange(256):02x}"
            found.append(
                Aircraft(
                    icao24=address,
                    callsign=f"LOW{k}",
                    category="A2",
                    performance="turboprop",
                    flights=[flight],
                    on_before_s=120.0,
                )
            )
        return found


@cache
def usable_fields(runway_ft: float = 5_000.0) -> tuple[int, ...]:
    """Indices of airports with an ICAO code and a runway of that length, both of its ends in the table."""
    table = airports()
    return tuple(
        i
        for i in np.flatnonzero(table.longest_runway_ft >= runway_ft).tolist()
        if table.kinds[i] is Kind.AIRPORT and len(table.icao[i]) == 4 and not np.isnan(table.elevation_ft[i])
    )


def fields_around(code: str, nearest_nm: float, farthest_nm: float) -> list[str]:
    """Codes of usable fields in a ring around another one."""
    there, usable = real_field(code), frozenset(usable_fields())
    ring = airports().within(there.lat, there.lon, farthest_nm)
    return sorted(airports().icao[i] for i, nm in ring if nm >= nearest_nm and i in usable and has_runway(i))


def has_runway(index: int) -> bool:
    return bool(airports().runways_of(index))


@cache
def city_pairs(nearest_nm: float, farthest_nm: float) -> tuple[tuple[str, str], ...]:
    """Pairs of usable fields this far apart."""
    usable = np.array(usable_fields())
    table, found = airports(), []
    lat, lon = table.lat[usable], table.lon[usable]
    for k, i in enumerate(usable.tolist()):
        north = (lat - lat[k]) * 60.0
        east = ((lon - lon[k] + 180) % 360 - 180) * 60.0 * np.cos(np.radians(lat[k]))
        apart = np.hypot(north, east)
        for j in usable[(apart > nearest_nm) & (apart < farthest_nm)].tolist():
            if i < j and has_runway(i) and has_runway(j):
                found.append((table.icao[i], table.icao[j]))  # noqa: PERF401 - three loops deep
    return tuple(found)
