"""Why a stop is odd, in words: what each group of features that adds to the score says of it, with its counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from detector.domain.durations import span_text
from detector.domain.visit import Visit
from detector.scoring.baselines import Baselines, Who
from detector.scoring.features import LEAST_VISITS

MOST_REASONS = 4
LEAST_PART = 0.08
"""A group that adds less of all that is added is no reason."""
ODD = 0.9
"""A stop that is less odd is ordinary, and is said to be."""
RARE = 0.05
"""An hour that more of the landings fall into is not worth a word."""


@dataclass(frozen=True, slots=True)
class Told:
    """A stop with all that words are made of. `row`: its features; `type_class`: of the aircraft; `own`: 1 where
    history has the stop itself, which does not count."""

    visit: Visit
    row: Mapping[str, float]
    usual: Baselines
    type_class: str | None
    own: int = 0

    def been(self, who: Who, name: str) -> tuple[int, int]:
        """(visits to the field, visits in all)."""
        known, here = self.usual.visitor(who, name), self.usual.been(who, name, self.visit.airport)
        return self._less_own(0 if here is None else here.visits, 0 if known is None else known.visits)

    def of_type(self) -> tuple[int, int]:
        """The same of the type."""
        return self._less_own(*self.usual.type_visits(self.visit.type_code, self.visit.airport))

    def flown(self, origin: str, destination: str) -> tuple[int, int]:
        """(flights between two fields, landings at the field of the stop)."""
        return self._less_own(self.usual.flights(origin, destination), self.usual.landings(self.visit.airport))

    def at_hour(self) -> tuple[int, int]:
        """(landings in that hour, landings) at the field."""
        hour = int(self.row["local_hour"])
        return self._less_own(self.usual.landings(self.visit.airport, hour), self.usual.landings(self.visit.airport))

    def _less_own(self, here: int, of: int) -> tuple[int, int]:
        return max(here - self.own, 0), max(of - self.own, 0)


def reasons(told: Told, value: float, adds: Mapping[str, float]) -> tuple[str, ...]:
    """What adds most to the score first; of an ordinary stop, that it is one, with its time and its field."""
    if value < ODD:
        usual = [words for words in (_time(told), _field(told)) if words]
        return (f"ordinary: {value * 100:.0f} of 100 stops in history are less odd", *usual)
    whole = sum(add for add in adds.values() if add > 0.0)
    found = []
    for name, add in adds.items():
        words = WORDS[name](told) if add > 0.0 and add >= LEAST_PART * whole else None
        if words:
            found.append(words)
    return tuple(found[:MOST_REASONS]) or ("no single thing: what is known of it is rare taken together",)


def _time(told: Told) -> str | None:
    visit = told.visit
    if visit.ground_min_s is None or visit.ground_max_s is None:
        return None
    stayed = f"on the ground {span_text(visit.ground_min_s, visit.ground_max_s)}"
    times = told.usual.ground_times(visit.type_code, told.type_class, visit.airport, visit.operator, LEAST_VISITS)
    if times is None:
        return stayed
    return f"{stayed}; half of {times.visits:,} stops of {times.group} took {span_text(times.lower_s, times.upper_s)}"


def _odd_time(told: Told) -> str | None:
    # An interval that holds the usual time tells nothing against it.
    return _time(told) if told.row["ground_time_ratio_log2"] != 0.0 else None


def _evidence(told: Told) -> str | None:
    level, unseen = told.visit.level, told.row["unseen_share"]
    if level >= 4 or unseen != unseen:
        return None
    how = "its descent and its climb were heard" if level == 3 else "only one side of it was heard"
    return f"not seen on the ground: {how} (level {level}); {unseen:.0%} of the time there is open"


def _field(told: Told) -> str | None:
    """An aircraft that goes where its own go is no news; one that does not is."""
    visit = told.visit
    circles = [
        (visit.registration or visit.icao24, told.been(Who.AIRCRAFT, visit.icao24)),
        (visit.operator, told.been(Who.OPERATOR, visit.operator) if visit.operator else (0, 0)),
    ]
    if visit.military and visit.state:
        circles.append((f"military aircraft of {visit.state}", told.been(Who.FLEET, visit.state)))
    if visit.type_code:
        circles.append((f"type {visit.type_code}", told.of_type()))
    new = [f"{who} ({of:,} visits)" for who, (here, of) in circles if of and not here]
    been = [f"{who} {_times(here)} in {of:,}" for who, (here, of) in circles if here]
    said = [f"new to {visit.airport}: {', '.join(new)}"] if new else []
    if been:
        said.append(f"{'seen there' if new else f'at {visit.airport}'}: {', '.join(been)} visits")
    return "; ".join(said) or None


def _way_in(told: Told) -> str | None:
    visit = told.visit
    return _way(told, f"came from {visit.origin}", "route_in_log10_nm", visit.origin, visit.airport, "arrivals at")


def _way_out(told: Told) -> str | None:
    visit = told.visit
    back = ", where it had come from" if told.row["out_and_back"] == 1.0 else ""
    left = f"left for {visit.destination}{back}"
    return _way(told, left, "route_out_log10_nm", visit.airport, visit.destination, "flights from")


def _way(told: Told, verb: str, length: str, origin: str, destination: str, flights: str) -> str | None:
    if not (origin and destination):
        return None
    nm = 10.0 ** told.row[length]
    here, of = told.flown(origin, destination)
    far = f", {nm:,.0f} NM" if nm == nm else ""
    return f"{verb}{far}: {_count(here)} of {of:,} {flights} {told.visit.airport}" if of else f"{verb}{far}"


def _hour(told: Told) -> str | None:
    here, of = told.at_hour()
    if not of or here > RARE * of:
        return None
    return f"landed about {told.row['local_hour']:02.0f} h by the sun, as {_count(here)} of {of:,} there did"


def _military(told: Told) -> str | None:
    return f"a military aircraft of {told.visit.state or 'an unknown state'}" if told.visit.military else None


def _place(told: Told) -> str | None:
    return f"{told.visit.airport} is a small field, without airline traffic" if told.row["field_class"] == 0.0 else None


def _count(n: int) -> str:
    return f"{n:,}" if n else "none"


def _times(n: int) -> str:
    return {1: "once", 2: "twice"}.get(n, f"{n:,} times")


WORDS: dict[str, Callable[[Told], str | None]] = {
    "time": _odd_time,
    "evidence": _evidence,
    "field": _field,
    "way_in": _way_in,
    "way_out": _way_out,
    "hour": _hour,
    "military": _military,
    "place": _place,
}
"""By group of `detector.scoring.model.GROUPS`."""
