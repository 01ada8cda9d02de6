"""The table that the model looks at: each column as its meaning says, and what is not known missing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.domain.visit import Visit, VisitColumns
from detector.scoring.features import LEAN, MEANINGS, NAMES, features
from detector.scoring.model import GROUPS, USED
from tests.history.visits import drawn
from tests.scoring.places import PLACES
from tests.scoring.test_baselines import learned, visit

HOUR, DAY = 3_600.0, 86_400.0


def rows(*visits: Visit, past: list[Visit] | None = None, in_history: bool = False) -> list[dict[str, float]]:
    usual = learned(*(visits if past is None else past))
    table = features(VisitColumns.of(list(visits)), usual, PLACES, in_history=in_history)
    return [dict(zip(NAMES, row, strict=True)) for row in table.tolist()]


def past(n: int = 60, **values: object) -> list[Visit]:
    return [visit(i, 40.0 + i % 11, **values) for i in range(n)]


def test_the_time_on_the_ground_is_held_against_the_usual_one_of_its_type() -> None:
    (row,) = rows(visit(900, 180.0), past=past())
    assert row["ground_time_log10_s"] == pytest.approx(np.log10(10_800.0))
    assert row["ground_time_ratio_log2"] == pytest.approx(np.log2(180.0 / 45.0), abs=0.05)


def test_an_interval_that_holds_the_usual_time_says_nothing_against_it() -> None:
    wide = visit(900, None, ground_min_s=300.0, ground_max_s=36_000.0)
    short = visit(901, None, ground_min_s=300.0, ground_max_s=600.0)
    first, second = rows(wide, short, past=past())
    assert first["ground_time_ratio_log2"] == 0.0
    assert first["unseen_share"] == pytest.approx(1.0 - 300.0 / 36_000.0)
    assert second["ground_time_ratio_log2"] == pytest.approx(np.log2(10.0 / 45.0), abs=0.05)


def test_without_thirty_stops_of_a_group_the_one_around_it_tells() -> None:
    (row,) = rows(visit(900, 90.0, type_code="IL62"), past=past())
    # Of the type nothing is known; of all aircraft 45 minutes.
    assert row["ground_time_ratio_log2"] == pytest.approx(1.0, abs=0.05)


def test_a_field_is_rarer_the_fewer_go_there() -> None:
    history = [*past(), visit(100, airport="ZKPY", operator="Other Air", icao24="71c218", type_code="IL62")]
    home, new = rows(visit(900), visit(901, airport="ZKPY"), past=history)
    for name in ("field_rarity", "field_rarity_type", "field_rarity_operator", "field_rarity_aircraft"):
        assert new[name] > home[name] + 1.0, name
    everybody = 1.5 / (61 + 0.5 * 3)
    assert new["field_rarity_type"] == pytest.approx(-np.log10(LEAN * everybody / (60 + LEAN)))


def test_a_fleet_is_the_military_aircraft_of_a_state() -> None:
    history = past(30, military=True, state="RU") + past(30)
    soldier, civilian = rows(
        visit(900, military=True, state="RU"), visit(901, military=False, state="RU"), past=history
    )
    assert soldier["field_rarity_fleet"] < 0.2
    assert np.isnan(civilian["field_rarity_fleet"])
    assert (soldier["military"], civilian["military"]) == (1.0, 0.0)


def test_ways_in_and_out_have_a_length_a_rarity_and_may_be_one() -> None:
    history = past(50, origin="LFPG", destination="LFPG") + past(2, airport="LFPG", origin="LSZH")
    usual, odd = rows(
        visit(900, origin="LFPG", destination="LFPG"), visit(901, origin="ZKPY", destination="UUEE"), past=history
    )
    assert 10 ** usual["route_in_log10_nm"] == pytest.approx(258.0, abs=2.0)
    assert usual["out_and_back"] == 1.0
    assert odd["out_and_back"] == 0.0
    assert odd["route_in_rarity"] > usual["route_in_rarity"] + 1.0


def test_hours_and_weekdays_are_those_of_the_sun() -> None:
    # 2023-11-14 was a Tuesday; half past one in Pyongyang, 125.67 degrees east, is ten by the sun.
    at = 1_699_919_999.0 + 1 + 1.6 * HOUR
    (row,) = rows(visit(0, airport="ZKPY", landed_at=at), past=past())
    assert (row["local_hour"], row["weekday"]) == (9.0, 1.0)


def test_what_is_not_known_is_missing() -> None:
    unknown = visit(900, None, type_code="", operator="", airport="QQQQ", icao24="000001", military=None)
    (row,) = rows(unknown, past=past())
    missing = {name for name, value in row.items() if np.isnan(value)}
    assert missing >= {
        "ground_time_log10_s", "ground_time_ratio_log2", "unseen_share", "field_rarity_operator", "field_rarity_fleet",
        "route_in_log10_nm", "route_out_rarity", "out_and_back", "military", "field_class",
    }  # fmt: skip


def test_a_visit_that_was_learned_from_is_judged_as_if_it_had_not_been() -> None:
    history = past()
    lone = visit(100, airport="ZKPY", origin="UUEE")
    (learned_from,) = rows(lone, past=[*history, lone], in_history=True)
    (new,) = rows(lone, past=history)
    for name in ("field_rarity_type", "field_rarity_operator", "field_rarity_aircraft"):
        assert learned_from[name] == pytest.approx(new[name], abs=0.02), name
    (later,) = rows(visit(2_000, airport="ZKPY"), past=[*history, lone], in_history=True)
    assert later["field_rarity_operator"] < learned_from["field_rarity_operator"]


@settings(max_examples=50)
@given(visits=st.lists(drawn(st.uuids().map(str)), min_size=1, max_size=20, unique_by=lambda v: v.id))
def test_every_visit_has_a_row_of_numbers_and_a_row_depends_on_no_other(visits: list[Visit]) -> None:
    usual = learned(*visits)
    columns = VisitColumns.of(visits)
    table = features(columns, usual, PLACES, in_history=False)
    assert table.shape == (len(visits), len(NAMES))
    assert not np.isinf(table).any()
    ordered = sorted(visits, key=lambda one: (one.landed_at, one.id))
    alone = [features(VisitColumns.of([one]), usual, PLACES, in_history=False)[0] for one in ordered]
    same: npt.NDArray[np.float64] = np.array(alone)
    np.testing.assert_array_equal(table, same)


def test_every_group_is_of_columns_that_there_are() -> None:
    assert len(MEANINGS) == len(NAMES) == 20
    assert len(set(USED)) == sum(len(group.features) for group in GROUPS)
