"""An alert in words: what may be said of it at each level."""

from __future__ import annotations

from typing import Any

import pytest

from detector.cli.case_words import told

LANDED = {"earliest": "2025-07-10T02:07:04Z", "latest": "2025-07-11T02:29:47Z"}
CANDIDATES = [{"airport": code, "probability": 0.3, "distance_nm": 9.0} for code in ("ZKWS", "ZKPY")]


def check(name: str, verdict: str = "pass") -> dict[str, Any]:
    return {"name": name, "verdict": verdict, "value": None, "limit": None, "unit": "", "reason": "so it is"}


def alert(revision: int = 1, **values: Any) -> dict[str, Any]:
    moment = LANDED | {"estimate": "2025-07-10T02:10:47Z", "observed": False}
    absent = ("registration", "type_code", "operator", "callsign_in", "callsign_out", "airport", "country", "score")
    stop = dict.fromkeys(absent) | {
        "icao24": "1553a2", "status": "closed", "level": 1, "kind": "dark", "landed": moment, "departed": moment,
        "ground_time_s": {"min": 300, "max": 190_000, "estimate": 9_000}, "candidates": CANDIDATES, "checks": [],
        "findings": [],
    }  # fmt: skip
    return {
        "id": "alert-1", "revision": revision, "event": "opened", "at": "2025-07-11T03:00:00Z", "severity": "medium",
        "stop": stop | values, "journey": [], "evidence": None,
    }  # fmt: skip


def text(record: dict[str, Any]) -> str:
    return "\n".join(told(record))


def test_of_a_dark_stop_nothing_is_told_as_if_it_had_been_seen_to_land() -> None:
    shown = text(alert())
    assert (
        "If it landed: between 2025-07-10 02:07:04 and 2025-07-11 02:29:47; whether it landed, and where, is" in shown
    )
    assert "If so, left: between" in shown
    assert "Fields within reach (the 2 likeliest; somewhere else: 40%):" in shown
    assert not any(words in shown for words in ("Landed:", "likely 2", "On the ground", "the stop is over"))


def test_of_another_stop_the_times_are_told_with_days_where_they_are_long() -> None:
    shown = text(alert(level=2, kind="inferred"))
    assert "Landed: between 2025-07-10 02:07:04 and 2025-07-11 02:29:47 (likely 2025-07-10 02:10:47)" in shown
    assert "On the ground: 5 min to 2 d 4 h" in shown


@pytest.mark.parametrize("level", [2, 3])
def test_a_stop_with_ground_contact_is_not_told_as_unseen(level: int) -> None:
    said = "ground contact, place not certain"
    assert said in text(alert(level=level, kind="inferred", checks=[check("ground_words")]))
    assert said not in text(alert(level=level, kind="inferred", checks=[check("ground_words", "fail")]))
    assert said not in text(alert(level=level, kind="inferred"))


@pytest.mark.parametrize(
    ("name", "verdict", "words"),
    [
        ("circling", "pass", "No circle that nothing can fly (circling): nothing against it. so it is"),
        ("circling", "fail", "(circling): speaks against it. so it is"),
        ("ground_words", "pass", "Said itself that it was on the ground (ground_words): speaks for it. so it is"),
        ("ground_words", "not_evaluable", "(ground_words): could not be made. so it is"),
    ],
)
def test_a_check_that_can_only_contradict_does_not_speak_for_the_stop(name: str, verdict: str, words: str) -> None:
    assert words in text(alert(checks=[check(name, verdict)]))


@pytest.mark.parametrize(
    ("revision", "words"),
    [
        (1, "revision 1\n"),
        (2, "revision 2 (1 change since the first)"),
        (12, "revision 12 (11 changes since the first)"),
    ],
)
def test_the_state_of_the_alert_stands_in_a_line_of_its_own(revision: int, words: str) -> None:
    assert f"Alert: closed (the stop is over), {words}" in text(alert(revision, level=2, kind="inferred"))
