from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.columns import Column, SlotTable
from detector.tracking.arrivals import Arrivals, known, last_true
from tests.tracking.reports import Heard, reports

COLUMNS = {"callsign": Column("S8", b""), "heard_at": Column("f8", float("nan"))}
SLOTS = st.lists(st.integers(0, 4), max_size=40)


def arrivals(slots: list[int]) -> Arrivals:
    table = SlotTable(COLUMNS)
    table["heard_at"][:] = -np.arange(64.0)
    return Arrivals(reports([Heard(slot, float(i)) for i, slot in enumerate(slots)]), table, ("heard_at",))


@given(SLOTS)
def test_rows_lie_by_aircraft_and_in_order_of_arrival(slots: list[int]) -> None:
    a = arrivals(slots)
    expected = sorted(range(len(slots)), key=lambda row: (slots[row], row))
    assert a.order.tolist() == expected
    assert [a.order[p] for p in a.place] == list(range(len(slots)))
    assert a.slot.tolist() == sorted(slots)
    assert a.slots.tolist() == sorted(set(slots))
    for position, row in enumerate(expected):
        mine = [p for p, r in enumerate(expected) if slots[r] == slots[row]]
        group = a.group[position]
        assert (a.first[position], a.firsts[group], a.lasts[group]) == (mine[0], mine[0], mine[-1])
        assert a.slots[group] == slots[row]
    assert np.flatnonzero(a.begins).tolist() == a.firsts.tolist()


@given(SLOTS)
def test_before_an_aircrafts_first_row_stands_what_was_known(slots: list[int]) -> None:
    a = arrivals(slots)
    before = a.before(a.at, "heard_at")
    for position in range(len(slots)):
        first = position == a.first[position]
        assert before[position] == (-float(a.slot[position]) if first else a.at[position - 1])


@given(slots=SLOTS, chosen=st.sets(st.integers(0, 39)), told=st.lists(st.booleans(), min_size=40, max_size=40))
def test_the_latest_row_of_a_kind_is_the_one_a_search_finds(
    slots: list[int], chosen: set[int], told: list[bool]
) -> None:
    a = arrivals(slots)
    rows = np.array(sorted(row for row in chosen if row < len(slots)), np.int32)
    says = np.array(told[: len(rows)], np.bool_)
    latest = a.latest(rows, says)
    expected = []
    for position in range(len(slots)):
        past = [a.order[p] for p in range(int(a.first[position]), position + 1)]
        entries = [i for i, row in enumerate(rows) if row in past and says[i]]
        expected.append(max(entries, default=-1))
    positions = np.arange(len(slots))
    assert latest.entry(positions).tolist() == expected
    assert [latest.entry_of(int(a.group[p]), p) for p in range(len(slots))] == expected


def test_a_position_before_the_aircrafts_rows_has_no_entry_even_where_a_neighbour_has() -> None:
    a = arrivals([0, 0, 1, 1])
    latest = a.latest(np.arange(4))
    assert latest.entry_of(1, 1) == -1
    assert latest.entry_of(-1, 3) == -1
    assert latest.entry_of(1, 2) == 2


def test_known_values_stand_in_where_the_batch_has_none() -> None:
    carried = np.array([7.0, 8.0, 9.0])
    assert known(np.array([1, -1, 0]), np.array([1.0, 2.0]), carried).tolist() == [2.0, 8.0, 1.0]
    assert known(np.array([-1, -1, -1]), np.zeros(0), carried).tolist() == carried.tolist()
    assert last_true(np.array([False, True, False, True])).tolist() == [-1, 1, 1, 3]
