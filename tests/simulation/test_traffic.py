"""Generated traffic: the same from the same seed, possible, and as long on the ground as was published."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from detector.app.model_worlds import _fields
from detector.domain.visit import Visit
from detector.simulation.traffic import FAMILIES, World, made_world, odd_stops
from detector.simulation.traffic.operations import OPERATIONS
from tests.scoring import worlds

BEGIN, DAYS = 1_719_792_000.0, 40


@cache
def world(seed: int = 3) -> World:
    rng = np.random.default_rng(seed)
    return made_world(rng, _fields(rng, worlds.configuration()), BEGIN, DAYS, 0.2)


def of_kind(name: str) -> list[Visit]:
    return [visit for visit in world().visits if visit.operator.startswith(f"{name} ")]


def minutes(visits: list[Visit]) -> list[float]:
    return [((visit.departed_at or 0.0) - visit.landed_at) / 60.0 for visit in visits]


def test_the_same_seed_gives_the_same_visits() -> None:
    rng = np.random.default_rng(3)
    again = made_world(rng, _fields(rng, worlds.configuration()), BEGIN, DAYS, 0.2)
    assert again.visits == world().visits
    assert len({visit.id for visit in again.visits}) == len(again.visits) > 5_000


def test_an_aircraft_leaves_a_field_before_it_lands_at_the_next_and_flies_from_where_it_was() -> None:
    lives: dict[str, list[Visit]] = defaultdict(list)
    for visit in world().visits:
        lives[visit.icao24].append(visit)
    for life in lives.values():
        for before, after in pairwise(life):
            assert before.departed_at is not None
            assert before.departed_at < after.landed_at
            assert (before.destination, before.airport) == (after.airport, after.origin)


def test_bounds_hold_the_true_time_and_only_what_was_seen_is_narrow() -> None:
    for visit in world().visits:
        assert visit.ground_min_s is not None
        assert visit.ground_max_s is not None
        true_s = (visit.departed_at or 0.0) - visit.landed_at
        assert visit.ground_min_s <= true_s <= visit.ground_max_s
        assert (visit.ground_max_s - visit.ground_min_s < 120.0) == (visit.level == 4)


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.named], ids=lambda one: one.name)
def test_the_median_turnaround_is_the_published_one(operation) -> None:  # type: ignore[no-untyped-def]
    stay = operation.stay
    turnarounds = [m for m in minutes(of_kind(operation.name)) if m < 60.0 * stay.long_h / 2.5]
    assert min(turnarounds) >= stay.shortest_min - 1e-6
    assert np.median(turnarounds) == pytest.approx(stay.median_min, rel=0.2)


def test_aircraft_of_airlines_spend_the_night() -> None:
    nights = [m for m in minutes(of_kind("low-cost")) if m > 300.0]
    assert len(nights) > 0.05 * len(of_kind("low-cost"))


def test_odd_stops_are_of_every_family_at_fields_that_are_in_no_schedule_of_theirs() -> None:
    made = world()
    listed = np.zeros(len(made.fields.codes), np.bool_)
    listed[made.fields.active[:40]] = True
    odd = odd_stops(np.random.default_rng(1), made, BEGIN, BEGIN + 20 * 86_400.0, 5, listed)
    assert sorted({one.family for one in odd}) == sorted(family.name for family in FAMILIES)
    schedules = {one.name: {made.fields.codes[i] for i in one.fields} for one in made.operators}
    for one in odd:
        assert one.visit.airport not in schedules[one.visit.operator]
        assert one.visit.level in (2, 3)
    under = {code for code, is_listed in zip(made.fields.codes, listed, strict=True) if is_listed}
    assert 0.2 < np.mean([one.visit.airport in under for one in odd]) < 0.9
