"""One address heard from two aircraft, and an aircraft that stood at one field and then at another."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.domain.columns import SlotTable
from detector.domain.geo import destination
from detector.tracking import gates
from detector.tracking.gates import HOP_KT, HOP_NM, HOP_S, SECOND_TRACK, SECOND_TRACK_S, Gated, Jump
from tests.tracking.test_gates import NAN, START, T0, Fix, S, gated, moved, rows

OTHER = destination(START.latitude_deg, START.longitude_deg, 200.0, 300.0)


def flying(after_s: float, *, other: bool = False, nm: float = 0.0) -> Fix:
    """One of two aircraft with the address, both at 360 kt; `nm`: beside its track."""
    begin = OTHER if other else (START.latitude_deg, START.longitude_deg)
    place = destination(*destination(*begin, 90.0, after_s / 10.0), 0.0, nm)
    return Fix(0, T0 + after_s, *place, groundspeed_kt=360.0)


def two(n: int, every_s: float = 10.0) -> list[Fix]:
    """Turn by turn, so that the track goes on while the other is heard."""
    return [flying(k * every_s / 2, other=k % 2 == 1) for k in range(2 * n)]


def accept(fixes: list[Fix], table: SlotTable | None = None) -> Gated:
    return gates.accept(table or SlotTable(gates.COLUMNS), rows(fixes), S)


def test_an_address_heard_in_two_places_in_turn_is_told_so_and_the_track_goes_on() -> None:
    table = SlotTable(gates.COLUMNS)
    fixes = two(12)
    found = accept(fixes, table)
    assert found.jumps == []
    assert found.accepted.tolist() == [True, False] * 12
    others = [row for row, accepted in enumerate(found.accepted.tolist()) if not accepted]
    assert found.second == others[SECOND_TRACK:]
    assert table["two_places_at"][0] == fixes[-1].at


def test_eight_fixes_of_another_are_not_enough() -> None:
    table = SlotTable(gates.COLUMNS)
    assert accept(two(SECOND_TRACK), table).second == []
    assert math.isnan(table["two_places_at"][0])


def test_a_longer_pause_ends_the_second_track() -> None:
    later = 10.0 * 6 + SECOND_TRACK_S + 1.0
    fixes = two(6) + [flying(later + k * 5.0, other=k % 2 == 1) for k in range(12)]
    assert accept(fixes).second == []


def test_a_track_that_is_only_shown_elsewhere_is_a_jump_and_no_second_aircraft() -> None:
    table = SlotTable(gates.COLUMNS)
    fixes = [flying(0.0), flying(5.0), *(flying(10.0 + 5 * k, other=True) for k in range(20))]
    found = accept(fixes, table)
    assert found.jumps == [Jump(5, T0 + 5.0, fixes[1].latitude_deg, fixes[1].longitude_deg)]
    assert found.second == []
    assert math.isnan(table["two_places_at"][0])


def test_pairs_that_mix_the_two_do_not_end_the_second_track() -> None:
    mixed = [flying(10.0 * k + 7.0, nm=2_000.0 + 100.0 * k) for k in range(4, 12, 3)]
    fixes = sorted([*two(14), *mixed], key=lambda fix: fix.at)
    told = {fixes[row].at for row in accept(fixes).second}
    assert told == {fixes[row].at for row in accept(fixes).second} - {fix.at for fix in mixed}
    assert len(told) == 14 - SECOND_TRACK


def test_fixes_near_the_track_that_no_speed_explains_are_no_second_aircraft() -> None:
    beside = [flying(k * 5.0, nm=6.0 if k % 2 else 0.0) for k in range(40)]
    table = SlotTable(gates.COLUMNS)
    found = accept(beside, table)
    assert not found.accepted.all()
    assert found.second == []
    assert math.isnan(table["two_places_at"][0])


@settings(max_examples=60)
@given(cuts=st.sets(st.integers(1, 27)))
def test_any_cut_finds_the_same_second_track(cuts: set[int]) -> None:
    fixes, table, second, accepted = two(14), SlotTable(gates.COLUMNS), list[int](), list[bool]()
    bounds = [0, *sorted(cuts), len(fixes)]
    for begin, end in pairwise(bounds):
        found = accept(fixes[begin:end], table)
        second += [begin + row for row in found.second]
        accepted += found.accepted.tolist()
    whole_table = SlotTable(gates.COLUMNS)
    whole = accept(fixes, whole_table)
    assert (second, accepted) == (whole.second, whole.accepted.tolist())
    assert all(np.array_equal(table[name], whole_table[name], equal_nan=True) for name in gates.COLUMNS)


PARKED = Fix(0, T0, 39.2, 125.7, surface=True, groundspeed_kt=0.0)


@pytest.mark.parametrize(
    ("seconds", "surface", "limit_nm"),
    [
        # towed, and no more within ten minutes
        (300.0, True, HOP_NM),
        (HOP_S, True, HOP_NM),
        # then a flight
        (HOP_S + 3_600.0, True, HOP_NM + HOP_KT),
        # in the air it is a take-off that was not heard
        (300.0, False, (30 / 1852) + 300.2 * 900.0 / 3_600.0),
        # within a minute it is on its way along a taxiway
        (50.0, True, (30 / 1852) + 50.2 * 60.0 / 3_600.0),
    ],
)
def test_from_one_stand_to_another_it_takes_a_flight(seconds: float, surface: bool, limit_nm: float) -> None:
    for share, expected in ((0.999, "ok"), (1.001, "no")):
        there = moved(PARKED, share * limit_nm * 1852.0, seconds, surface=surface, groundspeed_kt=0.0)
        assert gated([PARKED, there]) == ["ok", expected]


def test_it_counts_whether_the_last_fix_was_on_the_ground_also_across_batches() -> None:
    table = SlotTable(gates.COLUMNS)
    assert gated([PARKED], table) == ["ok"]
    far = moved(PARKED, 20_000.0, 500.0, surface=True, groundspeed_kt=0.0)
    assert gated([far], table) == ["no"]
    table = SlotTable(gates.COLUMNS)
    flown = Fix(0, T0, 39.2, 125.7, groundspeed_kt=NAN)
    assert gated([flown], table) == ["ok"]
    assert gated([far], table) == ["ok"]
