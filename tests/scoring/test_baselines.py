"""What is learned from visits: shrunken quantiles of the time on the ground, and who has been where."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.errors import InputError
from detector.domain.visit import Visit, VisitColumns
from detector.scoring import Baselines, Who
from detector.scoring.ground_times import LEAST_GROUP, MEDIAN, QUANTILES, depths
from tests.scoring.places import PLACES

DAY = 86_400.0
T0 = 1_700_000_000.0
CLASSES = {"B738": "jet", "IL62": "heavy", "C172": "light"}


def visit(number: int, minutes: float | None = 45.0, **values: object) -> Visit:
    usual: dict[str, object] = {
        "icao24": "4b1805", "airport": "LSZH", "type_code": "B738", "operator": "One Air", "state": "CH",
        "landed_at": T0 + number * DAY, "level": 4, "source": "test",
    }  # fmt: skip
    seconds = None if minutes is None else minutes * 60.0
    usual |= {"ground_min_s": seconds, "ground_max_s": seconds}
    return Visit(id=f"v{number}", **{**usual, **values})  # type: ignore[arg-type]


def learned(*visits: Visit) -> Baselines:
    return Baselines.of(VisitColumns.of(list(visits)), CLASSES.get, PLACES)


def usual(known: Baselines, type_code: str, airport: str = "LSZH", operator: str = "One Air", least: int = 5):  # type: ignore[no-untyped-def]
    return known.ground_times(type_code, CLASSES.get(type_code), airport, operator, least)


def test_a_type_has_its_own_usual_time() -> None:
    known = learned(
        *(visit(k, 40.0 + k % 11) for k in range(200)),
        *(visit(1_000 + k, 300.0 + k % 60, type_code="IL62", operator="State Air") for k in range(200)),
    )
    boeing, ilyushin = usual(known, "B738"), usual(known, "IL62", operator="State Air")
    assert boeing.group == "B738 of One Air at LSZH"
    assert boeing.low_s < 45 * 60 < boeing.high_s < 60 * 60
    assert ilyushin.low_s > 250 * 60
    assert ilyushin.visits == 200


def test_a_narrow_group_of_few_leans_on_the_one_around_it() -> None:
    ordinary = [visit(k, 40.0 + k % 11, airport=f"F{k % 20:02d}") for k in range(400)]
    few = [visit(1_000 + k, 400.0, airport="ODD0") for k in range(LEAST_GROUP)]
    many = [visit(2_000 + k, 400.0, airport="ODD1") for k in range(300)]
    known = learned(*ordinary, *few, *many)
    of_few, of_many = usual(known, "B738", "ODD0"), usual(known, "B738", "ODD1")
    assert 45 * 60 < of_few.median_s < of_many.median_s < 401 * 60
    assert of_many.median_s > 380 * 60


def test_a_group_that_is_too_small_is_answered_by_the_one_around_it() -> None:
    known = learned(*(visit(k) for k in range(50)), visit(99, airport="LSGG"))
    assert usual(known, "B738", "LSGG", least=30).group == "B738 at any field"
    assert usual(known, "B738", "NEW0", least=30).group == "B738 at any field"
    assert usual(known, "A320", "LSZH", least=30).group == "all aircraft"
    assert usual(known, "B738", least=51) is None or usual(known, "B738", least=51).visits == 51


def test_a_time_that_is_hardly_known_is_not_learned_from() -> None:
    wide = visit(1, None)
    assert learned(wide, visit(2)).head.timed == 1
    bounds = [(600.0, 1_800.0, True), (600.0, 1_801.0, False), (36_000.0, 40_000.0, False), (None, 600.0, False)]
    for low, high, counts in bounds:
        one = Visit(
            id="v", icao24="4b1805", airport="LSZH", landed_at=T0, ground_min_s=low, ground_max_s=high, level=3,
            source="test",
        )  # fmt: skip
        assert learned(one).head.timed == int(counts)


def test_who_has_been_where_and_when() -> None:
    known = learned(
        visit(0), visit(5), visit(9, airport="LSGG"),
        visit(3, icao24="15522c", airport="ZKPY", type_code="IL62", operator="", state="RU", military=True),
    )  # fmt: skip
    assert known.visitor(Who.AIRCRAFT, "4b1805") == (3, T0, T0 + 9 * DAY)
    assert known.been(Who.AIRCRAFT, "4b1805", "LSZH") == (2, T0, T0 + 5 * DAY)
    assert known.been(Who.AIRCRAFT, "4b1805", "ZKPY") is None
    assert known.visitor(Who.OPERATOR, "One Air").visits == 3  # type: ignore[union-attr]
    assert known.visitor(Who.OPERATOR, "") is None
    assert known.been(Who.FLEET, "RU", "ZKPY").visits == 1  # type: ignore[union-attr]
    assert known.visitor(Who.FLEET, "CH") is None
    assert known.visitor(Who.AIRCRAFT, "~15522c") is None
    assert (known.knows("ZKPY"), known.knows("RJTT")) == (True, False)


def test_an_empty_history_knows_nothing() -> None:
    known = learned()
    assert usual(known, "B738", least=1) is None
    assert known.visitor(Who.AIRCRAFT, "4b1805") is None
    assert Baselines.from_bytes(known.to_bytes(), "b").head.visits == 0


@given(st.permutations([visit(k, 30.0 + 7 * (k % 13), airport=f"F{k % 3}") for k in range(40)]))
def test_the_order_of_the_visits_does_not_matter_and_equal_ones_give_equal_bytes(visits: list[Visit]) -> None:
    ordered = sorted(visits, key=lambda one: one.landed_at)
    assert learned(*visits).to_bytes() == learned(*ordered).to_bytes()


def test_what_was_written_is_read_again() -> None:
    known = learned(*(visit(k, 40.0 + k % 11) for k in range(50)))
    again = Baselines.from_bytes(known.to_bytes(), "b")
    assert usual(again, "B738") == usual(known, "B738")
    assert again.been(Who.OPERATOR, "One Air", "LSZH") == known.been(Who.OPERATOR, "One Air", "LSZH")
    assert again.to_bytes() == known.to_bytes()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 nothing", b"\x80\x04."])
def test_what_is_none_is_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(InputError, match=r"^b: damaged, or no baselines") as caught:
        Baselines.from_bytes(data, "b")
    assert len(str(caught.value).splitlines()) == 1


@given(st.lists(st.floats(0.0, 15.0), min_size=1, max_size=60), st.integers(1, 4))
def test_quantiles_are_those_of_numpy_where_nothing_is_shrunk_and_always_ascend(logs: list[float], groups: int) -> None:
    log_s = np.array(logs)
    narrow = np.arange(len(logs), dtype=np.int64) % groups
    outer, inner = depths(log_s, [np.zeros(len(logs), np.int64), narrow])
    assert outer.log_s[0] == pytest.approx(np.quantile(log_s, QUANTILES))
    for row in inner.log_s:
        assert np.all(np.diff(row) >= -1e-9)
        assert log_s.min() - 1e-9 <= row[MEDIAN] <= log_s.max() + 1e-9


def test_shrinkage_follows_the_ratio_of_the_variances() -> None:
    """Groups of ten, means spread by 1 and values by 1: k is near 1, so a group keeps ten elevenths of itself."""
    random = np.random.default_rng(7)
    means = random.normal(8.0, 1.0, 200)
    log_s = np.concatenate([random.normal(mean, 1.0, 10) for mean in means])
    key = np.repeat(np.arange(200), 10)
    outer, inner = depths(log_s, [np.zeros(len(log_s), np.int64), key])
    raw = np.array([np.median(log_s[key == k]) for k in range(200)])
    around = outer.log_s[0, MEDIAN]
    kept = np.median((inner.log_s[:, MEDIAN] - around) / (raw - around))
    assert kept == pytest.approx(10 / 11, abs=0.02)
    assert math.isfinite(kept)
