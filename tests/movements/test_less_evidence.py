"""A whole kind of evidence taken away never makes a stop surer."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from detector.domain.frame import FrameBatch
from detector.simulation import Scenario
from detector.simulation.scenario import Aircraft
from tests.families.registry import FAMILIES
from tests.movements.worlds import World, play, run

SEEDS = range(6)
HEARD = ("observed", "landing_unseen", "take_off_unseen", "both_unseen")
Flags = npt.NDArray[np.bool_]


def says_ground(frames: FrameBatch) -> Flags:
    """Surface positions, capability 4, flight status 1 or 3, vertical status 1."""
    df, low = frames.payload[:, 0] >> 3, frames.payload[:, 0] & 7
    code = frames.payload[:, 4] >> 3
    surface = (df == 17) & (code >= 5) & (code <= 8)
    capability = np.isin(df, (11, 17)) & (low == 4)
    status = np.isin(df, (4, 5, 20, 21)) & np.isin(low, (1, 3))
    vertical = np.isin(df, (0, 16)) & (low & 4 > 0)
    result: Flags = surface | capability | status | vertical
    return result


def velocities(frames: FrameBatch) -> Flags:
    result: Flags = (frames.payload[:, 0] >> 3 == 17) & (frames.payload[:, 4] >> 3 == 19)
    return result


def levels(world: World) -> dict[str, int]:
    found: dict[str, int] = {}
    for stop in world.stops:
        if stop.airport is not None:
            found[stop.airport] = max(found.get(stop.airport, 0), int(stop.level))
    return found


def without_altitudes(scenario: Scenario) -> Scenario:
    """The same aircraft, with satellite heights in place of barometric ones, and no replies to radars."""
    import msgspec

    def bare(one: Aircraft) -> Aircraft:
        return msgspec.structs.replace(one, altitude="gnss", radar=False)

    return msgspec.structs.replace(scenario, aircraft=[bare(one) for one in scenario.aircraft])


@pytest.mark.parametrize("family", HEARD)
@pytest.mark.parametrize("kind", [says_ground, velocities], ids=["surface words", "velocities"])
def test_frames_taken_away_never_raise_the_level(family: str, kind: object) -> None:
    assert callable(kind)
    for seed in SEEDS:
        world = play(FAMILIES[family].make(seed).scenario)
        assert world.simulation is not None
        frames = world.simulation.frames
        less = levels(run(frames.take(~kind(frames))))
        full = levels(world)
        assert all(level <= full.get(airport, 0) for airport, level in less.items()), (seed, full, less)


@pytest.mark.parametrize("family", HEARD)
def test_without_barometric_altitudes_no_level_rises_and_none_reaches_4(family: str) -> None:
    for seed in SEEDS:
        scenario = FAMILIES[family].make(seed).scenario
        full, less = levels(play(scenario)), levels(play(without_altitudes(scenario)))
        assert all(level <= full.get(airport, 0) for airport, level in less.items()), (seed, full, less)
        assert max(less.values(), default=0) <= 3
