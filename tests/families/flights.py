"""Families of flights that do not just fly in and land: passes, diversions, returns, and those that stop nowhere."""

from __future__ import annotations

from typing import Any

from detector.domain.geo import destination
from detector.domain.times import iso
from detector.simulation.scenario import Background, Flight, Outage, Receiver
from tests.families.draw import LARGE, START, Case, Draw
from tests.movements.worlds import apart_nm, beside, real_field


def overflight(seed: int) -> Case:
    """At cruise over the field; the receiver fails on a stretch of it."""
    draw = Draw(seed)
    turn = draw.dice.uniform(140, 220)
    middle_of_it = draw.outside(nm=draw.dice.uniform(0, 15), turn=draw.dice.uniform(60, 120))
    ways = [draw.outside(), middle_of_it, draw.outside(turn=turn)]
    flight = Flight(off_block=iso(START + 600), via=ways, cruise_ft=draw.cruise_ft)
    middle = draw.arrival_s() - 600
    half = draw.dice.uniform(180, 900) if draw.performance != "light" else draw.dice.uniform(180, 500)
    shift = draw.dice.uniform(-300, 300)
    gap = Outage(start=iso(middle + shift - half), until=iso(middle + shift + half))
    return Case(draw.scene(flight, receivers=[draw.deaf(outages=[gap])]), facts={"silent": round(2 * half)})


def overflight_of_a_hole(seed: int) -> Case:
    """At cruise over the field, between two receivers whose ranges leave a hole; others are heard by each."""
    draw = Draw(seed, jet=True)
    reach, hole = draw.dice.uniform(110, 140), draw.dice.uniform(40, 130)
    places = [draw.outside(reach + hole / 2, turn) for turn in (0.0, 180.0)]
    ways = [draw.outside(), draw.outside(turn=180)]
    flight = Flight(off_block=iso(START + 600), via=ways, cruise_ft=draw.cruise_ft)
    receivers = [
        Receiver(name=f"side {k}", at=place, antenna_ft=6_000, range_nm=reach, loss_far=0.2)
        for k, place in enumerate(places)
    ]
    until = iso(START + 6_000)
    crowd = [
        Background(count=4, centre=place, radius_nm=110, first_icao24=f"78{k}000", until=until)
        for k, place in enumerate(places)
    ]
    scenario = draw.scene(flight, receivers=receivers, background=crowd)
    return Case(scenario, facts={"hole_nm": round(hole)})


def _approaches(seed: int, *kinds: Any) -> Case:
    draw = Draw(seed)
    flight = draw.flight_in(approaches=[*kinds, "land"])
    return Case(draw.scene(flight, receivers=[beside(draw.field), draw.deaf()]))


def go_around(seed: int) -> Case:
    return _approaches(seed, "go_around")


def low_pass(seed: int) -> Case:
    return _approaches(seed, "low_pass")


def touch_and_go(seed: int) -> Case:
    return _approaches(seed, "touch_and_go")


def _alternate(draw: Draw) -> str | None:
    """The nearest other field of the large ones, 30 to 400 NM away."""
    near = [code for code in LARGE if 30 < apart_nm(code, draw.field) < 400]
    return min(near, key=lambda code: apart_nm(code, draw.field), default=None)


def diversion(seed: int) -> Case:
    """Breaks off the approach, or turns away before it, and lands at another field."""
    draw = Draw(seed, jet=True)
    alternate = _alternate(draw)
    while alternate is None:
        draw = Draw(draw.dice.randrange(1 << 30), jet=True)
        alternate = _alternate(draw)
    if draw.dice.random() < 0.5:
        how: dict[str, Any] = {"approaches": ["go_around"], "divert_to": alternate}
    else:
        how = {"turn_back_nm": draw.dice.uniform(25, 90), "divert_to": alternate}
    flight = draw.flight_in(**how)
    heard = draw.dice.random() < 0.6
    receivers = [beside(alternate), draw.deaf(), *([beside(draw.field)] if heard else [])]
    return Case(draw.scene(flight, receivers=receivers), facts={"to": alternate, "heard at the first": heard})


def turn_back(seed: int) -> Case:
    """Leaves, turns round before it gets where it was going, and comes home: one stop, at home."""
    draw = Draw(seed, fast=True)
    goal = draw.dice.choice([code for code in LARGE if code != draw.field])
    short = max(20.0, apart_nm(goal, draw.field) - draw.dice.uniform(80, 200))
    flight = Flight(
        off_block=iso(START + 1200), origin=draw.field, destination=goal, turn_back_nm=short, cruise_ft=16_000
    )
    return Case(draw.scene(flight, receivers=[beside(draw.field), draw.deaf()]), facts={"goal": goal})


def back_home(seed: int) -> Case:
    """A local flight that ends where it began, sometimes without having been heard for a while on the way."""
    draw = Draw(seed)
    there, turn = real_field(draw.field), draw.dice.uniform(30, 80)
    nm = draw.dice.uniform(20, 60) if draw.performance == "light" else draw.dice.uniform(60, 150)
    ways = [destination(there.lat, there.lon, draw.bearing + side * turn, nm) for side in (-1, 1)]
    flight = Flight(
        off_block=iso(START + 1200), origin=draw.field, destination=draw.field, via=ways, cruise_ft=draw.cruise_ft
    )
    gaps = []
    if draw.dice.random() < 0.5:
        begin = START + 1200 + nm / {"light": 100.0, "turboprop": 220.0}.get(draw.performance, 330.0) * 3600
        gaps = [Outage(start=iso(begin), until=iso(begin + draw.dice.uniform(330, 900)))]
    receivers = [beside(draw.field, outages=gaps), draw.deaf(outages=gaps)]
    return Case(draw.scene(flight, receivers=receivers), facts={"gap": bool(gaps)})
