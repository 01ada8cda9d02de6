"""What is learned of where aircraft are heard, and how it is kept."""

from __future__ import annotations

import dataclasses
import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.sighting import Sighting
from detector.tracking.coverage import Coverage, band_of, cell_of, text_of

T0 = 1_731_000_000.0
A_SIGHTING = Sighting(
    T0, T0, 0, "71c001", 39.2, 125.7, 34_000.0, 450.0, 10.0, surface=False, degraded=False, jumped=False, receiver=1
)
HERE = cell_of(39.2, 125.7)


def seen(icao24: str, altitude_ft: float | None, **changes: object) -> Sighting:
    return dataclasses.replace(A_SIGHTING, icao24=icao24, altitude_baro_ft=altitude_ft, **changes)  # type: ignore[arg-type]


def learned(*sightings: Sighting, cells: int = 100) -> Coverage:
    coverage = Coverage(cells)
    for sighting in sightings:
        coverage.learn(sighting)
    return coverage


@pytest.mark.parametrize(
    ("latitude", "longitude", "text"),
    [
        (39.2, 125.7, "39.0,125.5"),
        (-0.1, -0.1, "-0.5,-0.5"),
        (60.0, 180.0, "60.0,-180.0"),
        (-90.0, -180.0, "-90.0,-180.0"),
    ],
)
def test_a_cell_is_named_by_its_south_west_corner(latitude: float, longitude: float, text: str) -> None:
    assert text_of(cell_of(latitude, longitude)) == text


def test_who_was_heard_up_to_a_height_is_told_apart_from_the_aircraft_itself() -> None:
    coverage = learned(seen("a00001", 12_100.0), seen("a00002", 20_500.0, receiver=2), seen("a00003", 36_000.0))
    heard = coverage.heard([HERE], "a00002", 21_900.0, T0 - 1.0)
    assert (set(heard.others), heard.itself, heard.lowest_ft, heard.receivers) == (
        {"a00001"},
        True,
        12_100.0,
        frozenset({1, 2}),
    )


def test_what_was_heard_before_the_time_in_question_does_not_count() -> None:
    coverage = learned(seen("a00001", 12_100.0), seen("a00002", 12_500.0, at=T0 + 100.0))
    heard = coverage.heard([HERE], "71c001", 34_000.0, T0 + 50.0)
    assert heard.others == {"a00002": T0 + 100.0}
    assert coverage.heard([HERE], "71c001", 34_000.0, T0 + 101.0).receivers == frozenset()


@pytest.mark.parametrize(
    "sighting",
    [
        seen("a00001", None),
        seen("a00001", 12_000.0, surface=True),
        seen("a00001", 12_000.0, degraded=True),
        seen("a00001", 12_000.0, jumped=True),
        seen("~a00001", 12_000.0),
    ],
)
def test_sightings_on_the_ground_or_in_doubt_teach_nothing(sighting: Sighting) -> None:
    assert len(learned(sighting)) == 0


def test_the_floor_is_where_enough_others_are_heard_from_the_lowest_up() -> None:
    coverage = learned(
        seen("a00001", 900.0), seen("a00002", 8_500.0), seen("a00003", 8_300.0), seen("a00004", 34_000.0)
    )
    assert coverage.floor_ft([HERE], "71c001", T0 - 1.0, 1) == 900.0
    assert coverage.floor_ft([HERE], "71c001", T0 - 1.0, 3) == 8_300.0
    assert coverage.floor_ft([HERE], "a00001", T0 - 1.0, 3) == 34_000.0
    assert coverage.floor_ft([HERE], "71c001", T0 - 1.0, 5) is None
    assert coverage.floor_ft([(0, 0)], "71c001", T0 - 1.0, 1) is None


def test_one_aircraft_heard_often_is_one_aircraft() -> None:
    coverage = learned(*(seen("a00001", 8_000.0, at=T0 + at) for at in range(0, 900, 300)))
    assert coverage.floor_ft([HERE], "71c001", T0, 2) is None
    assert coverage.heard([HERE], "71c001", 9_000.0, T0).others == {"a00001": T0 + 600.0}


def test_the_cell_seen_longest_ago_is_forgotten_first() -> None:
    west, east = {"longitude_deg": 125.7}, {"longitude_deg": 126.2}
    coverage = learned(seen("a00001", 8_000.0, **west), seen("a00002", 8_000.0, **east), cells=2)
    coverage.changed()
    coverage.learn(seen("a00001", 8_000.0, **west))
    coverage.learn(seen("a00003", 8_000.0, longitude_deg=127.2))
    puts, deletes = coverage.changed()
    assert (sorted(puts), deletes) == (["39.0,125.5", "39.0,127.0"], ["39.0,126.0"])
    assert coverage.changed() == ({}, [])


def test_heights_beyond_the_bands_belong_to_the_outermost() -> None:
    assert [band_of(altitude) for altitude in (-1_200.0, 0.0, 1_999.0, 2_000.0, 126_000.0)] == [0, 0, 0, 1, 30]
    assert learned().heard([HERE], "71c001", 8_000.0, T0).lowest_ft == math.inf


SIGHTINGS = st.lists(
    st.builds(
        lambda aircraft, cell, altitude, after, receiver: seen(
            f"a0000{aircraft}", altitude, at=T0 + after, longitude_deg=125.7 + cell / 2.0, receiver=receiver
        ),
        st.integers(0, 9),
        st.integers(0, 4),
        st.sampled_from([900.0, 1_500.0, 12_000.0, 34_000.0]),
        st.integers(0, 5_000),
        st.integers(0, 2**64 - 1),
    ),
    max_size=40,
)


@given(SIGHTINGS, st.sets(st.integers(0, 40)))
def test_a_map_taken_up_again_is_the_map_that_was_kept(sightings: list[Sighting], stops: set[int]) -> None:
    whole = Coverage(3)
    parts, stored = Coverage(3), dict[str, bytes]()
    for number, sighting in enumerate(sightings):
        if number in stops:
            puts, deletes = parts.changed()
            stored = {key: value for key, value in stored.items() if key not in deletes}
            stored |= {key: msgspec.json.encode(cell) for key, cell in puts.items()}
            parts = Coverage(3)
            parts.restore(stored)
        whole.learn(sighting)
        parts.learn(sighting)
    puts, deletes = parts.changed()
    cells = {key: value for key, value in stored.items() if key not in deletes}
    cells |= {key: msgspec.json.encode(cell) for key, cell in puts.items()}
    assert cells == {key: msgspec.json.encode(cell) for key, cell in whole.changed()[0].items()}
