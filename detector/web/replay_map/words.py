"""Times, durations, levels and checks in the reader's words."""

from __future__ import annotations

import math
from datetime import timedelta

from detector.domain.durations import duration_text
from detector.domain.names import aircraft_name
from detector.domain.stop import Check, GroundTime, Level, Moment, Status, Stop, Verdict
from detector.domain.times import EPOCH
from detector.movements.checks import VETOES

MEANING = {
    Level.OBSERVED: "seen on the ground at the field, confirmed by independent kinds of evidence",
    Level.BOTH_SIDES: (
        "not seen on the ground: it came down towards the field before the silence and climbed away from it after"
    ),
    Level.ONE_SIDE: "one side only: it was lost on its way down to the field, or first heard climbing out of it",
    Level.DARK: "a silence long enough for a stop; whether it landed, and where, is not known",
    Level.REJECTED: "looks like a stop, but the evidence contradicts it",
}
ON_ITS_OWN_WORD = {
    Level.BOTH_SIDES: "said to be on the ground, but what else speaks for it is thin, or in doubt",
    Level.ONE_SIDE: "said to be on the ground, but at no field that is sure",
}
"""The same for a stop that began with words on the ground, and is not of level 4."""
VERDICTS = {Verdict.PASS: "passed", Verdict.FAIL: "failed", Verdict.NOT_EVALUABLE: "could not be made"}
CHECKS = {
    # What opened the stop.
    "ground_words": "Said itself that it was on the ground",
    "ground_fix": "Position on the ground at the field",
    "altitude_at_field": "Altitude agrees with the field",
    "time_to_descend": "Time enough to come down",
    "low_samples": "Heard low over the field",
    "departure": "Left from where it stopped",
    "flight_heard": "Heard in flight before it landed",
    "energy_arrival": "Low and near enough to be landing there",
    "energy_departure": "Low and near enough to have left from there",
    "feasible": "Silence long enough for a stop",
    "not_overflight": "Did not just fly through",
    "one_field": "One field is far likelier than the others",
    "listening": "Somebody was listening during the silence",
    "transponder_off": "Fell silent where others are heard",
    # Its own positions.
    "implied_speed": "No jump of position",
    "frozen": "Positions move in flight",
    "position_speed": "Positions move at the speed told",
    "circling": "No circle that nothing can fly",
    "airspeed_groundspeed": "Airspeed goes with the speed over ground",
    "air_vector": "Wind between air and ground speed is possible",
    "geometric_barometric": "Satellite height goes with air pressure",
    "integrity": "Satellite positions of good quality",
    # The runway.
    "on_runway": "Rolled out along a runway",
    "off_runway": "Rolled out along a runway",
    "approach_alignment": "Came in along a runway",
    "slowed_down": "Slowed down after the roll-out",
    "heard_meanwhile": "Heard, or listened for, all through the stay",
    "steady_landing": "No jump of speed or course at the touchdown",
    # Receivers, and the aircraft around.
    "radio_horizon": "Receivers within hearing of the ground there",
    "beyond_horizon": "Receivers anywhere near hearing of the ground there",
    "confirmed_source": "Heard there by a source that is checked here",
    "air_ground": "Did not say that it was flying meanwhile",
    "two_places": "Heard in one place at a time",
    "one_bit_neighbour": "No other address misread",
    "area_interference": "Satellite navigation sound in the area",
    "co_location": "No heap of false positions at the field",
}
"""What each check asks, as it reads where it is passed."""
SHARES = frozenset({"integrity", "one_field", "area_interference", "air_ground", "listening"})
"""Checks whose value is a share of one."""
RULES = {
    "listed_airport": "Airport on a watch list",
    "listed_aircraft": "Aircraft on a watch list",
    "short_turnaround": "Short turnaround",
    "dark_stop": "Stop in a silence",
    "identity": "Odd identity",
    "journey": "Where it went next",
    "first_visit": "First visit",
    "unusual_ground_time": "Unusual time on the ground",
    "outlier": "Unlike the stops of the past",
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
    return _interval(moment, moment.estimate, guess=True)


def dated_interval_text(moment: Moment, *, guess: bool = True) -> str:
    """`7 Nov 2024, 01:16 to 01:40, about 01:29`: the day first, and again where it is another.

    `guess`: with the estimate; where nothing was seen of a stop, that says more than is known.
    """
    first = moment.estimate if moment.earliest is None else moment.earliest
    return f"{day(first)}, {_interval(moment, first, guess=guess)}"


def _interval(moment: Moment, beside: float, *, guess: bool) -> str:
    if moment.observed and moment.earliest is not None and moment.latest - moment.earliest < 60.0:
        return f"{_dated(moment.estimate, beside)}, seen"
    latest = math.ceil(moment.latest / 60.0) * 60.0
    if moment.earliest is None:
        return f"before {_dated(latest, beside)}"
    about = f", about {_dated(moment.estimate, beside)}" if guess else ""
    span = f"{_dated(moment.earliest, beside)} to {_dated(latest, beside)}"
    return span + about + (", seen" if moment.observed else "")


def _dated(at: float, beside: float) -> str:
    return clock(at) if day(at) == day(beside) else f"{day(at)} {clock(at)}"


def ground_time_text(time: GroundTime, *, guess: bool = True) -> str:
    """`5 min to 50 min, about 43 min`; `at least 5 min` where the landing has no earliest time."""
    if time.max is None:
        return f"at least {duration_text(time.min)}"
    if time.max - time.min < 60.0:
        return duration_text(time.estimate)
    about = f", about {duration_text(time.estimate)}" if guess else ""
    return f"{duration_text(time.min)} to {duration_text(time.max)}{about}"


def probability_text(probability: float, stop: Stop) -> str:
    """`97%`; what is not certain, or inferred, never reads as if it were: `>99%`."""
    if probability >= 0.995 and (probability < 1.0 or stop.level is not Level.OBSERVED):
        return ">99%"
    return f"{probability:.0%}"


def meaning(stop: Stop) -> str:
    """What the level of this stop says, in a sentence."""
    if said_on_ground(stop):
        return ON_ITS_OWN_WORD.get(stop.level, MEANING[stop.level])
    return MEANING[stop.level]


def said_on_ground(stop: Stop) -> bool:
    """Whether the aircraft itself, or whoever decoded its track, said that it was on the ground."""
    return any(check.name == "ground_words" and check.verdict is not Verdict.FAIL for check in stop.checks)


def off_field_text(stop: Stop) -> str:
    """Where it stood, if that was seen to be at no field; else nothing."""
    if stop.airport is not None:
        return ""
    found = (c.reason for c in stop.checks if c.name == "ground_fix" and c.verdict is Verdict.FAIL)
    return next(found, "")


def check_text(check: Check) -> str:
    """The reason, and `[value 412 kt, limit 900 kt]`."""
    numbers = [
        f"{name} {f'{value:.0%}' if check.name in SHARES else number_text(value)} {check.unit}".rstrip()
        for name, value in (("value", check.value), ("limit", check.limit))
        if value is not None
    ]
    return check.reason + (f" [{', '.join(numbers)}]" if numbers else "")


def held_text(stop: Stop) -> str:
    """Why less is told of it for now; nothing where nothing is held back."""
    held = stop.held
    if held is None:
        return ""
    what = "Nothing is told of it" if held.alert else f"Level {int(held.level)} is held back"
    return f"{what} until {day(held.until)} {clock(held.until)} UTC at least: {held.reason}"


def contradiction_text(stop: Stop) -> str:
    """Why a stop does not count: why it was taken back, or the checks that failed."""
    if stop.retraction:
        return stop.retraction
    if stop.level is not Level.REJECTED:
        return ""
    return "; ".join(check.reason for check in stop.checks if check.name in VETOES and check.verdict is Verdict.FAIL)


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
    """`Ilyushin Il-62 RA-86572 (15522c)`: what is known of the aircraft, the address always."""
    type_name = (stop.identity.type_name if stop.identity else None) or stop.type_code
    name = aircraft_name(stop.icao24, stop.registration, type_name, None)
    return f"{name} ({stop.icao24})" if stop.registration else name


def callsign_text(stop: Stop) -> str:
    """The call sign of the flight in, and of the flight out where it is another."""
    names = [name for name in (stop.callsign_in, stop.callsign_out) if name]
    return " / ".join(dict.fromkeys(names))
