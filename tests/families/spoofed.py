"""Families of false positions: the aircraft lands at one field and is shown at another, or has no position at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from detector.domain.times import iso
from detector.simulation.scenario import Aircraft, Flight, GnssFault, Place, Rates, Receiver
from tests.families.draw import LARGE, START, Case, Draw, fields_around
from tests.movements.worlds import THIN, apart_nm, beside, real_field

STAY_S = (2_700.0, 5_400.0)
FaultKind = Literal["jammed", "frozen", "circling", "drag", "shift"]


@dataclass(frozen=True, slots=True)
class Deceit:
    """What was drawn of a deceived receiver. `onset_s`: how long before the landing it begins."""

    draw: Draw
    false_field: str
    onset_s: float
    good: bool
    comm_b: bool
    true_velocity: bool
    heard: bool
    after: str
    """How the departure is shown: `none` (there is none), `clean` or `spoofed`."""
    height: bool
    """The satellite height is false as well."""

    @property
    def place(self) -> Place:
        field = real_field(self.false_field)
        return field.lat, field.lon

    @property
    def apart_nm(self) -> float:
        return apart_nm(self.draw.field, self.false_field)

    def fault(self, kind: FaultKind, start: str, until: str, **values: Any) -> GnssFault:
        quality = (
            {}
            if self.good
            else {"nic": self.draw.dice.choice([0, 0, 4, 6]), "nac_p": self.draw.dice.choice([0, 1, 2, 3])}
        )
        usual: dict[str, Any] = {
            "at": self.place,
            "velocity": "true" if self.true_velocity else "false",
            "height_ft": real_field(self.false_field).elevation_ft + 200.0 if self.height else None,
        }
        return GnssFault(kind=kind, start=start, until=until, **{**usual, **quality, **values})

    def case(self, faults: list[GnssFault], *, out: list[GnssFault] | None = None, **values: Any) -> Case:
        """The flight in with `faults`, and the flight out as drawn; `out`: its faults where it is spoofed."""
        draw = self.draw
        flights = [draw.flight_in(gnss=faults)]
        if self.after != "none":
            usual = [self.fault("frozen", "off_block", "take_off + 6 min")]
            spoofed = (usual if out is None else out) if self.after == "spoofed" else []
            flights.append(draw.flight_out(draw.arrival_s() + 900 + draw.dice.choice(STAY_S), gnss=spoofed))
        scenario = draw.scene(*flights, receivers=self.receivers(), rates=self.rates(), **values)
        return Case(scenario, false_field=self.false_field, facts=self.facts())

    def receivers(self) -> list[Receiver]:
        high = self.draw.deaf()
        return [beside(self.draw.field), high] if self.heard else [high]

    def rates(self) -> Rates:
        return THIN if self.comm_b else Rates(scale=0.15, full_below_ft=500.0, replies_per_s=0.4, comm_b_share=0.0)

    def facts(self) -> dict[str, object]:
        return {
            "true": self.draw.field,
            "false": self.false_field,
            "apart_nm": round(self.apart_nm),
            "onset_s": round(self.onset_s),
            "quality": "good" if self.good else "poor",
            "comm_b": self.comm_b,
            "velocity": "true" if self.true_velocity else "false",
            "heard": self.heard,
            "after": self.after,
            "height": self.height,
        }


def deceit(seed: int, *, soonest_s: float = 150.0) -> Deceit:
    """Long before the landing or shortly before; near or far; good or poor quality; with Comm-B or without."""
    draw = Draw(seed, jet=True, fields=LARGE)
    draw.home_nm = 420.0
    near = draw.dice.random() < 0.5
    choice = fields_around(draw.field, 5.0, 40.0) if near else []
    choice = choice or fields_around(draw.field, 60.0, 200.0) or fields_around(draw.field, 5.0, 200.0) or ["ZKPY"]
    early = draw.dice.random() < 0.5
    onset = draw.dice.uniform(1_860, 3_000) if early else draw.dice.uniform(soonest_s, 900)
    return Deceit(
        draw,
        draw.dice.choice(choice),
        onset,
        good=draw.dice.random() < 0.6,
        comm_b=draw.dice.random() < 0.5,
        true_velocity=draw.dice.random() < 0.25,
        heard=draw.dice.random() < 0.7,
        after=draw.dice.choice(["none", "clean", "spoofed"]),
        height=draw.dice.random() < 0.5,
    )


def spoofed_frozen(seed: int) -> Case:
    """Stands at the false field, in flight and often through the landing."""
    d = deceit(seed)
    until = d.draw.dice.choice(["landing - 60 s", "landing + 3 min", "next off_block", "next off_block"])
    words = True if d.draw.dice.random() < 0.15 else None
    return d.case([d.fault("frozen", f"landing - {d.onset_s:.0f} s", until, on_ground=words)])


def spoofed_circling(seed: int) -> Case:
    """Flies circles over the false field."""
    d = deceit(seed)
    dice = d.draw.dice
    until = dice.choice(["landing - 60 s", "landing + 3 min", "next off_block"])
    radius, speed = dice.uniform(0.5, 3.0), dice.choice([80.0, 120.0, 160.0, 250.0])
    return d.case([d.fault("circling", f"landing - {d.onset_s:.0f} s", until, radius_nm=radius, speed_kt=speed)])


def _dragged(d: Deceit, arrives: str, until: str) -> list[GnssFault]:
    """Slowly off the true way; the position is over the false field at `arrives` and goes on from there."""
    lasts = min(3_000.0, max(d.onset_s, d.apart_nm / d.draw.dice.uniform(60, 240) * 3600))
    return [
        d.fault("drag", f"landing - {lasts:.0f} s", arrives),
        d.fault("shift", arrives, until),
    ]


def spoofed_drag(seed: int) -> Case:
    """Drawn away slowly to the false field, and back on the true place some time after the landing."""
    d = deceit(seed)
    until = d.draw.dice.choice(["landing + 30 s", "landing + 4 min", "landing + 15 min"])
    return d.case(_dragged(d, "landing - 20 s", until))


def spoofed_through_touchdown(seed: int) -> Case:
    """Drawn away so that it touches down, rolls and parks at the false field, until it leaves."""
    d = deceit(seed)
    out = [d.fault("shift", "off_block", "take_off + 8 min")]
    return d.case(_dragged(d, "landing", "next off_block"), out=out)


def spoofed_many_at_once(seed: int) -> Case:
    """Three to six aircraft on their way to one field are all shown at another."""
    d = deceit(seed)
    dice, draw = d.draw.dice, d.draw
    others, judged = [], ["4840d6"]
    kind: FaultKind = dice.choice(["frozen", "circling"])
    begin = START + 600 + draw.home_nm / 400 * 3600
    field_faults = [GnssFault(kind=kind, start=iso(begin - d.onset_s), until=iso(begin + 3_600), at=d.place)]
    for k in range(dice.randint(2, 5)):
        turn, address = dice.uniform(0, 360), f"4ca{k:03x}"
        flight = draw.flight_in(
            off_block=iso(START + 600 + 240 * (k + 1)),
            via=[draw.outside(turn=turn), draw.outside(draw.home_nm * 0.85, turn)],
            gnss=field_faults,
        )
        others.append(Aircraft(icao24=address, callsign=f"MNY{k}", category="A3", flights=[flight]))
        judged.append(address)
    flight = draw.flight_in(gnss=field_faults)
    scenario = draw.scene(flight, receivers=d.receivers(), rates=d.rates(), others=others)
    return Case(
        scenario, tuple(judged), d.false_field, {**d.facts(), "after": "none", "aircraft": len(judged), "kind": kind}
    )


def spoofed_while_parked(seed: int) -> Case:
    """Lands cleanly; standing there, it is shown at another field."""
    d = deceit(seed)
    begin = d.draw.dice.choice(["on_block", "on_block + 2 min", "landing + 40 s"])
    return d.case([d.fault("frozen", begin, "next off_block")], on_after_s=900.0)


def spoofed_and_back(seed: int) -> Case:
    """Jumps to the false field on the way, and is back on its own track before it lands."""
    d = deceit(seed, soonest_s=480.0)
    lasts = d.draw.dice.uniform(90, d.onset_s - 240)
    kind: FaultKind = d.draw.dice.choice(["frozen", "circling", "shift"])
    begin = f"landing - {d.onset_s:.0f} s"
    return d.case([d.fault(kind, begin, f"landing - {d.onset_s - lasts:.0f} s")])


def spoofed_overflight(seed: int) -> Case:
    """Passes at cruise, is shown standing or circling at a field for a while, and flies on: no stop at all."""
    d = deceit(seed)
    draw, dice = d.draw, d.draw.dice
    begin, lasts = START + 600 + dice.uniform(900, 1_500), dice.uniform(180, 2_400)
    kind: FaultKind = dice.choice(["frozen", "circling"])
    fault = d.fault(kind, iso(begin), iso(begin + lasts))
    ways = [draw.outside(), draw.outside(turn=180)]
    flight = Flight(off_block=iso(START + 600), via=ways, cruise_ft=draw.cruise_ft, gnss=[fault])
    scenario = draw.scene(flight, receivers=d.receivers(), rates=d.rates())
    return Case(
        scenario, false_field=d.false_field, facts={**d.facts(), "after": "none", "kind": kind, "lasts": round(lasts)}
    )


def jammed_then_landed(seed: int) -> Case:
    """No position from somewhere on the way down; the landing itself is heard by a receiver at the field."""
    draw = Draw(seed, jet=True, fields=LARGE)
    onset = draw.dice.uniform(120, 1_500)
    until = draw.dice.choice(["landing + 90 s", "landing + 5 min", "next off_block", "next take_off + 4 min"])
    jam = GnssFault(kind="jammed", start=f"landing - {onset:.0f} s", until=until)
    way_in = draw.flight_in(gnss=[jam])
    way_out = draw.flight_out(draw.arrival_s() + 900 + draw.dice.choice(STAY_S))
    scenario = draw.scene(way_in, way_out, receivers=[beside(draw.field), draw.deaf()])
    return Case(scenario, facts={"onset_s": round(onset), "until": until})


def jammed_en_route(seed: int) -> Case:
    """No position for a while in cruise, then a landing like any other."""
    draw = Draw(seed, jet=True, fields=LARGE)
    begin = draw.dice.uniform(1_800, 2_200)
    jam = GnssFault(kind="jammed", start=f"landing - {begin:.0f} s", until=f"landing - {begin - 1_200:.0f} s")
    scenario = draw.scene(
        draw.flight_in(gnss=[jam]),
        draw.flight_out(draw.arrival_s() + 900 + draw.dice.choice(STAY_S)),
        receivers=[beside(draw.field), draw.deaf()],
    )
    return Case(scenario)


SPOOFED: tuple[Callable[[int], Case], ...] = (
    spoofed_frozen,
    spoofed_circling,
    spoofed_drag,
    spoofed_through_touchdown,
    spoofed_many_at_once,
    spoofed_while_parked,
    spoofed_and_back,
    spoofed_overflight,
)
