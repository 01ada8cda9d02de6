"""A landing is made along a runway, and the checks of that do not judge what cannot be known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from detector.domain.geo import destination
from detector.domain.observation import Points
from detector.domain.stop import Verdict
from detector.movements.check_settings import CheckSettings
from detector.movements.runway_checks import approach_alignment, on_runway, steady_landing
from detector.reference.airports import Runway, RunwayEnd
from detector.reference.table import Surface
from tests.movements.tracks import HOME, T0, track

S = CheckSettings()
PASS, FAIL, NOT = Verdict.PASS, Verdict.FAIL, Verdict.NOT_EVALUABLE
HIGH_END = destination(*HOME, 90.0, 1.6)


def runway(*, estimated: bool = False) -> Runway:
    """From HOME, 1.6 NM to the east."""
    return Runway(
        RunwayEnd("09", *HOME, 100.0, 90.0), RunwayEnd("27", *HIGH_END, 100.0, 270.0), 9_700, Surface.PAVED, estimated
    )


def beside(along_nm: float, right_nm: float) -> tuple[float, float]:
    return destination(*destination(*HOME, 90.0, along_nm), 180.0, right_nm)


def rolling(right_nm: float = 0.0, *, begin_nm: float = 0.3, after_s: float = 2.0, **columns: Any) -> Points:
    """Three surface fixes on the way east, `right_nm` to the right of the centreline."""
    places = [beside(begin_nm + 0.1 * k, right_nm) for k in range(3)]
    usual = {"groundspeed_kt": 90.0, "track_deg": 91.0, "surface": 1.0}
    return track([T0 + after_s + 5.0 * k for k in range(3)], places, **{**usual, **columns})


@pytest.mark.parametrize(
    ("points", "verdict"),
    [
        (rolling(), PASS),
        (rolling(track_deg=275.0), PASS),  # the other way
        (rolling(100.0 / 1852.0), PASS),
        (rolling(0.1), NOT),
        (rolling(0.31), FAIL),
        (rolling(begin_nm=1.6), PASS),  # into the overrun
        (rolling(begin_nm=-0.6), FAIL),
        (rolling(track_deg=120.0), NOT),  # crossing it
        (rolling(track_deg=float("nan")), NOT),
        (rolling(20.0, groundspeed_kt=30.0), NOT),  # taxiing
        (rolling(20.0, after_s=121.0), NOT),
        (rolling(20.0, surface=float("nan")), NOT),
        (track([], []), NOT),
    ],
)
def test_a_fast_roll_out_lies_on_a_runway(points: Points, verdict: Verdict) -> None:
    assert on_runway(points, T0, [runway()], S).verdict is verdict


@pytest.mark.parametrize("runways", [[], [runway(estimated=True)]])
def test_a_field_whose_runways_are_not_known_is_not_judged(runways: list[Runway]) -> None:
    assert on_runway(rolling(5.0), T0, runways, S).verdict is NOT
    assert approach_alignment(final(), T0 + 30.0, 100.0, runways, "A3", S).verdict is NOT


def test_beside_a_runway_that_is_known_and_one_that_is_not_nothing_fails() -> None:
    assert on_runway(rolling(5.0), T0, [runway(), runway(estimated=True)], S).verdict is NOT
    assert on_runway(rolling(), T0, [runway(), runway(estimated=True)], S).verdict is PASS


def final(right_nm: float = 0.0, *, height_ft: float = 250.0, **columns: Any) -> Points:
    """Three fixes in the air, the last one 0.8 NM before the runway."""
    places = [beside(-1.4 + 0.3 * k, right_nm) for k in range(3)]
    usual = {"groundspeed_kt": 135.0, "track_deg": 90.0, "altitude_ft": 100.0 + height_ft}
    return track([T0 + 10.0 * k for k in range(3)], places, **{**usual, **columns})


@pytest.mark.parametrize(
    ("points", "category", "verdict"),
    [
        (final(), "A3", PASS),
        (final(0.11), "A3", PASS),
        (final(0.13), "A3", NOT),
        (final(track_deg=116.0), "A3", NOT),
        (final(height_ft=800.0), "A3", NOT),
        (final(1.2), "A3", FAIL),
        (final(1.2, height_ft=400.0), "A3", NOT),
        (final(1.2, groundspeed_kt=75.0), "A1", NOT),  # a tight circuit
        (final(1.2, groundspeed_kt=75.0), None, NOT),
        (final(1.2), None, FAIL),
        (final(), "A7", NOT),
        (final(surface=1.0), "A3", NOT),
    ],
)
def test_an_approach_is_made_along_a_runway(points: Points, category: str | None, verdict: Verdict) -> None:
    assert approach_alignment(points, T0 + 30.0, 100.0, [runway()], category, S).verdict is verdict


def test_an_approach_lost_long_before_the_landing_is_not_judged() -> None:
    assert approach_alignment(final(1.2), T0 + 51.0, 100.0, [runway()], "A3", S).verdict is NOT
    assert approach_alignment(final(), T0 + 131.0, 100.0, [runway()], "A3", S).verdict is NOT


def landing(speeds: list[float], tracks: list[float], surface: list[float]) -> Points:
    """One point in 5 s, the touchdown at T0."""
    n = len(speeds)
    at = (T0 + 5.0 * (np.arange(n) - surface.index(1.0))).astype(np.float64)
    return Points.of(
        at, np.full(n, 50.0), np.full(n, 8.0), np.full(n, 200.0), np.array(speeds), track_deg=np.array(tracks),
        surface=np.array(surface),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("speeds", "tracks", "category", "verdict"),
    [
        ([140.0, 138.0, 136.0, 133.0, 115.0], [91.0, 90.0, 90.0, 90.0, 90.0], "A3", PASS),
        ([200.0, 199.0, 136.0, 133.0, 115.0], [110.0, 110.0, 90.0, 90.0, 90.0], "A3", FAIL),  # the pull ends
        ([140.0, 140.0, 140.0, 138.0, 90.0], [60.0, 60.0, 60.0, 90.0, 90.0], "A3", FAIL),
        ([200.0, 199.0, 136.0, 133.0, 115.0], [110.0, 110.0, 90.0, 90.0, 90.0], "A1", NOT),
        ([80.0, 80.0, 75.0, 60.0, 40.0], [60.0, 75.0, 90.0, 90.0, 90.0], None, NOT),
    ],
)
def test_nothing_jumps_around_the_touchdown_of_a_fast_aircraft(
    speeds: list[float], tracks: list[float], category: str | None, verdict: Verdict
) -> None:
    points = landing(speeds, tracks, [0.0, 0.0, 0.0, 1.0, 1.0])
    assert steady_landing(points, T0, 100.0, category, S).verdict is verdict
