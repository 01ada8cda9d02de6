"""Making and revising stops: identity, level from the checks, and the facts of the field."""

from __future__ import annotations

import hashlib

import msgspec

from detector.domain.stop import Candidate, Check, GroundTime, Level, Moment, Status, Stop, Verdict
from detector.movements.checks import CERTAIN_ENOUGH, VETOES
from detector.reference import Airports


def stop_id(icao24: str, opened_at: float, event: str = "") -> str:
    """Identity from the aircraft and the event that opened the stop, to the millisecond; the same in every run.

    `event` tells apart what opened at the same instant.
    """
    digest = hashlib.sha256(f"{icao24}/{round(opened_at * 1000)}{event}".encode()).hexdigest()
    return f"stop-{digest[:20]}"


def named_airport(candidates: tuple[Candidate, ...]) -> str | None:
    """The likeliest field, if it is likely enough to be named."""
    return candidates[0].airport if candidates and candidates[0].probability >= CERTAIN_ENOUGH else None


CAPS = {
    "low_samples": Level.BOTH_SIDES,
    "area_interference": Level.BOTH_SIDES,
    "heard_meanwhile": Level.BOTH_SIDES,
    "confirmed_source": Level.BOTH_SIDES,
    "one_field": Level.ONE_SIDE,
    "flight_heard": Level.ONE_SIDE,
    "two_places": Level.ONE_SIDE,
    "radio_horizon": Level.ONE_SIDE,
    "on_runway": Level.ONE_SIDE,
    "approach_alignment": Level.ONE_SIDE,
    "position_speed": Level.ONE_SIDE,
    "air_vector": Level.ONE_SIDE,
    "steady_landing": Level.ONE_SIDE,
    "co_location": Level.ONE_SIDE,
    "listening": Level.DARK,
}
"""The highest level that a failed check leaves."""
SUSPICIONS = ("geometric_barometric", "integrity")
"""Checks that make every position suspect: level 3 at most, and 2 with more than one of them, or unless the landing
itself lay on a runway."""
ON_THE_RUNWAY = ("on_runway", "approach_alignment")


def observed_level(checks: tuple[Check, ...]) -> Level:
    """Level of a stop with ground contact: a place (G) and two of words (W), barometer (B), receivers (R) and
    continuity (C), and no veto.

    The place comes from a fix at the ground contact, or from the first fix after it.
    """
    passed = {check.name for check in checks if check.verdict is Verdict.PASS}
    words = "ground_words" in passed
    barometer = "low_samples" in passed and "altitude_at_field" in passed
    continuity = "departure" in passed
    level = Level.ONE_SIDE
    if continuity or "ground_fix" in passed:
        heard_there = "radio_horizon" in passed
        kinds = sum((words, barometer, continuity, heard_there))
        # A position drawn away slowly agrees with all of it - but for the runway.
        placed = heard_there or bool(passed.intersection(ON_THE_RUNWAY))
        if kinds >= (2 if placed else 3) and "ground_fix" in passed:
            level = Level.OBSERVED
        elif words or kinds >= 2:
            level = Level.BOTH_SIDES
    return capped(level, checks)


def capped(level: Level, checks: tuple[Check, ...]) -> Level:
    """The level that the failed checks leave of `level`: none after a veto."""
    if vetoed(checks):
        return Level.REJECTED
    failed = {check.name for check in checks if check.verdict is Verdict.FAIL}
    if any(check.name == "implied_speed" and check.verdict is Verdict.NOT_EVALUABLE for check in checks):
        # It landed while its positions were in doubt: those from before and after tell one side each.
        level = min(level, Level.ONE_SIDE)
    for name in CAPS.keys() & failed:
        level = min(level, CAPS[name])
    suspicions = len(failed.intersection(SUSPICIONS))
    if suspicions:
        passed = {check.name for check in checks if check.verdict is Verdict.PASS}
        good = suspicions == 1 and bool(passed.intersection(ON_THE_RUNWAY))
        level = min(level, Level.BOTH_SIDES if good else Level.ONE_SIDE)
    return level


def vetoed(checks: tuple[Check, ...]) -> bool:
    """Whether a check whose failure rejects the stop has failed."""
    return any(check.name in VETOES and check.verdict is Verdict.FAIL for check in checks)


def with_checks(old: tuple[Check, ...], new: tuple[Check, ...]) -> tuple[Check, ...]:
    """`old` with the checks of the same names replaced, and the others added at the end."""
    fresh = {check.name: check for check in new}
    kept = tuple(fresh.pop(check.name, check) for check in old)
    return kept + tuple(fresh.values())


def opened(
    *,
    icao24: str,
    opened_at: float,
    at: float,
    status: Status,
    level: Level,
    candidates: tuple[Candidate, ...],
    airports: Airports,
    landed: Moment,
    departed: Moment | None,
    ground_time: GroundTime | None,
    checks: tuple[Check, ...],
    callsign_in: str | None,
    callsign_out: str | None,
    event: str = "",
) -> Stop:
    """The first revision of a stop."""
    airport = named_airport(candidates)
    return Stop(
        id=stop_id(icao24, opened_at, event),
        revision=1,
        status=status,
        icao24=icao24,
        callsign_in=callsign_in,
        callsign_out=callsign_out,
        airport=airport,
        country=country_of(airport, airports),
        candidates=candidates,
        landed=landed,
        departed=departed,
        ground_time=ground_time,
        level=level,
        checks=checks,
        opened_at=opened_at,
        revised_at=at,
    )


def revised(stop: Stop, at: float, **changes: object) -> Stop:
    """The next revision."""
    return msgspec.structs.replace(stop, revision=stop.revision + 1, revised_at=at, **changes)


def country_of(airport: str | None, airports: Airports) -> str | None:
    """ISO 3166 code of a field's country."""
    index = airports.index_of(airport) if airport else None
    return None if index is None else airports.countries[index] or None
