from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

import detector
from detector.domain.alert import Alert, AlertEvent
from detector.domain.stop import Check, Held, Kind, Level, Moment, Severity, Stop, Verdict
from detector.movements.checks import VETOES
from detector.movements.stops import CAPS, SUSPICIONS
from detector.rules import RULES
from detector.web.replay_map import render, words
from detector.web.replay_map.lines import way_of
from detector.web.replay_map.unknowns import unknowns
from tests.web.cases import airports, at, home_stop, pyongyang, pyongyang_stop

MOVEMENTS = Path(detector.__file__).parent / "movements"


def check(name: str, verdict: Verdict = Verdict.PASS, value: float | None = None) -> Check:
    return Check(name, verdict, value, 0.5, "", "as it is")


def dark_stop() -> Stop:
    return pyongyang_stop(
        airport=None, country=None, level=Level.DARK, checks=(check("transponder_off"),),
        landed=Moment(at("2024-11-07T02:07:00Z"), at("2024-11-08T02:29:30Z"), at("2024-11-07T02:10:00Z"), False),
        departed=Moment(at("2024-11-07T02:12:00Z"), at("2024-11-08T02:34:30Z"), at("2024-11-08T02:29:00Z"), False),
    )  # fmt: skip


def alert(stop: Stop) -> Alert:
    return Alert(id="a", revision=1, event=AlertEvent.OPENED, at=stop.revised_at, severity=Severity.HIGH, stop=stop)


def names_made() -> Iterator[str]:
    """First arguments of what makes a check, and the names that are put in another's place."""
    for path in MOVEMENTS.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign) and "name" in {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}:
                first = node.value.elts[0] if isinstance(node.value, ast.Tuple) else node.value
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("made", "_check"):
                first = node.args[0]
            elif isinstance(node, ast.keyword) and node.arg == "name":
                first = node.value
            else:
                continue
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def test_every_check_and_every_rule_has_a_readable_name() -> None:
    made = {*names_made(), *VETOES, *CAPS, *SUSPICIONS}
    assert len(made) > 25
    assert made - set(words.CHECKS) == set()
    assert set(RULES) <= set(words.RULES)


def test_a_day_is_told_first_and_again_only_where_it_is_another() -> None:
    moment = dark_stop().departed
    assert moment is not None
    told = "7 Nov 2024, 02:12 to 8 Nov 2024 02:35"
    assert words.dated_interval_text(moment, guess=False) == told
    assert words.dated_interval_text(moment) == f"{told}, about 8 Nov 2024 02:29"
    assert words.dated_interval_text(home_stop().landed) == "7 Nov 2024, 03:14 to 03:15, about 03:14, seen"


def test_of_a_stop_in_the_dark_nothing_is_told_as_if_it_had_been_one() -> None:
    stop = dark_stop()
    page = render(dataclasses.replace(pyongyang(), stops=[stop], alerts=[alert(stop)]))
    card = page[page.index("<article") : page.index("</article>")]
    assert stop.kind is Kind.DARK
    assert "If it landed (UTC)" in card
    assert "that it landed at all is only possible" in card
    assert "Fields within reach" in card
    for claim in (">Landed (UTC)", "landed about", "left about", ", about ", "Fields that fit", "is an assumption"):
        assert claim not in card, claim


def test_the_silence_that_hides_it_is_not_told_again_as_one_on_the_rest_of_its_way() -> None:
    case, stop = pyongyang(), dark_stop()
    way = way_of(case.tracks[0], [stop], case.airports)
    hidden = [span for span in way.silences if span[0] <= stop.landed.estimate <= span[1]]
    told = " ".join(unknowns(alert(stop), way, airports()))
    assert hidden
    assert "it was out of hearing" in told
    assert all(words.clock(since) not in told.partition("it was out of hearing")[2] for since, *_ in hidden)


@pytest.mark.parametrize(
    ("level", "told"),
    [(Level.BOTH_SIDES, "is thin"), (Level.ONE_SIDE, "no field that is sure"), (Level.OBSERVED, "independent")],
)
def test_a_stop_that_began_with_words_on_the_ground_is_not_said_to_be_unseen(level: Level, told: str) -> None:
    stop = pyongyang_stop(level=level, checks=(check("ground_words"),))
    assert told in words.meaning(stop)
    assert "Nobody saw it on the ground" not in " ".join(unknowns(alert(stop), None, airports()))


def test_a_share_is_told_in_percent_and_a_mach_number_is_not() -> None:
    assert words.check_text(check("listening", value=0.974)) == "as it is [value 97%, limit 50%]"
    assert words.check_text(check("airspeed_groundspeed", value=0.4)) == "as it is [value 0.4, limit 0.5]"


def test_what_is_held_back_says_why_and_until_when() -> None:
    until = at("2024-11-07T04:00:00Z")
    assert words.held_text(pyongyang_stop()) == ""
    kept = pyongyang_stop(held=Held("3 of 5 aircraft around ZKPY", until, alert=False, level=Level.OBSERVED))
    assert (
        words.held_text(kept) == "Level 4 is held back until 7 Nov 2024 04:00 UTC at least: 3 of 5 aircraft around ZKPY"
    )
    assert "Level 4 is held back" in " ".join(unknowns(alert(kept), None, airports()))
    page = render(dataclasses.replace(pyongyang(), stops=[kept], alerts=[alert(kept)]))
    assert "<dt>Held back</dt>" in page


def test_why_a_stop_does_not_count_is_told_of_the_checks_that_reject_only() -> None:
    failed = (check("circling", Verdict.FAIL), Check("low_samples", Verdict.FAIL, 0.0, 3.0, "", "thin"))
    assert words.contradiction_text(pyongyang_stop(level=Level.REJECTED, checks=failed)) == "as it is"
    assert words.contradiction_text(pyongyang_stop(checks=failed)) == ""
    assert words.contradiction_text(pyongyang_stop(retraction="it flew on")) == "it flew on"


def test_a_stop_seen_away_from_every_field_is_not_called_a_place_not_known() -> None:
    failed = Check("ground_fix", Verdict.FAIL, 5.1, 3.0, "NM", "on the ground 5.1 NM from the nearest runway")
    stop = pyongyang_stop(airport=None, country=None, candidates=(), level=Level.ONE_SIDE,
                          checks=(check("ground_words"), failed))  # fmt: skip
    told = " ".join(unknowns(alert(stop), None, airports()))
    assert "It stood at no field of the tables: on the ground 5.1 NM from the nearest runway." in told
    assert "is not known" not in told
