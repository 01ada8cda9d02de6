"""Times, durations, levels and checks in the reader's words."""

from __future__ import annotations

import math
from datetime import timedelta

from detector.domain.stop import GroundTime, Level, Moment, Status, Stop, Verdict
from detector.domain.times import EPOCH

MEANING = {
    Level.OBSERVED: "seen on the ground at the field, confirmed by independent kinds of evidence",
    Level.BOTH_SIDES: (
        "not seen on the ground: it came down towards the field before the silence and climbed away from it after"
    ),
    Level.ONE_SIDE: "one side only: it was lost on its way down to the field, or first heard climbing out of it",
    Level.DARK: "a silence long enough for a stop, with no low approach on either side; where is not known",
    Level.REJECTED: "looks like a stop, but the evidence contradicts it",
}
VERDICTS = {Verdict.PASS: "passed", Verdict.FAIL: "failed", Verdict.NOT_EVALUABLE: "could not be made"}
CHECKS = {
    "implied_speed": "No jump of position",
    "altitude_at_field": "Altitude agrees with the field",
    "time_to_descend": "Time enough to come down",
    "low_samples": "Heard low over the field",
    "ground_words": "Said itself that it was on the ground",
    "energy_arrival": "Low and near enough to be landing there",
    "energy_departure": "Low and near enough to have left from there",
    "feasible": "Silence long enough for a stop",
    "not_overflight": "Did not just fly through",
    "departure": "Left from where it stopped",
}
RULES = {
    "listed_airport": "Airport on a watch list",
    "short_turnaround": "Short turnaround",
    "dark_stop": "Stop in a silence",
    "first_visit": "First visit",
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def readable(name: str, table: dict[str, str]) -> str:
    """The reader's word for a check or a rule; an unknown one by its own name."""
    return table.get(name, name.replace("_", " ").capitalize())


def clock(at: float) -> str:
    """`01:30`: the minute it is in, UTC."""
    return (EPOCH + timedelta(seconds=math.floor(at))).strftime("%H:%M")


def day(at: float) -> str:
    """`7 Nov 2024`."""
    moment = EPOCH + timedelta(seconds=math.floor(at))
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def day_clock(at: float) -> str:
    """`7 Nov 01:30`, for where the year is plain."""
    return f"{day(at).rsplit(' ', 1)[0]} {clock(at)}"


def moment_text(at: float) -> str:
    """`7 Nov 2024 01:30:12`."""
    return f"{day(at)} {(EPOCH + timedelta(seconds=math.floor(at))).strftime('%H:%M:%S')}"


def interval_text(moment: Moment) -> str:
    """`01:16 to 01:40, about 01:29`, rounded outwards; days where they differ."""
    estimate = clock(moment.estimate)
    if moment.observed and moment.earliest is not None and moment.latest - moment.earliest < 60.0:
        return f"{estimate}, seen"
    latest = math.ceil(moment.latest / 60.0) * 60.0
    if moment.earliest is None:
        return f"before {_dated(latest, moment.estimate)}"
    earliest = _dated(moment.earliest, moment.estimate)
    return f"{earliest} to {_dated(latest, moment.estimate)}, about {estimate}" + (", seen" if moment.observed else "")


def _dated(at: float, beside: float) -> str:
    return clock(at) if day(at) == day(beside) else f"{day(at)} {clock(at)}"


def duration_text(seconds: float) -> str:
    """`47 min`, `1 h 05 min`, `2 d 3 h`; to the nearest minute."""
    minutes = round(seconds / 60.0)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    return f"{minutes // 1440} d {minutes % 1440 // 60} h"


def ground_time_text(time: GroundTime) -> str:
    """`5 min to 50 min, about 43 min`; `at least 5 min` where the landing has no earliest time."""
    if time.max is None:
        return f"at least {duration_text(time.min)}"
    if time.max - time.min < 60.0:
        return duration_text(time.estimate)
    return f"{duration_text(time.min)} to {duration_text(time.max)}, about {duration_text(time.estimate)}"


def probability_text(probability: float, stop: Stop) -> str:
    """`97%`; what is inferred is never certain: `>99%`."""
    if probability >= 0.995 and stop.level is not Level.OBSERVED:
        return ">99%"
    return f"{probability:.0%}"


def stands(stop: Stop) -> bool:
    """Neither taken back nor rejected: else its times are those that it would have had."""
    return stop.level is not Level.REJECTED and stop.status is not Status.RETRACTED


def altitude_text(feet: float) -> str:
    """`4,975 ft`, or nothing where it is not known."""
    return "" if math.isnan(feet) else f"{feet:,.0f} ft"


def number_text(value: float) -> str:
    """At most one decimal below a hundred, none above."""
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}"
    return text.removesuffix(".0")


def aircraft_text(stop: Stop) -> str:
    """`RA-86572 (IL62, 15522c)`: what is known of the aircraft, the address always."""
    details = ", ".join(part for part in (stop.type_code, stop.icao24) if part)
    return f"{stop.registration} ({details})" if stop.registration else details


def callsign_text(stop: Stop) -> str:
    """The call sign of the flight in, and of the flight out where it is another."""
    names = [name for name in (stop.callsign_in, stop.callsign_out) if name]
    return " / ".join(dict.fromkeys(names))
