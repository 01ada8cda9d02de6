from __future__ import annotations

import math

import numpy as np
import pytest
from pyModeS.position import cprNL
from pyModeS.position._cpr import _NL_BOUNDARIES

from benchmarks.agreement_positions import distance_m
from benchmarks.generated import encode_cpr
from detector.decoding import cpr

EVEN, ODD = np.array([False]), np.array([True])


def raw(latitude: float, longitude: float, *, odd: bool, surface: bool = False) -> tuple[cpr.I64, cpr.I64]:
    return encode_cpr(np.array([latitude]), np.array([longitude]), np.array([int(odd)]), np.array([surface]))


@pytest.mark.parametrize("boundary", _NL_BOUNDARIES)
def test_the_number_of_zones_at_and_around_each_boundary_is_that_of_pymodes(boundary: float) -> None:
    # The table of one is the other's to the last few bits: a coded latitude never comes that near.
    around = [boundary + delta for delta in (-1e-3, -1e-7, -1e-11, 1e-11, 1e-7, 1e-3)]
    latitudes = np.array([*around, *(-latitude for latitude in around)])
    assert cpr.longitude_zones(latitudes).tolist() == [cprNL(latitude) for latitude in latitudes.tolist()]


@pytest.mark.parametrize("latitude", [0.0, 87.0, -87.0, math.nextafter(87.0, 90.0), 90.0, -90.0, 10.0, 86.9])
def test_the_number_of_zones_at_special_latitudes_is_that_of_pymodes(latitude: float) -> None:
    assert cpr.longitude_zones(np.array([latitude]))[0] == cprNL(latitude)


PLACES = [
    (0.0, 0.0),
    (-0.001, 0.001),
    (52.3, 4.76),
    (-33.9, 151.2),
    (65.0, 179.9999),
    (65.0, -180.0),
    (-17.7, 179.99999),
    (86.99, 10.0),
    (87.01, -170.0),
    (89.9, 45.0),
    (-89.9, -135.0),
    (10.4704, -66.9),
    (10.4705, -66.9),
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("newer_is_odd", [False, True])
def test_a_pair_gives_the_place_it_was_made_of(place: tuple[float, float], newer_is_odd: bool) -> None:
    even, odd = raw(*place, odd=False), raw(*place, odd=True)
    latitude, longitude, resolved = cpr.pair(*even, *odd, ODD if newer_is_odd else EVEN)
    if not resolved[0]:
        # Only next to a boundary may the two halves fall on either side of it.
        assert min(abs(abs(place[0]) - boundary) for boundary in _NL_BOUNDARIES) < 1e-4
        return
    assert -180.0 <= longitude[0] < 180.0
    assert distance_m(latitude, longitude, *(np.array([v]) for v in place))[0] < 10.0


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("odd", [False, True])
@pytest.mark.parametrize("surface", [False, True])
def test_a_message_gives_its_place_near_a_reference(place: tuple[float, float], odd: bool, surface: bool) -> None:
    reference = (np.array([min(place[0] + 0.2, 90.0)]), np.array([place[1]]))
    lat, lon = raw(*place, odd=odd, surface=surface)
    latitude, longitude = cpr.near(lat, lon, np.array([odd]), np.array([surface]), *reference)
    assert -180.0 <= longitude[0] < 180.0
    assert distance_m(latitude, longitude, *(np.array([v]) for v in place))[0] < 10.0


def test_a_reference_across_the_180th_meridian_serves() -> None:
    lat, lon = raw(-17.7, 179.99, odd=True)
    latitude, longitude = cpr.near(lat, lon, ODD, EVEN, np.array([-17.7]), np.array([-179.99]))
    assert distance_m(latitude, longitude, np.array([-17.7]), np.array([179.99]))[0] < 10.0


def test_halves_from_different_zones_are_not_resolved() -> None:
    even, odd = raw(10.465, 5.0, odd=False), raw(10.475, 5.0, odd=True)
    assert not cpr.pair(*even, *odd, ODD)[2][0]


def test_no_reference_gives_no_place() -> None:
    nowhere = np.array([np.nan])
    latitude, longitude = cpr.near(*raw(52.0, 4.0, odd=False), EVEN, EVEN, nowhere, nowhere)
    assert np.isnan(latitude[0])
    assert np.isnan(longitude[0])
