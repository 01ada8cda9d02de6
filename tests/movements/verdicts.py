"""Stops found against stops that were: the count of each outcome, and what was wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

from detector.domain.stop import Level, Moment, Stop
from detector.simulation import TrueStop
from tests.movements.worlds import BORDER_S, World

SLACK_S = 2.0
"""A bound that rests on message times may miss the wheels by this."""


@dataclass(slots=True)
class Tally:
    """Over one family. `unnamed`: several fields fit; `outside`: the truth is not in an interval."""

    worlds: int = 0
    true: int = 0
    found: int = 0
    wrong: int = 0
    unnamed: int = 0
    false: int = 0
    outside: int = 0
    levels: dict[int, int] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    def add(self, world: World, seed: int, icao24: str = "4840d6") -> None:
        """Match the stops that stand with the truth, each once, by time."""
        self.worlds += 1
        left = world.stops_of(icao24)
        for true in (t for t in world.truth if t.icao24 == icao24):
            self.true += 1
            stop = min((s for s in left if _meets(s, true)), key=lambda s: s.airport != true.airport, default=None)
            if stop is None:
                self.complaints.append(f"{seed}: missed {true.airport}")
                continue
            left.remove(stop)
            if stop.airport is None:
                self.unnamed += 1
                self.complaints.append(f"{seed}: {true.airport} not named, {_candidates(stop)}")
                if (fault := _interval_fault(stop, true)) is not None:
                    self.outside += 1
                    self.complaints.append(f"{seed}: {true.airport}: {fault}")
                continue
            if stop.airport != true.airport:
                self.wrong += 1
                self.complaints.append(f"{seed}: {true.airport} told as {_candidates(stop)}, level {stop.level}")
                continue
            self.found += 1
            self.levels[int(stop.level)] = self.levels.get(int(stop.level), 0) + 1
            if (fault := _interval_fault(stop, true)) is not None:
                self.outside += 1
                self.complaints.append(f"{seed}: {true.airport}: {fault}")
        for stop in left:
            self.false += 1
            self.complaints.append(f"{seed}: false stop at {stop.airport}, level {stop.level}, {stop.status}")

    def __str__(self) -> str:
        levels = " ".join(f"L{level}:{n}" for level, n in sorted(self.levels.items()))
        return (
            f"{self.worlds} worlds, {self.true} true, {self.found} found, {self.wrong} wrong, "
            f"{self.unnamed} unnamed, {self.false} false, "
            f"{self.outside} outside, {levels}"
        )


def _candidates(stop: Stop) -> str:
    return " ".join(f"{c.airport} {c.probability:.2f}" for c in stop.candidates[:3])


def _meets(stop: Stop, true: TrueStop) -> bool:
    """Whether the two overlap in time, widely taken."""
    begin = stop.landed.earliest if stop.landed.earliest is not None else float("-inf")
    end = stop.departed.latest if stop.departed is not None else float("inf")
    left = true.departed_at if true.departed_at is not None else float("inf")
    return begin - 600 <= left and true.landed_at <= end + 600


def _interval_fault(stop: Stop, true: TrueStop) -> str | None:
    faults = [_outside("landed", stop.landed, true.landed_at)]
    if stop.departed is not None:
        if true.departed_at is None:
            return "departed, though it stayed"
        faults.append(_outside("departed", stop.departed, true.departed_at))
        time, truth = stop.ground_time, true.departed_at - true.landed_at
        if time is None:
            faults.append("no ground time")
        elif not time.min - 2 * SLACK_S <= truth <= (time.max if time.max is not None else truth) + 2 * SLACK_S:
            faults.append(f"ground time {truth:.0f} s not in {time.min:.0f}..{time.max}")
    elif true.departed_at is not None:
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


def observed(stop: Stop) -> bool:
    return stop.level is Level.OBSERVED
