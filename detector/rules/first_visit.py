"""A stop at a field where history lacks the aircraft, or its operator, or the military fleet of its state."""

from __future__ import annotations

from collections.abc import Iterator

from detector.domain.stop import Certainty, Finding, Level, Stop
from detector.domain.times import day_of
from detector.rules.grounds import found
from detector.rules.interface import Case
from detector.rules.settings import FirstVisitRule
from detector.scoring import Baselines, Who

DAY_S = 86_400.0


def first_visit(case: Case) -> Finding | None:
    """Fires from level 2 on, at a named field; certain from level 3 on. Silent where history is too short to tell."""
    usual, stop = case.usual, case.stop
    if usual is None or stop.airport is None or stop.level < Level.ONE_SIDE:
        return None
    new = list(_new(stop, stop.airport, usual, case.settings.first_visit))
    if not new:
        return None
    certainty = Certainty.CERTAIN if stop.level >= Level.BOTH_SIDES else Certainty.POSSIBLE
    told = [(ground, certainty) for ground in case.grounds("first_visit")]
    anyone = "" if usual.knows(stop.airport) else f"; it has no visit of anybody to {stop.airport}"
    until = day_of(usual.head.until).isoformat()
    reason = f"the first visit to {stop.airport} in history, which goes to {until}: of {', of '.join(new)}{anyone}"
    return found("first_visit", told, reason) if told else None


def _new(stop: Stop, airport: str, usual: Baselines, limits: FirstVisitRule) -> Iterator[str]:
    """Who has not been there before, with how much is known of them; the widest circle first."""
    landed_at = stop.landed.estimate if stop.landed.earliest is None else stop.landed.earliest
    identity = stop.identity
    circles = [
        (Who.OPERATOR, stop.operator or "", limits.operator_visits),
        (Who.AIRCRAFT, stop.icao24, limits.aircraft_visits),
    ]
    if identity is not None and identity.military and identity.country is not None:
        circles.insert(0, (Who.FLEET, identity.country, limits.operator_visits))
    here = [usual.been(who, name, airport) for who, name, _ in circles]
    before = [0 if been is None or been.first_at >= landed_at else been.visits for been in here]
    if any(visits >= limits.regular_visits for visits in before):
        # An aircraft that goes where its own go is no news.
        return
    for i, (who, name, least) in enumerate(circles):
        known = usual.visitor(who, name)
        # Where an aircraft has been its operator and fleet have been, though a table may not know that it is theirs.
        if known is None or any(before[i:]):
            continue
        if known.visits >= least and landed_at - known.first_at >= limits.days * DAY_S:
            yield f"{_words(who, name)} ({known.visits:,} visits since {day_of(known.first_at).isoformat()})"


def _words(who: Who, name: str) -> str:
    return {Who.FLEET: f"military aircraft of {name}", Who.OPERATOR: name, Who.AIRCRAFT: f"the aircraft {name}"}[who]
