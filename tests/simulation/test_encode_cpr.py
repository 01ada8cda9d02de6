"""Compact positions over the whole globe, recovered by pyModeS: within 10 m in the air, 2 m on the surface."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyModeS.position import _cpr

from detector.domain.geo import distance_nm
from detector.domain.units import M_PER_NM
from detector.simulation.encode.cpr import TRANSITION_LATITUDES, encode_cpr, longitude_zones

LATITUDE = st.floats(-90, 90)
LONGITUDE = st.floats(-180, 180)
AIRBORNE_M = 10.0
SURFACE_M = 2.0


def encoded(lat: float, lon: float, odd: int, *, surface: bool) -> tuple[int, int]:
    yz, xz = encode_cpr(np.array([lat]), np.array([lon]), np.array([odd]), surface=surface)
    return int(yz[0]), int(xz[0])


def metres(lat: float, lon: float, found: tuple[float, float]) -> float:
    return distance_nm(lat, lon, *found) * M_PER_NM


@given(LATITUDE, LONGITUDE, st.integers(0, 1))
@example(90.0, 0.0, 0)
@example(-90.0, 179.0, 1)
@example(87.0, 10.0, 1)
@example(51.0, 180.0, 0)
@example(51.0, -180.0, 1)
@settings(max_examples=500)
def test_one_airborne_position_is_recovered_near_a_reference(lat: float, lon: float, odd: int) -> None:
    yz, xz = encoded(lat, lon, odd, surface=False)
    assert metres(lat, lon, _cpr.airborne_position_with_ref(odd, yz, xz, lat, lon)) < AIRBORNE_M


@given(LATITUDE, LONGITUDE, st.integers(0, 1))
@example(-87.0, 10.0, 0)
@example(0.0, 179.99999, 1)
@settings(max_examples=500)
def test_one_surface_position_is_recovered_near_a_reference(lat: float, lon: float, odd: int) -> None:
    yz, xz = encoded(lat, lon, odd, surface=True)
    assert metres(lat, lon, _cpr.surface_position_with_ref(odd, yz, xz, lat, lon)) < SURFACE_M


@given(st.floats(-86.9, 86.9), LONGITUDE, st.booleans())
@settings(max_examples=500)
def test_an_airborne_pair_is_recovered_from_nothing(lat: float, lon: float, even_is_newer: bool) -> None:
    even, odd = (encoded(lat, lon, o, surface=False) for o in (0, 1))
    found = _cpr.airborne_position_pair(*even, *odd, even_is_newer=even_is_newer)
    if found is None:  # even and odd latitude lie on two sides of a transition: only then
        assert np.min(np.abs(np.abs(lat) - TRANSITION_LATITUDES)) < 1e-4
    else:
        assert metres(lat, lon, found) < AIRBORNE_M


@pytest.mark.parametrize("transition", TRANSITION_LATITUDES)
@pytest.mark.parametrize("offset", [-1e-3, -1e-5, 0.0, 1e-5, 1e-3])
def test_positions_at_every_zone_transition_are_recovered(transition: float, offset: float) -> None:
    for sign in (1, -1):
        lat, lon = sign * (float(transition) + offset), 127.3
        for odd in (0, 1):
            air, ground = (encoded(lat, lon, odd, surface=surface) for surface in (False, True))
            assert metres(lat, lon, _cpr.airborne_position_with_ref(odd, *air, lat, lon)) < AIRBORNE_M
            assert metres(lat, lon, _cpr.surface_position_with_ref(odd, *ground, lat, lon)) < SURFACE_M


@given(LATITUDE)
def test_number_of_longitude_zones_is_that_of_pymodes(lat: float) -> None:
    if np.min(np.abs(np.abs(lat) - TRANSITION_LATITUDES)) > 1e-9:
        assert int(longitude_zones(np.array([lat]))[0]) == _cpr.cprNL(lat)
