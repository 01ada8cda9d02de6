"""What the recording does not tell, in sentences made from the data."""

from __future__ import annotations

from collections.abc import Sequence

from detector.domain.alert import Alert
from detector.domain.durations import duration_text
from detector.domain.stop import Kind, Level, Moment, Stop, Verdict
from detector.reference.airports import Airports
from detector.web.replay_map.fields import field_of
from detector.web.replay_map.lines import Way
from detector.web.replay_map.words import (
    CHECKS,
    aircraft_text,
    clock,
    dated_interval_text,
    day,
    ground_time_text,
    held_text,
    interval_text,
    off_field_text,
    probability_text,
    readable,
    said_on_ground,
    stands,
)

SHORTEST_STAY_S = 300
"""The ground time of an unseen stop begins here where nothing else bounds it (`minimum_stay_s`)."""
GAPS = 4
"""Silences on the way that are told one by one."""


def unknowns(alert: Alert, way: Way | None, airports: Airports) -> list[str]:
    """Sentences, the most important first; never empty."""
    stop = alert.stop
    sentences = _silence(stop, way)
    if stands(stop):
        sentences += _times(stop)
        sentences += _place(stop, airports)
    else:
        verb = "taken back" if stop.retraction else "rejected"
        sentences.append(f"This stop was {verb}: the times told of it are those that it would have had.")
    sentences += [f"{held}." for held in (held_text(stop),) if held]
    sentences += _checks(stop)
    if way is not None:
        sentences += _gaps(way, stop)
    if alert.evidence is None:
        sentences.append("The raw frames behind this stop have not been decoded a second time.")
    elif alert.evidence.disagreements:
        sentences.append(
            f"A second decoder read {alert.evidence.disagreements} of {alert.evidence.frames} frames otherwise."
        )
    sentences.append("The radio tells nothing of who or what was on board, or why it went there.")
    return sentences


def _silence(stop: Stop, way: Way | None) -> list[str]:
    hidden = [] if way is None else [(a, b) for a, b, _ in way.silences if _overlaps(a, b, stop)]
    if not hidden:
        return []
    since, until = max(hidden, key=lambda span: span[1] - span[0])
    told = (
        f"No position of {aircraft_text(stop)} was heard from {day(since)} {clock(since)} to "
        f"{'' if day(since) == day(until) else day(until) + ' '}{clock(until)} UTC, {duration_text(until - since)}."
    )
    return [told]


def _overlaps(since: float, until: float, stop: Stop) -> bool:
    left = stop.departed.estimate if stop.departed else stop.landed.estimate
    return since <= left and stop.landed.estimate <= until


def _times(stop: Stop) -> list[str]:
    if stop.kind is Kind.DARK:
        return _dark_times(stop)
    sentences = []
    if stop.kind is Kind.INFERRED and not said_on_ground(stop):
        sentences.append("Nobody saw it on the ground: it may have turned away without landing.")
    if not stop.landed.observed:
        sentences.append(f"Nobody heard it land. Landing: {interval_text(stop.landed)} UTC.")
    if stop.departed is None:
        sentences.append("Nothing was heard of it leaving: it may still be there.")
    elif not stop.departed.observed:
        sentences.append(f"Nobody heard it take off. Take-off: {interval_text(stop.departed)} UTC.")
    if stop.ground_time is not None and not (stop.landed.observed and stop.departed and stop.departed.observed):
        sentences.append(f"So the time on the ground is known only as {ground_time_text(stop.ground_time)}.")
    if stop.kind is Kind.INFERRED and _shortest(stop):
        sentences.append("That it stayed for at least 5 min is an assumption: the shortest stay that counts.")
    return sentences


def _dark_times(stop: Stop) -> list[str]:
    landed = dated_interval_text(stop.landed, guess=False)
    sentences = ["Nobody heard it come down or climb away: that it landed at all is only possible."]
    sentences.append(f"If it landed, it was {landed} UTC.")
    if stop.departed is None:
        sentences.append("Nothing has been heard of it since.")
    elif stop.ground_time is not None:
        stay = ground_time_text(stop.ground_time, guess=False)
        sentences.append(f"If so, it was on the ground for {stay}, and left {_leaving(stop.departed)} UTC.")
    return sentences


def _leaving(departed: Moment) -> str:
    return dated_interval_text(departed, guess=False)


def _shortest(stop: Stop) -> bool:
    return stop.ground_time is not None and round(stop.ground_time.min) == SHORTEST_STAY_S


def _place(stop: Stop, airports: Airports) -> list[str]:
    off_field = off_field_text(stop)
    if off_field:
        return [f"It stood at no field of the tables: {off_field}."]
    field = field_of(airports, stop.airport)
    if field is None and stop.airport is None:
        codes = ", ".join(f"{c.airport} ({probability_text(c.probability, stop)})" for c in stop.candidates[:4])
        where, fields = "Where it stopped is not known.", "Fields that fit"
        if stop.level is Level.DARK:
            where, fields = "Where it was meanwhile is not known.", "Fields within reach"
        return [f"{where} {fields}: {codes}." if codes else where]
    if stop.level is Level.OBSERVED or any(c.name == "ground_fix" and c.verdict is Verdict.PASS for c in stop.checks):
        return []
    others = [c for c in stop.candidates if c.airport != stop.airport]
    name = stop.airport if field is None else f"{field.code} ({field.title})"
    if others:
        told = ", ".join(f"{c.airport} {probability_text(c.probability, stop)}" for c in others[:4])
        return [f"That it was {name} is inferred from the way it flew; other fields that fit: {told}."]
    return [f"That it was {name} is inferred from the way it flew; no other field of the tables fits."]


def _checks(stop: Stop) -> list[str]:
    blind = [readable(c.name, CHECKS) for c in stop.checks if c.verdict is Verdict.NOT_EVALUABLE]
    return [f"Checks that could not be made: {'; '.join(blind)}."] if blind else []


def _gaps(way: Way, stop: Stop) -> list[str]:
    """Silences that hide no stop, but for those in which this one may have been."""
    others = [span for span in way.silences if not span[2] and not _overlaps(span[0], span[1], stop)]
    plain = sorted(others, key=lambda span: (span[0] - span[1], span[0]))[:GAPS]
    count = len(others)
    if not plain:
        return []
    told = _listed([f"{_span(a, b)} ({duration_text(b - a)})" for a, b, _ in sorted(plain)])
    if count > len(plain):
        return [f"On the rest of its way it was out of hearing {count} times; the longest: {told} UTC."]
    return [f"On the rest of its way it was out of hearing {told} UTC."]


def _span(since: float, until: float) -> str:
    end = clock(until) if day(since) == day(until) else f"{day(until)} {clock(until)}"
    return f"{day(since)} {clock(since)} to {end}"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
