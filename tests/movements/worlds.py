"""A scenario at real airports played through the whole path, and what came out beside what truly happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from detector.app import build_pipeline
from detector.cli.simulate import field_of
from detector.domain.alert import Alert
from detector.domain.frame import FrameBatch, Tick
from detector.domain.geo import destination, distance_nm
from detector.domain.movement import Movement, MovementKind
from detector.domain.stop import Check, Level, Status, Stop
from detector.reference import Airports
from detector.settings import Configuration, load_configuration
from detector.simulation import Field, Scenario, Simulation, TrueMovement, TrueStop, airports_of, simulate
from detector.simulation.scenario import Aircraft, Flight, Outage, Rates, Receiver

CONFIG = Path(__file__).parents[2] / "config" / "detector.yaml"
BATCH = 20_000
BORDER_S = 15.0
"""An observed landing or take-off is told to within this."""
THIN = Rates(scale=0.15, full_below_ft=500.0, replies_per_s=0.4, air_air_per_s=0.1)
"""Fewer messages than a real aircraft sends: harder for the program and easier on the machine."""


@dataclass(slots=True)
class World:
    """`stops`: the last revision of each, by landing; `revisions`: all of them, in order."""

    simulation: Simulation | None = None
    revisions: list[Stop] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)

    @property
    def truth(self) -> tuple[TrueStop, ...]:
        assert self.simulation is not None
        return self.simulation.stops

    @property
    def every_stop(self) -> list[Stop]:
        """The last revision of every stop, taken back or not."""
        last = {stop.id: stop for stop in self.revisions}
        return sorted(last.values(), key=lambda stop: (stop.landed.estimate, stop.id))

    @property
    def stops(self) -> list[Stop]:
        """Those that stand: neither taken back nor rejected."""
        return [s for s in self.every_stop if s.status is not Status.RETRACTED and s.level > Level.REJECTED]

    def stops_of(self, icao24: str) -> list[Stop]:
        return [stop for stop in self.stops if stop.icao24 == icao24]

    def kinds(self) -> list[MovementKind]:
        return [movement.kind for movement in self.movements]

    def true_movements(self) -> tuple[TrueMovement, ...]:
        assert self.simulation is not None
        return self.simulation.movements

    def true_time(self, kind: str, airport: str | None = None) -> float:
        """When the first true movement of a kind was."""
        moves = (m.movement for m in self.true_movements())
        return next(m.at for m in moves if m.kind == kind and airport in (None, m.airport))


@cache
def configuration() -> Configuration:
    return load_configuration(CONFIG)


def airports() -> Airports:
    return configuration().airports


@cache
def real_field(code: str) -> Field:
    index = airports().index_of(code)
    assert index is not None, code
    return field_of(airports(), index, code)


def run(frames: FrameBatch, *, listen_until: float | None = None, batch: int = BATCH) -> World:
    """Frames through a fresh pipeline; `listen_until`: heartbeats go on after the last frame until then."""
    pipeline = build_pipeline(configuration())
    world = World()
    ticks: list[float] = []
    if listen_until is not None and len(frames):
        ticks = [*np.arange(float(frames.heard_at[-1]) + 60.0, listen_until, 60.0).tolist(), listen_until]
    pieces: list[FrameBatch | Tick] = [frames.take(slice(a, a + batch)) for a in range(0, len(frames), batch)]
    for piece in [*pieces, *(Tick(at) for at in ticks)]:
        changes = pipeline.tick(piece) if isinstance(piece, Tick) else pipeline.step(piece)
        world.revisions += changes.stops
        world.movements += changes.movements
        world.alerts += changes.alerts
    return world


def play(scenario: Scenario, *, listen_until: float | None = None) -> World:
    simulation = simulate(scenario, {code: real_field(code) for code in airports_of(scenario)})
    world = run(simulation.frames, listen_until=listen_until)
    world.simulation = simulation
    return world


def scene(*flights: Flight, receivers: list[Receiver], **values: Any) -> Scenario:
    """One aircraft with `flights`; keywords of Aircraft and of Scenario are told apart by name."""
    own = {key: values.pop(key) for key in list(values) if key in Aircraft.__struct_fields__ and key != "name"}
    one = Aircraft(**{"icao24": "4840d6", "callsign": "TST1", "category": "A3", "flights": list(flights), **own})
    others = values.pop("others", [])
    usual = {"name": "test", "start": "2024-05-06T00:00:00Z", "rates": THIN}
    return Scenario(**{**usual, "aircraft": [one, *others], "receivers": receivers, **values})


def beside(code: str, *, outages: list[Outage] | None = None, **values: Any) -> Receiver:
    """A receiver on the tower: hears everything at the field."""
    there = real_field(code)
    place = destination(there.lat, there.lon, 70.0, 0.8)
    usual = {"antenna_ft": max(there.elevation_ft, 0.0) + 150.0, "loss": 0.05, "horizon_factor": 1.0}
    return Receiver(name=f"at {code}", at=place, outages=outages or [], **{**usual, **values})


def far_from(
    code: str,
    *,
    hears_down_to_ft: float,
    hills: float = 0.85,
    bearing_deg: float = 200.0,
    outages: list[Outage] | None = None,
    **values: Any,
) -> Receiver:
    """A receiver so far away that it hears aircraft over the field down to that height above the field, no lower.

    `hills`: share of the radio horizon that the terrain around it leaves.
    """
    there = real_field(code)
    antenna = 200.0
    nm = hills * 1.23 * (antenna**0.5 + (max(there.elevation_ft, 0.0) + hears_down_to_ft + 15.0) ** 0.5)
    place = destination(there.lat, there.lon, bearing_deg, nm)
    usual = {"loss": 0.1, "range_nm": 260.0, "horizon_factor": hills}
    return Receiver(name=f"far from {code}", at=place, antenna_ft=antenna, outages=outages or [], **{**usual, **values})


def check_of(stop: Stop, name: str) -> Check:
    return next(check for check in stop.checks if check.name == name)


def apart_nm(a: str, b: str) -> float:
    one, other = real_field(a), real_field(b)
    return distance_nm(one.lat, one.lon, other.lat, other.lon)
