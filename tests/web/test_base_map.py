from __future__ import annotations

import importlib.resources
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from detector.domain.errors import InputError
from detector.domain.geo import distance_nm
from detector.web.replay_map.coastline import pack, unpack
from detector.web.replay_map.land import land_paths
from detector.web.replay_map.projection import Box, Mercator, central_meridian, great_circle

ROOT = Path(__file__).parents[2]


RINGS = arrays.arrays(np.int64, st.tuples(st.integers(3, 9), st.just(2)), elements=st.integers(-36_000, 36_000))


@given(st.lists(RINGS, max_size=5))
def test_packed_rings_come_back(rings: list[npt.NDArray[np.int64]]) -> None:
    back = unpack(pack(rings))
    assert [r.tolist() for r in back] == [r.tolist() for r in rings]


@pytest.mark.parametrize("data", [b"", b"LAND1\nnonsense", b"something else"])
def test_a_damaged_base_map_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        unpack(data)


def test_the_packed_base_map_is_small_and_what_the_source_gives() -> None:
    asset = importlib.resources.files("detector.web").joinpath("assets/land.bin").read_bytes()
    assert len(asset) < 500_000
    done = subprocess.run([sys.executable, "scripts/build_basemap.py", "--check"], cwd=ROOT, check=False)
    assert done.returncode == 0


def filled(path: str, x: float, y: float, grid: int) -> bool:
    """Whether a place is inside the path data by the even-odd rule."""
    inside = False
    for ring in path.split("z")[:-1]:
        numbers = np.array([int(n) for n in re.findall(r"-?\d+", ring)], np.int64).reshape(-1, 2)
        places = np.cumsum(numbers, axis=0) * grid
        a, b = places, np.roll(places, -1, axis=0)
        spans = (a[:, 1] > y) != (b[:, 1] > y)
        at = a[spans, 0] + (y - a[spans, 1]) / (b[spans, 1] - a[spans, 1]) * (b[spans, 0] - a[spans, 0])
        inside ^= bool(np.count_nonzero(at > x) % 2)
    return inside


@pytest.mark.parametrize("meridian", [0.0, 90.0, 179.0, -175.0, -60.0])
@pytest.mark.parametrize(
    ("lat", "lon", "land"),
    [
        (39.2, 125.7, True), (40.0, 131.0, False), (66.3, -172.0, True), (66.5, 178.0, True), (0.0, -150.0, False),
        (55.5, 49.3, True), (-80.0, 10.0, True), (42.0, 51.0, False),
    ],
)  # fmt: skip
def test_land_is_where_it_is_whatever_the_middle_of_the_map(
    meridian: float, lat: float, lon: float, land: bool
) -> None:
    projection = Mercator(meridian)
    path, _ = land_paths(projection, projection.world, 20)
    assert filled(path, float(projection.x(lon)), float(projection.y(lat)), 20) is land


def test_a_cut_through_land_is_no_coast() -> None:
    projection = Mercator(90.0)
    land, coast = land_paths(projection, Box(-5_000, -60_000, 5_000, -55_000), 5)
    assert land != ""
    assert coast == ""


@given(st.lists(st.floats(-20, 20), min_size=1, max_size=9), st.floats(-180, 180))
def test_the_central_meridian_keeps_near_things_together(offsets: list[float], middle: float) -> None:
    lon = (np.array(offsets) + middle + 180) % 360 - 180
    x = Mercator(central_meridian(lon)).x(lon)
    assert float(np.ptp(x)) == pytest.approx(float(np.ptp(offsets)) * 1000, abs=3)


def test_a_great_circle_is_as_long_as_the_distance_between_its_ends() -> None:
    lat, lon = great_circle(55.0, 37.0, 39.2, 125.7)
    places = list(zip(lat.tolist(), lon.tolist(), strict=True))
    parts = sum(distance_nm(*here, *there) for here, there in pairwise(places))
    assert parts == pytest.approx(distance_nm(55.0, 37.0, 39.2, 125.7), rel=1e-9)
