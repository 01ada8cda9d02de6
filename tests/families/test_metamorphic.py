"""Streams changed in a way whose effect is known beforehand: noise changes nothing, less evidence is never surer."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import msgspec
import numpy as np
import pytest

from detector.domain.frame import FrameBatch
from detector.domain.times import parse_iso
from detector.simulation.scenario import GnssFault
from tests.families import frames as on_the_way
from tests.families.draw import Case, fields_around
from tests.families.registry import FAMILIES
from tests.families.verdicts import judge, played
from tests.movements.worlds import World, real_field, run

SEEDS = range(4)
HEARD = ("observed", "landing_unseen", "take_off_unseen", "both_unseen", "silent_at_the_gate", "jammed_then_landed")
Told = tuple[tuple[str, str | None, int], ...]
Change = Callable[[FrameBatch, np.random.Generator], FrameBatch]
Less = Callable[[FrameBatch], FrameBatch]


@cache
def world(family: str, seed: int) -> tuple[Case, World]:
    case = FAMILIES[family].make(seed)
    return case, played(case)


def told(of: World) -> Told:
    return tuple((stop.icao24, stop.airport, int(stop.level)) for stop in of.stops)


def levels(of: World) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for stop in of.stops:
        if stop.airport is not None:
            key = stop.icao24, stop.airport
            found[key] = max(found.get(key, 0), int(stop.level))
    return found


def heard(of: World) -> FrameBatch:
    assert of.simulation is not None
    return of.simulation.frames


NOISE: dict[str, Change] = {
    "lost": on_the_way.thinned,
    "repeated": on_the_way.repeated,
    "shuffled": on_the_way.shuffled,
}


@pytest.mark.parametrize("family", HEARD)
@pytest.mark.parametrize("noise", NOISE)
def test_noise_changes_no_airport_and_no_level(family: str, noise: str) -> None:
    for seed in SEEDS:
        _, whole = world(family, seed)
        changed = NOISE[noise](heard(whole), np.random.default_rng(seed))
        assert told(run(changed)) == told(whole), seed


def first_receiver_only(frames: FrameBatch) -> FrameBatch:
    return frames.take(frames.receiver == np.uint64(1))


def second_receiver_only(frames: FrameBatch) -> FrameBatch:
    return frames.take(frames.receiver == np.uint64(2))


LESS: dict[str, Less] = {
    "words on ground": lambda frames: frames.take(~on_the_way.says_ground(frames)),
    "barometric altitudes": on_the_way.without_pressure,
    "Comm-B": lambda frames: frames.take(~on_the_way.is_comm_b(frames)),
    "velocities": lambda frames: frames.take(~on_the_way.is_velocity(frames)),
    "the far receiver": first_receiver_only,
    "the receiver at the field": second_receiver_only,
}


@pytest.mark.parametrize("family", HEARD)
@pytest.mark.parametrize("kind", LESS)
def test_a_kind_of_evidence_taken_away_never_raises_a_level(family: str, kind: str) -> None:
    for seed in SEEDS:
        case, whole = world(family, seed)
        if kind.endswith(("receiver", "field")) and len(case.scenario.receivers) < 2:
            continue
        less, full = levels(run(LESS[kind](heard(whole)))), levels(whole)
        assert {key: level for key, level in less.items() if level > full.get(key, 0)} == {}, (seed, full)


@pytest.mark.parametrize("family", HEARD)
def test_the_departure_taken_away_never_raises_a_level(family: str) -> None:
    for seed in SEEDS:
        case, whole = world(family, seed)
        leaves = parse_iso(case.scenario.aircraft[0].flights[1].off_block)
        less = levels(run(heard(whole).take(heard(whole).heard_at < leaves - 60.0)))
        full = levels(whole)
        assert {key: level for key, level in less.items() if level > full.get(key, 0)} == {}, (seed, full)


@pytest.mark.parametrize("family", ["observed", "landing_unseen", "both_unseen"])
@pytest.mark.parametrize("kind", ["frozen", "circling", "drag"])
def test_a_false_position_added_to_a_world_never_gives_level_4_at_the_false_field(family: str, kind: str) -> None:
    for seed in SEEDS:
        case, _ = world(family, seed)
        one = case.scenario.aircraft[0]
        false = fields_around(str(one.flights[0].destination), 15.0, 150.0)[0]
        there = real_field(false)
        fault = GnssFault(kind=kind, start="landing - 14 min", until="next off_block", at=(there.lat, there.lon))  # type: ignore[arg-type]
        flights = [msgspec.structs.replace(one.flights[0], gnss=[fault]), *one.flights[1:]]
        aircraft = [msgspec.structs.replace(one, flights=flights), *case.scenario.aircraft[1:]]
        spoofed = Case(msgspec.structs.replace(case.scenario, aircraft=aircraft), false_field=false)
        assert judge(spoofed, played(spoofed)).at_false_field < 4, seed
