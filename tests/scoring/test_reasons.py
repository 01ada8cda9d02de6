"""Reasons in words: the counts behind them, only what speaks for the score, and what is ordinary said to be."""

from __future__ import annotations

import pytest

from detector.domain.visit import Visit
from detector.scoring import Who
from detector.scoring.features import NAMES
from detector.scoring.reasons import WORDS, Told, reasons
from tests.scoring.test_baselines import learned, visit

ZERO = dict.fromkeys(NAMES, 0.0)
HISTORY = [visit(i, 240.0, type_code="IL62", icao24="15522c", operator="RFF", airport="UUEE") for i in range(40)]


def told(one: Visit, **row: float) -> Told:
    return Told(one, ZERO | row, learned(*HISTORY), "heavy")


def stop(**values: object) -> Visit:
    usual: dict[str, object] = {
        "type_code": "IL62", "icao24": "15522c", "operator": "RFF", "airport": "ZKPY", "registration": "RA-86572",
        "ground_min_s": 300.0, "ground_max_s": 2_700.0, "level": 3, "state": "RU", "military": True,
    }  # fmt: skip
    return visit(900, None, **(usual | values))


@pytest.mark.parametrize(
    ("group", "one", "row", "words"),
    [
        ("time", stop(), {"ground_time_ratio_log2": -2.4},
         "on the ground 5 min to 45 min; half of 40 stops of IL62 at any field took 4 h 00 min"),
        ("time", stop(), {"ground_time_ratio_log2": 0.0}, None),
        ("evidence", stop(), {"unseen_share": 0.89},
         "not seen on the ground: its descent and its climb were heard (level 3); 89% of the time there is open"),
        ("evidence", stop(level=4), {}, None),
        ("field", stop(), {}, "new to ZKPY: RA-86572 (40 visits), RFF (40 visits), type IL62 (40 visits)"),
        ("field", stop(airport="UUEE", icao24="15522d"), {},
         "at UUEE: RFF 40 times in 40, type IL62 40 times in 40 visits"),
        ("way_in", stop(origin="UHWW"), {"route_in_log10_nm": 2.5855}, "came from UHWW, 385 NM"),
        ("way_in", stop(origin="UHWW", airport="UUEE"), {"route_in_log10_nm": 3.0},
         "came from UHWW, 1,000 NM: none of 40 arrivals at UUEE"),
        ("way_in", stop(), {}, None),
        ("way_out", stop(origin="UHWW", destination="UHWW"), {"route_out_log10_nm": 2.5855, "out_and_back": 1.0},
         "left for UHWW, where it had come from, 385 NM"),
        ("hour", stop(airport="UUEE"), {"local_hour": 3.0}, "landed about 03 h by the sun, as none of 40 there did"),
        ("hour", stop(), {"local_hour": 3.0}, None),
        ("military", stop(), {}, "a military aircraft of RU"),
        ("military", stop(military=False), {}, None),
        ("place", stop(airport="LSZF"), {"field_class": 0.0}, "LSZF is a small field, without airline traffic"),
    ],
)  # fmt: skip
def test_each_group_says_what_it_saw(group: str, one: Visit, row: dict[str, float], words: str | None) -> None:
    assert WORDS[group](told(one, **row)) == words


def test_what_adds_most_comes_first_and_what_speaks_against_is_left_out() -> None:
    adds = {"field": 0.2, "military": 0.1, "hour": 0.001, "evidence": -0.05}
    assert reasons(told(stop(), unseen_share=0.9), 0.999, adds) == (
        "new to ZKPY: RA-86572 (40 visits), RFF (40 visits), type IL62 (40 visits)",
        "a military aircraft of RU",
    )


def test_an_ordinary_stop_is_said_to_be_one() -> None:
    one = stop(airport="UUEE", ground_min_s=14_400.0, ground_max_s=14_460.0)
    first, *rest = reasons(told(one), 0.31, {"field": 0.2})
    assert first == "ordinary: 31 of 100 stops in history are less odd"
    assert len(rest) == 2


def test_there_is_always_a_reason() -> None:
    assert reasons(told(stop(level=4)), 0.95, {"evidence": 0.1}) == (
        "no single thing: what is known of it is rare taken together",
    )


def test_a_stop_that_history_has_does_not_count_itself() -> None:
    own = Told(stop(airport="UUEE"), ZERO, learned(*HISTORY), "heavy", own=1)
    assert own.been(Who.OPERATOR, "RFF") == (39, 39)
    assert own.of_type() == (39, 39)
