"""Times of a clock without a day, `hhmm`, where 2400 is midnight: minutes, and the day that they belong to.

What is no time raises ValueError.
"""

from __future__ import annotations

import re
from datetime import datetime

from detector.domain.times import EPOCH

DAY_MIN = 1440
USUAL_TAXI_MIN = 12
"""Where the taxi is not told; it only decides on which side of midnight a take-off or a landing was."""
DAYS = ("%Y-%m-%d", "%m/%d/%Y")
TIME = re.compile(r"([0-9]{1,4})(\.0+)?")
MINUTES = re.compile(r"-?[0-9]{1,4}(\.[0-9]+)?")


def day_min(text: str) -> int:
    """Minutes from 1970 to the beginning of a day, written 2024-01-31 or 1/31/2024; a time behind it is left out."""
    words = text.split(" ", 1)[0]
    for form in DAYS:
        try:
            day = datetime.strptime(words, form).date()  # noqa: DTZ007  a day of the calendar, by no clock
        except ValueError:
            continue
        return (day.toordinal() - EPOCH.toordinal()) * DAY_MIN
    raise ValueError(text)


def clock_min(text: str) -> int:
    """Minutes since midnight, 0 to 1440; `5`, `0005` and `5.0` are all five past midnight."""
    match = TIME.fullmatch(text)
    if match is None:
        raise ValueError(text)
    hours, minutes_ = divmod(int(match[1]), 100)
    if minutes_ > 59 or hours * 60 + minutes_ > DAY_MIN:
        raise ValueError(text)
    return hours * 60 + minutes_


def minutes(text: str) -> int | None:
    """A duration; None where none is told."""
    return round(float(text)) if MINUTES.fullmatch(text) else None


def nearest_min(clock: int, expected_min: float) -> int:
    """The minute since 1970 with that time of the clock that lies nearest to the expected one."""
    return clock + DAY_MIN * round((expected_min - clock) / DAY_MIN)


def takeoff_min(clock: str, taxi: str, left_min: int) -> int | None:
    """Take-off by its own time, or by the taxi from the gate left at `left_min`; None where neither is told."""
    taxi_min = minutes(taxi)
    if clock:
        return nearest_min(clock_min(clock), left_min + (USUAL_TAXI_MIN if taxi_min is None else taxi_min))
    return None if taxi_min is None else left_min + taxi_min


def landing_min(clock: str, taxi: str, came_min: int) -> int | None:
    """Landing, likewise, before the gate was reached at `came_min`."""
    taxi_min = minutes(taxi)
    if clock:
        return nearest_min(clock_min(clock), came_min - (USUAL_TAXI_MIN if taxi_min is None else taxi_min))
    return None if taxi_min is None else came_min - taxi_min
