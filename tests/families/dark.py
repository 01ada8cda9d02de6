"""Families in which the transponder is off while the receivers are known to listen, and to reach there."""

from __future__ import annotations

from typing import Any

from detector.domain.geo import destination
from detector.domain.times import iso, parse_iso
from detector.simulation.scenario import Background, Flight, Receiver, Silence
from tests.families.draw import JET_KT, LARGE, LISTED, SMALL, START, Case, Draw
from tests.movements.worlds import far_from, real_field

DAY_S = 86_400.0
REACH_NM = 150.0
OUT_OF_REACH_NM = 330.0
"""From the middle between the field and where it goes dark, so that airliners cross all that is heard."""


def _listening(draw: Draw) -> Receiver:
    """It hears down to a few thousand feet above the field, and low flights all around."""
    down_to = draw.dice.uniform(500, 2_500)
    bearing_deg = draw.dice.uniform(0, 360)
    return far_from(draw.field, hears_down_to_ft=down_to, bearing_deg=bearing_deg, loss=0.05, range_nm=REACH_NM)


def _on_the_way_in(draw: Draw, off_before_s: float) -> tuple[float, float]:
    """About where the transponder goes off."""
    return draw.outside(min(draw.home_nm, max(20.0, (off_before_s - 300.0) / 3600.0 * JET_KT)))


def _receivers(draw: Draw, off_at: tuple[float, float]) -> list[Receiver]:
    """One that hears low around the field, and one that hears the way in beyond the place where it goes dark."""
    antenna_ft = max(real_field(draw.field).elevation_ft, 0.0) + 200.0
    return [
        _listening(draw),
        Receiver(name="on the way in", at=off_at, antenna_ft=antenna_ft, range_nm=REACH_NM, loss=0.05),
    ]


def _crowds(draw: Draw, off_before_s: float, until: float) -> list[Background]:
    """A dozen an hour cross the way in, some from the start, and go on until nobody hears them: those are not dark."""
    centre = _on_the_way_in(draw, off_before_s / 2.0)
    hours = (until - START) / 3600.0
    count = 15 + int(hours * (12.0 if hours < 12.0 else 6.0))
    around: dict[str, Any] = {"centre": centre, "radius_nm": OUT_OF_REACH_NM, "start": iso(START)}
    return [
        Background(count=count, until=iso(until), **around),
        Background(count=8, first_icao24="790000", until=iso(START + 7_200), **around),
    ]


def _dark(seed: int, fields: tuple[str, ...]) -> Case:
    draw = Draw(seed, jet=True, fields=fields)
    off_before_s = draw.dice.choice([420, 720, 1_080, 1_500, 2_100])
    stay = draw.dice.choice([2_400.0, 5_400.0, 14_400.0, DAY_S])
    leaves = draw.arrival_s() + 600 + stay
    on_again = f"next take_off + {draw.dice.choice([4, 8, 13, 18])} min"
    way_in = draw.flight_in(silent=[Silence(start=f"landing - {off_before_s} s", until=on_again)])
    way_out = draw.flight_out(leaves)
    off_at = _on_the_way_in(draw, off_before_s)
    others = draw.local_traffic(START, leaves + 1_200, 8 + int(stay / 2_400))
    crowds = _crowds(draw, off_before_s, leaves + 4_800)
    scenario = draw.scene(way_in, way_out, receivers=_receivers(draw, off_at), others=others, background=crowds)
    return Case(scenario, facts={"off before landing": off_before_s, "stay": stay, "on again": on_again})


def dark_listed(seed: int) -> Case:
    """Off at cruise or on the way down to a listed field, on again after the take-off."""
    return _dark(seed, LISTED)


def dark_elsewhere(seed: int) -> Case:
    """The same at fields that nobody lists."""
    return _dark(seed, tuple(code for code in LARGE + SMALL if code not in LISTED))


def dark_to_the_end(seed: int) -> Case:
    """Off on the way to a listed field, and never heard again while others are."""
    draw = Draw(seed, jet=True, fields=LISTED)
    off_before_s = draw.dice.choice([720, 1_080, 1_500, 2_100])
    way_in = draw.flight_in(silent=[Silence(start=f"landing - {off_before_s} s", until="end")])
    until = draw.arrival_s() + 4 * 3600
    off_at = _on_the_way_in(draw, off_before_s)
    others = draw.local_traffic(START, until, 14)
    scenario = draw.scene(
        way_in, receivers=_receivers(draw, off_at), others=others, background=_crowds(draw, off_before_s, until)
    )
    return Case(scenario, facts={"off before landing": off_before_s}, listen_until=until)


def dark_en_route(seed: int) -> Case:
    """Off at cruise for a while, near fields, and on again further along the same way: no stop."""
    draw = Draw(seed, jet=True)
    turn = draw.dice.uniform(150, 210)
    off = START + 600 + draw.dice.uniform(600, 1_500)
    lasts = draw.dice.choice([480, 900, 1_500, 2_400])
    flight = Flight(
        off_block=iso(START + 600),
        via=[draw.outside(), draw.outside(turn=turn)],
        cruise_ft=draw.cruise_ft,
        silent=[Silence(start=iso(off), until=iso(off + lasts))],
    )
    end = parse_iso(flight.off_block) + 7_200
    crowd = Background(count=6, centre=draw.outside(0), radius_nm=150, until=iso(end))
    others = draw.local_traffic(START, START + 5_400, 8)
    receivers = [_listening(draw)]
    scenario = draw.scene(flight, receivers=receivers, others=others, background=[crowd], end=iso(end))
    return Case(scenario, facts={"off for": lasts})


def out_of_range(seed: int) -> Case:
    """Out of range of the receivers at cruise, near a listed field, and perhaps back in: nothing is dark.

    The range ends at once; others cross it all the time. The way leads through its middle, or at a slant along the
    rim. Where there are two receivers, the rim has a notch between them.
    """
    draw = Draw(seed, jet=True, fields=LISTED)
    reach_nm = draw.dice.uniform(90, 170)
    antenna_ft = max(real_field(draw.field).elevation_ft, 0.0) + 1_500.0
    middle = draw.outside(draw.dice.uniform(0, 80), draw.dice.uniform(-180, 180))
    places = [middle]
    if draw.dice.random() < 0.5:
        places.append(destination(*middle, draw.dice.uniform(0, 360), draw.dice.uniform(0.5, 1.2) * reach_nm))
    receivers = [
        Receiver(name=f"receiver {k}", at=place, antenna_ft=antenna_ft, range_nm=reach_nm, loss=0.05)
        for k, place in enumerate(places)
    ]
    track, miss_nm = draw.dice.uniform(0, 360), draw.dice.uniform(-0.95, 0.95) * reach_nm
    nearest = destination(*middle, track + 90.0, miss_nm)
    far_nm = (1.3 if len(places) == 1 else 2.4) * reach_nm + 40.0
    ways = [destination(*nearest, track + 180.0, far_nm), destination(*nearest, track, far_nm)]
    comes_back = draw.dice.random() < 0.5
    if comes_back:
        back = track + draw.dice.uniform(-60, 60)
        ways += [destination(*middle, back, far_nm + 120.0), destination(*middle, back + 180.0, far_nm)]
    flight = Flight(off_block=iso(START + 600), via=ways, cruise_ft=draw.cruise_ft)
    until = START + 5 * 3600
    crowd = Background(count=60, centre=middle, radius_nm=far_nm, start=iso(START), until=iso(until))
    scenario = draw.scene(flight, receivers=receivers, background=[crowd], end=iso(until))
    facts = {
        "nearest_nm": round(abs(miss_nm)),
        "reach_nm": round(reach_nm),
        "receivers": len(places),
        "comes back": comes_back,
    }
    return Case(scenario, facts=facts, listen_until=until)
