"""A world played, and its stops held against the truth: one outcome, small enough to be sent between processes."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from detector.domain.alert import AlertEvent
from detector.domain.geo import distance_nm
from detector.domain.stop import Level, Moment, Status, Stop
from detector.simulation import Field, Simulation, TrueStop, airports_of, simulate
from detector.simulation.receivers import receiver_number
from tests.families.draw import Case
from tests.families.registry import FAMILIES
from tests.movements.worlds import BORDER_S, World, real_field, run

SLACK_S = 2.0
"""A bound that rests on message times may miss the wheels by this."""
MEETS_S = 600.0
FASTEST_KT = 600.0
FASTEST_FPM = 6_000.0
MINIMUM_STAY_S = 300.0
NEAR_NM = 3.0

Result = Literal["found", "unnamed", "wrong", "missed"]


@dataclass(slots=True)
class Judged:
    """One true stop and what was said of it.

    result       found: named rightly; unnamed: told, no field named; wrong: another field named; missed
    rank         place of the true field among the candidates, from 0; None: not among them
    candidates   (field, probability)
    fault        what of the intervals does not hold the truth
    width_s      of the interval of the landing; least_s: what the geometry leaves of it for a landing nobody heard
    """

    icao24: str
    airport: str
    landed_at: float
    departed_at: float | None
    result: Result = "missed"
    told: str | None = None
    level: int = 0
    rank: int | None = None
    candidates: tuple[tuple[str, float], ...] = ()
    fault: str | None = None
    observed: bool = False
    width_s: float | None = None
    least_s: float | None = None
    error_s: float | None = None

    def complaint(self) -> str | None:
        if self.result == "missed":
            return f"{self.icao24}: missed {self.airport}"
        candidates = " ".join(f"{code} {p:.2f}" for code, p in self.candidates[:4])
        said = {"found": None, "unnamed": "not named", "wrong": f"told as {self.told}"}[self.result]
        faults = [text for text in (said and f"{said} ({candidates})", self.fault) if text]
        return f"{self.icao24}: {self.airport}, level {self.level}: {'; '.join(faults)}" if faults else None


@dataclass(slots=True)
class Invented:
    """A stop that stands and is none. `spoofed`: at the field where the aircraft was made to seem to be."""

    icao24: str
    airport: str | None
    level: int
    spoofed: bool


@dataclass(slots=True)
class Outcome:
    """One seed of one family.

    at_false_field   the highest level of any stop where the aircraft was made to seem to be
    elsewhere        the same at any field that is neither this one nor a true one
    alerts           how many stand, for the addresses judged
    """

    family: str
    seed: int
    facts: dict[str, object]
    judged: list[Judged] = field(default_factory=list)
    false: list[Invented] = field(default_factory=list)
    at_false_field: int = 0
    elsewhere: int = 0
    alerts: int = 0
    movements: dict[str, int] = field(default_factory=dict)
    frames: int = 0
    seconds: float = 0.0

    def complaints(self) -> list[str]:
        told = [text for one in self.judged if (text := one.complaint()) is not None]
        for one in self.false:
            where = "the false field " if one.spoofed else ""
            told.append(f"{one.icao24}: false stop at {where}{one.airport}, level {one.level}")
        return told


def played(case: Case) -> World:
    """The case flown and heard, its frames changed on the way as the case says, through a fresh pipeline."""
    codes = airports_of(case.scenario)
    fields: dict[str, Field] = {code: case.fields[code] if code in case.fields else real_field(code) for code in codes}
    simulation = simulate(case.scenario, fields)
    frames = simulation.frames
    if case.change is not None:
        frames = case.change(frames, np.random.default_rng(case.scenario.seed))
    world = run(frames, listen_until=case.listen_until)
    world.simulation = replace(simulation, frames=frames)
    return world


def outcome_of(family: str, seed: int) -> Outcome:
    return play_and_judge(family, seed)[2]


def play_and_judge(family: str, seed: int) -> tuple[Case, World, Outcome]:
    begin = time.perf_counter()
    case = FAMILIES[family].make(seed)
    world = played(case)
    outcome = judge(case, world, family=family, seed=seed)
    outcome.seconds = time.perf_counter() - begin
    return case, world, outcome


def judge(case: Case, world: World, *, family: str = "", seed: int = 0) -> Outcome:
    """Match the stops that stand with the true ones, each once, by time; what is left over is false."""
    assert world.simulation is not None
    result = Outcome(family, seed, dict(case.facts), frames=len(world.simulation.frames))
    left = list(world.stops)
    ahead_s = _reference_ahead_s(world.simulation, case)
    for true in world.truth:
        told = Judged(true.icao24, true.airport, true.landed_at, true.departed_at)
        told.least_s = _least_width_s(world.simulation, true, case)
        meets = [s for s in left if s.icao24 == true.icao24 and _meets(s, true)]
        code = None if true.airport in case.fields else true.airport
        stop = min(meets, key=lambda s: (s.airport != code, s.airport is not None, -s.level), default=None)
        if stop is not None:
            left.remove(stop)
            _compare(told, stop, _by_clock(true, ahead_s), code)
        if true.icao24 in case.judged:
            result.judged.append(told)
    for stop in left:
        if _was_there(stop, world):
            continue
        result.false.append(Invented(stop.icao24, stop.airport, int(stop.level), _is_at(stop, case.false_field)))
    if case.false_field is not None:
        levels = [int(s.level) for s in world.stops if _is_at(s, case.false_field)]
        result.at_false_field = max(levels, default=0)
    known = {m.movement.airport for m in world.true_movements()} - set(case.fields)
    other = [s for s in world.stops if s.airport not in (known | {None}) and not _is_at(s, case.false_field)]
    result.elsewhere = max((int(s.level) for s in other), default=0)
    last = {alert.id: alert for alert in world.alerts if alert.stop.icao24 in case.judged}
    result.alerts = sum(alert.event is not AlertEvent.RETRACTED for alert in last.values())
    for movement in world.movements:
        kind = movement.kind.value
        result.movements[kind] = result.movements.get(kind, 0) + 1
    return result


def _reference_ahead_s(simulation: Simulation, case: Case) -> float:
    """How far the reference clock is ahead of the truth: all times are told by that of the receiver heard first."""
    if len(simulation.frames) == 0:
        return 0.0
    offsets = {receiver_number(r, k): r.clock_offset_s for k, r in enumerate(case.scenario.receivers)}
    return offsets[int(simulation.frames.receiver[0])]


def _by_clock(true: TrueStop, ahead_s: float) -> TrueStop:
    """The stop as a clock shows it."""
    departed = None if true.departed_at is None else true.departed_at + ahead_s
    return replace(true, landed_at=true.landed_at + ahead_s, departed_at=departed)


def _was_there(stop: Stop, world: World) -> bool:
    """Whether the aircraft stood at that field when the recording began, and leaves it in this stop."""
    own = [m.movement for m in world.true_movements() if m.icao24 == stop.icao24]
    first = next((m for m in own if m.kind in ("take_off", "landing")), None)
    if first is None or first.kind != "take_off" or stop.airport not in (None, first.airport):
        return False
    begin = stop.landed.earliest if stop.landed.earliest is not None else float("-inf")
    end = stop.departed.latest if stop.departed is not None else float("inf")
    return begin <= first.at <= end + MEETS_S


def _is_at(stop: Stop, code: str | None) -> bool:
    """At that field, or at another one so near to it that they are one place."""
    if stop.airport is None or code is None:
        return False
    if stop.airport == code:
        return True
    one, other = real_field(stop.airport), real_field(code)
    return distance_nm(one.lat, one.lon, other.lat, other.lon) < NEAR_NM


def _compare(told: Judged, stop: Stop, true: TrueStop, code: str | None) -> None:
    told.told, told.level = stop.airport, int(stop.level)
    told.candidates = tuple((c.airport, c.probability) for c in stop.candidates)
    named = [candidate.airport for candidate in stop.candidates]
    told.rank = named.index(code) if code in named else None
    told.result = "found" if stop.airport == code else "unnamed" if stop.airport is None else "wrong"
    told.observed = stop.landed.observed
    if stop.landed.earliest is not None:
        told.width_s = stop.landed.latest - stop.landed.earliest
    told.error_s = stop.landed.estimate - true.landed_at
    told.fault = interval_fault(stop, true)


def _meets(stop: Stop, true: TrueStop) -> bool:
    """Whether the two overlap in time, widely taken."""
    begin = stop.landed.earliest if stop.landed.earliest is not None else float("-inf")
    end = stop.departed.latest if stop.departed is not None else float("inf")
    left = true.departed_at if true.departed_at is not None else float("inf")
    return begin - MEETS_S <= left and true.landed_at <= end + MEETS_S


def interval_fault(stop: Stop, true: TrueStop) -> str | None:
    """What of the times of a stop does not hold the truth."""
    faults = [_outside("landed", stop.landed, true.landed_at)]
    if stop.departed is not None:
        if true.departed_at is None:
            return "departed, though it stayed"
        faults.append(_outside("departed", stop.departed, true.departed_at))
        spent, truth = stop.ground_time, true.departed_at - true.landed_at
        if spent is None:
            faults.append("no ground time")
        elif not spent.min - 2 * SLACK_S <= truth <= (spent.max if spent.max is not None else truth) + 2 * SLACK_S:
            faults.append(f"ground time {truth:.0f} s not in {spent.min:.0f}..{spent.max}")
    elif true.departed_at is not None and stop.status is Status.OPEN and stop.level > Level.DARK:
        faults.append("never closed")
    told = [fault for fault in faults if fault is not None]
    return "; ".join(told) or None


def _outside(name: str, moment: Moment, truth: float) -> str | None:
    if moment.earliest is not None and truth < moment.earliest - SLACK_S:
        return f"{name} {moment.earliest - truth:.0f} s before the interval"
    if truth > moment.latest + SLACK_S:
        return f"{name} {truth - moment.latest:.0f} s after the interval"
    if moment.observed and abs(truth - moment.estimate) > BORDER_S:
        return f"{name} seen {moment.estimate - truth:+.0f} s from the truth"
    return None


def _least_width_s(simulation: Simulation, true: TrueStop, case: Case) -> float | None:
    """What stays open about a landing nobody heard, though the fixes around the silence are known exactly.

    The silence, less the fastest legs to the field and from it, less the shortest stay. None: it was heard.
    """
    frames, address = simulation.frames, int(true.icao24, 16)
    own = (frames.payload[:, 1:4].astype(np.int64) * np.array([65536, 256, 1])).sum(axis=1) == address
    code = frames.payload[:, 4] >> 3
    at = np.sort(frames.heard_at[own & (frames.payload[:, 0] >> 3 == 17) & (code >= 5) & (code <= 18)])
    before, after = at[at <= true.landed_at], at[at > true.landed_at]
    if not len(before) or not len(after) or after[0] - before[-1] < MINIMUM_STAY_S:
        return None
    field_ = case.fields.get(true.airport) or real_field(true.airport)
    legs = sum(_leg_s(simulation, true.icao24, float(t), field_) for t in (before[-1], after[0]))
    return max(0.0, float(after[0] - before[-1]) - legs - MINIMUM_STAY_S)


def _leg_s(simulation: Simulation, icao24: str, at: float, field_: Field) -> float:
    segments = simulation.timelines[icao24].segments
    motion = next((m for m in segments if m.at[0] <= at <= m.at[-1]), segments[-1]).sample(np.array([at]))
    nm = distance_nm(field_.lat, field_.lon, float(motion.lat[0]), float(motion.lon[0]))
    height = abs(float(motion.height_ft[0]) - field_.elevation_ft)
    return max(max(0.0, nm - NEAR_NM) / FASTEST_KT * 3600, height / FASTEST_FPM * 60)
