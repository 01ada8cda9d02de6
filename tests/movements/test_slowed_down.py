"""Whoever has landed slows down; and a flight that nobody heard is no landing seen."""

from __future__ import annotations

import numpy as np
import pytest

from detector.domain.geo import destination
from detector.domain.observation import Points
from detector.domain.stop import Level, Verdict
from detector.movements import CheckSettings, MovementSettings
from detector.movements.checks import flight_unheard, ground_fix, ground_words
from detector.movements.runway_checks import slowed_down
from detector.movements.stops import observed_level
from tests.movements.tracks import HOME, T0, track

S = CheckSettings()


def after(kt: float, *, begin_s: float = 50.0, n: int = 6, every_s: float = 10.0, told_kt: float = 20.0) -> Points:
    """Surface positions from `begin_s` after touching down, moving at `kt`, with the ground speed that is told."""
    at = T0 + begin_s + np.arange(n) * every_s
    places = [destination(*HOME, 90.0, kt * (t - T0) / 3_600.0) for t in at.tolist()]
    return track(at, places, surface=1.0, groundspeed_kt=told_kt)


@pytest.mark.parametrize(
    ("points", "verdict"),
    [
        (after(20.0), Verdict.PASS),
        (after(0.0), Verdict.PASS),
        (after(59.0), Verdict.PASS),
        (after(61.0), Verdict.FAIL),
        # The positions count, not the speed that is told with them.
        (after(160.0, told_kt=0.0), Verdict.FAIL),
        (after(20.0, told_kt=160.0), Verdict.PASS),
        # It may roll fast at first, and take off again later.
        (after(160.0, begin_s=0.0, n=5), Verdict.NOT_EVALUABLE),
        (after(160.0, begin_s=181.0), Verdict.NOT_EVALUABLE),
        # Two positions, or twelve seconds, tell no speed.
        (after(160.0, n=2), Verdict.NOT_EVALUABLE),
        (after(160.0, n=4, every_s=4.0), Verdict.NOT_EVALUABLE),
        (after(160.0, n=0), Verdict.NOT_EVALUABLE),
    ],
)
def test_some_time_after_touching_down_it_moves_no_faster_than_it_taxies(points: Points, verdict: Verdict) -> None:
    assert slowed_down(points, T0, S).verdict is verdict


def test_one_position_that_jumps_does_not_reject_it() -> None:
    points = after(20.0)
    points.longitude_deg[2] += 0.05
    assert slowed_down(points, T0, S).verdict is Verdict.PASS


def test_two_positions_of_one_instant_make_no_infinite_speed() -> None:
    points = after(20.0)
    points.at[3] = points.at[2]
    check = slowed_down(points, T0, S)
    assert check.verdict is Verdict.PASS
    assert check.value == pytest.approx(20.0, abs=1.0)


def test_positions_in_the_air_have_no_part_in_it() -> None:
    points = after(160.0)
    points.surface[:] = 0.0
    assert slowed_down(points, T0, S).verdict is Verdict.NOT_EVALUABLE


def test_a_flight_that_nobody_heard_keeps_a_stop_at_level_2() -> None:
    m = MovementSettings()
    made = (ground_words(20), ground_fix(0.1, m))
    assert observed_level(made) is Level.BOTH_SIDES
    check = flight_unheard()
    assert (check.name, check.verdict) == ("flight_heard", Verdict.FAIL)
    assert observed_level((*made, check)) is Level.ONE_SIDE
