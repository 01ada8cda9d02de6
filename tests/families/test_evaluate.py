"""The yardstick itself: what it counts as found, wrong, missed and false, and that its report says so."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from detector.domain.stop import Candidate, GroundTime, Level, Moment, Status, Stop
from detector.simulation import TrueStop
from tests.families import evaluate, limits
from tests.families.draw import ONE, Case, city_pairs, fields_around
from tests.families.registry import FAMILIES
from tests.families.verdicts import Judged, Outcome, interval_fault, judge, outcome_of
from tests.movements.worlds import World, apart_nm, play

LANDED, LEFT = 1_000.0, 5_000.0
TRUTH = TrueStop(ONE, "LFBO", LANDED, LEFT)


def stop(**values: object) -> Stop:
    usual: dict[str, object] = {
        "id": "stop-1",
        "revision": 1,
        "status": Status.CLOSED,
        "icao24": ONE,
        "airport": "LFBO",
        "country": "FR",
        "candidates": (Candidate("LFBO", 0.9, 1.0), Candidate("LFBR", 0.1, 9.0)),
        "landed": Moment(900.0, 1_100.0, 1_000.0, observed=False),
        "departed": Moment(4_900.0, 5_100.0, 5_000.0, observed=False),
        "ground_time": GroundTime(3_800.0, 4_200.0, 4_000.0),
        "level": Level.BOTH_SIDES,
        "opened_at": 1_100.0,
        "revised_at": 5_100.0,
    }
    return Stop(**{**usual, **values})  # type: ignore[arg-type]


def test_times_that_hold_the_truth_have_no_fault_and_others_are_told_with_their_error() -> None:
    assert interval_fault(stop(), TRUTH) is None
    late = stop(landed=Moment(1_010.0, 1_100.0, 1_050.0, observed=False))
    assert interval_fault(late, TRUTH) == "landed 10 s before the interval"
    seen = stop(landed=Moment(900.0, 1_100.0, 1_030.0, observed=True))
    assert interval_fault(seen, TRUTH) == "landed seen +30 s from the truth"
    assert interval_fault(stop(), replace(TRUTH, departed_at=None)) == "departed, though it stayed"
    still = stop(departed=None, ground_time=None, status=Status.OPEN)
    assert interval_fault(still, TRUTH) == "never closed"


@pytest.fixture(scope="module")
def heard() -> tuple[Case, World]:
    case = FAMILIES["observed"].make(0)
    return case, play(case.scenario)


def judged_as(heard: tuple[Case, World], told: list[Stop]) -> Outcome:
    case, world = heard
    return judge(case, World(world.simulation, told))


def test_every_way_to_be_right_or_wrong_is_counted_as_what_it_is(heard: tuple[Case, World]) -> None:
    (true,) = heard[1].truth
    assert true.departed_at is not None
    around = {
        "landed": Moment(true.landed_at - 9, true.landed_at + 9, true.landed_at, observed=False),
        "departed": Moment(true.departed_at - 9, true.departed_at + 9, true.departed_at, observed=False),
        "ground_time": GroundTime(0.0, None, 1.0),
    }
    right = stop(airport=true.airport, candidates=(Candidate(true.airport, 0.9, 1.0),), **around)
    elsewhere = stop(id="stop-2", airport="ZKPY", candidates=(Candidate("ZKPY", 0.9, 1.0),), **around)
    unnamed = stop(airport=None, candidates=(Candidate("ZKPY", 0.4, 1.0), Candidate(true.airport, 0.3, 2.0)), **around)

    def result(told: list[Stop]) -> tuple[str, int | None, int]:
        outcome = judged_as(heard, told)
        return outcome.judged[0].result, outcome.judged[0].rank, len(outcome.false)

    assert result([right]) == ("found", 0, 0)
    assert result([right, elsewhere]) == ("found", 0, 1)
    assert result([elsewhere]) == ("wrong", None, 0)
    assert result([unnamed]) == ("unnamed", 1, 0)
    assert result([]) == ("missed", None, 0)
    assert judged_as(heard, [elsewhere]).elsewhere == 3


def test_limits_say_what_was_not_met() -> None:
    spoofed = [Outcome("spoofed_frozen", seed, {}, at_false_field=4 if seed == 3 else 0) for seed in range(10)]
    found = {"spoofed_frozen": spoofed, "jammed_then_landed": [Outcome("jammed_then_landed", 0, {})]}
    found["jammed_then_landed"][0].judged.append(Judged(ONE, "LFBO", 0.0, None, "found", "LFBO", 3))
    assert [(limit.measured, limit.met) for limit in limits.judge(found)] == [
        ("1 of 10", False),
        ("0 of 10", True),
        ("1 of 1", True),
        ("1 of 1", True),
    ]


def test_a_run_writes_its_report_and_says_by_its_status_whether_the_limits_are_met(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--seeds", "2", "--families", "observed,overflight", "--jobs", "1", "--out", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", ["evaluate", *arguments])
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert evaluate.main() == 0
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "| observed | 2 | 2 | 2 | L4:2 | 0 | 0 | 0 | 0 |" in text
    assert "2 worlds    2 true:    2 found" in capsys.readouterr().err


@pytest.mark.parametrize("done", [0, 2])
def test_an_interrupted_run_reports_what_is_done_and_ends_in_one_line(
    done: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def until_interrupted(family: str, seed: int) -> Outcome:
        if seed == done:
            raise KeyboardInterrupt
        return Outcome(family, seed, {})

    arguments = ["--seeds", "3", "--families", "observed,overflight", "--jobs", "1", "--out", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", ["evaluate", *arguments])
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setattr(evaluate, "outcome_of", until_interrupted)
    assert evaluate.main() == 130
    report = tmp_path / "report.md"
    told = str(report) if done else "no report"
    assert capsys.readouterr().err == f"{evaluate.LEGEND}interrupted: {done} of 6 worlds done; {told}\n"
    assert report.exists() == bool(done)


def test_one_world_is_shown_with_its_truth_and_its_checks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["evaluate", "--family", "observed", "--seed", "1", "--show"])
    assert evaluate.main() == 0
    shown = capsys.readouterr().out
    assert "landing" in shown
    assert "ground_words" in shown
    assert shown.endswith("wrong\n  nothing\n")


def test_a_seed_gives_the_same_world_each_time() -> None:
    once, again = (replace(outcome_of("spoofed_drag", 5), seconds=0.0) for _ in range(2))
    assert once == again


def test_fields_around_and_pairs_are_as_far_apart_as_was_asked_for() -> None:
    assert "LFBF" in fields_around("LFBO", 1.0, 15.0)
    for low, high in ((0.7, 3.0), (3.0, 15.0)):
        pairs = city_pairs(low, high)
        assert len(pairs) > 20
        assert all(low * 0.98 < apart_nm(*pair) < high * 1.02 for pair in pairs[:50])
