"""Which fixes are told as sightings, and what they say."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.domain.columns import SlotTable
from detector.domain.doubt import Doubt, Place
from detector.domain.sighting import CELL_DEG
from detector.tracking import sightings
from detector.tracking.points import AcceptedFixes
from detector.tracking.sightings import poor, sighted, sighting

T0 = 1_700_000_100.0
"""The begin of a spell of five minutes."""
NAN = float("nan")
Row = tuple[int, float, float, float, float, bool]


def row(
    after_s: float = 0.0,
    latitude_deg: float = 50.1,
    longitude_deg: float = 8.1,
    altitude_ft: float = 30_100.0,
    *,
    slot: int = 0,
    kept: bool = True,
) -> Row:
    return slot, T0 + after_s, latitude_deg, longitude_deg, altitude_ft, kept


def fixes(rows: list[Row], **more: float) -> AcceptedFixes:
    slot, at, latitude, longitude, altitude, kept = (np.array(column) for column in zip(*rows, strict=True))
    points = int(kept.sum())
    usual = {"track": 90.0, "airspeed": NAN, "heading": NAN, "geom": NAN, "nic": 8.0, "nac_p": 9.0, "surface": 0.0}
    return AcceptedFixes(
        np.arange(len(rows)), slot.astype(np.int32), at, latitude, longitude, altitude, np.full(len(rows), 400.0),
        kept.astype(np.bool_), np.cumsum(kept) - 1, tuple(np.full(points, value) for value in (usual | more).values()),
    )  # fmt: skip


def told(rows: list[Row], jumped: tuple[int, ...] = (), table: SlotTable | None = None) -> list[int]:
    at_jump = np.isin(np.arange(len(rows)), jumped)
    return [int(k) for k in sighted(table or SlotTable(sightings.COLUMNS), fixes(rows), at_jump)]


@pytest.mark.parametrize(
    ("second", "new"),
    [
        (row(30.0), False),
        (row(299.0), False),
        (row(300.0), True),
        (row(30.0, latitude_deg=50.49), False),
        (row(30.0, latitude_deg=50.51), True),
        (row(30.0, longitude_deg=7.99), True),
        (row(30.0, altitude_ft=31_900.0), False),
        (row(30.0, altitude_ft=32_000.0), True),
        (row(30.0, altitude_ft=NAN), True),
        (row(300.0, kept=False), False),
        (row(30.0, slot=1), True),
    ],
)
def test_a_new_cell_spell_or_band_is_a_sighting(second: Row, new: bool) -> None:
    assert told([row(), second]) == [0, 1][: 1 + new]


def test_a_jump_is_one_wherever_it_leads() -> None:
    assert told([row(), row(30.0), row(60.0)], jumped=(1,)) == [0, 1]


def test_cells_are_as_wide_on_either_side_of_the_meridian_and_the_equator() -> None:
    for name in ("latitude_deg", "longitude_deg"):
        rows = [row(float(k), **{name: -0.75 + CELL_DEG * k}) for k in range(4)]  # type: ignore[arg-type]
        assert told(rows) == [0, 1, 2, 3]


def test_without_a_point_there_is_nothing_to_tell() -> None:
    assert told([row(kept=False)]) == []


ROWS = st.builds(
    row,
    st.floats(0.0, 900.0),
    st.floats(49.9, 50.9),
    st.floats(-0.6, 0.6),
    st.sampled_from([NAN, 1_000.0, 1_999.0, 2_000.0, -500.0]),
    slot=st.integers(0, 2),
    kept=st.booleans(),
)


@settings(max_examples=80)
@given(rows=st.lists(ROWS, min_size=1, max_size=30), cuts=st.sets(st.integers(1, 29)))
def test_any_cut_tells_the_same_sightings(rows: list[Row], cuts: set[int]) -> None:
    """Within a batch rows are by aircraft, so an aircraft's rows in order is all that a cut may keep."""

    def sightings_of(bounds: list[int]) -> set[Row]:
        table, found = SlotTable(sightings.COLUMNS), set[Row]()
        for begin, end in pairwise(bounds):
            batch = sorted(rows[begin:end], key=lambda one: one[0])
            found |= {(*batch[i][:4], str(batch[i][4]), True) for i in told(batch, (), table)}  # type: ignore[misc]
        return found

    assert sightings_of([0, *sorted(cut for cut in cuts if cut < len(rows)), len(rows)]) == sightings_of([0, len(rows)])


@pytest.mark.parametrize(
    ("nic", "nac_p", "is_poor"),
    [(8.0, 9.0, False), (0.0, 9.0, True), (8.0, 2.0, True), (8.0, 3.0, False), (NAN, NAN, False), (NAN, 0.0, True)],
)
def test_an_aircraft_may_say_itself_that_its_positions_are_poor(nic: float, nac_p: float, is_poor: bool) -> None:
    assert poor(nic, nac_p) == is_poor
    one = sighting(
        fixes([row()], nic=nic, nac_p=nac_p), 0, address=0x4840D6, doubt=None, receiver=7, clock=T0 + 1, frames=12
    )
    assert one.degraded == is_poor
    assert not one.jumped
    assert (one.icao24, one.receiver, one.frames, one.clock, one.at) == ("4840d6", 7, 12, T0 + 1, T0)
    assert (one.latitude_deg, one.altitude_baro_ft, one.groundspeed_kt, one.track_deg) == (50.1, 30_100.0, 400.0, 90.0)


@pytest.mark.parametrize(
    ("since", "last", "returned", "degraded", "jumped"),
    [
        (T0, T0, None, True, True),
        (T0 - 60, T0, None, True, True),
        (T0 - 60, T0 - 30, None, True, False),
        (T0 - 600, T0 - 500, T0 - 60, False, False),
    ],
)
def test_positions_in_doubt_are_degraded_until_they_are_back(
    since: float, last: float, returned: float | None, degraded: bool, jumped: bool
) -> None:
    doubt = Doubt(since, last, Place(since - 10, 50.0, 8.0, None, None, None, None), returned)
    one = sighting(fixes([row()]), 0, address=0x4840D6, doubt=doubt, receiver=0, clock=T0, frames=0)
    assert (one.degraded, one.jumped) == (degraded, jumped)


def test_what_is_not_known_is_none_and_the_ground_is_told() -> None:
    one = sighting(
        fixes([row(altitude_ft=NAN)], track=NAN, surface=1.0), 0,
        address=0x4840D6, doubt=None, receiver=0, clock=T0, frames=0,
    )  # fmt: skip
    assert (one.altitude_baro_ft, one.track_deg, one.surface) == (None, None, True)
