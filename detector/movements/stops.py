"""Making and revising stops: identity, level from the checks, and the facts of the field."""

from __future__ import annotations

import hashlib

import msgspec

from detector.domain.stop import Candidate, Check, GroundTime, Level, Moment, Status, Stop, Verdict
from detector.movements.checks import CERTAIN_ENOUGH, VETOES
from detector.reference import Airports


def stop_id(icao24: str, opened_at: float) -> str:
    """Identity from the aircraft and the event that opened the stop, to the millisecond; the same in every run."""
    digest = hashlib.sha256(f"{icao24}/{round(opened_at * 1000)}".encode()).hexdigest()
    return f"stop-{digest[:20]}"


def named_airport(candidates: tuple[Candidate, ...]) -> str | None:
    """The likeliest field, if it is likely enough to be named."""
    return candidates[0].airport if candidates and candidates[0].probability >= CERTAIN_ENOUGH else None


def observed_level(checks: tuple[Check, ...]) -> Level:
    """Level of a stop with ground contact: a place (G) and two of words (W), barometer (B), continuity (C), no veto.

    The place comes from a fix at the ground contact, or from the first fix after it.
    """
    verdict = {check.name: check.verdict for check in checks}
    if vetoed(checks):
        return Level.REJECTED
    words = verdict.get("ground_words") is Verdict.PASS
    low = verdict.get("low_samples") is Verdict.PASS
    barometer = low and verdict.get("altitude_at_field") is Verdict.PASS
    continuity = verdict.get("departure") is Verdict.PASS
    if not continuity and verdict.get("ground_fix") is not Verdict.PASS:
        return Level.ONE_SIDE
    if sum((words, barometer, continuity)) >= 2:
        return Level.OBSERVED if low else Level.BOTH_SIDES
    return Level.BOTH_SIDES if words else Level.ONE_SIDE


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
) -> Stop:
    """The first revision of a stop."""
    airport = named_airport(candidates)
    return Stop(
        id=stop_id(icao24, opened_at),
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
