"""Families of odd streams: wrong clocks, late frames, shared and damaged addresses; and what is no aeroplane."""

from __future__ import annotations

import numpy as np

from detector.domain.frame import FrameBatch
from detector.domain.geo import destination
from detector.domain.times import iso
from detector.domain.units import FT_PER_NM
from detector.simulation import Field, RunwayEnd
from detector.simulation.encode.parity import crc24
from detector.simulation.route import stand_of
from detector.simulation.scenario import Aircraft, Approach, Flight, GnssFault, Receiver, Stand
from tests.families import frames as on_the_way
from tests.families.draw import LARGE, ONE, START, Case, Draw, fields_around
from tests.movements.worlds import airports, beside, far_from, real_field


def two_clocks(seed: int) -> Case:
    """One of two receivers is up to a few seconds ahead of time or behind; half a minute in one seed of five."""
    draw = Draw(seed)
    offset = draw.dice.choice([-1, 1]) * (30.0 if seed % 5 == 0 else draw.dice.uniform(0.1, 4.0))
    receivers = [beside(draw.field), draw.deaf(hears_down_to_ft=draw.dice.uniform(100, 3_000), clock_offset_s=offset)]
    return Case(draw.scene(*draw.two_flights(), receivers=receivers), facts={"offset_s": round(offset, 1)})


def late_and_shuffled(seed: int) -> Case:
    """Frames arrive up to a second late and out of order, some twice, some never."""
    draw = Draw(seed)
    heard = draw.dice.random() < 0.5
    receivers = [beside(draw.field), draw.deaf()] if heard else [draw.deaf()]

    def change(frames: FrameBatch, random: np.random.Generator) -> FrameBatch:
        return on_the_way.shuffled(on_the_way.repeated(on_the_way.thinned(frames, random), random), random)

    return Case(draw.scene(*draw.two_flights(), receivers=receivers), facts={"heard": heard}, change=change)


def wrong_surface_fix(seed: int) -> Case:
    """Positions on the ground of another field, for some seconds, in flight or after the landing."""
    draw = Draw(seed, jet=True, fields=LARGE)
    choice = fields_around(draw.field, 8.0, 44.0) or fields_around(draw.field, 8.0, 200.0)
    other = draw.dice.choice(choice or ["LFBO"])
    there = real_field(other)
    lasts = draw.dice.choice([4, 15, 45, 120])
    event, after_s = draw.dice.choice([("landing", -1_500), ("landing", -480), ("landing", -180), ("on_block", 30)])
    place = destination(there.lat, there.lon, 0.0, draw.dice.uniform(0, 0.5))
    begin, until = (f"{event} {'-' if s < 0 else '+'} {abs(s)} s" for s in (after_s, after_s + lasts))
    fault = GnssFault(kind="frozen", start=begin, until=until, at=place, on_ground=True)
    way_in, way_out = draw.flight_in(gnss=[fault]), draw.flight_out(draw.arrival_s() + 900 + draw.stay_s())
    scenario = draw.scene(way_in, way_out, receivers=[beside(draw.field), draw.deaf()])
    return Case(scenario, false_field=other, facts={"other": other, "begin": begin, "lasts": lasts})


def one_address_in_two_places(seed: int) -> Case:
    """Two aircraft claim one address; one of them lands, the other flies past something far away."""
    draw = Draw(seed, jet=True, fields=LARGE)
    far = draw.dice.choice([code for code in LARGE if code != draw.field])
    place = real_field(far)
    ways = [destination(place.lat, place.lon, draw.bearing + turn, 300.0) for turn in (0.0, 180.0)]
    twin = Aircraft(
        icao24=ONE,
        callsign="TWIN",
        category="A3",
        flights=[Flight(off_block=iso(START + draw.dice.uniform(0, 1_800)), via=ways, cruise_ft=33_000)],
    )
    receivers = [beside(draw.field), draw.deaf(), far_from(far, hears_down_to_ft=3_000)]
    return Case(draw.scene(*draw.two_flights(), receivers=receivers, others=[twin]), facts={"twin near": far})


def one_bit_neighbour(seed: int) -> Case:
    """Some of the squitters come a second time under an address one bit away, with a parity that fits."""
    draw = Draw(seed)
    bit, share = draw.dice.randrange(24), draw.dice.choice([0.02, 0.1, 0.4])
    neighbour = f"{int(ONE, 16) ^ (1 << bit):06x}"

    def change(frames: FrameBatch, random: np.random.Generator) -> FrameBatch:
        rows = np.flatnonzero((frames.payload[:, 0] >> 3 == 17) & (random.random(len(frames)) < share))
        copies = frames.take(rows)
        copies.payload[:, 3 - bit // 8] ^= np.uint8(1 << bit % 8)
        parity = crc24(copies.payload[:, :11])
        for k in range(3):
            copies.payload[:, 11 + k] = (parity >> (16 - 8 * k)) & 0xFF
        copies.heard_at[:] = np.rint((copies.heard_at + 0.001) * 1e6) / 1e6
        both = FrameBatch.concat([frames, copies])
        return both.take(np.argsort(both.heard_at, kind="stable"))

    scenario = draw.scene(*draw.two_flights(), receivers=[beside(draw.field), draw.deaf()])
    return Case(scenario, facts={"neighbour": neighbour, "share": share}, change=change)


def helicopter_hovering(seed: int) -> Case:
    """Slow and low beside a field, and away again: no stop."""
    draw = Draw(seed, fields=(*LARGE, "EHRD", "LFMN", "LSGG"))
    there = real_field(draw.field)
    nm, course = draw.dice.uniform(0.3, 2.5), draw.dice.uniform(0, 360)
    spot = destination(there.lat, there.lon, course, nm)
    ways = [
        destination(*spot, course, 12.0),
        spot,
        destination(*spot, course + 90, 0.4),
        destination(*spot, course + 200, 0.3),
        destination(*spot, course + 30, 12.0),
    ]
    level = there.elevation_ft + draw.dice.uniform(250, 900)
    flight = Flight(
        off_block=iso(START + 600), via=ways, cruise_ft=level, speed_kt=draw.dice.choice([22.0, 30.0, 50.0])
    )
    scenario = draw.scene(
        flight, receivers=[beside(draw.field)], performance="helicopter", category="A7", qnh_hpa=1013.25
    )
    return Case(scenario, facts={"field": draw.field, "from it": round(nm, 1)})


def helicopter_off_field(seed: int) -> Case:
    """Lands in the open country, stays, and leaves."""
    draw = Draw(seed, fields=(*LARGE, "EHRD", "LFMN", "LSGG"))
    there = real_field(draw.field)
    for _ in range(100):
        lat, lon = destination(there.lat, there.lon, draw.dice.uniform(0, 360), draw.dice.uniform(8, 25))
        if not airports().within(lat, lon, 5.0):
            break
    ends = [
        RunwayEnd(ident, *destination(lat, lon, heading + 180, 0.1), float(heading), 0.2 * FT_PER_NM)
        for ident, heading in (("09", 90), ("27", 270))
    ]
    meadow = Field("MEADOW", lat, lon, there.elevation_ft, (ends[0], ends[1]))
    level = there.elevation_ft + 1_500
    stay = draw.dice.choice([900, 2_400])
    way_in = Flight(
        off_block=iso(START + 600),
        via=[destination(lat, lon, draw.bearing, nm) for nm in (15.0, 8.0)],
        destination="MEADOW",
        cruise_ft=level,
    )
    way_out = Flight(
        off_block=iso(START + 2_100 + stay),
        origin="MEADOW",
        via=[destination(lat, lon, draw.bearing + 60, nm) for nm in (8.0, 15.0)],
        cruise_ft=level,
    )
    place = destination(lat, lon, 10.0, 1.0)
    near = Receiver(name="near the meadow", at=place, antenna_ft=max(meadow.elevation_ft, 0.0) + 150.0)
    scenario = draw.scene(way_in, way_out, receivers=[near], performance="helicopter", category="A7")
    return Case(scenario, facts={"field near by": draw.field}, fields={"MEADOW": meadow})


def ground_vehicle(seed: int) -> Case:
    """Vehicles by DF 18 or by their category, standing or driving about: never a stop."""
    draw = Draw(seed, fields=LARGE)
    there = real_field(draw.field)
    lat, lon = there.lat, there.lon
    truck = Aircraft(
        icao24="3907ab",
        callsign="FIRE1",
        category=draw.dice.choice(["C1", "C2"]),
        df=draw.dice.choice([17, 18]),
        stand=Stand(at=(lat, lon), until=iso(START + 7_200)),
    )
    ways = [destination(lat, lon, turn, 1.0) for turn in (0.0, 90.0, 180.0, 270.0)]
    drive = Flight(off_block=iso(START + 600), via=ways, cruise_ft=there.elevation_ft, speed_kt=25.0)
    scenario = draw.scene(
        drive,
        receivers=[beside(draw.field)],
        others=[truck],
        performance="helicopter",
        category=draw.dice.choice(["C1", "C2"]),
        df=18,
    )
    return Case(scenario, judged=(ONE, "3907ab"))


def a_day_at_a_field(seed: int) -> Case:
    """A well-heard field for 24 hours: a score of aircraft come and go, some make a local flight in between.

    Each has a stand of its own.
    """
    draw = Draw(seed, jet=True, fields=LARGE)
    others, judged = [], []
    for k in range(20):
        address = f"3d{k:02x}{draw.dice.randrange(256):02x}"
        begin = START + 600 + 3_600 * draw.dice.uniform(0, 17)
        turns = draw.dice.uniform(0, 360), draw.dice.uniform(0, 360)
        ways = [[draw.outside(nm, turn) for nm in (150.0, 110.0)] for turn in turns]
        kinds: list[Approach] = draw.dice.choice([["land"], ["land"], ["land"], ["go_around", "land"]])
        gate = destination(*stand_of(real_field(draw.field)), 18.0 * k, 0.03 + 0.002 * k)
        flights = [
            Flight(
                off_block=iso(begin),
                via=ways[0],
                destination=draw.field,
                cruise_ft=26_000,
                approaches=kinds,
                stand=gate,
            )
        ]
        begin += 3_600 + draw.dice.choice([0, 900, 2_400])
        if draw.dice.random() < 0.3:
            flights.append(
                Flight(
                    off_block=iso(begin),
                    origin=draw.field,
                    destination=draw.field,
                    via=[draw.outside(40.0, turns[0]), draw.outside(40.0, turns[0] + 60)],
                    cruise_ft=real_field(draw.field).elevation_ft + 9_000,
                    stand=gate,
                )
            )
            begin += 5_400
        if draw.dice.random() < 0.8:
            flights.append(
                Flight(off_block=iso(begin), origin=draw.field, via=ways[1][::-1], cruise_ft=26_000, stand=gate)
            )
        others.append(Aircraft(icao24=address, callsign=f"DAY{k}", category="A3", flights=flights))
        judged.append(address)
    across = [draw.outside(turn=turn) for turn in (0.0, 180.0)]
    crossing = [Flight(off_block=iso(START + 600), via=across, cruise_ft=33_000)]
    scenario = draw.scene(*crossing, receivers=[beside(draw.field)], others=others, performance="jet_airliner")
    return Case(scenario, judged=(ONE, *judged))
