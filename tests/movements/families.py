"""Families of generated flights: from a seed come field, class, pressure, receivers and losses."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from detector.domain.geo import destination
from detector.domain.times import iso, parse_iso
from detector.simulation import Scenario
from detector.simulation.scenario import Flight, Hold, Outage, Receiver, Silence, Wind
from tests.movements.worlds import apart_nm, beside, far_from, real_field, scene

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
CLASSES = {
    "jet_airliner": ("A3", 35_000.0, LARGE + SMALL),
    "heavy_old": ("A5", 34_000.0, LARGE),
    "turboprop": ("A2", 19_000.0, LARGE + SMALL),
    "light": ("A1", 6_500.0, SMALL),
}


class Draw:
    """The dice of one seed: a class, a field, another one some way off, and the weather."""

    def __init__(self, seed: int, *, fast: bool = False) -> None:
        self.dice = random.Random(seed)
        names = ["jet_airliner", "jet_airliner", "heavy_old", "turboprop"] + ([] if fast else ["light"])
        self.performance = self.dice.choice(names)
        self.category, self.cruise_ft, fields = CLASSES[self.performance]
        low = [code for code in fields if self.performance != "turboprop" or real_field(code).elevation_ft < 5_000]
        self.field = self.dice.choice(low)
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
        speed = {"light": 105.0, "turboprop": 250.0}.get(self.performance, 400.0)
        return START + 600 + (self.home_nm / speed * 3600) + 600

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


def observed(seed: int) -> Scenario:
    draw = Draw(seed)
    return draw.scene(*draw.two_flights(), receivers=[beside(draw.field), draw.deaf()])


def landing_unseen(seed: int) -> Scenario:
    """The receiver at the field works only from just before the aircraft leaves."""
    draw = Draw(seed)
    way_in, way_out = draw.two_flights()
    works_from = parse_iso(way_out.off_block) - draw.dice.choice([-200, -60, 60, 600])
    near = beside(draw.field, outages=[Outage(start=iso(START - 60), until=iso(works_from))])
    return draw.scene(way_in, way_out, receivers=[near, draw.deaf()])


def take_off_unseen(seed: int) -> Scenario:
    """The receiver at the field fails soon after the landing."""
    draw = Draw(seed)
    way_in, way_out = draw.two_flights()
    way_in = draw.flight_in()
    fails_at = draw.arrival_s() + 900
    near = beside(draw.field, outages=[Outage(start=iso(fails_at), until=iso(START + 86_400))])
    return draw.scene(way_in, way_out, receivers=[near, draw.deaf()])


def both_unseen(seed: int) -> Scenario:
    draw = Draw(seed)
    return draw.scene(*draw.two_flights(), receivers=[draw.deaf()])


def both_unseen_while_heard_elsewhere(seed: int) -> Scenario:
    """As before, and the flight in starts at a field where it is heard on the ground."""
    draw = Draw(seed, fast=True)
    homes = sorted(
        (code for code in LARGE if 120 < apart_nm(code, draw.field) < 1_200), key=lambda c: apart_nm(c, draw.field)
    )
    home = homes[0] if homes else draw.field
    nm = apart_nm(home, draw.field)
    speed = 230.0 if draw.performance == "turboprop" else 400.0
    back = START + 1200 + nm / speed * 3600 + 1500 + draw.stay_s()
    way_in = Flight(
        off_block=iso(START + 1200),
        origin=home,
        destination=draw.field,
        cruise_ft=min(draw.cruise_ft, 10_000 + 60 * nm),
    )
    way_out = Flight(
        off_block=iso(back), origin=draw.field, destination=home, cruise_ft=min(draw.cruise_ft, 10_000 + 60 * nm)
    )
    return draw.scene(way_in, way_out, receivers=[beside(home), draw.deaf()])


def overflight(seed: int) -> Scenario:
    """At cruise over the field, unheard on a stretch of it."""
    draw = Draw(seed)
    turn = draw.dice.uniform(140, 220)
    middle_of_it = draw.outside(nm=draw.dice.uniform(0, 15), turn=draw.dice.uniform(60, 120))
    ways = [draw.outside(), middle_of_it, draw.outside(turn=turn)]
    flight = Flight(off_block=iso(START + 600), via=ways, cruise_ft=draw.cruise_ft)
    middle = draw.arrival_s() - 600
    half = draw.dice.uniform(180, 900) if draw.performance != "light" else draw.dice.uniform(180, 500)
    shift = draw.dice.uniform(-300, 300)
    gap = Outage(start=iso(middle + shift - half), until=iso(middle + shift + half))
    return draw.scene(flight, receivers=[draw.deaf(outages=[gap])])


def outage(seed: int) -> Scenario:
    """All receivers fail while the aircraft descends past one field to another, and work again before it lands."""
    draw = Draw(seed, fast=True)
    flight = draw.flight_in()
    until = draw.arrival_s() - draw.dice.uniform(500, 900)
    gap = Outage(start=iso(until - draw.dice.uniform(330, 1200)), until=iso(until))
    return draw.scene(flight, receivers=[beside(draw.field, outages=[gap]), draw.deaf(outages=[gap])])


def _approaches(seed: int, *kinds: Any) -> Scenario:
    draw = Draw(seed)
    flight = draw.flight_in(approaches=[*kinds, "land"])
    return draw.scene(flight, receivers=[beside(draw.field), draw.deaf()])


def go_around(seed: int) -> Scenario:
    return _approaches(seed, "go_around")


def low_pass(seed: int) -> Scenario:
    return _approaches(seed, "low_pass")


def touch_and_go(seed: int) -> Scenario:
    return _approaches(seed, "touch_and_go")


def turn_back(seed: int) -> Scenario:
    """Takes off, turns round short of where it was going, and comes home: one stop, at home."""
    draw = Draw(seed, fast=True)
    goal = draw.dice.choice([code for code in LARGE if code != draw.field])
    short = max(20.0, apart_nm(goal, draw.field) - draw.dice.uniform(80, 200))
    flight = Flight(
        off_block=iso(START + 1200), origin=draw.field, destination=goal, turn_back_nm=short, cruise_ft=16_000
    )
    return draw.scene(flight, receivers=[beside(draw.field), draw.deaf()])


def parked(seed: int) -> Scenario:
    """Two days at the gate with a squitter now and then, and long silences."""
    draw = Draw(seed)
    leaves = draw.arrival_s() + 86_400 * draw.dice.uniform(0.8, 1.6)
    spells, at = [], draw.arrival_s() + 1800
    while at < leaves - 5400:
        end = min(at + draw.dice.uniform(600, 12_000), leaves - 3600)
        spells.append(Silence(start=iso(at), until=iso(end)))
        at = end + draw.dice.uniform(20, 1800)
    way_in, way_out = draw.flight_in(silent=spells), draw.flight_out(leaves)
    return draw.scene(
        way_in, way_out, receivers=[beside(draw.field), draw.deaf()], on_before_s=90_000, on_after_s=90_000
    )


def silent_at_the_gate(seed: int) -> Scenario:
    draw = Draw(seed)
    way_in, way_out = draw.two_flights()
    return draw.scene(
        way_in,
        way_out,
        receivers=[beside(draw.field), draw.deaf()],
        on_before_s=draw.dice.choice([30, 120, 600]),
        on_after_s=draw.dice.choice([0, 60]),
    )


def holding_then_unseen(seed: int) -> Scenario:
    """Holds before an approach that nobody hears."""
    draw = Draw(seed, fast=True)
    way_in = draw.flight_in(hold=Hold(nm=draw.dice.uniform(18, 35), turns=draw.dice.randint(1, 4)))
    way_out = draw.flight_out(draw.arrival_s() + 900 + 4 * 420 + draw.stay_s())
    return draw.scene(way_in, way_out, receivers=[draw.deaf()])


FAMILIES: dict[str, Callable[[int], Scenario]] = {
    f.__name__: f
    for f in (
        observed, landing_unseen, take_off_unseen, both_unseen, both_unseen_while_heard_elsewhere, holding_then_unseen,
        overflight, outage, go_around, low_pass, touch_and_go, turn_back, parked, silent_at_the_gate,
    )
}  # fmt: skip
