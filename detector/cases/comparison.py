"""What an alert claims against what its frames give: fact by fact, and what frames alone cannot tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from detector.domain.times import parse_iso

TIME_TOLERANCE_S = 30.0
"""Points are thinned to one in 5 to 30 s, and so are the frames kept of them."""

NOT_FROM_FRAMES = {
    "area_interference": "needs the other aircraft of the area",
    "co_location": "needs the other aircraft at the field",
    "listening": "needs the record of who was listening",
    "coverage": "needs how low aircraft are heard there",
    "one_bit_neighbour": "needs the other addresses heard",
    "two_places": "needs all positions heard, of which one in some seconds is kept",
    "implied_speed": "needs every position around a jump, of which one in some seconds is kept",
    "frozen": "needs every position, of which one in some seconds is kept",
    "circling": "needs every position, of which one in some seconds is kept",
    "beyond_horizon": "needs every frame heard on the ground, of which the last and one in some seconds are kept",
    "integrity": "counts every status message, of which the last is kept",
    "air_ground": "counts every word on air or ground, of which the last and one in some seconds are kept",
    "air_vector": "needs a longer track than the frames kept make",
    "position_speed": "needs a longer track than the frames kept make",
    "geometric_barometric": "needs more velocities in a row than are kept",
}
"""Checks that rest on more than the aircraft's kept frames. A verdict that comes out the same counts as the same; one
that does not says nothing."""
FINDINGS_NOT_FROM_FRAMES = {
    "first_visit": "needs the history of the aircraft",
    "unusual_ground_time": "needs the history of the field",
    "outlier": "needs the model and the history",
    "journey": "needs the flights after the stop",
    "dark_stop": "needs how low aircraft are heard there",
}


class Outcome(StrEnum):
    """How a fact came out."""

    SAME = "same"
    DIFFERENT = "different"
    NOT_RECOMPUTABLE = "not recomputable from the frames"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: its value in the alert, the one recomputed, and why it could not be if so."""

    name: str
    claimed: Any
    recomputed: Any
    outcome: Outcome
    note: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """All facts of an alert. `notes`: what a reader should know besides, one sentence each."""

    alert_id: str
    revision: int
    facts: tuple[Fact, ...]
    notes: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Nothing came out different."""
        return all(fact.outcome is not Outcome.DIFFERENT for fact in self.facts)

    def record(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "schema": "detector.verification/1",
            "alert": self.alert_id,
            "revision": self.revision,
            "result": "same" if self.same else "different",
            "time_tolerance_s": TIME_TOLERANCE_S,
            "facts": [asdict(fact) for fact in self.facts],
            "notes": list(self.notes),
        }


def fact(name: str, claimed: Any, recomputed: Any) -> Fact:
    """A fact that has to be equal."""
    return Fact(name, claimed, recomputed, Outcome.SAME if claimed == recomputed else Outcome.DIFFERENT)


def compared(claimed: Mapping[str, Any], found: Mapping[str, Any] | None) -> list[Fact]:
    """Two stops as records of the contract. Raises KeyError, TypeError or ValueError for what is no such record."""
    if found is None:
        return [Fact("stop", claimed["airport"], None, Outcome.DIFFERENT, "the frames give no such stop")]
    facts = [fact("aircraft", claimed["icao24"], found["icao24"]), fact("field", claimed["airport"], found["airport"])]
    facts += [_level(name, claimed, found) for name in ("level", "kind")]
    for name in ("landed", "departed"):
        facts += _moments(name, claimed[name], found[name])
    facts += _ground_time(claimed["ground_time_s"], found["ground_time_s"])
    facts += _named(claimed["checks"], found["checks"], "check", "name", ("verdict",), NOT_FROM_FRAMES)
    facts += _named(
        claimed["findings"], found["findings"], "finding", "rule", ("certainty", "severity"), FINDINGS_NOT_FROM_FRAMES
    )
    if claimed.get("score") is not None:
        facts.append(
            Fact("score", claimed["score"], None, Outcome.NOT_RECOMPUTABLE, FINDINGS_NOT_FROM_FRAMES["outlier"])
        )
    return facts


def _level(name: str, claimed: Mapping[str, Any], found: Mapping[str, Any]) -> Fact:
    """The level follows from the checks: where one that frames cannot tell has lowered it, neither can they tell it."""
    told = fact(name, claimed[name], found[name])
    lowered_by = [c["name"] for c in claimed["checks"] if c["verdict"] == "fail" and c["name"] in NOT_FROM_FRAMES]
    if claimed.get("held") is not None:
        lowered_by.append("held")
    if told.outcome is Outcome.SAME or not lowered_by:
        return told
    return Fact(name, told.claimed, told.recomputed, Outcome.NOT_RECOMPUTABLE, f"rests on {', '.join(lowered_by)}")


def _moments(name: str, claimed: Mapping[str, Any] | None, found: Mapping[str, Any] | None) -> Iterator[Fact]:
    if claimed is None or found is None:
        yield fact(name, None if claimed is None else claimed["latest"], None if found is None else found["latest"])
        return
    for bound in ("earliest", "latest"):
        a, b = claimed[bound], found[bound]
        close = a == b or (a is not None and b is not None and abs(parse_iso(a) - parse_iso(b)) <= TIME_TOLERANCE_S)
        yield Fact(f"{name} {bound}", a, b, Outcome.SAME if close else Outcome.DIFFERENT)
    yield fact(f"{name} observed", claimed["observed"], found["observed"])


def _ground_time(claimed: Mapping[str, Any] | None, found: Mapping[str, Any] | None) -> Iterator[Fact]:
    if claimed is None or found is None:
        yield fact("ground time", claimed, found)
        return
    for bound in ("min", "max"):
        a, b = claimed[bound], found[bound]
        # A length between two times, each with its tolerance.
        close = a == b or (a is not None and b is not None and abs(a - b) <= 2 * TIME_TOLERANCE_S)
        yield Fact(f"ground time {bound}", a, b, Outcome.SAME if close else Outcome.DIFFERENT)


def _named(
    claimed: list[dict[str, Any]],
    found: list[dict[str, Any]],
    what: str,
    key: str,
    values: tuple[str, ...],
    not_from_frames: Mapping[str, str],
) -> Iterator[Fact]:
    """Checks or findings, each against the one of its name."""
    recomputed = {one[key]: ", ".join(str(one[value]) for value in values) for one in found}
    for one in claimed:
        name, a = one[key], ", ".join(str(one[value]) for value in values)
        b = recomputed.pop(name, None)
        if a != b and name in not_from_frames:
            yield Fact(f"{what} {name}", a, b, Outcome.NOT_RECOMPUTABLE, not_from_frames[name])
        else:
            yield fact(f"{what} {name}", a, b)
    for name, b in recomputed.items():
        outcome = Outcome.NOT_RECOMPUTABLE if name in not_from_frames else Outcome.DIFFERENT
        yield Fact(f"{what} {name}", None, b, outcome, not_from_frames.get(name, ""))
