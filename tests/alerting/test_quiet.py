from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from detector.alerting.quiet import QuietHours
from detector.domain.stop import Severity
from detector.domain.times import iso

PARIS = ZoneInfo("Europe/Paris")
NIGHT = QuietHours(time(22), time(7), PARIS, unless=Severity.HIGH)
LUNCH = QuietHours(time(12), time(13, 30), PARIS)


def told_at(hours: QuietHours, local: str, severity: str = "low") -> str:
    at = datetime.fromisoformat(local).replace(tzinfo=hours.zone).timestamp()
    return iso(hours.wake_at(at, Severity(severity)))


@pytest.mark.parametrize(
    ("hours", "due", "told"),
    [
        (NIGHT, "2024-11-06T21:59:59", "2024-11-06T20:59:59Z"),
        (NIGHT, "2024-11-06T22:00:00", "2024-11-07T06:00:00Z"),
        (NIGHT, "2024-11-06T23:59:59", "2024-11-07T06:00:00Z"),
        (NIGHT, "2024-11-07T00:00:00", "2024-11-07T06:00:00Z"),
        (NIGHT, "2024-11-07T06:59:59", "2024-11-07T06:00:00Z"),
        (NIGHT, "2024-11-07T07:00:00", "2024-11-07T06:00:00Z"),
        (NIGHT, "2024-07-01T23:00:00", "2024-07-02T05:00:00Z"),
        (LUNCH, "2024-11-07T11:59:59", "2024-11-07T10:59:59Z"),
        (LUNCH, "2024-11-07T12:00:00", "2024-11-07T12:30:00Z"),
        (LUNCH, "2024-11-07T13:30:00", "2024-11-07T12:30:00Z"),
    ],
    ids=str,
)
def test_what_is_due_in_quiet_hours_waits_for_their_end(hours: QuietHours, due: str, told: str) -> None:
    assert told_at(hours, due) == told


@pytest.mark.parametrize(
    ("due", "told"),
    [
        ("2024-03-30T23:00:00", "2024-03-31T05:00:00Z"),  # 7:00 of summer time, after a night of eight hours
        ("2024-10-26T23:00:00", "2024-10-27T06:00:00Z"),  # 7:00 of winter time, after a night of ten
    ],
)
def test_the_end_is_that_of_the_clock_on_the_wall_when_the_clocks_change(due: str, told: str) -> None:
    assert told_at(NIGHT, due) == told


def test_an_end_in_the_hour_that_is_left_out_still_comes() -> None:
    hours = QuietHours(time(22), time(2, 30), PARIS)
    assert told_at(hours, "2024-03-30T23:00:00") == "2024-03-31T01:30:00Z"


def test_what_is_severe_enough_is_told_at_once() -> None:
    assert told_at(NIGHT, "2024-11-06T23:00:00", "high") == "2024-11-06T22:00:00Z"
    assert told_at(NIGHT, "2024-11-06T23:00:00", "medium") == "2024-11-07T06:00:00Z"
    assert told_at(LUNCH, "2024-11-06T12:00:00", "high") == "2024-11-06T12:30:00Z"
