"""Families of stops that are heard wholly, partly, or not at all, while the transponder works."""

from __future__ import annotations

from detector.domain.times import iso, parse_iso
from detector.simulation.scenario import Flight, Hold, Outage, Silence
from tests.families.draw import LARGE, START, Case, Draw, city_pairs
from tests.movements.worlds import apart_nm, beside


def observed(seed: int) -> Case:
    draw = Draw(seed)
    return Case(draw.scene(*draw.two_flights(), receivers=[beside(draw.field), draw.deaf()]))


def landing_unseen(seed: int) -> Case:
    """The receiver at the field works only from just before the aircraft leaves."""
    draw = Draw(seed)
    way_in, way_out = draw.two_flights()
    works_from = parse_iso(way_out.off_block) - draw.dice.choice([-200, -60, 60, 600])
    near = beside(draw.field, outages=[Outage(start=iso(START - 60), until=iso(works_from))])
    return Case(draw.scene(way_in, way_out, receivers=[near, draw.deaf()]))


def take_off_unseen(seed: int) -> Case:
    """The receiver at the field fails soon after the landing."""
    draw = Draw(seed)
    way_in, way_out = draw.two_flights()
    way_in = draw.flight_in()
    fails_at = draw.arrival_s() + 900
    near = beside(draw.field, outages=[Outage(start=iso(fails_at), until=iso(START + 86_400))])
    return Case(draw.scene(way_in, way_out, receivers=[near, draw.deaf()]))


def both_unseen(seed: int) -> Case:
    draw = Draw(seed)
    return Case(draw.scene(*draw.two_flights(), receivers=[draw.deaf()]))


def both_unseen_while_heard_elsewhere(seed: int) -> Case:
    """As before, and the flight in starts at a field where it is heard on the ground."""
    draw = Draw(seed, fast=True)
    homes = sorted(
        (code for code in LARGE if 120 < apart_nm(code, draw.field) < 1_200), key=lambda c: apart_nm(c, draw.field)
    )
    home = homes[0] if homes else draw.field
    nm = apart_nm(home, draw.field)
    speed = 230.0 if draw.performance == "turboprop" else 400.0
    back = START + 1200 + nm / speed * 3600 + 1500 + draw.stay_s()
    level = min(draw.cruise_ft, 10_000 + 60 * nm)
    way_in = Flight(off_block=iso(START + 1200), origin=home, destination=draw.field, cruise_ft=level)
    way_out = Flight(off_block=iso(back), origin=draw.field, destination=home, cruise_ft=level)
    return Case(draw.scene(way_in, way_out, receivers=[beside(home), draw.deaf()]))


def holding_then_unseen(seed: int) -> Case:
    """Holds before an approach that nobody hears."""
    draw = Draw(seed, fast=True)
    way_in = draw.flight_in(hold=Hold(nm=draw.dice.uniform(18, 35), turns=draw.dice.randint(1, 4)))
    way_out = draw.flight_out(draw.arrival_s() + 900 + 4 * 420 + draw.stay_s())
    return Case(draw.scene(way_in, way_out, receivers=[draw.deaf()]))


def parked_for_days(seed: int) -> Case:
    """Two days at the gate with a squitter now and then, and long silences."""
    draw = Draw(seed)
    leaves = draw.arrival_s() + 86_400 * draw.dice.uniform(0.8, 1.6)
    spells, at = [], draw.arrival_s() + 1800
    while at < leaves - 5400:
        end = min(at + draw.dice.uniform(600, 12_000), leaves - 3600)
        spells.append(Silence(start=iso(at), until=iso(end)))
        at = end + draw.dice.uniform(20, 1800)
    way_in, way_out = draw.flight_in(silent=spells), draw.flight_out(leaves)
    near = [beside(draw.field), draw.deaf()]
    return Case(draw.scene(way_in, way_out, receivers=near, on_before_s=90_000, on_after_s=90_000))


def silent_at_the_gate(seed: int) -> Case:
    draw = Draw(seed)
    way_in, way_out = draw.two_flights()
    near = [beside(draw.field), draw.deaf()]
    before, after = draw.dice.choice([30, 120, 600]), draw.dice.choice([0, 60])
    return Case(draw.scene(way_in, way_out, receivers=near, on_before_s=before, on_after_s=after))


def one_of_two_fields(seed: int) -> Case:
    """Another field lies less than 3 NM, or 3 to 15 NM, away; heard on the ground, or lost some hundreds of feet up."""
    near = Draw(seed).dice.random() < 0.4
    pairs = city_pairs(0.7, 3.0) if near else city_pairs(3.0, 15.0)
    pair = list(pairs[seed * 7919 % len(pairs)])
    if seed % 2:
        pair.reverse()
    draw = Draw(seed, fast=True, at=pair[0])
    heard = draw.dice.random() < 0.4
    receivers = (
        [beside(draw.field), draw.deaf()] if heard else [draw.deaf(hears_down_to_ft=draw.dice.uniform(300, 2500))]
    )
    facts = {"other": pair[1], "apart_nm": round(apart_nm(*pair), 1), "heard": heard}
    return Case(draw.scene(*draw.two_flights(), receivers=receivers), facts=facts)


def outage_while_parked(seed: int) -> Case:
    """Landing and take-off are heard; every receiver fails for a while in between."""
    draw = Draw(seed)
    way_in = draw.flight_in()
    leaves = draw.arrival_s() + 7200 + draw.stay_s()
    begin = draw.arrival_s() + draw.dice.uniform(1500, 3000)
    gap = Outage(start=iso(begin), until=iso(leaves - draw.dice.uniform(120, 1500)))
    near = [beside(draw.field, outages=[gap]), draw.deaf(outages=[gap])]
    return Case(draw.scene(way_in, draw.flight_out(leaves), receivers=near, on_after_s=7200))


def outage_on_descent(seed: int) -> Case:
    """Every receiver fails while the aircraft descends, perhaps past another field, and works again before it lands."""
    draw = Draw(seed, fast=True)
    flight = draw.flight_in()
    until = draw.arrival_s() - draw.dice.uniform(500, 900)
    gap = Outage(start=iso(until - draw.dice.uniform(330, 1200)), until=iso(until))
    return Case(draw.scene(flight, receivers=[beside(draw.field, outages=[gap]), draw.deaf(outages=[gap])]))


def outage_at_the_landing(seed: int) -> Case:
    """Every receiver fails on the approach and works again while the aircraft stands there, or after it has left."""
    draw = Draw(seed, fast=True)
    way_in, way_out = draw.flight_in(), draw.flight_out(draw.arrival_s() + 2400 + draw.stay_s())
    again = draw.dice.choice(["at the gate", "after take-off"])
    leaves = parse_iso(way_out.off_block)
    until = leaves - 600 if again == "at the gate" else leaves + draw.dice.uniform(700, 1200)
    gap = Outage(start=iso(draw.arrival_s() - draw.dice.uniform(700, 1500)), until=iso(until))
    near = [beside(draw.field, outages=[gap]), draw.deaf(outages=[gap])]
    return Case(draw.scene(way_in, way_out, receivers=near), facts={"heard again": again})
