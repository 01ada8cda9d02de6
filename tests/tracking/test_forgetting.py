from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.columns import Column, SlotTable
from detector.tracking import forgetting
from detector.tracking.forgetting import AtStake
from detector.tracking.settings import TrackingSettings
from detector.tracking.sparse import AircraftTable, SparseColumns
from detector.tracking.tracker import COLUMNS

NOW = 1_700_000_000.0
KEPT = 8
SETTINGS = TrackingSettings(aircraft_kept=KEPT, aircraft_limit=100)
NOBODY = AtStake((), (), ())
ZKPY = 39.22, 125.67


def around_zkpy(latitude: npt.NDArray[np.float64], longitude: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    near = (abs(latitude - ZKPY[0]) < 1.0) & (abs(longitude - ZKPY[1]) < 1.0)
    return np.where(near, 100.0, -np.inf).astype(np.float32)


def table_of(rows: list[dict[str, float]]) -> SlotTable:
    """Aircraft that were heard a moment ago in a hundred frames and half an hour, unless a row says otherwise."""
    table = SlotTable(COLUMNS, capacity=len(rows))
    usual = {"heard_at": NOW - 1.0, "frames": 100.0, "known_since": NOW - 1800.0, "fix_at": NOW - 1.0}
    for slot, row in enumerate(rows):
        for name, value in (usual | {"latitude_deg": 50.0, "longitude_deg": 10.0} | row).items():
            table[name][slot] = value
    return table


def released(
    rows: list[dict[str, float]],
    at_stake: AtStake = NOBODY,
    keys: list[int] | None = None,
    settings: TrackingSettings = SETTINGS,
) -> list[int]:
    numbers = np.array(keys or range(1, len(rows) + 1), np.int64)
    slots = np.arange(len(rows))
    found = forgetting.surplus(table_of(rows), slots, numbers, at_stake, (), around_zkpy, NOW, settings)
    gone: list[int] = found.tolist()
    return gone


STAY = int(KEPT * forgetting.KEPT_SHARE)


def test_of_equal_ones_those_heard_last_stay() -> None:
    assert released([{"heard_at": NOW - age} for age in range(10)]) == list(range(STAY, 10))


def test_of_those_heard_together_the_lower_address_goes_first() -> None:
    assert released([{}] * 10, keys=[20, 19, 18, 17, 16, 15, 14, 13, 12, 11]) == list(range(STAY, 10))


@pytest.mark.parametrize(
    "less",
    [
        {"fix_at": float("nan")},
        {"frames": forgetting.FEW_FRAMES - 1},
        {"known_since": NOW - forgetting.SHORT_S + 5.0},
    ],
    ids=["without a place", "of few frames", "known for a short time"],
)
def test_an_acquaintance_of_half_an_hour_stays_before_one_that_is(less: dict[str, float]) -> None:
    known = [{"heard_at": NOW - 7_000.0, "known_since": NOW - 9_000.0, "fix_at": NOW - 7_000.0}] * 3
    assert not {0, 1, 2} & set(released([*known, *[less] * 7]))


def test_addresses_of_other_namespaces_go_before_those_of_icao() -> None:
    keys = [k | 1 << 24 for k in range(1, 5)] + list(range(5, 11))
    assert released([{}] * 4 + [{"heard_at": NOW - 600.0}] * 6, keys=keys) == [0, 1, 2, 3]


def test_nobody_under_watch_or_in_a_stop_goes_however_many_there_are() -> None:
    rows = [{"heard_at": NOW - 3.0 * 86_400.0, "frames": 1}] * 30
    at_stake = AtStake(watched=range(10), stops=range(10, 25), ground=())
    assert released(rows, at_stake) == [25, 26, 27, 28, 29]


def test_a_stop_whose_aircraft_was_not_heard_for_a_week_does_not_stand_against_those_that_are_heard() -> None:
    old = {"heard_at": NOW - 8.0 * 86_400.0}
    assert released([old] * 4 + [{}] * 6, AtStake((), range(4), ())) == [0, 1, 2, 3]
    assert not {0, 1} & set(released([old] * 4 + [{}] * 6, AtStake((0, 1), (2, 3), ())))


LOST = {
    "latitude_deg": ZKPY[0] + 0.3,
    "longitude_deg": ZKPY[1],
    "altitude_baro_ft": 6_000.0,
    "heard_at": NOW - 5.0 * 3600.0,
    "fix_at": NOW - 5.0 * 3600.0,
    "known_since": NOW - 6.0 * 3600.0,
}


@pytest.mark.parametrize("why", [LOST, {**LOST, "latitude_deg": 50.0, "low": True}], ids=["listed field", "low"])
def test_one_lost_on_its_way_down_stays_however_long_ago(why: dict[str, float]) -> None:
    assert 0 not in released([why, *[{}] * 30])
    assert 0 in released([{**why, "altitude_baro_ft": 36_000.0, "low": False}, *[{}] * 30])


def test_too_many_on_their_way_down_are_no_protection_and_the_first_known_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(forgetting, "ON_SUSPICION", 3)
    invented = {**LOST, "heard_at": NOW - 30.0, "known_since": NOW - 60.0}
    gone = released([invented] * 20 + [LOST])
    assert 20 not in gone
    assert len(gone) == 21 - STAY


def test_few_frames_on_the_way_down_are_no_protection() -> None:
    assert 0 in released([{**LOST, "frames": forgetting.FEW_FRAMES - 1}, *[{}] * 30])


def test_slight_acquaintances_are_let_go_of_before_they_fall_silent_by_the_thousand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(forgetting, "SLIGHT_KEPT", 4)
    room = TrackingSettings(aircraft_kept=1_000, aircraft_limit=2_000)
    rows = [{"frames": 2, "heard_at": NOW - 61.0 - age} for age in range(6)] + [{"frames": 2}, {}, {}]
    assert released(rows, settings=room) == [3, 4, 5]
    assert released(rows[2:], settings=room) == []


def test_who_is_not_heard_for_a_week_is_old_and_one_in_a_stop_after_three_months() -> None:
    days = [6.9, 7.0, 7.0, 91.0, 400.0]
    table = table_of([{"heard_at": NOW - day * 86_400.0} for day in days])
    at_stake = AtStake(watched=(4,), stops=(2, 3), ground=())
    assert forgetting.long_unheard(table, np.arange(5), at_stake, NOW, SETTINGS).tolist() == [1, 3]


@given(st.lists(st.floats(0.0, 5_000.0), min_size=1, max_size=30), st.sampled_from([1.0, 60.0, 3600.0]))
def test_marks_are_where_event_time_comes_to_a_new_spell(steps: list[float], every_s: float) -> None:
    clock = NOW + np.cumsum([0.0, *steps])
    marks = forgetting.crossed(clock, every_s).tolist()
    expected = [i for i in range(len(steps)) if clock[i] // every_s != clock[i + 1] // every_s]
    assert marks == expected


@given(st.lists(st.tuples(st.sampled_from("ox"), st.integers(0, 30)), max_size=60))
def test_rows_given_back_are_given_out_again_as_new(steps: list[tuple[str, int]]) -> None:
    """`o`: something is put into the row of a slot; `x`: the slot is cleared."""
    group = SparseColumns({"ring": Column("f8", float("nan"), 3)})
    table = AircraftTable({"at": Column("f8", float("nan"))}, group)
    table.grow_to(31)
    held: dict[int, float] = {}
    for number, (what, slot) in enumerate(steps):
        if what == "o":
            row = group.rows(np.array([slot]))
            group.table["ring"][row, 0] = held[slot] = float(number)
        else:
            table.clear([slot])
            held.pop(slot, None)
    for slot in range(31):
        assert table.dump([slot]) == ([{"ring": np.array([held[slot]]).tobytes()}] if slot in held else [{}])
    assert group.used <= max(1, len({slot for _, slot in steps}))
