from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.domain.geo import destination, distances_nm
from detector.reference.airports import Airports, FloatArray
from detector.reference.raster import NOWHERE, Raster, highest_nearby

# Places where a raster goes wrong first: poles, the 180th meridian, borders of cells.
LATITUDES = st.one_of(st.floats(-90, 90), st.sampled_from([-90.0, -89.95, 0.0, 0.2, 60.0, 89.9, 90.0]))
LONGITUDES = st.one_of(st.floats(-180, 180), st.sampled_from([-180.0, -179.99, 0.0, 179.99, 180.0]))
POINTS = st.lists(st.tuples(LATITUDES, LONGITUDES, st.integers(-1000, 15000)), min_size=1, max_size=12)


def raster_of(points: list[tuple[float, float, int]], radius_nm: float, cell_deg: float) -> Raster:
    lat, lon, value = (np.array(column, np.float64) for column in zip(*points, strict=True))
    return highest_nearby(lat, lon, value, radius_nm=radius_nm, cell_deg=cell_deg)


def places_around(points: list[tuple[float, float, int]], radius_nm: float, seed: int) -> tuple[FloatArray, FloatArray]:
    """Forty places around each point, most of them near the border of its circle, and forty anywhere."""
    rng = np.random.default_rng(seed)
    found = [
        (float(lat), float(lon)) for lat, lon in zip(rng.uniform(-90, 90, 40), rng.uniform(-180, 180, 40), strict=True)
    ]
    for lat, lon, _ in points:
        for bearing, share in zip(rng.uniform(0, 360, 40), rng.beta(5, 2, 40) * 1.3, strict=True):
            found.append(destination(lat, lon, float(bearing), float(share) * radius_nm))
    lats, lons = np.array(found).T
    return lats, lons


@settings(max_examples=200)
@given(POINTS, st.sampled_from([0.5, 1.0, 5.0]), st.floats(1.0, 700.0), st.integers(0, 2**32 - 1))
def test_a_place_gets_every_field_in_the_radius_and_none_beyond_a_cells_diagonal(
    points: list[tuple[float, float, int]], cell_deg: float, radius_nm: float, seed: int
) -> None:
    raster = raster_of(points, radius_nm, cell_deg)
    lat, lon = places_around(points, radius_nm, seed)
    point_lat, point_lon, value = (np.array(column, np.float64)[:, None] for column in zip(*points, strict=True))
    distance = distances_nm(point_lat, point_lon, lat, lon)
    inside = np.where(distance <= radius_nm, value, -math.inf).max(axis=0)
    reachable = np.where(distance <= radius_nm + cell_deg * 60.1 * math.sqrt(2), value, -math.inf).max(axis=0)
    got = raster.at(lat, lon)
    assert np.all(got >= inside)
    assert np.all(got <= reachable)


def test_each_cell_of_a_raster_around_a_pole_is_what_brute_force_says() -> None:
    """Cells are sampled finely: a cell is set if any sample in it is within the radius, and only if one nearly is."""
    cell, radius = 2.0, 200.0
    points = [(88.5, 170.0, 100), (-87.0, -10.0, 50), (70.0, 179.9, 30)]
    raster = raster_of(points, radius, cell)
    inner = np.linspace(0.0, 1.0, 21) * cell
    for row in (*range(3), *range(75, 90)):
        for column in range(180):
            lat = (-90 + row * cell + inner)[:, None]
            lon = (-180 + column * cell + inner)[None, :]
            best = -math.inf
            slack = -math.inf
            for p_lat, p_lon, value in points:
                nearest = distances_nm(np.array(p_lat), np.array(p_lon), lat, lon).min()
                best = max(best, value) if nearest <= radius else best
                slack = max(slack, value) if nearest <= radius + 0.2 else slack
            assert best <= raster.cells[row, column] <= slack, (row, column)


def test_the_ceiling_of_all_fields_agrees_with_a_search_around_each_place(airports: Airports) -> None:
    rng = np.random.default_rng(3)
    # Positions near fields, where traffic is low.
    near = rng.integers(0, len(airports), 300)
    lat = np.clip(airports.lat[near] + rng.normal(0, 0.2, 300), -90, 90)
    lon = airports.lon[near] + rng.normal(0, 0.3, 300)
    ceiling = airports.ceiling_ft(lat, lon)
    assert ceiling.dtype == np.float32
    some = 0
    for k in range(300):
        around = [airports.elevation_ft[i] for i, _ in airports.within(lat[k], lon[k], airports.near_radius_nm)]
        some += bool(around)
        assert ceiling[k] >= max(around, default=-math.inf)
    assert some > 100


def test_far_from_every_field_nothing_is_below_the_ceiling(airports: Airports) -> None:
    ceiling = airports.ceiling_ft(np.array([-48.9, -60.0]), np.array([-123.4, 0.0]))
    assert np.all(ceiling == NOWHERE)
    assert not np.any(np.array([-500.0, 0.0]) < ceiling + 5000)


def test_unknown_positions_are_near_nothing(airports: Airports) -> None:
    nan = float("nan")
    assert np.all(airports.ceiling_ft([nan, 52.3, nan], [4.7, nan, nan]) == NOWHERE)
    assert airports.ceiling_ft(52.3, 4.76) >= -11


def test_longitudes_beyond_180_wrap() -> None:
    raster = raster_of([(-16.7, -170.0, 30)], 60.0, 0.5)
    assert raster.at(-16.7, 190.0) == 30
    assert raster.at(-16.7, -530.0) == 30
    assert raster.at(-16.7, 180.0) == NOWHERE


def test_a_raster_of_some_fields_knows_no_others(airports: Airports) -> None:
    pyongyang = airports.index_of("ZKPY")
    assert pyongyang is not None
    raster = airports.raster([pyongyang], 60.0)
    assert raster.at(39.9, 125.7) == 117
    assert raster.at(37.46, 126.44) == NOWHERE  # Incheon, 110 NM away
    assert np.all(airports.raster([], 60.0).cells == NOWHERE)


def test_a_cell_that_does_not_divide_the_globe_is_refused() -> None:
    with pytest.raises(ValueError, match="does not divide"):
        raster_of([(0.0, 0.0, 1)], 10.0, 0.7)
