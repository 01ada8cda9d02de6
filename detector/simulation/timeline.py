"""One aircraft over the whole scenario: its flights, the time parked between them, and when its transponder is on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from detector.domain.errors import UsageError
from detector.simulation.field import Field
from detector.simulation.flight import Air, Flown, Movement, fly
from detector.simulation.motion import Motion
from detector.simulation.performance import PERFORMANCE
from detector.simulation.route import route_of
from detector.simulation.scenario import Aircraft, GnssFault, instant

Floats = npt.NDArray[np.float64]
Span = tuple[float, float]

_EVENT = re.compile(
    r"^(?P<next>next )?(?P<event>take_off|landing|off_block|on_block|start|end)"
    r"(?:\s*(?P<sign>[+-])\s*(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>s|min|h))?$"
)
_UNIT_S = {"s": 1.0, "min": 60.0, "h": 3600.0}


@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """A `GnssFault` with its times, and where the aircraft truly is at the one for which `at` is said."""

    start: float
    until: float
    what: GnssFault
    anchor: tuple[float, float]
    """Latitude and longitude at the end of a drag, else at the beginning."""


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """`segments`: motion without a break in each. `on`: spans in which the transponder sends. `movements`: truth."""

    segments: tuple[Motion, ...]
    on: tuple[Span, ...]
    off_below: tuple[tuple[float, float, float], ...]
    """Spans and heights: off while lower than this."""
    faults: tuple[Fault, ...]
    movements: tuple[Movement, ...]
    flight_from: tuple[float, ...]
    """From when on call sign and squawk of each flight are set."""

    def flight_at(self, at: Floats) -> npt.NDArray[np.int64]:
        """Index of the flight whose call sign is set (the first one before all)."""
        return np.maximum(np.searchsorted(np.array(self.flight_from), at, side="right") - 1, 0).astype(np.int64)


def timeline_of(aircraft: Aircraft, fields: dict[str, Field], air: Air, *, start: float, end: float | None) -> Timeline:
    """`start` and `end` bound the scenario (Unix s). Raises UsageError where a flight cannot be flown."""
    if not aircraft.flights:
        return _standing(aircraft, start, end if end is not None else start)
    performance = PERFORMANCE[aircraft.performance]
    flown = [
        fly(
            route_of(flight, fields, performance),
            performance,
            off_block=instant(flight.off_block, "off_block"),
            cruise_ft=flight.cruise_ft,
            speed_kt=flight.speed_kt or performance.cruise_true_kt,
            air=air,
        )
        for flight in aircraft.flights
    ]
    return _joined(aircraft, flown, start, end)


def _joined(aircraft: Aircraft, flown: list[Flown], start: float, end: float | None) -> Timeline:
    spans = [(float(f.motion.at[0]), float(f.motion.at[-1])) for f in flown]
    for (_, before), (after, _), flight in zip(spans, spans[1:], aircraft.flights[1:], strict=False):
        if after <= before:
            raise UsageError(f"{aircraft.icao24}: flight at {flight.off_block}: the one before it has not ended yet")
    last = spans[-1][1] + aircraft.on_after_s if end is None else end
    on = [(max(start, a - aircraft.on_before_s), min(last, b + aircraft.on_after_s)) for a, b in spans]
    silent: list[Span] = []
    off_below: list[tuple[float, float, float]] = []
    faults: list[Fault] = []
    segments = tuple(_with_parking(flown))
    for k, flight in enumerate(aircraft.flights):
        following = flown[k + 1] if k + 1 < len(flown) else None
        for silence in flight.silent:
            a, b = (_event_time(text, flown[k], following, start, last) for text in (silence.start, silence.until))
            if silence.below_ft is None:
                silent.append((a, b))
            else:
                off_below.append((a, b, silence.below_ft))
        for fault in flight.gnss:
            a, b = (_event_time(text, flown[k], following, start, last) for text in (fault.start, fault.until))
            faults.append(Fault(a, b, fault, _true_place(segments, b if fault.kind == "drag" else a)))
    set_at = [spans[0][0] - aircraft.on_before_s]
    set_at += [b - min(aircraft.on_before_s, (b - a) / 2) for (_, a), (b, _) in pairwise(spans)]
    return Timeline(
        segments,
        tuple(_without(_merged(on), silent)),
        tuple(off_below),
        tuple(faults),
        tuple(m for f in flown for m in f.movements),
        tuple(set_at),
    )


def _true_place(segments: tuple[Motion, ...], at: float) -> tuple[float, float]:
    """Where it is at a time; between segments, where it was last."""
    motion = next((m for m in reversed(segments) if m.at[0] <= at), segments[0])
    there = motion.sample(np.array([at]))
    return float(there.lat[0]), float(there.lon[0])


def _with_parking(flown: list[Flown]) -> list[Motion]:
    """Motions of flights that join on the ground become one: in between the aircraft stands still by interpolation."""
    groups: list[list[Motion]] = []
    for f in flown:
        if groups and groups[-1][-1].on_ground[-1] and f.motion.on_ground[0]:
            groups[-1].append(f.motion)
        else:
            groups.append([f.motion])
    return [_concatenated(group) for group in groups]


def _concatenated(motions: list[Motion]) -> Motion:
    columns = [np.concatenate([getattr(m, name) for m in motions]) for name in Motion.__dataclass_fields__]
    return Motion(*columns)


def _standing(aircraft: Aircraft, start: float, end: float) -> Timeline:
    stand = aircraft.stand
    if stand is None:
        raise UsageError(f"{aircraft.icao24}: neither `flights` nor `stand`")
    a = start if stand.start == "start" else instant(stand.start, "from")
    b = end if stand.until == "end" else instant(stand.until, "until")
    motion = Motion.standing(np.array([a, max(b, a + 1.0)]), *stand.at, 0.0)
    return Timeline((motion,), ((a, b),), (), (), (), (a,))


def _event_time(text: str, this: Flown, following: Flown | None, start: float, end: float) -> float:
    """A time written as ISO 8601 or as an event of the flight."""
    match = _EVENT.match(text.strip())
    if match is None:
        return instant(text, "from/until")
    shift = float(match["number"] or 0) * _UNIT_S.get(match["unit"] or "s", 1.0) * (-1 if match["sign"] == "-" else 1)
    if match["event"] in ("start", "end"):
        return (start if match["event"] == "start" else end) + shift
    source = following if match["next"] else this
    if source is None:
        return end
    times = [m.at for m in source.movements if m.kind == match["event"]]
    if not times:
        raise UsageError(f"{text!r}: this flight has no {match['event']}")
    return times[-1] + shift


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for a, b in sorted(spans):
        if merged and a <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], b))
        else:
            merged.append((a, b))
    return merged


def _without(spans: list[Span], gaps: list[Span]) -> list[Span]:
    for gap_start, gap_end in gaps:
        kept: list[Span] = []
        for a, b in spans:
            kept += [(a, min(b, gap_start)), (max(a, gap_end), b)]
        spans = [(a, b) for a, b in kept if b > a]
    return spans


def inside(at: Floats, spans: tuple[Span, ...] | list[Span]) -> npt.NDArray[np.bool_]:
    """Which instants lie in one of the (disjoint, sorted) spans."""
    if not spans:
        return np.zeros(len(at), np.bool_)
    edges = np.array([edge for span in spans for edge in span])
    return np.asarray(np.searchsorted(edges, at, side="right") % 2 == 1)
